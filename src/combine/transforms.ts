/** Finds the transforms of the account and region with `GetMLTransforms`. */
import type { MLTransform } from "@aws-sdk/client-glue";
import type { CheckedTransformQuery } from "../criteria/query.js";
import { UnexpectedResponseError } from "../errors.js";
import { readToken } from "../paging/next-token.js";
import type { AbortSignalLike } from "../request/abort.js";
import type { GlueClientLike } from "../request/client.js";
import { createPageSizeFallback } from "../request/page-size.js";
import { getTransforms, type UncheckedResponse } from "../request/send.js";
import { formatValue, isObject } from "../values.js";

/** The maximum page size of `GetMLTransforms`: the default quota of transforms of an account. */
const MAX_PAGE_SIZE = 100;

type Filter = CheckedTransformQuery["TransformFilter"];

/** Sends the request for one page of transforms. */
type RequestTransforms = (
  input: { readonly Filter?: Filter; readonly NextToken?: string },
  signals: readonly AbortSignalLike[],
) => Promise<UncheckedResponse>;

/** Creates a function that sends the requests for transforms with a page size, if the service accepts it. */
export function createTransformsRequest(client: GlueClientLike, pageSize: number | undefined): RequestTransforms {
  const fallback = createPageSizeFallback(pageSize === undefined || pageSize > MAX_PAGE_SIZE);
  return async function request(input, signals) {
    const paging = fallback.maxResults(Math.min(pageSize ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE));
    try {
      return await getTransforms(client, { ...input, ...paging }, signals);
    } catch (error) {
      if (!fallback.isRetried(error, paging)) throw error;
      return request(input, signals);
    }
  };
}

/**
 * Yields the transforms that match a filter, each once.
 *
 * @throws errors of the client, {@link PaginationError}, {@link UnexpectedResponseError}
 */
export async function* findTransforms(
  request: RequestTransforms,
  Filter: Filter,
  signals: readonly AbortSignalLike[],
): AsyncGenerator<MLTransform & { TransformId: string }, void> {
  const tokens = new Set<string>();
  const ids = new Set<string>();
  let NextToken: string | undefined;
  do {
    const input = { ...(Filter && { Filter }), ...(NextToken !== undefined && { NextToken }) };
    const { members, requestId } = await request(input, signals);
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
