/** Reads the union of several queries: merges their runs in STARTED order and returns each run once. */

import type { CheckedQuery } from "../criteria/query.js";
import type { ListingPosition } from "../paging/cursor.js";
import { createOrderedPages } from "../paging/ordered-pages.js";
import { type Page, prefetchPages } from "../paging/page.js";
import { createSkipper, type Direction, hasNoBounds, sortKey } from "../paging/started-order.js";
import type { MLTaskRun } from "../task-run.js";
import { createHeap, type HeapItem } from "./heap.js";
import { createUndatedRuns, type UndatedRuns } from "./undated-runs.js";

/** How to read a union. */
export interface UnionOptions {
  /** The queries, all sorted by STARTED in the same direction. */
  queries(signal: AbortSignal): AsyncIterable<CheckedQuery> | Iterable<CheckedQuery>;
  readonly direction: Direction;
  readonly start: ListingPosition;
  readonly limit: number;
  readonly limitPerQuery: number | undefined;
  /** The number of pages of each query that are requested ahead. */
  readonly prefetch: number;
  /** Opens the pages of one query. */
  paginate(query: CheckedQuery, options: SourceOptions): AsyncGenerator<Page, void>;
  /** Whether an error ends only its own query. */
  isSkipped(error: unknown): boolean;
}

/** How a union reads one of its queries. */
export interface SourceOptions {
  readonly start: ListingPosition;
  readonly limit: number;
  /** Aborts when another query fails. */
  readonly signal: AbortSignal;
  /** Called when a request is sent. Returns a function to call with the runs of the response. */
  requestSent(): (runs: readonly MLTaskRun[]) => void;
}

/** Maximum number of run ids in a cursor, also after several errors at one time. */
const MAX_IDS_IN_CURSOR = 20;

/** Abort reason used when the union has ended. */
const UNION_ENDED = Symbol("union ended");

/** Reads the union. The first run is returned after the first page of each query has arrived. */
export async function* readUnion(options: UnionOptions): AsyncGenerator<Page, void> {
  const controller = new AbortController();
  try {
    yield* readPages(options, controller);
  } finally {
    controller.abort(UNION_ENDED);
  }
}

async function* readPages(options: UnionOptions, controller: AbortController): AsyncGenerator<Page, void> {
  const { direction, start, limitPerQuery } = options;
  const undated = new Map<string, UndatedRuns>();
  const foundQueries: CheckedQuery[] = [];
  let { firstTime, isDatedOnly = false } = start;
  const pages = createOrderedPages(options.limit, start.time, () => ({ isDatedOnly, firstTime }));

  /** Reads the runs with `StartedOn`. Returns false if narrowed queries lack the runs of the start position. */
  async function* readDated(
    queries: AsyncIterable<CheckedQuery> | Iterable<CheckedQuery>,
    sourceStart: ListingPosition,
    sourceLimit: number,
    isNarrow: boolean,
  ): AsyncGenerator<Page, boolean> {
    const skipper = pages.timePosition && createSkipper(pages.timePosition, direction);
    let unfinishedSources = 0;
    const isIncomplete = () => isNarrow && skipper !== undefined && skipper.missing > 0;
    const open = (query: CheckedQuery) => {
      unfinishedSources += 1;
      const collector = undated.get(query.TransformId) ?? createUndatedRuns();
      undated.set(query.TransformId, collector);
      const { requestSent } = collector;
      const onEnd = () => {
        unfinishedSources -= 1;
      };
      return openSource(
        options,
        query,
        { start: sourceStart, limit: sourceLimit, signal: controller.signal, requestSent },
        controller,
        onEnd,
      );
    };
    for await (const { runs: merged, isIncomplete: isTimeIncomplete } of mergeSources(queries, open, direction)) {
      const runs = skipper ? skipper.skip(merged) : merged;
      if (runs.length === 0) continue;
      if (isIncomplete()) return false;
      if (!isNarrow && unfinishedSources === 0) isDatedOnly ||= [...undated.values()].every(({ size }) => size === 0);
      const ids = pages.timePosition?.ids ?? [];
      if (isTimeIncomplete && ids.length + runs.length > MAX_IDS_IN_CURSOR) continue;
      if (limitPerQuery !== undefined) firstTime ??= runs[0]?.StartedOn?.getTime();
      yield isTimeIncomplete ? pages.createIncomplete(runs) : pages.create(runs);
      if (pages.remaining === 0) return true;
    }
    return !isIncomplete();
  }

  async function* findQueries(): AsyncGenerator<CheckedQuery, void> {
    for await (const query of options.queries(controller.signal)) {
      foundQueries.push(query);
      yield query;
    }
  }

  const position = start.time;
  if (limitPerQuery === undefined && position !== undefined && position.time !== null) {
    // Read all queries from the time of the position on. readDated skips the runs of that time that were returned.
    const sourceStart = { time: { time: position.time, count: 0 }, isDatedOnly: true };
    const isComplete = yield* readDated(findQueries(), sourceStart, Infinity, true);
    if (pages.remaining === 0) return;
    // Narrowed queries do not return the runs without `StartedOn`.
    const rest = isComplete ? foundQueries.filter((query) => !isDatedOnly && hasNoBounds(query)) : foundQueries;
    if (rest.length > 0) yield* readDated(rest, {}, Infinity, false);
  } else {
    // Count the runs of each query again from the first run of the listing, for the limit per query.
    const sourceStart = direction === -1 && firstTime !== undefined ? { time: { time: firstTime, count: 0 } } : {};
    yield* readDated(findQueries(), sourceStart, limitPerQuery ?? Infinity, false);
  }
  if (pages.remaining === 0) return;
  const last = [...undated.values()].flatMap(({ values }) => [...values()]).sort(compareIds);
  const runs = pages.timePosition ? createSkipper(pages.timePosition, direction).skip(last) : last;
  const page = pages.create(runs);
  const isEnd = page.runs.length === runs.length;
  // The last run ends the listing.
  yield { ...page, positionAfter: (count) => (isEnd && count === runs.length ? undefined : page.positionAfter(count)) };
}

/** The pages of one query, and the next run with `StartedOn` on the current page. */
interface Source extends HeapItem {
  key: number;
  runs: readonly MLTaskRun[];
  index: number;
  /** Whether the next page has arrived. */
  isPageReady: boolean;
  takePage(): Promise<Page | undefined>;
}

function openSource(
  { paginate, isSkipped, prefetch }: UnionOptions,
  query: CheckedQuery,
  sourceOptions: SourceOptions,
  controller: AbortController,
  onEnd: () => void,
): Source {
  async function* pages(): AsyncGenerator<Page, void> {
    try {
      for await (const page of paginate(query, sourceOptions)) {
        if (page.positionAfter(page.runs.length) === undefined) onEnd();
        yield page;
      }
    } catch (error) {
      if (isSkipped(error)) return onEnd();
      // Abort the other queries with the same error.
      controller.abort(error);
      throw error;
    }
  }
  // One of the pages ahead is requested by `request`.
  const next = prefetchPages(pages(), Math.max(0, prefetch - 1));
  const request = () => {
    const page = next();
    const settle = () => {
      source.isPageReady = true;
    };
    page.then(settle, settle);
    return page;
  };
  let requested: Promise<Page | undefined> | undefined;
  const source: Source = {
    key: -Infinity,
    runs: [],
    index: 0,
    isPageReady: false,
    async takePage() {
      const page = await (requested ?? request());
      source.isPageReady = false;
      requested = prefetch > 0 && page !== undefined ? request() : undefined;
      return page;
    },
  };
  requested = request();
  return source;
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
  queries: AsyncIterable<CheckedQuery> | Iterable<CheckedQuery>,
  open: (query: CheckedQuery) => Source,
  direction: Direction,
): AsyncGenerator<MergedRuns, void> {
  const sources: Source[] = [];
  for await (const query of queries) sources.push(open(query));
  const heap = createHeap<Source>();
  let batch: MLTaskRun[] = [];

  /** Moves a source to its next run with `StartedOn`. Returns false at the end of the page. */
  const moveToNextRun = (source: Source): boolean => {
    for (; source.index < source.runs.length; source.index += 1) {
      const run = source.runs[source.index];
      if (run?.StartedOn === undefined) continue;
      source.key = sortKey(run, direction);
      return true;
    }
    return false;
  };
  /** The same, and waits for pages. Returns false at the end of the source. */
  const waitForRun = async (source: Source): Promise<boolean> => {
    while (!moveToNextRun(source)) {
      const page = await source.takePage();
      if (page === undefined) return false;
      source.runs = page.runs;
      source.index = 0;
    }
    return true;
  };

  for (const source of sources) if (await waitForRun(source)) heap.add(source);
  for (let source = heap.first(); source !== undefined; source = heap.first()) {
    const { key } = source;
    const sameTime: MLTaskRun[] = [];
    for (; source !== undefined && source.key === key; source = heap.first()) {
      // A source in the heap is at a run, which the compiler cannot know.
      sameTime.push(source.runs[source.index] as MLTaskRun);
      source.index += 1;
      if (!moveToNextRun(source)) {
        if (!source.isPageReady && batch.length > 0) {
          yield { runs: batch, isIncomplete: false };
          batch = [];
        }
        let hasRun: boolean;
        try {
          hasRun = await waitForRun(source);
        } catch (error) {
          // Return the runs before the error first.
          yield { runs: batch, isIncomplete: false };
          yield { runs: sortAndDeduplicate(sameTime), isIncomplete: true };
          throw error;
        }
        if (!hasRun) {
          heap.removeFirst();
          continue;
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
  if (batch.length > 0) yield { runs: batch, isIncomplete: false };
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
