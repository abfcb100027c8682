/** Finds the transforms of the account and region with `GetMLTransforms`. */
import type { MLTransform } from "@aws-sdk/client-glue";
import type { AbortSignalLike } from "../abort.js";
import type { CheckedTransformQuery } from "../criteria/query.js";
import { UnexpectedResponseError } from "../errors.js";
import { readToken } from "../paging/next-token.js";
import type { GlueClientLike } from "../request/client.js";
import { createPageRequest, type RequestPage } from "../request/page-request.js";
import { formatValue, isObject } from "../values.js";

/** The maximum page size of `GetMLTransforms`: the default quota of transforms of an account. */
const MAX_PAGE_SIZE = 100;

/** Creates the function that requests pages of transforms, of the caller's page size up to the maximum. */
export function createTransformsRequest(
  client: GlueClientLike,
  pageSize: number | undefined,
  signals: readonly AbortSignalLike[],
): RequestPage<"GetMLTransforms"> {
  const options = { pageSize: Math.min(pageSize ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE), client, signals };
  return createPageRequest("GetMLTransforms", { ...options, isDefaultSize: options.pageSize !== pageSize });
}

/**
 * Yields the transforms that match a filter, each once.
 *
 * @throws errors of the client, {@link PaginationError}, {@link UnexpectedResponseError}
 */
export async function* findTransforms(
  request: RequestPage<"GetMLTransforms">,
  Filter: CheckedTransformQuery["TransformFilter"],
): AsyncGenerator<MLTransform & { TransformId: string }, void> {
  const tokens = new Set<string>();
  const ids = new Set<string>();
  const input = Filter ? { Filter } : {};
  let response: ReturnType<typeof request> | undefined = request(input, undefined);
  while (response !== undefined) {
    const { members, requestId } = await response;
    const next = readToken(members.NextToken, tokens, requestId);
    // Before the requests for runs of these transforms, so that it does not wait for them where a limiter has both.
    response = next.token === undefined ? undefined : request(input, next.token);
    // An error is reported when the response is awaited.
    response?.catch(() => {});
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
    if (next.error) throw next.error;
  }
}
