/** Reads the pages of one query: follows `NextToken`, resumes at a position, and recovers from a rejected token. */

import type { CheckedQuery } from "../criteria/query.js";
import { hasName, type UncheckedResponse } from "../request/send.js";
import type { MLTaskRun } from "../task-run.js";
import type { ListingPosition } from "./cursor.js";
import { emptyPage, type Page } from "./page.js";
import { createResponseReader, type ResponsePage } from "./responses.js";
import {
  createSkipper,
  type Direction,
  directionOf,
  hasNoBounds,
  isDated,
  narrowToPosition,
  positionAfter,
  type Skipper,
  type TimePosition,
} from "./started-order.js";

/** How to read a query. */
export interface PaginateOptions {
  readonly query: CheckedQuery;
  /** The position to resume at. */
  readonly start?: ListingPosition;
  readonly pageSize: number;
  /** The maximum number of runs. */
  readonly limit: number;
  /** The filter that runs have to match (an endpoint may ignore criteria). By default, the filter of the query. */
  readonly filter?: CheckedQuery["Filter"];
  /** Whether it is an error if runs are not in the order of the query. */
  readonly requiresOrder?: boolean;
  /** Sends the request for one page. */
  request(query: CheckedQuery, pageSize: number, token: string | undefined): Promise<UncheckedResponse>;
  /** Called with the runs of each page as it arrives, and awaited. */
  onReceived?(runs: readonly MLTaskRun[], requestId: string | undefined): unknown;
}

/** Reads the pages of a query. Sends no request before the first call of `next()`. */
export async function* paginate(options: PaginateOptions): AsyncGenerator<Page, void> {
  const { query, start = {}, pageSize, filter = query.Filter } = options;
  const direction = directionOf(query);
  const request: PaginateOptions["request"] = async (part, size, token) => {
    try {
      const response = await options.request(part, size, token);
      listing.isTokenRejected = false;
      return response;
    } catch (error) {
      listing.isTokenRejected = token !== undefined && isTokenError(error);
      throw error;
    }
  };
  const listing: ListingState = {
    remaining: options.limit,
    timePosition: start.time,
    isOrdered: direction !== undefined,
    isTokenRejected: false,
    openResponses: (part, token, requiresOrder) =>
      createResponseReader(part, { token, pageSize, filter, requiresOrder, request }),
  };
  if (direction === undefined || start.time === undefined || isResumedByToken(query, start)) {
    try {
      return yield* followTokens(options, listing, query, start);
    } catch (error) {
      // Without STARTED order, or without a returned run that has a time, the listing cannot continue by time.
      const { isTokenRejected, isOrdered, timePosition } = listing;
      if (direction === undefined || !isTokenRejected || !isOrdered || !isDated(timePosition)) throw error;
      yield* followTime(options, listing, direction, timePosition, error);
    }
  } else yield* followTime(options, listing, direction, start.time);
}

/**
 * Whether to resume by token rather than by time. A position on the first page, which has no token, is resumed from the
 * start, unless a query narrowed by time returns all the remaining runs.
 */
function isResumedByToken(query: CheckedQuery, { token, returnedFromPage = 0, isDatedOnly }: ListingPosition): boolean {
  return token !== undefined || (returnedFromPage > 0 && hasNoBounds(query) && !isDatedOnly);
}

/** The state that changes while a query is read. */
interface ListingState {
  /** How many more runs the limit allows. */
  remaining: number;
  /** The position by time after the last run that was returned. */
  timePosition: TimePosition | undefined;
  /** Whether all runs so far were in the order of the query. */
  isOrdered: boolean;
  /** Whether the service rejected the token of the last request. */
  isTokenRejected: boolean;
  /** Opens the responses to a query from a token or from the start. */
  openResponses(
    query: CheckedQuery,
    token: string | undefined,
    requiresOrder: boolean,
  ): ReturnType<typeof createResponseReader>;
}

/** Follows the tokens from a token or from the start. */
async function* followTokens(
  options: PaginateOptions,
  listing: ListingState,
  query: CheckedQuery,
  { token: firstToken, returnedFromPage = 0, time }: ListingPosition,
): AsyncGenerator<Page, void> {
  const direction = directionOf(query);
  // Skip by time if it is known, because runs that started later shift a count.
  const skipper =
    direction !== undefined && returnedFromPage > 0 && isDated(time)
      ? createSkipper({ ...time, count: Math.min(time.count, returnedFromPage) }, direction)
      : undefined;
  let toSkip = returnedFromPage;
  const toPage = (page: ResponsePage): Page => {
    listing.isOrdered &&= page.isOrdered;
    const rest = skipper ? skipper.skip(page.runs) : toSkip > 0 ? page.runs.slice(toSkip) : page.runs;
    const skipped = page.runs.length - rest.length;
    // Runs of the next page are skipped only if all runs of this page were.
    toSkip = rest.length > 0 ? 0 : Math.max(toSkip - skipped, skipper?.missing ?? 0);
    const runs = rest.length > listing.remaining ? rest.slice(0, listing.remaining) : rest;
    listing.remaining -= runs.length;
    const before = listing.timePosition;
    const after = positionAfter(runs, runs.length, before);
    const hasTime = listing.isOrdered;
    const timeAt = (position: TimePosition | undefined) => (hasTime && isDated(position) ? { time: position } : {});
    if (hasTime) listing.timePosition = after;

    const isComplete = skipped + runs.length === page.runs.length && !page.error;
    // The position after an incomplete page is inside this page, so that resuming requests it again.
    const endPosition: ListingPosition | undefined = !isComplete
      ? { token: page.token, returnedFromPage: page.dropped + skipped + runs.length, ...timeAt(after) }
      : page.nextToken === undefined
        ? undefined
        : { token: page.nextToken, returnedFromPage: toSkip, ...timeAt(after) };
    return {
      runs,
      requestId: page.requestId,
      positionAfter: (count) =>
        count < runs.length
          ? {
              token: page.token,
              returnedFromPage: page.dropped + skipped + count,
              ...timeAt(positionAfter(runs, count, before)),
            }
          : endPosition,
    };
  };
  const nextResponse = listing.openResponses(query, firstToken, options.requiresOrder === true);
  for (let response = await nextResponse(); response; response = await nextResponse()) {
    const page = toPage(response);
    await options.onReceived?.(page.runs, page.requestId);
    yield page;
    if (listing.remaining === 0) return;
    if (response.error) throw response.error;
  }
}

/**
 * Reads the runs after a position by time. It reads the query narrowed to the position first. Then it reads the whole
 * query in two cases: if the query can return runs without `StartedOn`, which a narrowed query does not return; and if
 * the narrowed query lacks the runs of the position itself, because the service's bounds are coarser than the margin.
 */
async function* followTime(
  options: PaginateOptions,
  listing: ListingState,
  direction: Direction,
  start: TimePosition,
  tokenError?: unknown,
): AsyncGenerator<Page, void> {
  const { query } = options;
  listing.timePosition = start;
  let firstError = tokenError;
  for (const isNarrow of isDated(start) ? [true, false] : [false]) {
    for (;;) {
      const position = listing.timePosition;
      const skipper = createSkipper(position, direction);
      const part = isNarrow && isDated(position) ? narrowToPosition(query, direction, position) : query;
      try {
        const isComplete = yield* readAfter(options, listing, part, skipper, isNarrow);
        if (listing.remaining === 0) return;
        if (isNarrow && isComplete && skipper.missing === 0 && (!hasNoBounds(query) || options.start?.isDatedOnly)) {
          return yield emptyPage();
        }
        break;
      } catch (error) {
        const hasProgress = listing.timePosition !== position;
        if (!listing.isTokenRejected) throw error;
        // Rejected again without any progress.
        if (!hasProgress) throw firstError ?? error;
        firstError = error;
      }
    }
  }
  yield emptyPage();
}

/** Reads a query without the skipped runs. Returns false if a narrowed query lacks the runs of the position itself. */
async function* readAfter(
  options: PaginateOptions,
  listing: ListingState,
  query: CheckedQuery,
  skipper: Skipper,
  isNarrow: boolean,
): AsyncGenerator<Page, boolean> {
  const nextResponse = listing.openResponses(query, undefined, true);
  for (let page = await nextResponse(); page; page = await nextResponse()) {
    const kept = skipper.skip(page.runs);
    if (isNarrow && kept.length > 0 && skipper.missing > 0) return false;
    const runs = kept.slice(0, listing.remaining);
    listing.remaining -= runs.length;
    const before = listing.timePosition;
    listing.timePosition = positionAfter(runs, runs.length, before);
    await options.onReceived?.(runs, page.requestId);
    if (runs.length > 0) {
      yield {
        runs,
        requestId: page.requestId,
        positionAfter: (count) => ({ time: positionAfter(runs, count, before) }),
      };
    }
    if (listing.remaining === 0) return true;
    if (page.error) throw page.error;
  }
  return true;
}

/** Whether the service may have rejected the token. It does not document the error. */
function isTokenError(error: unknown): boolean {
  return hasName(error, "InvalidInputException") || hasName(error, "ValidationException");
}
