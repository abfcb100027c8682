/** `MLTaskRunList`: a listing as an async iterable of runs or pages. */
import type { TaskType } from "@aws-sdk/client-glue";
import { bindMethods } from "./bind-methods.js";
import type { Page, PageSource } from "./paging/page.js";
import { type AbortSignalLike, abortReason } from "./request/abort.js";
import { addAsyncDispose, CONSUMER_STOPPED, type DisposableIterator, StoppableIterator } from "./stoppable-iterator.js";
import type { MLTaskRun } from "./task-run.js";

/**
 * A page of a listing.
 *
 * @typeParam T - the task type of its runs, if the query asks for one
 * @typeParam R - the type of its runs, which follows from T. As a parameter it makes lists of a task type assignable to
 *   lists of all task types.
 */
export interface MLTaskRunPage<T extends TaskType = TaskType, R = MLTaskRun<T>> {
  /** The runs, in the order of the listing. A page can be empty, also before the last page. */
  runs: R[];
  /** Where to resume after this page, for the option `cursor`. Absent on the last page. */
  cursor?: string;
  /** The service's request id, for support cases. A page merged from several responses has none. */
  requestId?: string;
}

/**
 * Iterates over the runs of a listing, from its start.
 *
 * @typeParam T - the task type of its runs, if the query asks for one
 * @typeParam R - the type of its runs, as in {@link MLTaskRunPage}
 */
export interface MLTaskRunIterator<T extends TaskType = TaskType, R = MLTaskRun<T>> extends DisposableIterator<R> {
  /**
   * The position after the last returned run, for the option `cursor`. Before the first run, it is the position of the
   * start. Undefined at the end of the listing.
   */
  readonly cursor: string | undefined;
}

/** Opens the pages of a listing from its start: all pages, or only those that are needed for the first run. */
export type OpenPages = (isForFirstRun: boolean, signal: AbortSignal) => PageSource;

/**
 * A listing, created by `MLTaskRuns.list()`, `listAny()` or `listAcrossTransforms()`. Sends no request before you read
 * its runs or pages. Each loop over it reads the listing again from the start.
 *
 * @typeParam T - the task type of its runs, if the query asks for one
 * @typeParam R - the type of its runs, as in {@link MLTaskRunPage}
 *
 * @example
 * ```ts
 * for await (const run of list) console.log(run.TaskRunId, run.Status);
 * ```
 */
export class MLTaskRunList<T extends TaskType = TaskType, R = MLTaskRun<T>> implements AsyncIterable<R> {
  readonly #open: OpenPages;
  readonly #abortSignal: AbortSignalLike | undefined;

  private constructor(open: OpenPages, abortSignal: AbortSignalLike | undefined) {
    this.#open = open;
    this.#abortSignal = abortSignal;
    bindMethods(this, ["pages", "toArray", "first", Symbol.asyncIterator]);
  }

  /** @internal `MLTaskRuns` creates it. */
  static create<T extends TaskType>(open: OpenPages, abortSignal: AbortSignalLike | undefined): MLTaskRunList<T> {
    return new this<T>(open, abortSignal);
  }

  /**
   * The runs, one by one. Calls of `next()` may overlap: they resolve in order, each with the next run. Leaving the
   * loop aborts the requests in flight.
   *
   * @throws from `next()`: errors of the SDK, {@link PaginationError}, {@link UnexpectedResponseError}, and the reason
   *   of the `abortSignal`. All runs before an error are returned first.
   */
  [Symbol.asyncIterator](): MLTaskRunIterator<T, R> {
    return this.#runs(false);
  }

  /**
   * The pages: those of the service, or pages merged from several queries or time windows.
   *
   * @example
   * ```ts
   * for await (const { runs, cursor } of list.pages()) await save(runs, cursor);
   * ```
   */
  pages(): DisposableIterator<MLTaskRunPage<T, R>> {
    const stop = new AbortController();
    const pages = readSource(this.#open(false, stop.signal), this.#abortSignal);
    return new StoppableIterator(toPublicPages<R>(pages), stop);
  }

  /** All runs in one array. */
  async toArray(): Promise<R[]> {
    const pages: R[][] = [];
    for await (const { runs } of this.pages()) pages.push(runs);
    return pages.flat();
  }

  /** The first run, or undefined if there is none. Requests one run (of each query) from the service. */
  async first(): Promise<R | undefined> {
    for await (const run of this.#runs(true)) return run;
    return undefined;
  }

  #runs(isForFirstRun: boolean): MLTaskRunIterator<T, R> {
    const stop = new AbortController();
    return new RunIterator<R>(this.#open(isForFirstRun, stop.signal), stop, this.#abortSignal);
  }
}

/** The pages of a source, until it ends or fails, or the consumer stops. */
async function* readSource(source: PageSource, abortSignal: AbortSignalLike | undefined): AsyncGenerator<Page, void> {
  for (;;) {
    if (abortSignal?.aborted) throw abortReason(abortSignal);
    const page = await source.next();
    if (page === undefined) return;
    yield page;
  }
}

async function* toPublicPages<R>(pages: AsyncIterable<Page>): AsyncGenerator<MLTaskRunPage<TaskType, R>, void> {
  for await (const { runs, requestId, cursorAfter } of pages) {
    const cursor = cursorAfter(runs.length);
    yield {
      // The parser left out runs of other types than the filter's, which the compiler cannot know.
      runs: runs as R[],
      ...(cursor !== undefined && { cursor }),
      ...(requestId !== undefined && { requestId }),
    };
  }
}

/** Iterates over the runs of a source. A run of the current page is returned without waiting, in a resolved promise. */
class RunIterator<R> implements MLTaskRunIterator<TaskType, R> {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  // Private to the compiler only: `#` members do not work through a Proxy of the iterator.
  private readonly source: PageSource;
  private readonly stop: AbortController;
  private readonly abortSignal: AbortSignalLike | undefined;
  private page: Page | undefined;
  /** How many runs of the current page were returned. */
  private returnedRuns = 0;
  /** The number of pending calls of `next`. */
  private pendingCalls = 0;
  /** Resolves when the last pending call has settled. */
  private lastCall: Promise<unknown> = Promise.resolve();

  constructor(source: PageSource, stop: AbortController, abortSignal: AbortSignalLike | undefined) {
    this.source = source;
    this.stop = stop;
    this.abortSignal = abortSignal;
    addAsyncDispose(this);
  }

  get cursor(): string | undefined {
    return this.page === undefined ? this.source.cursor : this.page.cursorAfter(this.returnedRuns);
  }

  next(): Promise<IteratorResult<R, unknown>> {
    const run = this.pendingCalls === 0 ? this.takeRun() : undefined;
    if (run !== undefined) return Promise.resolve({ done: false, value: run });
    this.pendingCalls += 1;
    const result = this.lastCall.then(() => this.takeFromPages());
    const settle = () => {
      this.pendingCalls -= 1;
    };
    this.lastCall = result.then(settle, settle);
    return result;
  }

  async return(value?: unknown): Promise<IteratorResult<R, unknown>> {
    this.end();
    await this.lastCall;
    return { done: true, value: await value };
  }

  async throw(error: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next run of the current page, if it has one left. */
  private takeRun(): R | undefined {
    if (this.abortSignal?.aborted) return undefined;
    const run = this.page?.runs[this.returnedRuns];
    if (run !== undefined) this.returnedRuns += 1;
    // As in toPublicPages.
    return run as R | undefined;
  }

  private async takeFromPages(): Promise<IteratorResult<R, unknown>> {
    for (;;) {
      const run = this.takeRun();
      if (run !== undefined) return { done: false, value: run };
      const page = await this.nextPage();
      if (page === undefined) return { done: true, value: undefined };
      this.page = page;
      this.returnedRuns = 0;
    }
  }

  private async nextPage(): Promise<Page | undefined> {
    const { signal } = this.stop;
    try {
      if (signal.aborted) return undefined;
      if (this.abortSignal?.aborted) throw abortReason(this.abortSignal);
      const page = await this.source.next();
      if (page !== undefined && !signal.aborted) return page;
    } catch (error) {
      // Ignore errors after the consumer has stopped.
      if (!signal.aborted) {
        this.end();
        throw error;
      }
    }
    this.end();
    return undefined;
  }

  /** Aborts the requests in flight, and releases the runs but not the cursor: an iterator may live long after its end. */
  private end(): void {
    this.stop.abort(CONSUMER_STOPPED);
    const { cursor } = this;
    this.page &&= { runs: [], cursorAfter: () => cursor };
  }
}
