/** Reads the union of several queries: merges their runs in STARTED order and returns each run once. */
import type { CheckedQuery } from "../criteria/query.js";
import type { ListingPosition } from "../paging/cursor.js";
import { createOrderedPages } from "../paging/ordered-pages.js";
import { type Page, prefetchPages } from "../paging/page.js";
import { resume } from "../paging/resume.js";
import { createSkipper, type DatedPosition, type Direction, hasNoBounds } from "../paging/started-order.js";
import type { MLTaskRun } from "../task-run.js";
import { compareIds, mergeSources, type Source } from "./merge.js";
import { createUndatedRuns, type UndatedRuns } from "./undated-runs.js";

type Queries = AsyncIterable<CheckedQuery> | Iterable<CheckedQuery>;

/** How to read a union. */
export interface UnionOptions {
  /** The queries, all sorted by STARTED in the same direction. */
  queries(): Queries;
  readonly direction: Direction;
  readonly start: ListingPosition;
  readonly limit: number;
  readonly limitPerQuery: number | undefined;
  /** The maximum number of runs of one transform, if several queries are for one. */
  readonly limitPerTransform: number | undefined;
  /** The number of pages of each query that are requested ahead. */
  readonly prefetch: number;
  /** Opens the pages of one query. */
  paginate(query: CheckedQuery, options: SourceOptions): AsyncGenerator<Page, void>;
  /** Aborts the requests of all queries. */
  abort(error: unknown): void;
}

/** How a union reads one of its queries. */
interface SourceOptions {
  readonly start: ListingPosition;
  readonly limit: number;
  /** Called when a request is sent. Returns a function to call with the runs of the response. */
  requestSent(): (runs: readonly MLTaskRun[]) => void;
}

/** Maximum number of run ids in a cursor, also after several errors at one time. */
const MAX_IDS_IN_CURSOR = 20;

/** Reads the union. The first run is returned after the first page of each query has arrived. */
export async function* readUnion(options: UnionOptions): AsyncGenerator<Page, void> {
  const { direction, start, limitPerQuery, limitPerTransform } = options;
  const undated = new Map<string, UndatedRuns>();
  const foundQueries = new Set<CheckedQuery>();
  let { firstTime, isDatedOnly = false } = start;
  const countOf = new Map<string, number>();
  const withinLimit = (runs: readonly MLTaskRun[]): readonly MLTaskRun[] => {
    if (limitPerTransform === undefined) return runs;
    return runs.filter(({ TransformId }) => {
      const count = (countOf.get(TransformId) ?? 0) + 1;
      countOf.set(TransformId, count);
      return count <= limitPerTransform;
    });
  };
  const pages = createOrderedPages(options.limit, start.time, () => ({ isDatedOnly, firstTime }));

  async function* readDated(narrowedTo: DatedPosition | undefined, lacksPosition: boolean) {
    // The queries were found before if the narrowed ones were read before.
    const queries =
      foundQueries.size === 0
        ? options.queries()
        : [...foundQueries].filter((query) => lacksPosition || hasNoBounds(query));
    const sourceStart = narrowedTo
      ? // All runs of the time of the position: those that were returned are skipped after the merge.
        { time: { time: narrowedTo.time, count: 0 }, isDatedOnly: true }
      : // Count the runs of each query again from the first run of the listing, for the limit per query.
        direction === -1 && limitPerQuery !== undefined && firstTime !== undefined
        ? { time: { time: firstTime, count: 0 } }
        : {};
    let unfinishedSources = 0;
    const open = (query: CheckedQuery): Source => {
      foundQueries.add(query);
      unfinishedSources += 1;
      const undatedRuns = undated.get(query.TransformId) ?? createUndatedRuns();
      undated.set(query.TransformId, undatedRuns);
      const { requestSent } = undatedRuns;
      async function* read(): AsyncGenerator<Page, void> {
        try {
          const sourceOptions = { start: sourceStart, limit: limitPerQuery ?? Infinity, requestSent };
          for await (const page of options.paginate(query, sourceOptions)) {
            if (page.positionAfter(page.runs.length) === undefined) unfinishedSources -= 1;
            yield page;
          }
        } catch (error) {
          // Abort the other queries with the same error.
          options.abort(error);
          throw error;
        }
      }
      return prefetchPages(read(), options.prefetch, true);
    };
    const sources: Source[] = [];
    for await (const query of queries) sources.push(open(query));
    for await (const { runs, isIncomplete } of mergeSources(sources, direction)) {
      isDatedOnly ||=
        !narrowedTo && unfinishedSources === 0 && [...undated.values()].every(({ runs }) => runs.size === 0);
      yield { runs: withinLimit(runs), isIncomplete };
    }
  }

  const batches = resume({
    direction,
    position: () => pages.timePosition,
    // With a limit per query, the runs of each query are counted from the first run of the listing.
    canNarrow: limitPerQuery === undefined,
    read: readDated,
    mayHaveUndatedRuns: () => !isDatedOnly && [...foundQueries].some(hasNoBounds),
  });
  for await (const { runs, isIncomplete } of batches) {
    if (runs.length === 0) continue;
    const ids = pages.timePosition?.ids ?? [];
    // Too many ids for a cursor, or other runs of this time may come first in their transform: a resumed listing returns
    // these runs.
    const isLeftOut = ids.length + runs.length > MAX_IDS_IN_CURSOR || limitPerTransform !== undefined;
    if (isIncomplete && isLeftOut) continue;
    if (limitPerQuery !== undefined) firstTime ??= runs[0]?.StartedOn?.getTime();
    yield isIncomplete ? pages.createIncomplete(runs) : pages.create(runs);
    if (pages.remaining === 0) return;
  }

  const last = withinLimit([...undated.values()].flatMap(({ runs }) => [...runs.values()]).sort(compareIds));
  const runs = createSkipper(pages.timePosition, direction).skip(last);
  const page = pages.create(runs);
  const isEnd = page.runs.length === runs.length;
  // The last run ends the listing.
  yield { ...page, positionAfter: (count) => (isEnd && count === runs.length ? undefined : page.positionAfter(count)) };
}
