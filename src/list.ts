/** `MLTaskRunList`: a listing as an async iterable of runs or pages. */
import type { TaskType } from "@aws-sdk/client-glue";
import { bindMethods } from "./bind-methods.js";
import type { Page, PageSource } from "./paging/page.js";
import { type AbortSignalLike, abortReason } from "./request/abort.js";
import type { MLTaskRun } from "./task-run.js";

/**
 * A page of a listing.
 *
 * @typeParam T - the task type of its runs, if the query asks for one
 * @typeParam R - its runs; they follow from T and stand apart so that the compiler compares them, and not T
 */
export interface MLTaskRunPage<T extends TaskType = TaskType, R = MLTaskRun<T>> {
  /** The runs, in the order of the listing. There may be none, also before the last page. */
  runs: R[];
  /** Where to resume after this page, for the option `cursor`. Absent on the last page. */
  cursor?: string;
  /** The service's request id, for support cases. A page that was merged of several responses has none. */
  requestId?: string;
}

/**
 * The runs of one loop over a listing.
 *
 * @typeParam T - the task type of its runs, if the query asks for one
 * @typeParam R - its runs, as in {@link MLTaskRunPage}
 */
export interface MLTaskRunIterator<T extends TaskType = TaskType, R = MLTaskRun<T>> extends AsyncIterableIterator<R> {
  /**
   * Where this iteration stands: just after the last run that it returned, for the option `cursor`. Before the first run it
   * is the start. Undefined once nothing follows.
   */
  readonly cursor: string | undefined;
}

/** Opens the pages of a listing from its start: all of them, or those that are needed for the first run. */
export type OpenPages = (extent: "all" | "first", signal: AbortSignal) => PageSource;

/**
 * A listing, made with `MLTaskRuns.list()`, `listAny()` or `listAcrossTransforms()`. Nothing is sent before its runs or pages
 * are asked for. Each loop over it is a listing of its own, from the start.
 *
 * @typeParam T - the task type of its runs, if the query asks for one
 * @typeParam R - its runs, as in {@link MLTaskRunPage}
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
   * The runs, one by one. Calls of `next()` may overlap: they are answered in order, each with its own run. Leaving the
   * loop ends the requests in flight.
   *
   * @throws from `next()`: what the SDK throws, {@link PaginationError}, {@link UnexpectedResponseError}, and the reason
   *   of the `abortSignal`; errors come after all the runs before them
   */
  [Symbol.asyncIterator](): MLTaskRunIterator<T, R> {
    return this.#runs("all");
  }

  /**
   * The pages: as the service cut them, or as several listings were merged.
   *
   * @example
   * ```ts
   * for await (const { runs, cursor } of list.pages()) await save(runs, cursor);
   * ```
   */
  pages(): AsyncIterableIterator<MLTaskRunPage<T, R>> {
    const stop = new AbortController();
    const pages = readSource(this.#open("all", stop.signal), stop, this.#abortSignal);
    return new StoppableIterator(toPublicPages<R>(pages), stop);
  }

  /** All the runs, in one array. */
  async toArray(): Promise<R[]> {
    const pages: R[][] = [];
    for await (const { runs } of this.pages()) pages.push(runs);
    return pages.flat();
  }

  /** The first run, or undefined if there is none. It asks the service for one run (of each query). */
  async first(): Promise<R | undefined> {
    for await (const run of this.#runs("first")) return run;
    return undefined;
  }

  #runs(extent: "all" | "first"): MLTaskRunIterator<T, R> {
    const stop = new AbortController();
    return new RunIterator<R>(this.#open(extent, stop.signal), stop, this.#abortSignal);
  }
}

/** Abort reason used when the consumer stops early. A constant: an error would keep alive what its stack refers to. */
const CONSUMER_STOPPED = Symbol("consumer stopped");

/** The pages of a source, until it ends or fails, or the consumer stops. */
async function* readSource(
  source: PageSource,
  stop: AbortController,
  abortSignal: AbortSignalLike | undefined,
): AsyncGenerator<Page, void> {
  try {
    for (;;) {
      if (abortSignal?.aborted) throw abortReason(abortSignal);
      const page = await source.next();
      if (page === undefined) return;
      yield page;
    }
  } catch (error) {
    // Ignore errors after the consumer has stopped.
    if (!stop.signal.aborted) throw error;
  } finally {
    stop.abort(CONSUMER_STOPPED);
  }
}

/** An iterator whose `return` and `throw` abort what its `next` waits for. A generator's own would wait for it, too. */
class StoppableIterator<V> implements AsyncIterableIterator<V> {
  // Private to the compiler only: `#` members do not work through a Proxy of the iterator.
  private readonly generator: AsyncGenerator<V, unknown>;
  private readonly stop: AbortController;

  constructor(generator: AsyncGenerator<V, unknown>, stop: AbortController) {
    this.generator = generator;
    this.stop = stop;
    // Not every runtime has the symbol.
    for (const name of [Symbol.asyncDispose].filter((symbol) => symbol !== undefined)) {
      Object.defineProperty(this, name, { value: () => this.return().then(() => undefined) });
    }
  }

  next(): Promise<IteratorResult<V, unknown>> {
    return this.generator.next();
  }

  return(value?: unknown): Promise<IteratorResult<V, unknown>> {
    this.stop.abort(CONSUMER_STOPPED);
    return this.generator.return(value);
  }

  async throw(error: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

async function* toPublicPages<R>(pages: AsyncIterable<Page>): AsyncGenerator<MLTaskRunPage<TaskType, R>, void> {
  for await (const { runs, requestId, cursorAfter } of pages) {
    const cursor = cursorAfter(runs.length);
    yield {
      // The parser left out runs that do not match the query's filter by type, which its type does not say.
      runs: runs as R[],
      ...(cursor !== undefined && { cursor }),
      ...(requestId !== undefined && { requestId }),
    };
  }
}

/** The page that an iteration is at. */
interface CurrentPage {
  page: Page | undefined;
  /** How many of its runs were returned. */
  returned: number;
}

/** The next run of the current page, if it has one left. */
function nextRun<R>(current: CurrentPage): R | undefined {
  const run = current.page?.runs[current.returned];
  if (run !== undefined) current.returned += 1;
  // As in toPublicPages.
  return run as R | undefined;
}

async function* readRuns<R>(
  current: CurrentPage,
  pages: AsyncIterable<Page>,
  abortSignal: AbortSignalLike | undefined,
): AsyncGenerator<R, void> {
  try {
    for await (current.page of pages) {
      current.returned = 0;
      for (let run = nextRun<R>(current); run !== undefined; run = nextRun<R>(current)) {
        yield run;
        if (abortSignal?.aborted) throw abortReason(abortSignal);
      }
    }
  } finally {
    // Keep the cursor of the last page and let go of its runs: an iterator may live long after its end.
    const cursor = current.page?.cursorAfter(current.returned);
    current.page &&= { runs: [], cursorAfter: () => cursor };
  }
}

/**
 * The runs of a source. Those of the current page are returned without a generator, at the cost of one settled promise each.
 * It is a class, since an object literal with a getter has a hidden class of its own, which keeps its page alive.
 */
class RunIterator<R> extends StoppableIterator<R> implements MLTaskRunIterator<TaskType, R> {
  private readonly source: PageSource;
  private readonly stopSignal: AbortSignal;
  private readonly abortSignal: AbortSignalLike | undefined;
  private readonly current: CurrentPage;
  /** How many calls of the generator are under way. */
  private waiting = 0;

  constructor(source: PageSource, stop: AbortController, abortSignal: AbortSignalLike | undefined) {
    const current: CurrentPage = { page: undefined, returned: 0 };
    super(readRuns<R>(current, readSource(source, stop, abortSignal), abortSignal), stop);
    this.source = source;
    this.stopSignal = stop.signal;
    this.abortSignal = abortSignal;
    this.current = current;
  }

  get cursor(): string | undefined {
    const { page, returned } = this.current;
    return page === undefined ? this.source.cursor : page.cursorAfter(returned);
  }

  override next(): Promise<IteratorResult<R, unknown>> {
    const isReady = this.waiting === 0 && !this.stopSignal.aborted && !this.abortSignal?.aborted;
    const value = isReady ? nextRun<R>(this.current) : undefined;
    if (value !== undefined) return Promise.resolve({ done: false, value });
    this.waiting += 1;
    const result = super.next();
    const settle = () => {
      this.waiting -= 1;
    };
    result.then(settle, settle);
    return result;
  }
}
