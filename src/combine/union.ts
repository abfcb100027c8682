/** Reads the union of several queries: merges their runs in STARTED order and returns each run once. */
import type { CheckedQuery } from "../criteria/query.js";
import type { ListingPosition } from "../paging/cursor.js";
import { createOrderedPages } from "../paging/ordered-pages.js";
import { type Page, type PageQueue, prefetchPages } from "../paging/page.js";
import { createSkipper, type Direction, hasNoBounds, isDated, sortKey } from "../paging/started-order.js";
import type { MLTaskRun } from "../task-run.js";
import { createHeap, type HeapItem } from "./heap.js";
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
  const { direction, start, limitPerQuery } = options;
  const undated = new Map<string, UndatedRuns>();
  const foundQueries = new Set<CheckedQuery>();
  let { firstTime, isDatedOnly = false } = start;
  const pages = createOrderedPages(options.limit, start.time, () => ({ isDatedOnly, firstTime }));

  /** Reads the runs with `StartedOn`. Returns false if narrowed queries lack the runs of the start position. */
  async function* readDated(
    queries: Queries,
    sourceStart: ListingPosition,
    isNarrow: boolean,
  ): AsyncGenerator<Page, boolean> {
    const skipper = createSkipper(pages.timePosition, direction);
    const isIncomplete = () => isNarrow && skipper.missing > 0;
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
      return { key: -Infinity, runs: [], index: 0, pages: prefetchPages(read(), options.prefetch, true) };
    };
    for await (const { runs: merged, isIncomplete: isTimeIncomplete } of mergeSources(queries, open, direction)) {
      const runs = skipper.skip(merged);
      if (runs.length === 0) continue;
      if (isIncomplete()) return false;
      isDatedOnly ||=
        !isNarrow && unfinishedSources === 0 && [...undated.values()].every(({ runs }) => runs.size === 0);
      const ids = pages.timePosition?.ids ?? [];
      // Too many ids for a cursor: a resumed listing returns these runs.
      if (isTimeIncomplete && ids.length + runs.length > MAX_IDS_IN_CURSOR) continue;
      if (limitPerQuery !== undefined) firstTime ??= runs[0]?.StartedOn?.getTime();
      yield isTimeIncomplete ? pages.createIncomplete(runs) : pages.create(runs);
      if (pages.remaining === 0) return true;
    }
    return !isIncomplete();
  }

  if (limitPerQuery === undefined && isDated(start.time)) {
    // Read all queries from the time of the position on. readDated skips the runs of that time that were returned.
    const sourceStart = { time: { time: start.time.time, count: 0 }, isDatedOnly: true };
    const isComplete = yield* readDated(options.queries(), sourceStart, true);
    if (pages.remaining === 0) return;
    // Narrowed queries do not return the runs without `StartedOn`.
    const rest = [...foundQueries].filter((query) => !isComplete || (!isDatedOnly && hasNoBounds(query)));
    if (rest.length > 0) yield* readDated(rest, {}, false);
  } else {
    // Count the runs of each query again from the first run of the listing, for the limit per query.
    const sourceStart = direction === -1 && firstTime !== undefined ? { time: { time: firstTime, count: 0 } } : {};
    yield* readDated(options.queries(), sourceStart, false);
  }
  if (pages.remaining === 0) return;
  const last = [...undated.values()].flatMap(({ runs }) => [...runs.values()]).sort(compareIds);
  const runs = createSkipper(pages.timePosition, direction).skip(last);
  const page = pages.create(runs);
  const isEnd = page.runs.length === runs.length;
  // The last run ends the listing.
  yield { ...page, positionAfter: (count) => (isEnd && count === runs.length ? undefined : page.positionAfter(count)) };
}

/** The pages of one query, and the next run with `StartedOn` on the current page. */
interface Source extends HeapItem {
  key: number;
  /** The runs with `StartedOn` of the current page. */
  runs: readonly MLTaskRun[];
  index: number;
  readonly pages: PageQueue<Page>;
}

/** The number of merged runs that end a batch, even if more pages have arrived. */
const MAX_BATCH = 1000;

/** Merged runs of several queries. */
interface MergedRuns {
  readonly runs: MLTaskRun[];
  /** Whether they are some of the runs of one start time, and others may sort before them. */
  readonly isIncomplete: boolean;
}

/** Merges the runs with `StartedOn` of all sources. Sorts runs of one start time by id, and yields each run once. */
async function* mergeSources(
  queries: Queries,
  open: (query: CheckedQuery) => Source,
  direction: Direction,
): AsyncGenerator<MergedRuns, void> {
  const sources: Source[] = [];
  for await (const query of queries) sources.push(open(query));
  const heap = createHeap<Source>();
  let batch: MLTaskRun[] = [];

  /** Sets the key of a source to that of its next run. Returns false at the end of the page. */
  const updateKey = (source: Source): boolean => {
    const run = source.runs[source.index];
    if (run !== undefined) source.key = sortKey(run, direction);
    return run !== undefined;
  };
  /** Like updateKey, but waits for the next page. The key is infinite at the end of the source. */
  const waitForRun = async (source: Source): Promise<void> => {
    while (!updateKey(source)) {
      const page = await source.pages.next();
      source.runs = page?.runs.filter(({ StartedOn }) => StartedOn !== undefined) ?? [];
      source.index = 0;
      source.key = Infinity;
      if (page === undefined) return;
    }
  };

  for (const source of sources) {
    await waitForRun(source);
    heap.add(source);
  }
  for (let source = heap.first(); source && source.key < Infinity; source = heap.first()) {
    const { key } = source;
    const sameTime: MLTaskRun[] = [];
    for (; source?.key === key; source = heap.first()) {
      // A source with a finite key is at a run, which the compiler cannot know.
      sameTime.push(source.runs[source.index] as MLTaskRun);
      source.index += 1;
      if (!updateKey(source)) {
        if (!source.pages.isReady) {
          yield { runs: batch, isIncomplete: false };
          batch = [];
        }
        try {
          await waitForRun(source);
        } catch (error) {
          // Return the runs before the error first.
          yield { runs: batch, isIncomplete: false };
          yield { runs: sortAndDeduplicate(sameTime), isIncomplete: true };
          throw error;
        }
      }
      heap.firstHasGrown();
    }
    for (const run of sortAndDeduplicate(sameTime)) batch.push(run);
    if (batch.length >= MAX_BATCH) {
      yield { runs: batch, isIncomplete: false };
      batch = [];
    }
  }
  yield { runs: batch, isIncomplete: false };
}

/** Sorts runs of one start time by id and removes duplicates. */
function sortAndDeduplicate(runs: MLTaskRun[]): MLTaskRun[] {
  if (runs.length < 2) return runs;
  runs.sort(compareIds);
  return runs.filter((run, index) => {
    const previous = runs[index - 1];
    return previous === undefined || compareIds(previous, run) !== 0;
  });
}

function compareIds(a: MLTaskRun, b: MLTaskRun): number {
  return compareText(a.TransformId, b.TransformId) || compareText(a.TaskRunId, b.TaskRunId);
}

const compareText = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);
