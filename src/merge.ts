/** Several lists become one: in the order in which their runs started, or in the order in which they arrive. */
import { ignore, type Page, type PageSource } from "./pages.js";
import { type Direction, directionOf, type Gate, gateOf, sourceOf, startKey } from "./parallel.js";
import type { CheckedQuery } from "./query.js";
import { abortable } from "./send.js";
import type { MLTaskRun } from "./task-run.js";

/** What a union is made of. */
export interface Union {
  /** The queries, read as they are needed; what they wait for ends when the signal aborts. */
  queries(stopped: AbortSignal): Iterator<CheckedQuery> | AsyncIterator<CheckedQuery>;
  /** How many of the queries are on this transform: of one, no two can match the same run. */
  queriesOn(transformId: string): number;
  /** Opens the pages of a query, with requests that go through the gate. */
  open(query: CheckedQuery, gate: Gate): PageSource;
  /** Whether an error ends no more than its own query. */
  isSkipped?(error: unknown): boolean;
  /** How many requests may be in flight. */
  readonly concurrency: number;
  readonly limit?: number | undefined;
  readonly abortSignal?: AbortSignal | undefined;
}

/**
 * The union of several queries, each run once. If all of them sort by STARTED in one direction, so is the union, which
 * then needs a page of each before it gives any run; otherwise pages come as they arrive. The first error aborts all
 * requests; it comes after the pages that were there before it.
 */
export function readUnion(union: Union): PageSource {
  const { isSkipped = () => false, limit = Number.POSITIVE_INFINITY } = union;
  const stopped = new AbortController();
  const queries = union.queries(stopped.signal);
  const sources = new Set<PageSource>();
  let failure: { readonly error: unknown } | undefined;

  const stop = () => {
    stopped.abort();
    for (const source of sources) source.stop();
    sources.clear();
    // Whoever gave the queries may have something to close; what that throws has nothing to do with the listing.
    Promise.resolve(queries.return?.()).catch(ignore);
  };
  const fail = (error: unknown) => {
    failure ??= { error };
    stop();
    // Of the requests that were aborted because of it, none tells what went wrong.
    return failure.error;
  };
  const pass = gateOf(union.concurrency);
  const gate: Gate = (request) =>
    pass(() => abortable([stopped.signal], request)).catch((error) => {
      throw isSkipped(error) ? error : fail(error);
    });

  function open(query: CheckedQuery): PageSource {
    const source = union.open(query, gate);
    sources.add(source);
    return {
      stop: source.stop,
      async next() {
        const page = await source.next().catch((error) => {
          if (isSkipped(error)) return undefined;
          throw fail(error);
        });
        if (page?.error) fail(page.error);
        if (page === undefined) sources.delete(source);
        return page;
      },
    };
  }
  const nextQuery = () =>
    abortable([union.abortSignal, stopped.signal], async () => queries.next()).catch((error) => {
      throw fail(error);
    });

  async function* pages(): AsyncGenerator<Page, void> {
    const known: CheckedQuery[] = [];
    for (;;) {
      const { done, value: query } = await nextQuery();
      if (done) return yield* inStartedOrder(known.map(open), directionOf(known[0]) ?? 1);
      known.push(query);
      if (directionOf(query) === undefined || directionOf(query) !== directionOf(known[0])) break;
    }
    yield* asTheyArrive(known, nextQuery, open, union);
  }
  return sourceOf(pages(), limit, stop);
}

const identityOf = ({ TransformId, TaskRunId }: MLTaskRun) => `${TransformId}\n${TaskRunId}`;

type Event =
  | { readonly kind: "query"; readonly query: CheckedQuery | undefined }
  | {
      readonly kind: "page";
      readonly query: CheckedQuery;
      readonly source: PageSource;
      readonly page: Page | undefined;
    }
  | { readonly kind: "error"; readonly error: unknown };

/** Pages in the order in which they arrive, of so many queries at a time, so that a slow one holds up no other. */
async function* asTheyArrive(
  known: CheckedQuery[],
  nextQuery: () => Promise<IteratorResult<CheckedQuery, unknown>>,
  open: (query: CheckedQuery) => PageSource,
  { concurrency, queriesOn }: Union,
): AsyncGenerator<Page, void> {
  const events: Event[] = [];
  let wake = () => {};
  const tell = (event: Event) => {
    events.push(event);
    wake();
  };
  const failed = (error: unknown) => tell({ kind: "error", error });
  const distinct = distinctRuns(queriesOn);
  let active = 0;

  // One query is read after another; it counts as active from then on, so that no more are read than may be.
  const readQuery = () => {
    active += 1;
    const query = known.shift();
    if (query) tell({ kind: "query", query });
    else nextQuery().then(({ done, value }) => tell({ kind: "query", query: done ? undefined : value }), failed);
  };
  const readPage = (query: CheckedQuery, source: PageSource) => {
    source.next().then((page) => tell({ kind: "page", query, source, page }), failed);
  };
  let isReading = true;
  readQuery();
  while (active > 0 || events.length > 0) {
    const event = events.shift();
    if (event === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    } else if (event.kind === "error") {
      throw event.error;
    } else if (event.kind === "query") {
      // The last one has been read: none is read any more.
      isReading = event.query === undefined;
      if (event.query) readPage(event.query, open(event.query));
      else active -= 1;
    } else if (event.page) {
      const { query, source, page } = event;
      // With an error in it, it is the last that is asked for.
      yield { ...page, runs: page.runs.filter((run) => distinct.isNew(query, run)) };
      readPage(query, source);
    } else {
      active -= 1;
      distinct.finish(event.query);
    }
    if (!isReading && active < concurrency) {
      isReading = true;
      readQuery();
    }
  }
}

/** Tells runs that another query gave already; it remembers only what a query that is not finished could give again. */
function distinctRuns(queriesOn: Union["queriesOn"]) {
  const seen = new Map<string, { readonly ids: Set<string>; unfinished: number }>();
  const seenOn = (transformId: string) => {
    const entry = seen.get(transformId) ?? { ids: new Set(), unfinished: queriesOn(transformId) };
    seen.set(transformId, entry);
    return entry;
  };
  return {
    isNew({ TransformId }: CheckedQuery, run: MLTaskRun): boolean {
      if (queriesOn(TransformId) === 1) return true;
      const { ids } = seenOn(TransformId);
      const { size } = ids;
      return ids.add(identityOf(run)).size > size;
    },
    finish({ TransformId }: CheckedQuery): void {
      const entry = seenOn(TransformId);
      entry.unfinished -= 1;
      if (entry.unfinished === 0) seen.delete(TransformId);
    },
  };
}

/** A source in a merge, and how far its page at hand is used. */
class Head {
  page: Page = { runs: [] };
  used = 0;
  readonly #source: PageSource;

  constructor(source: PageSource) {
    this.#source = source;
  }

  get run(): MLTaskRun | undefined {
    return this.page.runs[this.used];
  }

  /** Goes on to a page with a run, unless there is none. */
  async advance(): Promise<boolean> {
    while (this.run === undefined) {
      if (this.page.error) throw this.page.error;
      const page = await this.#source.next();
      if (page === undefined) return false;
      this.page = page;
      this.used = 0;
    }
    return true;
  }
}

/** Runs merged by when they started; those of one instant by their ids, and each of them once. */
async function* inStartedOrder(sources: PageSource[], direction: Direction): AsyncGenerator<Page, void> {
  const heads = sources.map((source) => new Head(source));
  const hasRun = await Promise.all(heads.map((head) => head.advance()));
  const keyOf = ({ run }: Head) => startKey(run, direction);
  // Sorted, the next one last, where it is cheap to take away.
  const waiting: Head[] = [];
  for (const [index, head] of heads.entries()) if (hasRun[index]) insert(waiting, head, keyOf);
  let runs: MLTaskRun[] = [];
  let instant: MLTaskRun[] = [];
  for (let head = waiting.pop(); head; head = waiting.pop()) {
    const key = keyOf(head);
    while (head.run && startKey(head.run, direction) === key) {
      instant.push(head.run);
      head.used += 1;
    }
    if (head.run === undefined) {
      // What is in order goes out before anything is waited for.
      if (runs.length > 0) yield { runs };
      runs = [];
      const more = await head.advance().catch((error) => ({ error }));
      if (typeof more === "object") {
        yield { runs: inIdOrder(instant) };
        throw more.error;
      }
      if (more) insert(waiting, head, keyOf);
    } else {
      insert(waiting, head, keyOf);
    }
    const next = waiting.at(-1);
    if (next === undefined || keyOf(next) !== key) {
      for (const run of inIdOrder(instant)) runs.push(run);
      instant = [];
    }
  }
  yield { runs };
}

/** Puts a head where it belongs among sorted ones, the next one last. */
function insert(waiting: Head[], head: Head, keyOf: (head: Head) => number): void {
  const key = keyOf(head);
  let [low, high] = [0, waiting.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = waiting[middle];
    if (other && keyOf(other) > key) low = middle + 1;
    else high = middle;
  }
  waiting.splice(low, 0, head);
}

/** The runs of one instant, by transform and run id, each once. */
function inIdOrder(instant: MLTaskRun[]): MLTaskRun[] {
  if (instant.length < 2) return instant;
  const byId = new Map(instant.map((run) => [identityOf(run), run]));
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, run]) => run);
}
