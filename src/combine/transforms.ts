/** Finds the transforms of the account and region with `GetMLTransforms`. */
import type { GlueClient, MLTransform } from "@aws-sdk/client-glue";
import type { CheckedTransformQuery } from "../criteria/query.js";
import { UnexpectedResponseError } from "../errors.js";
import { readToken } from "../paging/next-token.js";
import type { AbortSignalLike } from "../request/abort.js";
import { createPageSizeFallback } from "../request/page-size.js";
import { getTransforms, type UncheckedResponse } from "../request/send.js";
import { formatValue, isObject } from "../values.js";

/** The maximum page size of `GetMLTransforms`: the default quota of transforms of an account. */
const MAX_PAGE_SIZE = 100;

/**
 * Yields the transforms that match a filter, each once.
 *
 * @throws errors of the client, {@link PaginationError}, {@link UnexpectedResponseError}
 */
export async function* findTransforms(
  client: GlueClient,
  Filter: CheckedTransformQuery["TransformFilter"],
  pageSize: number | undefined,
  signals: readonly AbortSignalLike[],
): AsyncGenerator<MLTransform & { TransformId: string }, void> {
  const tokens = new Set<string>();
  const ids = new Set<string>();
  const fallback = createPageSizeFallback(pageSize === undefined || pageSize > MAX_PAGE_SIZE);
  async function request(NextToken: string | undefined): Promise<UncheckedResponse> {
    const paging = fallback.maxResults(Math.min(pageSize ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE));
    const input = { ...(Filter && { Filter }), ...paging, ...(NextToken !== undefined && { NextToken }) };
    try {
      return await getTransforms(client, input, signals);
    } catch (error) {
      if (!fallback.isRetried(error, paging)) throw error;
      return request(NextToken);
    }
  }
  let NextToken: string | undefined;
  do {
    const { members, requestId } = await request(NextToken);
    const transforms = members.Transforms ?? [];
    const fail = (member: string, subject: string, rule: string, value: unknown): never => {
      const message = `${subject} in the response to GetMLTransforms must be ${rule}, got ${formatValue(value)}.`;
      throw new UnexpectedResponseError(member, message, { requestId });
    };
    if (!Array.isArray(transforms)) return fail("Transforms", "Transforms", "a list", transforms);
    for (const [index, transform] of transforms.entries()) {
      const path = `Transforms[${index}]`;
      if (!isObject(transform)) return fail(path, path, "a structure", transform);
      const { TransformId } = transform;
      if (typeof TransformId !== "string")
        return fail("TransformId", `TransformId of ${path}`, "a string", TransformId);
      if (!ids.has(TransformId)) yield { ...transform, TransformId };
      ids.add(TransformId);
    }
    const { token, error } = readToken(members.NextToken, tokens, requestId);
    if (error) throw error;
    NextToken = token;
  } while (NextToken !== undefined);
}
