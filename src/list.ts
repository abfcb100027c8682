/** `MLTaskRunList`: a listing as an async iterable of runs or pages. */

import { type AbortSignalLike, onAbort, throwIfAborted } from "./abort.js";
import { throwNotJson } from "./errors.js";
import type { ListingPosition } from "./paging/cursor.js";
import { cursorPositionAt, emptyPage, type Page, type PageQueue } from "./paging/page.js";
import { type DisposableIterator, StoppableIterator } from "./stoppable-iterator.js";
import type { AnyTaskType, MLTaskRun } from "./task-run.js";

/**
 * A page of a listing.
 *
 * @typeParam T - the task type of its runs, as in {@link MLTaskRun}
 */
export interface MLTaskRunPage<out T extends AnyTaskType = AnyTaskType> {
  /** The runs, in the order of the listing. A page can be empty, also before the last page. */
  runs: MLTaskRun<T>[];
  /** Where to resume after this page, for the option `cursor`. Absent on the last page. */
  cursor?: string;
  /** The service's request id, for support cases. A page merged from several responses has none. */
  requestId?: string;
}

/**
 * Iterates over the runs of a listing, from its start.
 *
 * @typeParam T - the task type of its runs, as in {@link MLTaskRun}
 */
export interface MLTaskRunIterator<out T extends AnyTaskType = AnyTaskType> extends DisposableIterator<MLTaskRun<T>> {
  /**
   * The position after the last returned run, for the option `cursor`. Before the first run, it is the position of the
   * start. Undefined at the end of the listing.
   */
  readonly cursor: string | undefined;
}

/** The pages of a listing from its start, one after another. */
interface PageSource {
  readonly startPosition: ListingPosition;
  /** Aborts the requests in flight. */
  readonly stop: AbortController;
  /** The caller's signal. */
  readonly abortSignal: AbortSignalLike | undefined;
  /** That of `stop`, and the caller's. */
  readonly signals: readonly AbortSignalLike[];
  readonly pages: PageQueue<Page>;
  writeCursor(position: ListingPosition): string;
}

/** Opens a listing: all pages, or only those that are needed for the first run. */
type OpenPages = (isForFirstRun: boolean) => PageSource;

/**
 * A listing, created by `MLTaskRuns.list()`, `listAny()` or `listAcrossTransforms()`. Sends no request before you read
 * its runs or pages. Each loop over it reads the listing again from the start.
 *
 * @typeParam T - the task type of its runs, as in {@link MLTaskRun}
 *
 * @example
 * ```ts
 * for await (const run of list) console.log(run.TaskRunId, run.Status);
 * ```
 */
export interface MLTaskRunList<out T extends AnyTaskType = AnyTaskType> extends AsyncIterable<MLTaskRun<T>> {
  /**
   * The runs, one by one. Calls of `next()` may overlap: they resolve in order, each with the next run. Leaving the
   * loop aborts the requests in flight.
   *
   * @throws from `next()`: errors of the SDK, {@link PaginationError}, {@link UnexpectedResponseError}, and the reason
   *   of the `abortSignal`. All runs before an error are returned first.
   */
  [Symbol.asyncIterator](): MLTaskRunIterator<T>;
  /**
   * The pages: those of the service, or pages merged from several queries or time windows.
   *
   * @example
   * ```ts
   * for await (const { runs, cursor } of list.pages()) await save(runs, cursor);
   * ```
   */
  pages(): DisposableIterator<MLTaskRunPage<T>>;
  /** All runs in one array. */
  toArray(): Promise<MLTaskRun<T>[]>;
  /** The first run, or undefined if there is none. Requests one run (of each query) from the service. */
  first(): Promise<MLTaskRun<T> | undefined>;
}

/** Creates a list. Its methods work without it, too. */
export function createList(open: OpenPages): MLTaskRunList {
  const list: MLTaskRunList = {
    [Symbol.asyncIterator]: () => new RunIterator(open(false)),
    pages() {
      const source = open(false);
      return new StoppableIterator(readPages(source), source.stop);
    },
    async toArray() {
      const pages: MLTaskRun[][] = [];
      for await (const { runs } of list.pages()) pages.push(runs);
      return pages.flat();
    },
    async first() {
      for await (const run of new RunIterator(open(true))) return run;
      return undefined;
    },
  };
  // Not a member of the type, because a test double does not need it.
  const toJSON = () => throwNotJson("A list", "`await list.toArray()` or `for await`");
  return Object.defineProperty(list, "toJSON", { value: toJSON });
}

/** The next page, or undefined after the last. An abort shows here, also before the prefetched pages. */
async function nextPage({ pages, signals }: PageSource): Promise<Page | undefined> {
  throwIfAborted(signals);
  return pages.next();
}

async function* readPages(source: PageSource): AsyncGenerator<MLTaskRunPage, void> {
  for (let page = await nextPage(source); page !== undefined; page = await nextPage(source)) {
    const { runs, requestId } = page;
    const position = cursorPositionAt(page, runs.length);
    yield {
      runs,
      ...(position && { cursor: source.writeCursor(position) }),
      ...(requestId !== undefined && { requestId }),
    };
  }
}

/** How far the runs of a source are read. */
interface ReadState {
  readonly source: PageSource;
  page: Page;
  /** How many runs of the current page were returned. */
  returnedRuns: number;
}

/** The next run of the current page, if it has one left. */
function takeRun(state: ReadState): MLTaskRun | undefined {
  // Only this signal, because a look at one takes time for each run. A stop empties the page.
  if (state.source.abortSignal?.aborted) return undefined;
  const run = state.page.runs[state.returnedRuns];
  if (run !== undefined) state.returnedRuns += 1;
  return run;
}

/** Returns false at the end. Not a part of the generator, which would keep its last page in memory after its end. */
async function moveToNextPage(state: ReadState): Promise<boolean> {
  const page = await nextPage(state.source);
  if (page === undefined || state.source.stop.signal.aborted) return false;
  state.page = page;
  state.returnedRuns = 0;
  return true;
}

async function* readRuns(state: ReadState): AsyncGenerator<MLTaskRun, void> {
  do {
    for (let run = takeRun(state); run !== undefined; run = takeRun(state)) yield run;
  } while (await moveToNextPage(state));
}

/** Iterates over the runs of a source. A run of the current page is returned without waiting, in a resolved promise. */
class RunIterator extends StoppableIterator<MLTaskRun> implements MLTaskRunIterator {
  private readonly state: ReadState;
  /** The number of pending calls of `next`. */
  private pendingCalls = 0;

  constructor(source: PageSource) {
    const state = { source, page: emptyPage(source.startPosition), returnedRuns: 0 };
    super(readRuns(state), source.stop);
    this.state = state;
    // At the end, release the runs but not the cursor: an iterator may live long after its end.
    onAbort(source.stop.signal, () => {
      state.page = emptyPage(cursorPositionAt(state.page, state.returnedRuns));
      state.returnedRuns = 0;
    });
  }

  get cursor(): string | undefined {
    const { source, page, returnedRuns } = this.state;
    const position = cursorPositionAt(page, returnedRuns);
    return position && source.writeCursor(position);
  }

  override next(): Promise<IteratorResult<MLTaskRun, void>> {
    const run = this.pendingCalls === 0 ? takeRun(this.state) : undefined;
    if (run !== undefined) return Promise.resolve({ done: false, value: run });
    this.pendingCalls += 1;
    const result = super.next();
    const settle = () => {
      this.pendingCalls -= 1;
    };
    result.then(settle, settle);
    return result;
  }
}
