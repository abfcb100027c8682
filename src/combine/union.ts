/** Reads the union of several queries: merges their runs in STARTED order and returns each run once. */
import { type AbortSignalLike, throwIfAborted } from "../abort.js";
import type { CheckedQuery } from "../criteria/query.js";
import { hasName } from "../errors.js";
import type { ListingPosition } from "../paging/cursor.js";
import { createPageBuilder } from "../paging/ordered-pages.js";
import { type Page, prefetchPages } from "../paging/page.js";
import { paginate } from "../paging/paginate.js";
import { resume } from "../paging/resume.js";
import type { Direction } from "../paging/started-order.js";
import { createSkipper, type DatedPosition } from "../paging/time-position.js";
import { createUndatedRuns, isDatedRun, mayHaveUndatedRuns, type UndatedRuns } from "../paging/undated-runs.js";
import type { Limiter } from "../request/limiter.js";
import type { RequestPage } from "../request/page-request.js";
import type { MLTaskRun } from "../task-run.js";
import { compareIds, mergeSources, type Source } from "./merge.js";

/** How to read a union. */
export interface UnionOptions {
  /** The queries, all sorted by STARTED in the same direction. */
  queries(): AsyncIterable<CheckedQuery> | Iterable<CheckedQuery>;
  readonly direction: Direction;
  readonly startPosition: ListingPosition;
  readonly limit: number;
  readonly limitPerQuery: number | undefined;
  /** The maximum number of runs of one transform, if several queries are for one and there is a limit per query. */
  readonly limitPerTransform?: number | undefined;
  /** The number of pages of each query that are requested ahead. */
  readonly prefetch: number;
  /** Whether only the first run with `StartedOn` of each query is needed. */
  readonly isForFirstRun: boolean;
  /** Whether a transform that does not exist has no runs, instead of ending the union with an error. */
  readonly skipsDeletedTransforms: boolean;
  /** Limits the number of concurrent requests. */
  readonly limiter: Limiter;
  readonly request: RequestPage<"GetMLTaskRuns">;
  /** Called as each page arrives, with the number of its runs; awaited. */
  onReceived(runCount: number, requestId: string | undefined): unknown;
  /** Aborts the requests of all queries, after an error of one. */
  readonly controller: AbortController;
  /** Its signal, and the others that abort the requests. */
  readonly signals: readonly AbortSignalLike[];
}

/** Maximum number of run ids in a cursor, also after several errors at one time. */
const MAX_IDS_IN_CURSOR = 20;

/** Reads the union. The first run is returned after the first page of each query has arrived. */
export async function* readUnion(options: UnionOptions): AsyncGenerator<Page, void> {
  const { direction, startPosition, limitPerQuery, limitPerTransform } = options;
  const undatedByTransform = new Map<string, UndatedRuns>();
  const foundQueries = new Set<CheckedQuery>();
  let { firstStartedOn, isDatedOnly = false } = startPosition;
  const takeWithinLimit = createTransformLimit(limitPerTransform);
  const pageBuilder = createPageBuilder(options.limit, startPosition.timePosition, () => ({
    isDatedOnly,
    firstStartedOn,
  }));

  /**
   * Reads the queries, narrowed or whole, and yields their runs with `StartedOn` in order.
   *
   * @param lacksPosition - whether the narrowed queries lacked runs of the position, so that all queries are read whole
   */
  async function* readDated(narrowedTo: DatedPosition | undefined, lacksPosition: boolean) {
    // The queries were found before if the narrowed ones were read before.
    const queries =
      foundQueries.size === 0
        ? options.queries()
        : [...foundQueries].filter((query) => lacksPosition || mayHaveUndatedRuns(query));
    let sourceStart: ListingPosition = {};
    // All runs of the time of the position: those that were returned are skipped after the merge.
    if (narrowedTo) sourceStart = { timePosition: { ...narrowedTo, count: 0, ids: [] }, isDatedOnly: true };
    // With a limit per query, the runs of each query are counted again from the first run of the listing: newest first,
    // others may have started since then.
    else if (limitPerQuery !== undefined && direction === -1 && firstStartedOn !== undefined) {
      sourceStart = { timePosition: { startedOn: firstStartedOn, count: 0 }, isDatedOnly };
    }
    let unfinishedSources = 0;
    const sources: Source[] = [];
    for await (const query of queries) {
      foundQueries.add(query);
      unfinishedSources += 1;
      const undatedRuns = undatedByTransform.get(query.TransformId) ?? createUndatedRuns();
      undatedByTransform.set(query.TransformId, undatedRuns);
      const onEnd = () => {
        unfinishedSources -= 1;
      };
      sources.push(prefetchPages(readSource(options, query, sourceStart, undatedRuns, onEnd), options.prefetch, true));
    }
    for await (const { runs, isPartOfOneTime } of mergeSources(sources, direction)) {
      isDatedOnly ||=
        !narrowedTo && unfinishedSources === 0 && [...undatedByTransform.values()].every(({ byId }) => byId.size === 0);
      yield { runs: takeWithinLimit(runs), isPartOfOneTime };
    }
  }

  const batches = resume({
    direction,
    position: () => pageBuilder.timePosition,
    // With a limit per query, the runs of each query are counted from the first run of the listing.
    canNarrow: limitPerQuery === undefined,
    read: readDated,
    mayHaveUndatedRuns: () => !isDatedOnly && [...foundQueries].some(mayHaveUndatedRuns),
  });
  for await (const { runs, isPartOfOneTime } of batches) {
    if (runs.length === 0) continue;
    const ids = pageBuilder.timePosition?.ids ?? [];
    // A part of the runs of one time is left out (a resumed listing returns it) if it has too many ids for a cursor, or
    // if other runs of this time may come first in their transform.
    const leavesOutParts = ids.length + runs.length > MAX_IDS_IN_CURSOR || limitPerTransform !== undefined;
    if (isPartOfOneTime && leavesOutParts) continue;
    if (limitPerQuery !== undefined) firstStartedOn ??= runs[0]?.StartedOn?.getTime();
    yield pageBuilder.create(runs, { isPartOfOneTime });
    if (pageBuilder.remainingRuns === 0) return;
  }

  const allUndated = takeWithinLimit(
    [...undatedByTransform.values()].flatMap(({ byId }) => [...byId.values()]).sort(compareIds),
  );
  yield pageBuilder.create(createSkipper(pageBuilder.timePosition, direction).skip(allUndated), { isLast: true });
}

/** Creates a function that returns those of the next runs that are within the limit of their transform. */
function createTransformLimit(limit: number | undefined) {
  const countOf = new Map<string, number>();
  return (runs: readonly MLTaskRun[]): readonly MLTaskRun[] => {
    if (limit === undefined) return runs;
    const taken: MLTaskRun[] = [];
    for (const run of runs) {
      const count = countOf.get(run.TransformId) ?? 0;
      if (count < limit) taken.push(run);
      countOf.set(run.TransformId, count + 1);
    }
    return taken;
  };
}

/** Reads the pages of one query. An error aborts the other queries. */
async function* readSource(
  options: UnionOptions,
  query: CheckedQuery,
  startPosition: ListingPosition,
  undated: UndatedRuns,
  onEnd: () => void,
): AsyncGenerator<Page, void> {
  const { request, limiter, onReceived, limitPerQuery = Infinity, controller } = options;
  let isDeleted = false;
  const collector = undated.addQuery();
  const pages = paginate({
    query,
    startPosition,
    isByTime: startPosition.timePosition !== undefined,
    limit: limitPerQuery,
    requiresOrder: true,
    request: (part, token) =>
      limiter(async () => {
        collector.requestSent();
        try {
          return await request(part, token);
        } catch (error) {
          // A request that was aborted rejects with the reason, which may be an error of this name.
          throwIfAborted(options.signals);
          isDeleted = token === undefined && hasName(error, "EntityNotFoundException");
          throw error;
        }
      }),
    onReceived: (runs, requestId) => {
      collector.received(runs);
      return onReceived(runs.length, requestId);
    },
  });
  try {
    for await (const page of pages) {
      if (page.isLast) onEnd();
      yield page;
      if (options.isForFirstRun && page.runs.some(isDatedRun)) return;
    }
  } catch (error) {
    if (options.skipsDeletedTransforms && isDeleted) return onEnd();
    controller.abort(error);
    throw error;
  }
}
