/** `MLTaskRunList`: pages become runs. */
import type { TaskType } from "@aws-sdk/client-glue";
import type { Page, PageSource } from "./pages.js";
import type { MLTaskRun } from "./task-run.js";

/** A page of a listing. */
export interface MLTaskRunPage<T extends TaskType = TaskType> {
  /** The runs, in the service's order; there may be none, also before the last page. */
  runs: MLTaskRun<T>[];
  /** Where to go on after this page, for the option `cursor`; absent on the last page. */
  cursor?: string;
  /** The service's request id, for support cases. */
  requestId?: string;
}

/** The runs of one loop over a listing. */
export interface MLTaskRunIterator<T extends TaskType = TaskType> extends AsyncIterableIterator<MLTaskRun<T>> {
  /**
   * Where this iteration stands: just after the last run that it gave, for the option `cursor`. Before the first run it
   * is the start; undefined once nothing follows.
   */
  readonly cursor: string | undefined;
}

/** Opens the pages of a listing, from its start: all of them, or those of the first run. */
export type OpenPages = (extent: "all" | "first") => PageSource;

/**
 * A listing, made with `MLTaskRuns.list()`. Nothing is sent before its runs or pages are asked for; each loop over it
 * is a listing of its own, from the start.
 *
 * @typeParam T - the task type of its runs, where the query asks for one
 * @typeParam Resumable - whether its pages and iterators have a cursor, as those of a plain listing do
 *
 * @example
 * ```ts
 * for await (const run of list) console.log(run.TaskRunId, run.Status);
 * ```
 */
export class MLTaskRunList<T extends TaskType = TaskType, Resumable extends boolean = true>
  implements AsyncIterable<MLTaskRun<T>>
{
  readonly #open: OpenPages;
  readonly #abortSignal: AbortSignal | undefined;

  /** @internal `MLTaskRuns` makes it. */
  constructor(open: OpenPages, abortSignal: AbortSignal | undefined) {
    this.#open = open;
    this.#abortSignal = abortSignal;
  }

  /**
   * The runs, one by one. Calls of `next()` may overlap: they are answered in order, each with its own run. Leaving the
   * loop ends the requests in flight.
   *
   * @throws from `next()`: what the SDK throws, {@link PaginationError}, {@link UnexpectedResponseError}, and the reason
   *   of the `abortSignal`; errors come after all the runs before them
   */
  [Symbol.asyncIterator](): Resumable extends true ? MLTaskRunIterator<T> : AsyncIterableIterator<MLTaskRun<T>> {
    // Which of them it is follows from the source, whose type does not say it.
    return new RunIterator<T>(this.#open("all"), this.#abortSignal) as unknown as Resumable extends true
      ? MLTaskRunIterator<T>
      : AsyncIterableIterator<MLTaskRun<T>>;
  }

  /**
   * The pages, as the service cut them.
   *
   * @example
   * ```ts
   * for await (const { runs, cursor } of list.pages()) await save(runs, cursor);
   * ```
   */
  pages(): AsyncIterableIterator<Resumable extends true ? MLTaskRunPage<T> : Omit<MLTaskRunPage<T>, "cursor">> {
    return new PageIterator<T>(this.#open("all"), this.#abortSignal);
  }

  /** All the runs, in one array. */
  async toArray(): Promise<MLTaskRun<T>[]> {
    const pages: MLTaskRun<T>[][] = [];
    for await (const { runs } of new PageIterator<T>(this.#open("all"), this.#abortSignal)) pages.push(runs);
    return pages.flat();
  }

  /** The first run, or undefined where there is none. It asks the service for one run, whatever the page size. */
  async first(): Promise<MLTaskRun<T> | undefined> {
    const source = this.#open("first");
    const { value } = await new RunIterator<T>(source, this.#abortSignal).next();
    return value;
  }
}

/** Iteration over a page source: one call after another, each to its end. */
abstract class SourceIterator<V> implements AsyncIterableIterator<V> {
  protected page: Page | undefined;
  /** How much of the page was taken. */
  protected used = 0;
  readonly #source: PageSource;
  readonly #abortSignal: AbortSignal | undefined;
  #isDone = false;
  /** Settles when the last of the calls under way does; undefined while there is none. */
  #turn: Promise<unknown> | undefined;

  constructor(source: PageSource, abortSignal: AbortSignal | undefined) {
    this.#source = source;
    this.#abortSignal = abortSignal;
  }

  /** The next value of the page at hand, if it has one left. */
  protected abstract take(): V | undefined;

  /** Whether a value of the page at hand may be given at once. */
  protected get isReady(): boolean {
    return this.#turn === undefined && !this.#isDone && !this.#abortSignal?.aborted;
  }

  protected get start(): string | undefined {
    return this.#source.cursor;
  }

  next(): Promise<IteratorResult<V, undefined>> {
    return this.#inTurn(() => this.#advance());
  }

  async return<R>(value?: R | PromiseLike<R>): Promise<IteratorResult<V, R | undefined>> {
    this.#finish();
    return this.#inTurn(async () => ({ done: true, value: await value }));
  }

  async throw(error: unknown): Promise<IteratorResult<V, undefined>> {
    this.#finish();
    return this.#inTurn(() => Promise.reject(error));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #inTurn<R>(call: () => Promise<R>): Promise<R> {
    const result = this.#turn === undefined ? call() : this.#turn.then(call);
    const free = () => {
      if (this.#turn === turn) this.#turn = undefined;
    };
    const turn = result.then(free, free);
    this.#turn = turn;
    return result;
  }

  async #advance(): Promise<IteratorResult<V, undefined>> {
    try {
      while (!this.#isDone) {
        if (this.#abortSignal?.aborted) throw this.#abortSignal.reason;
        const value = this.take();
        if (value !== undefined) return { done: false, value };
        if (this.page?.error) throw this.page.error;
        const page = await this.#source.next();
        if (page === undefined) {
          this.#finish();
        } else {
          this.page = page;
          this.used = 0;
        }
      }
    } catch (error) {
      // Whoever left while this call waited has no use for the error.
      if (!this.#isDone) {
        this.#finish();
        throw error;
      }
    }
    return { done: true, value: undefined };
  }

  #finish(): void {
    this.#isDone = true;
    this.#source.stop();
  }
}

/** By hand and not a generator: a run of the page at hand costs one settled promise and no more. */
class RunIterator<T extends TaskType> extends SourceIterator<MLTaskRun<T>> implements MLTaskRunIterator<T> {
  get cursor(): string | undefined {
    return this.page === undefined ? this.start : this.page.cursorAfter?.(this.used);
  }

  override next(): Promise<IteratorResult<MLTaskRun<T>, undefined>> {
    const value = this.isReady ? this.take() : undefined;
    return value === undefined ? super.next() : Promise.resolve({ done: false, value });
  }

  protected override take(): MLTaskRun<T> | undefined {
    const run = this.page?.runs[this.used];
    if (run !== undefined) this.used += 1;
    // Reading the page kept the query's filter by type, which its type does not say.
    return run as MLTaskRun<T> | undefined;
  }
}

class PageIterator<T extends TaskType> extends SourceIterator<MLTaskRunPage<T>> {
  protected override take(): MLTaskRunPage<T> | undefined {
    const { page, used } = this;
    // A page that is nothing but its error is not given.
    if (page === undefined || used > 0 || (page.error && page.runs.length === 0)) return undefined;
    this.used = 1;
    const { requestId } = page;
    const cursor = page.cursorAfter?.(page.runs.length);
    return {
      // As above.
      runs: page.runs as MLTaskRun<T>[],
      ...(cursor !== undefined && { cursor }),
      ...(requestId !== undefined && { requestId }),
    };
  }
}
