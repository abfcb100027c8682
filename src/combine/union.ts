/** The union of several queries: merged in STARTED order, each run once. */

import type { CheckedQuery } from "../criteria/query.js";
import type { ListingPosition } from "../paging/cursor.js";
import { type Page, prefetchPages } from "../paging/page.js";
import type { QueryPage } from "../paging/paginate.js";
import { createSkipper, type Direction, hasNoBounds, sortKey } from "../paging/started-order.js";
import type { MLTaskRun } from "../task-run.js";
import { createHeap, type HeapItem } from "./heap.js";
import { createOrderedPages } from "./ordered-pages.js";
import { createUndatedRuns, type UndatedRuns } from "./undated-runs.js";

/** How to read a union. */
export interface UnionOptions {
  /** The queries, all sorted by STARTED in one direction. */
  queries(signal: AbortSignal): AsyncIterable<CheckedQuery> | Iterable<CheckedQuery>;
  readonly direction: Direction;
  readonly start: ListingPosition;
  readonly limit: number;
  readonly limitPerQuery: number | undefined;
  /** The number of pages of each query that are requested ahead. */
  readonly prefetch: number;
  /** Opens the pages of one query. */
  paginate(query: CheckedQuery, options: SourceOptions): AsyncGenerator<QueryPage, void>;
  /** Whether an error ends only its own query. */
  isSkipped(error: unknown): boolean;
  writeCursor(position: ListingPosition): string;
}

/** How a union reads one of its queries. */
export interface SourceOptions {
  readonly start: ListingPosition;
  readonly limit: number;
  /** Aborts when another query fails. */
  readonly signal: AbortSignal;
  /** Called when a request is sent; the result is called with the runs of its response. */
  requestSent(): (runs: readonly MLTaskRun[]) => void;
}

/** The reason of the requests that are aborted because the union ended. */
const UNION_ENDED = Symbol("union ended");

/** Reads the union. It returns its first run when a page of each query is there. */
export async function* readUnion(options: UnionOptions): AsyncGenerator<Page, void> {
  const ended = new AbortController();
  try {
    yield* readPasses(options, ended);
  } finally {
    ended.abort(UNION_ENDED);
  }
}

async function* readPasses(options: UnionOptions, ended: AbortController): AsyncGenerator<Page, void> {
  const { direction, start, limitPerQuery } = options;
  const undated = new Map<string, UndatedRuns>();
  const queries: CheckedQuery[] = [];
  let { firstTime, isDatedOnly = false } = start;
  const pages = createOrderedPages(options.limit, start.time, () => {
    const flags = { isDatedOnly, firstTime };
    return (time) => options.writeCursor({ time, ...flags });
  });

  /** Reads the runs with `StartedOn` of some queries. Returns false if they lack the runs of the start position. */
  async function* readDated(
    pass: AsyncIterable<CheckedQuery> | Iterable<CheckedQuery>,
    sourceStart: ListingPosition,
    sourceLimit: number,
    isNarrow: boolean,
  ): AsyncGenerator<Page, boolean> {
    const skipper = pages.timePosition && createSkipper(pages.timePosition, direction);
    let [opened, exhausted] = [0, 0];
    const isIncomplete = () => isNarrow && skipper !== undefined && skipper.missing > 0;
    const open = (query: CheckedQuery) => {
      opened += 1;
      const collector = undated.get(query.TransformId) ?? createUndatedRuns();
      undated.set(query.TransformId, collector);
      const { requestSent } = collector;
      const exhaust = () => {
        exhausted += 1;
      };
      return openSource(
        options,
        query,
        { start: sourceStart, limit: sourceLimit, signal: ended.signal, requestSent },
        ended,
        exhaust,
      );
    };
    for await (const { runs: merged, isIncomplete: isTimeIncomplete } of mergeSources(pass, open, direction)) {
      const runs = skipper ? skipper.skip(merged) : merged;
      if (runs.length === 0) continue;
      if (isIncomplete()) return false;
      if (!isNarrow && exhausted === opened) isDatedOnly ||= [...undated.values()].every(({ size }) => size === 0);
      if (limitPerQuery !== undefined) firstTime ??= runs[0]?.StartedOn?.getTime();
      yield isTimeIncomplete ? pages.createIncomplete(runs) : pages.create(runs);
      if (pages.remaining === 0) return true;
    }
    return !isIncomplete();
  }

  async function* remember(): AsyncGenerator<CheckedQuery, void> {
    for await (const query of options.queries(ended.signal)) {
      queries.push(query);
      yield query;
    }
  }

  const position = start.time;
  if (limitPerQuery === undefined && position !== undefined && position.time !== null) {
    // Each query from the time of the position on. How many runs of that time to skip is known for all queries together.
    const sourceStart = { time: { time: position.time, count: 0 }, isDatedOnly: true };
    const isComplete = yield* readDated(remember(), sourceStart, Infinity, true);
    if (pages.remaining === 0) return;
    // No narrowed query returns the runs without `StartedOn`.
    const rest = isComplete ? queries.filter((query) => !isDatedOnly && hasNoBounds(query)) : queries;
    if (rest.length > 0) yield* readDated(rest, {}, Infinity, false);
  } else {
    // What a limit per query counts is counted again, from the first run of the listing on.
    const sourceStart = direction === -1 && firstTime !== undefined ? { time: { time: firstTime, count: 0 } } : {};
    yield* readDated(remember(), sourceStart, limitPerQuery ?? Infinity, false);
  }
  if (pages.remaining === 0) return;
  const last = [...undated.values()].flatMap(({ values }) => [...values()]).sort(compareIds);
  const runs = pages.timePosition ? createSkipper(pages.timePosition, direction).skip(last) : last;
  const page = pages.create(runs);
  const isEnd = page.runs.length === runs.length;
  // After the last of them nothing follows.
  yield { ...page, cursorAfter: (count) => (isEnd && count === runs.length ? undefined : page.cursorAfter(count)) };
}

/** A query that is read, at its next run with `StartedOn`. */
interface Source extends HeapItem {
  key: number;
  runs: readonly MLTaskRun[];
  index: number;
  /** Whether the next page is there already. */
  isPageReady: boolean;
  takePage(): Promise<QueryPage | undefined>;
}

function openSource(
  { paginate, isSkipped, prefetch }: UnionOptions,
  query: CheckedQuery,
  sourceOptions: SourceOptions,
  ended: AbortController,
  exhaust: () => void,
): Source {
  async function* pages(): AsyncGenerator<QueryPage, void> {
    try {
      for await (const page of paginate(query, sourceOptions)) {
        if (page.positionAfter(page.runs.length) === undefined) exhaust();
        yield page;
      }
    } catch (error) {
      if (isSkipped(error)) return exhaust();
      // The other queries end with the same error.
      ended.abort(error);
      throw error;
    }
  }
  // One page ahead is the one that is requested below.
  const next = prefetchPages(pages(), Math.max(0, prefetch - 1));
  const request = () => {
    const page = next();
    const settle = () => {
      source.isPageReady = true;
    };
    page.then(settle, settle);
    return page;
  };
  let requested: Promise<QueryPage | undefined> | undefined;
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

/** The largest number of merged runs that are held back while more pages are there. */
const MAX_BATCH = 1000;
/** The largest number of runs that a cursor names. */
const MAX_NAMED = 20;

/** Runs that were merged. */
interface MergedRuns {
  readonly runs: MLTaskRun[];
  /** Whether they are some of the runs of one time, and others of that time may come before them. */
  readonly isIncomplete: boolean;
}

/** Merges the runs with `StartedOn` of all sources. Runs of one time are in the order of their ids, and each comes once. */
async function* mergeSources(
  queries: AsyncIterable<CheckedQuery> | Iterable<CheckedQuery>,
  open: (query: CheckedQuery) => Source,
  direction: Direction,
): AsyncGenerator<MergedRuns, void> {
  const sources: Source[] = [];
  for await (const query of queries) sources.push(open(query));
  const heap = createHeap<Source>();
  let batch: MLTaskRun[] = [];

  /** Moves a source to its next run with `StartedOn`. Returns false while it has to wait for a page. */
  const moveOn = (source: Source): boolean => {
    for (; source.index < source.runs.length; source.index += 1) {
      const run = source.runs[source.index];
      if (run?.StartedOn === undefined) continue;
      source.key = sortKey(run, direction);
      return true;
    }
    return false;
  };
  /** Waits for pages until there is such a run; returns false at the end of the source. */
  const waitForRun = async (source: Source): Promise<boolean> => {
    while (!moveOn(source)) {
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
      // Its key is the one of this run, which the compiler does not see.
      sameTime.push(source.runs[source.index] as MLTaskRun);
      source.index += 1;
      if (!moveOn(source)) {
        if (!source.isPageReady && batch.length > 0) {
          yield { runs: batch, isIncomplete: false };
          batch = [];
        }
        let hasRun: boolean;
        try {
          hasRun = await waitForRun(source);
        } catch (error) {
          // The runs before the error come first.
          yield { runs: batch, isIncomplete: false };
          if (sameTime.length <= MAX_NAMED) yield { runs: distinct(sameTime), isIncomplete: true };
          throw error;
        }
        if (!hasRun) {
          heap.removeFirst();
          continue;
        }
      }
      heap.firstHasGrown();
    }
    for (const run of distinct(sameTime)) batch.push(run);
    if (batch.length >= MAX_BATCH) {
      yield { runs: batch, isIncomplete: false };
      batch = [];
    }
  }
  if (batch.length > 0) yield { runs: batch, isIncomplete: false };
}

/** Runs of one time in the order of their ids, each once. */
function distinct(runs: MLTaskRun[]): MLTaskRun[] {
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
