/** `MLTaskRunList`: a listing as an async iterable of runs or pages. */

import { type AbortSignalLike, onAbort, throwIfAborted } from "./abort.js";
import { bindMethods } from "./bind-methods.js";
import { throwNotJson } from "./errors.js";
import { createHiddenState } from "./hidden-state.js";
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
export interface PageSource {
  readonly start: ListingPosition;
  /** Aborts the requests in flight. */
  readonly stop: AbortController;
  /** That of `stop`, and the caller's. */
  readonly signals: readonly AbortSignalLike[];
  readonly pages: PageQueue<Page>;
  writeCursor(position: ListingPosition): string;
}

/** Opens a listing: all pages, or only those that are needed for the first run. */
export type OpenPages = (isForFirstRun: boolean) => PageSource;

/** How each list opens its pages. */
const openers = createHiddenState<MLTaskRunList, OpenPages>();

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
export class MLTaskRunList<out T extends AnyTaskType = AnyTaskType> implements AsyncIterable<MLTaskRun<T>> {
  private constructor(open: OpenPages) {
    openers.set(this, open);
    bindMethods(this, ["pages", "toArray", "first", Symbol.asyncIterator]);
  }

  /** @internal `MLTaskRuns` creates it. */
  static create(open: OpenPages): MLTaskRunList {
    return new this(open);
  }

  /**
   * The runs, one by one. Calls of `next()` may overlap: they resolve in order, each with the next run. Leaving the
   * loop aborts the requests in flight.
   *
   * @throws from `next()`: errors of the SDK, {@link PaginationError}, {@link UnexpectedResponseError}, and the reason
   *   of the `abortSignal`. All runs before an error are returned first.
   */
  [Symbol.asyncIterator](): MLTaskRunIterator<T> {
    return new RunIterator<T>(openers.get(this)(false));
  }

  /**
   * The pages: those of the service, or pages merged from several queries or time windows.
   *
   * @example
   * ```ts
   * for await (const { runs, cursor } of list.pages()) await save(runs, cursor);
   * ```
   */
  pages(): DisposableIterator<MLTaskRunPage<T>> {
    const source = openers.get(this)(false);
    return new StoppableIterator(readPages<T>(source), source.stop);
  }

  /** All runs in one array. */
  async toArray(): Promise<MLTaskRun<T>[]> {
    const pages: MLTaskRun<T>[][] = [];
    for await (const { runs } of this.pages()) pages.push(runs);
    return pages.flat();
  }

  /** The first run, or undefined if there is none. Requests one run (of each query) from the service. */
  async first(): Promise<MLTaskRun<T> | undefined> {
    for await (const run of new RunIterator<T>(openers.get(this)(true))) return run;
    return undefined;
  }
}

// Not a member of the type, because a test double does not need it.
Object.defineProperty(MLTaskRunList.prototype, "toJSON", {
  value: () => throwNotJson("A list", "`await list.toArray()` or `for await`"),
});

async function* readPages<T extends AnyTaskType>(source: PageSource): AsyncGenerator<MLTaskRunPage<T>, void> {
  for (;;) {
    throwIfAborted(source.signals);
    const page = await source.pages.next();
    if (page === undefined) return;
    const { runs, requestId } = page;
    const position = cursorPositionAt(page, runs.length);
    yield {
      // The parser left out runs of other types than the filter's, which the compiler cannot know.
      runs: runs as MLTaskRun<T>[],
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
function takeRun<T extends AnyTaskType>(state: ReadState): MLTaskRun<T> | undefined {
  if (state.source.signals.some(({ aborted }) => aborted)) return undefined;
  const run = state.page.runs[state.returnedRuns];
  if (run !== undefined) state.returnedRuns += 1;
  // As in readPages.
  return run as MLTaskRun<T> | undefined;
}

/** Returns false at the end. Not a part of the generator, which would keep its last page in memory after its end. */
async function moveToNextPage(state: ReadState): Promise<boolean> {
  const { pages, signals, stop } = state.source;
  throwIfAborted(signals);
  const page = await pages.next();
  if (page === undefined || stop.signal.aborted) return false;
  state.page = page;
  state.returnedRuns = 0;
  return true;
}

async function* readRuns<T extends AnyTaskType>(state: ReadState): AsyncGenerator<MLTaskRun<T>, void> {
  do {
    for (let run = takeRun<T>(state); run !== undefined; run = takeRun<T>(state)) yield run;
  } while (await moveToNextPage(state));
}

/** Iterates over the runs of a source. A run of the current page is returned without waiting, in a resolved promise. */
class RunIterator<T extends AnyTaskType> extends StoppableIterator<MLTaskRun<T>> implements MLTaskRunIterator<T> {
  private readonly state: ReadState;
  /** The number of pending calls of `next`. */
  private pendingCalls = 0;

  constructor(source: PageSource) {
    const state = { source, page: emptyPage(source.start), returnedRuns: 0 };
    super(readRuns<T>(state), source.stop);
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

  override next(): Promise<IteratorResult<MLTaskRun<T>, void>> {
    const run = this.pendingCalls === 0 ? takeRun<T>(this.state) : undefined;
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
