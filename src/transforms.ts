/** A query for each transform of the account and region, found with GetMLTransforms page by page. */
import { GetMLTransformsCommand, type GlueClient } from "@aws-sdk/client-glue";
import { isObject } from "./check.js";
import { UnexpectedResponseError } from "./errors.js";
import { readToken } from "./pages.js";
import type { CheckedQuery, CheckedTransformQuery } from "./query.js";
import { send } from "./send.js";

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
  signals: readonly (AbortSignal | undefined)[],
): AsyncGenerator<CheckedQuery, void> {
  const tokens = new Set<string>();
  const ids = new Set<string>();
  let NextToken: string | undefined;
  do {
    const input = {
      ...(Filter && { Filter }),
      MaxResults: pageSize ?? 1000,
      ...(NextToken !== undefined && { NextToken }),
    };
    const response = await send(client, new GetMLTransformsCommand(input), signals);
    if (!isObject(response)) throw unexpected("GetMLTransformsResponse", "is not there");
    const { Transforms = [] } = response;
    if (!Array.isArray(Transforms)) throw unexpected("Transforms", "is not a list");
    for (const transform of Transforms) {
      const id: unknown = isObject(transform) ? transform.TransformId : undefined;
      if (typeof id !== "string") throw unexpected("TransformId", "is not a string");
      if (!ids.has(id)) yield { TransformId: id, ...criteria };
      ids.add(id);
    }
    const { token, error } = readToken(response.NextToken, tokens);
    if (error) throw error;
    NextToken = token;
  } while (NextToken !== undefined);
}

function unexpected(member: string, problem: string): UnexpectedResponseError {
  return new UnexpectedResponseError(member, `${member} in the response to GetMLTransforms ${problem}.`);
}
