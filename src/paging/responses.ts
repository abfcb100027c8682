/** Reads the responses to one query, parsed and checked, one after another. */

import { matchesFilter } from "../criteria/matches-filter.js";
import type { CheckedQuery } from "../criteria/query.js";
import { hasName, UnexpectedResponseError } from "../errors.js";
import { parseTaskRuns } from "../parse-task-run.js";
import type { UncheckedResponse } from "../request/send.js";
import type { MLTaskRun } from "../task-run.js";
import { fingerprint } from "./fingerprint.js";
import { readToken } from "./next-token.js";
import { directionOf, sortKey } from "./started-order.js";

/** A parsed response. */
export interface ResponsePage {
  /** The token that requested the page. */
  readonly token: string | undefined;
  readonly nextToken: string | undefined;
  readonly runs: MLTaskRun[];
  readonly requestId: string | undefined;
  /** How many runs at the start of the page were left out, because the page before has them. */
  readonly repeatedRuns: number;
  /** Whether the runs follow those of the page before in the order of a query that sorts by STARTED. */
  readonly isOrdered: boolean;
  /** An error of the response, which comes after these runs. */
  readonly error: Error | undefined;
}

/** How to read the responses. */
interface ResponseOptions {
  /** The token of the first response; undefined for the start. */
  readonly token?: string | undefined;
  /** The filter that runs have to match: an endpoint may ignore criteria. */
  readonly filter: CheckedQuery["Filter"];
  /** Whether it is an error if runs are not in the order of the query. Those without `StartedOn` may come anywhere. */
  readonly requiresOrder: boolean;
  /** Sends the request for one page. */
  request(query: CheckedQuery, token: string | undefined): Promise<UncheckedResponse>;
}

/**
 * Returns a function that returns the next response, or undefined after the last. It is not a generator, because a
 * suspended generator can keep pages in memory that it has yielded before.
 */
export function createResponseReader(
  query: CheckedQuery,
  { token: firstToken, filter, requiresOrder, request }: ResponseOptions,
): () => Promise<ResponsePage | undefined> {
  const accepts = (run: MLTaskRun) => filter === undefined || matchesFilter(run, filter);
  const requiresTaskType = filter?.TaskRunType !== undefined;
  const seen = new Set(firstToken === undefined ? [] : [fingerprint(firstToken)]);
  const direction = directionOf(query);
  let token = firstToken;
  let hasEnded = false;
  let previousIds: readonly string[] = [];
  let repeatedPages = 0;
  let lastKey = -Infinity;

  const isInOrder = (runs: readonly MLTaskRun[]): boolean => {
    if (direction === undefined) return false;
    let isOrdered = true;
    for (const run of runs) {
      const key = sortKey(run, direction);
      if (key === Infinity && requiresOrder) continue;
      if (key < lastKey) isOrdered = false;
      lastKey = key;
    }
    return isOrdered;
  };

  return async () => {
    if (hasEnded) return undefined;
    const { members, requestId } = await request(query, token).catch((error: unknown) => {
      noteTokenError(error, token);
      throw error;
    });
    const context = { transformId: query.TransformId, requestId, accepts, requiresTaskType };
    const parsed = parseTaskRuns(members.TaskRuns, context);
    const { token: nextToken, error: tokenError } = readToken(members.NextToken, seen, requestId);

    // If tokens are offsets, new runs shift the pages, so that a page repeats runs of the page before.
    const repeatedRuns = countRepeated(parsed.runs, previousIds);
    repeatedPages = repeatedRuns > 0 && repeatedRuns === parsed.runs.length ? repeatedPages + 1 : 0;
    if (repeatedPages > 1) {
      const message = "The service returned the same page three times: it ignored NextToken.";
      throw new UnexpectedResponseError("NextToken", message, { requestId });
    }
    const runs = repeatedRuns === 0 ? parsed.runs : parsed.runs.slice(repeatedRuns);
    if (parsed.runs.length > 0) previousIds = parsed.runs.map(({ TaskRunId }) => TaskRunId);
    const isOrdered = isInOrder(runs);
    if (direction !== undefined && requiresOrder && !isOrdered) {
      const message = "The runs in the response are not in the order of Sort: the endpoint ignored Sort.";
      throw new UnexpectedResponseError("Sort", message, { requestId });
    }
    const page = { token, nextToken, runs, requestId, repeatedRuns, isOrdered, error: parsed.error ?? tokenError };
    token = nextToken;
    hasEnded = nextToken === undefined;
    return page;
  };
}

/** The errors by which the service may have rejected a token. */
const tokenErrors = new WeakSet<object>();

/**
 * Whether an error of a request may mean that the service has rejected its token. The service does not document which
 * error that is. `EntityNotFoundException` is documented for a task run that does not exist, and only a token can refer
 * to a run: the same error of a request without a token means that the transform does not exist.
 */
export function isTokenError(error: unknown): boolean {
  return error instanceof Error && tokenErrors.has(error);
}

function noteTokenError(error: unknown, token: string | undefined): void {
  const names = ["InvalidInputException", "ValidationException", "EntityNotFoundException"];
  for (const name of names) if (hasName(error, name)) tokenErrors[token === undefined ? "delete" : "add"](error);
}

/** How many runs at the start of a page are also on the page before, in the same order. */
function countRepeated(runs: readonly MLTaskRun[], previousIds: readonly string[]): number {
  const [first] = runs;
  const offset = first === undefined ? -1 : previousIds.indexOf(first.TaskRunId);
  if (offset < 0) return 0;
  let count = 0;
  while (count < runs.length && runs[count]?.TaskRunId === previousIds[offset + count]) count += 1;
  return count;
}
