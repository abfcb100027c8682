/** Reads the pages of one query: follows `NextToken`, resumes at a position, and recovers from a rejected token. */
import type { CheckedQuery } from "../criteria/query.js";
import type { UncheckedResponse } from "../request/send.js";
import type { MLTaskRun } from "../task-run.js";
import type { ListingPosition } from "./cursor.js";
import { narrowToPosition } from "./narrow.js";
import { createPageBuilder } from "./ordered-pages.js";
import type { Page } from "./page.js";
import { createResponseReader, isTokenError, type ResponsePage } from "./responses.js";
import { resume } from "./resume.js";
import { type Direction, directionOf } from "./started-order.js";
import { createSkipper, type DatedPosition, isDated } from "./time-position.js";
import { isDatedRun, mayHaveUndatedRuns } from "./undated-runs.js";

/** How to read a query. */
interface PaginateOptions {
  readonly query: CheckedQuery;
  /** The position to resume at. */
  readonly startPosition?: ListingPosition;
  /** Whether to resume by the time of the position. By default, its page is requested again. */
  readonly isByTime?: boolean;
  /** The maximum number of runs. */
  readonly limit: number;
  /** The filter that runs have to match (an endpoint may ignore criteria). By default, the filter of the query. */
  readonly filter?: CheckedQuery["Filter"];
  /** Whether it is an error if runs are not in the order of the query. */
  readonly requiresOrder?: boolean;
  /** Sends the request for one page. */
  request(query: CheckedQuery, token: string | undefined): Promise<UncheckedResponse>;
  /** Called with the runs of each page as it arrives, and awaited. */
  onReceived?(runs: readonly MLTaskRun[], requestId: string | undefined): unknown;
}

/** How often the whole query is read at one position if the service rejects the tokens. */
const MAX_ATTEMPTS = 10;

/** Reads the pages of a query. Sends no request before the first call of `next()`. */
export function paginate(options: PaginateOptions): AsyncGenerator<Page, void> {
  const { query, startPosition = {}, filter = query.Filter, request, onReceived } = options;
  const direction = directionOf(query);
  const pageBuilder = createPageBuilder(options.limit, startPosition.timePosition);
  const isAtStart = startPosition.token === undefined && !startPosition.returnedFromPage;
  /** Whether all runs so far were in the order of the query. Before a cursor without a time, they may not have been. */
  let isOrdered = direction !== undefined && (isAtStart || startPosition.timePosition !== undefined);
  /**
   * Follows the tokens from a token or from the start. Continues by time after a rejected token, where that is
   * possible.
   */
  async function* followTokens(): AsyncGenerator<Page, void> {
    const { token, returnedFromPage = 0, timePosition } = startPosition;
    // Skip by time if it is known, because runs that started later shift a count.
    let skipper =
      direction !== undefined && returnedFromPage > 0 && isDated(timePosition)
        ? createSkipper({ ...timePosition, count: Math.min(timePosition.count, returnedFromPage) }, direction)
        : undefined;
    let toSkip = returnedFromPage;
    const toPage = ({ runs, token, nextToken, repeatedRuns, ...response }: ResponsePage): Page => {
      isOrdered &&= response.isOrdered;
      // The order up to this page: later pages do not change the positions in it.
      const hasTime = isOrdered;
      const rest = skipper ? skipper.skip(runs) : runs.slice(toSkip);
      const skipped = runs.length - rest.length;
      // Runs of the next page are skipped only if all runs of this page were.
      toSkip = rest.length > 0 ? 0 : Math.max(toSkip - skipped, skipper?.missing ?? 0);
      // All runs after it come after the position, also those of an endpoint that does not sort.
      if (rest.length > 0) skipper = undefined;
      const page = pageBuilder.create(rest, { ...response, ignoresUndated: options.requiresOrder === true });
      // The position after an incomplete page is inside this page, so that resuming requests it again.
      const isWhole = page.runs.length === rest.length && !response.error;
      const nextPosition = { token: nextToken, returnedFromPage: toSkip };
      return {
        ...page,
        isLast: isWhole && nextToken === undefined,
        positionAt(count) {
          const isEnd = isWhole && count === page.runs.length;
          const { timePosition } = page.positionAt(count);
          return {
            ...(isEnd ? nextPosition : { token, returnedFromPage: repeatedRuns + skipped + count }),
            ...(hasTime && isDated(timePosition) && { timePosition }),
          };
        },
      };
    };
    const settings = { token, filter, requiresOrder: options.requiresOrder === true, request };
    const nextResponse = createResponseReader(query, settings);
    try {
      for (let response = await nextResponse(); response; response = await nextResponse()) {
        const page = toPage(response);
        await onReceived?.(page.runs, page.requestId);
        yield page;
        if (pageBuilder.remainingRuns === 0) return;
        if (response.error) throw response.error;
      }
    } catch (error) {
      if (!isTokenError(error)) throw error;
      // The listing can continue by time if it is in STARTED order, and the last returned run has a time. If no run was
      // returned yet, it can begin again.
      const { timePosition } = pageBuilder;
      const canBegin = isAtStart && timePosition === undefined;
      if (direction === undefined || !isOrdered || !(canBegin || isDated(timePosition))) throw error;
      yield* followTime(direction);
    }
  }

  async function* readResponses(direction: Direction, narrowedTo: DatedPosition | undefined) {
    const part = narrowedTo ? narrowToPosition(query, direction, narrowedTo) : query;
    const nextResponse = createResponseReader(part, { filter, requiresOrder: true, request });
    for (let response = await nextResponse(); response; response = await nextResponse()) yield response;
  }

  /** Reads the runs after the current position by time. Continues at the new position after a rejected token. */
  async function* followTime(direction: Direction): AsyncGenerator<Page, void> {
    /** Whether the query that was begun last was narrowed. */
    let wasNarrowed = true;
    /** False after a narrowed query was complete: then only runs without `StartedOn` are missing. */
    let canNarrow = true;
    /** The runs without `StartedOn`, which come last, wherever the service has them. */
    const undated = new Map<string, MLTaskRun>();
    for (let attempts = 1; ; attempts += 1) {
      /** The position when the query, narrowed or whole, was begun. */
      let position = pageBuilder.timePosition;
      try {
        const responses = resume({
          direction,
          position: () => pageBuilder.timePosition,
          canNarrow,
          read: (narrowedTo) => {
            wasNarrowed = narrowedTo !== undefined;
            position = pageBuilder.timePosition;
            // At the start there is no position to narrow the query to.
            canNarrow = wasNarrowed || position === undefined;
            return readResponses(direction, narrowedTo);
          },
          mayHaveUndatedRuns: () => mayHaveUndatedRuns(query) && !startPosition.isDatedOnly,
        });
        for await (const { runs, requestId, error } of responses) {
          const page = pageBuilder.create(runs.filter(isDatedRun), { requestId });
          // A run may get its start between two responses.
          for (const { TaskRunId } of page.runs) undated.delete(TaskRunId);
          const newUndated = runs
            .filter((run) => !isDatedRun(run) && !undated.has(run.TaskRunId))
            .slice(0, Math.max(0, pageBuilder.remainingRuns - undated.size));
          for (const run of newUndated) undated.set(run.TaskRunId, run);
          await onReceived?.([...page.runs, ...newUndated], page.requestId);
          if (page.runs.length > 0) yield page;
          if (pageBuilder.remainingRuns === 0) return;
          if (error) throw error;
        }
        return yield pageBuilder.create([...undated.values()], { isLast: true });
      } catch (error) {
        if (!isTokenError(error)) throw error;
        if (pageBuilder.timePosition !== position) attempts = 0;
        // Without progress, only the whole query is read again, for its runs without `StartedOn` after the others.
        else if (wasNarrowed || attempts === MAX_ATTEMPTS) throw error;
      }
    }
  }

  return direction !== undefined && options.isByTime ? followTime(direction) : followTokens();
}
