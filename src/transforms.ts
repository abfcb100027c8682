/** A query for each transform of the account and region, found with GetMLTransforms page by page. */
import type { GlueClient } from "@aws-sdk/client-glue";
import { UnexpectedResponseError } from "./errors.js";
import { readToken } from "./pages.js";
import type { CheckedQuery, CheckedTransformQuery } from "./query.js";
import type { AbortSignalLike } from "./request/abort.js";
import { getTransforms } from "./request/send.js";
import { formatValue, isObject } from "./values.js";

/** The page size of `GetMLTransforms`: the default quota of transforms of an account. */
const MAX_PAGE_SIZE = 100;

/**
 * The same criteria for each transform that a filter matches, each transform once.
 *
 * @param signals - whichever aborts first ends the request in flight
 * @throws what the client throws; {@link PaginationError}, {@link UnexpectedResponseError}
 */
export async function* transformQueries(
  client: GlueClient,
  Filter: CheckedTransformQuery["TransformFilter"],
  criteria: Omit<CheckedQuery, "TransformId">,
  pageSize: number | undefined,
  signals: readonly AbortSignalLike[],
): AsyncGenerator<CheckedQuery, void> {
  const tokens = new Set<string>();
  const ids = new Set<string>();
  let NextToken: string | undefined;
  do {
    const input = {
      ...(Filter && { Filter }),
      MaxResults: Math.min(pageSize ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE),
      ...(NextToken !== undefined && { NextToken }),
    };
    const { members, requestId } = await getTransforms(client, input, signals);
    const transforms = members.Transforms ?? [];
    if (!Array.isArray(transforms)) throw unexpected("Transforms", "Transforms", "a list", transforms, requestId);
    for (const [index, transform] of transforms.entries()) {
      const place = `Transforms[${index}]`;
      if (!isObject(transform)) throw unexpected(place, place, "a structure", transform, requestId);
      const id = transform.TransformId;
      if (typeof id !== "string") throw unexpected("TransformId", `TransformId of ${place}`, "a string", id, requestId);
      if (!ids.has(id)) yield { TransformId: id, ...criteria };
      ids.add(id);
    }
    const { token, error } = readToken(members.NextToken, tokens);
    if (error) throw error;
    NextToken = token;
  } while (NextToken !== undefined);
}

function unexpected(
  member: string,
  subject: string,
  rule: string,
  value: unknown,
  requestId: string | undefined,
): UnexpectedResponseError {
  const message = `${subject} in the response to GetMLTransforms must be ${rule}, got ${formatValue(value)}.`;
  return new UnexpectedResponseError(member, message, { requestId });
}
