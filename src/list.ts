/** `MLTaskRunList`: pages become runs. */
import type { TaskType } from "@aws-sdk/client-glue";
import { bindMethods } from "./bind-methods.js";
import { LEFT, type Page, type PageSource } from "./pages.js";
import { type AbortSignalLike, abortReason } from "./request/abort.js";
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

/**
 * Opens the pages of a listing, from its start: all of them, or those of the first run.
 *
 * @param stopped - its signal ends what is in flight, when the listing is left or fails
 */
export type OpenPages = (extent: "all" | "first", stopped: AbortController) => PageSource;

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
  readonly #abortSignal: AbortSignalLike | undefined;

  private constructor(open: OpenPages, abortSignal: AbortSignalLike | undefined) {
    this.#open = open;
    this.#abortSignal = abortSignal;
    bindMethods(this, ["pages", "toArray", "first", Symbol.asyncIterator]);
  }

  /** @internal `MLTaskRuns` makes it. */
  static of<T extends TaskType, Resumable extends boolean>(
    open: OpenPages,
    abortSignal: AbortSignalLike | undefined,
  ): MLTaskRunList<T, Resumable> {
    return new this<T, Resumable>(open, abortSignal);
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
    return this.#runs("all") as Resumable extends true ? MLTaskRunIterator<T> : AsyncIterableIterator<MLTaskRun<T>>;
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
    const stopped = new AbortController();
    const pages = readSource(this.#open("all", stopped), stopped, this.#abortSignal);
    return new LeavableIterator(publicPages<T>(pages), stopped);
  }

  /** All the runs, in one array. */
  async toArray(): Promise<MLTaskRun<T>[]> {
    const pages: MLTaskRun<T>[][] = [];
    for await (const { runs } of this.pages()) pages.push(runs);
    return pages.flat();
  }

  /** The first run, or undefined where there is none. It asks the service for one run, whatever the page size. */
  async first(): Promise<MLTaskRun<T> | undefined> {
    for await (const run of this.#runs("first")) return run;
    return undefined;
  }

  #runs(extent: "all" | "first"): MLTaskRunIterator<T> {
    const stopped = new AbortController();
    return new RunIterator<T>(this.#open(extent, stopped), stopped, this.#abortSignal);
  }
}

/** The pages of a source, until it ends, fails or is left. */
async function* readSource(
  source: PageSource,
  stopped: AbortController,
  abortSignal: AbortSignalLike | undefined,
): AsyncGenerator<Page, void> {
  try {
    for (;;) {
      if (abortSignal?.aborted) throw abortReason(abortSignal);
      const page = await source.next();
      if (page === undefined) return;
      // A page that is nothing but its error is not given.
      if (page.runs.length > 0 || page.error === undefined) yield page;
      if (page.error) throw page.error;
    }
  } catch (error) {
    // Whoever left has no use for the error.
    if (stopped.signal.reason !== LEFT) throw error;
  } finally {
    stopped.abort(LEFT);
  }
}

/** An iterator whose `return` and `throw` end what its `next` waits for: a generator's own would wait for it too. */
class LeavableIterator<V> implements AsyncIterableIterator<V> {
  // Private to the compiler only: `#` members do not work through a Proxy of the iterator.
  private readonly generator: AsyncGenerator<V, unknown>;
  private readonly stopped: AbortController;

  constructor(generator: AsyncGenerator<V, unknown>, stopped: AbortController) {
    this.generator = generator;
    this.stopped = stopped;
  }

  next(): Promise<IteratorResult<V, unknown>> {
    return this.generator.next();
  }

  return(value?: unknown): Promise<IteratorResult<V, unknown>> {
    this.stopped.abort(LEFT);
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

async function* publicPages<T extends TaskType>(pages: AsyncIterable<Page>): AsyncGenerator<MLTaskRunPage<T>, void> {
  for await (const { runs, requestId, cursorAfter } of pages) {
    const cursor = cursorAfter?.(runs.length);
    yield {
      // Reading the page kept the query's filter by type, which its type does not say.
      runs: runs as MLTaskRun<T>[],
      ...(cursor !== undefined && { cursor }),
      ...(requestId !== undefined && { requestId }),
    };
  }
}

/** How far a page is used. */
interface Place {
  page: Page | undefined;
  used: number;
}

/** The next run of the page at hand, if it has one left. */
function take<T extends TaskType>(place: Place): MLTaskRun<T> | undefined {
  const run = place.page?.runs[place.used];
  if (run !== undefined) place.used += 1;
  // As above.
  return run as MLTaskRun<T> | undefined;
}

async function* runsOf<T extends TaskType>(
  place: Place,
  pages: AsyncIterable<Page>,
  abortSignal: AbortSignalLike | undefined,
): AsyncGenerator<MLTaskRun<T>, void> {
  try {
    for await (place.page of pages) {
      place.used = 0;
      for (let run = take<T>(place); run !== undefined; run = take<T>(place)) {
        yield run;
        if (abortSignal?.aborted) throw abortReason(abortSignal);
      }
    }
  } finally {
    // Of the last page nothing is kept but the cursor: a listing of some pages has grown old enough to outlive its end, and
    // would keep it, at a tenth of its time, until the old generation is collected.
    const cursor = place.page?.cursorAfter?.(place.used);
    place.page &&= { runs: [], cursorAfter: () => cursor };
  }
}

/**
 * The runs of a source: those of the page at hand by hand, at the cost of one settled promise each. A class, since an object
 * with a getter of its own has a hidden class of its own, which outlives it and keeps its page: a listing of one page then
 * takes a quarter more time.
 */
class RunIterator<T extends TaskType> extends LeavableIterator<MLTaskRun<T>> implements MLTaskRunIterator<T> {
  private readonly source: PageSource;
  private readonly signals: readonly (AbortSignalLike | undefined)[];
  private readonly place: Place;
  /** How many calls of the generator are under way. */
  private waiting = 0;

  constructor(source: PageSource, stopped: AbortController, abortSignal: AbortSignalLike | undefined) {
    const place: Place = { page: undefined, used: 0 };
    super(runsOf<T>(place, readSource(source, stopped, abortSignal), abortSignal), stopped);
    this.source = source;
    this.signals = [stopped.signal, abortSignal];
    this.place = place;
  }

  get cursor(): string | undefined {
    const { page, used } = this.place;
    return page === undefined ? this.source.cursor : page.cursorAfter?.(used);
  }

  override next(): Promise<IteratorResult<MLTaskRun<T>, unknown>> {
    const isAtHand = this.waiting === 0 && !this.signals.some((signal) => signal?.aborted);
    const value = isAtHand ? take<T>(this.place) : undefined;
    if (value !== undefined) return Promise.resolve({ done: false, value });
    this.waiting += 1;
    const result = super.next();
    const arrived = () => {
      this.waiting -= 1;
    };
    result.then(arrived, arrived);
    return result;
  }
}
