/** Several lists become one: in the order in which their runs started, or in the order in which they arrive. */
import { ignore, type Page, type PageSource } from "./pages.js";
import { type Direction, directionOf, type Gate, gateOf, sourceOf, startKey } from "./parallel.js";
import type { CheckedQuery } from "./query.js";
import { type AbortSignalLike, abortable } from "./request/abort.js";
import type { MLTaskRun } from "./task-run.js";

/** What a union is made of. */
export interface Union {
  /** The queries, read as they are needed. */
  readonly queries: Iterator<CheckedQuery> | AsyncIterator<CheckedQuery>;
  /** How many of the queries are on this transform: of one, no two can match the same run. */
  queriesOn(transformId: string): number;
  /** Opens the pages of a query, with requests that go through the gate. */
  open(query: CheckedQuery, gate: Gate): PageSource;
  /** Whether an error ends no more than its own query. */
  isSkipped?(error: unknown): boolean;
  /** How many requests may be in flight. */
  readonly concurrency: number;
  readonly limit?: number | undefined;
  readonly abortSignal?: AbortSignalLike | undefined;
  /** Ends whatever is waited for; the first error does. */
  readonly stopped: AbortController;
}

/**
 * The union of several queries, each run once. If all of them sort by STARTED in one direction, so is the union, which
 * then needs a page of each before it gives any run; otherwise pages come as they arrive. The first error aborts all
 * requests; it comes after the pages that were there before it.
 */
export function readUnion(union: Union): PageSource {
  const { queries, isSkipped = () => false, stopped } = union;
  const signals = union.abortSignal ? [union.abortSignal, stopped.signal] : [stopped.signal];
  const pass = gateOf(union.concurrency);
  const gate: Gate = (request) =>
    pass(request).catch((error) => {
      // It is then the reason why the other requests end, and so the one error that comes.
      if (!isSkipped(error)) stopped.abort(error);
      throw error;
    });
  // Whoever gave the queries may have something to close; what that throws has nothing to do with the listing.
  stopped.signal.addEventListener("abort", () => void Promise.resolve(queries.return?.()).catch(ignore));

  const open = (query: CheckedQuery): PageSource => {
    const source = union.open(query, gate);
    return {
      async next() {
        const page = await source.next().catch((error) => {
          if (!isSkipped(error)) throw error;
          return undefined;
        });
        if (page?.error) stopped.abort(page.error);
        return page;
      },
    };
  };
  const nextQuery = async () => {
    const { done, value } = await abortable(signals, async () => queries.next());
    return done ? undefined : value;
  };

  async function* pages(): AsyncGenerator<Page, void> {
    const known: CheckedQuery[] = [];
    for (let query = await nextQuery(); query; query = await nextQuery()) {
      known.push(query);
      if (directionOf(query) === undefined || directionOf(query) !== directionOf(known[0])) {
        return yield* asTheyArrive(async () => known.shift() ?? nextQuery(), open, union);
      }
    }
    yield* inStartedOrder(known.map(open), directionOf(known[0]) ?? 1);
  }
  return sourceOf(pages(), union);
}

const identityOf = ({ TransformId, TaskRunId }: MLTaskRun) => `${TransformId}\n${TaskRunId}`;

/** Pages in the order in which they arrive, of so many queries at a time, so that a slow one holds up no other. */
async function* asTheyArrive(
  nextQuery: () => Promise<CheckedQuery | undefined>,
  open: (query: CheckedQuery) => PageSource,
  { concurrency, queriesOn }: Union,
): AsyncGenerator<Page, void> {
  // A page that is written waits until it is read, and its query with it.
  const { readable, writable } = new TransformStream<Page, Page>();
  const [reader, writer] = [readable.getReader(), writable.getWriter()];
  /** What was given of each transform of which a query that is not finished could give it again. */
  const given = new Map<string, { readonly ids: Set<string>; unfinished: number }>();

  async function work(): Promise<void> {
    for (let query = await nextQuery(); query; query = await nextQuery()) {
      const { TransformId } = query;
      const total = queriesOn(TransformId);
      const before = given.get(TransformId) ?? { ids: new Set(), unfinished: total };
      given.set(TransformId, before);
      const isNew = (run: MLTaskRun) => {
        const { size } = before.ids;
        return before.ids.add(identityOf(run)).size > size;
      };
      const source = open(query);
      for (let page = await source.next(); page; page = await source.next()) {
        await writer.write({ ...page, runs: total === 1 ? page.runs : page.runs.filter(isNew) });
      }
      before.unfinished -= 1;
      if (before.unfinished === 0) given.delete(TransformId);
    }
  }
  Promise.all(Array.from({ length: concurrency }, work))
    .catch((error) => writer.write({ runs: [], error }))
    .then(() => writer.close());
  for (let { value } = await reader.read(); value; { value } = await reader.read()) yield value;
}

/**
 * Runs merged by when they started; those of one instant by their ids, and each of them once. What started before the
 * point to which every source has come is in order; the sources that have come no farther are asked for more.
 */
async function* inStartedOrder(sources: PageSource[], direction: Direction): AsyncGenerator<Page, void> {
  const keyOf = (run: MLTaskRun | undefined) => startKey(run, direction);
  const fronts = new Map(sources.map((source) => [source, { at: -Infinity, error: undefined as Error | undefined }]));
  let waiting: MLTaskRun[] = [];
  const ordered = (runs: MLTaskRun[]) =>
    [...new Map(runs.map((run) => [identityOf(run), run]))]
      .sort(([id, run], [otherId, other]) => keyOf(run) - keyOf(other) || (id < otherId ? -1 : 1))
      .map(([, run]) => run);

  while (fronts.size > 0) {
    const reached = Math.min(...[...fronts.values()].map(({ at }) => at));
    const runs = ordered(waiting.filter((run) => keyOf(run) < reached));
    waiting = waiting.filter((run) => !(keyOf(run) < reached));
    // What is in order goes out before anything is waited for.
    if (runs.length > 0) yield { runs };
    const hindmost = [...fronts].filter(([, { at }]) => at === reached);
    const more = hindmost.map(async ([source, front]) => {
      if (front.error) throw front.error;
      const page = await source.next();
      if (page === undefined) fronts.delete(source);
      else if (page.runs.length > 0) front.at = keyOf(page.runs.at(-1));
      front.error = page?.error;
      for (const run of page?.runs ?? []) waiting.push(run);
    });
    try {
      await Promise.all(more);
    } catch (error) {
      // Nothing in there throws anything but errors.
      return yield { runs: ordered(waiting.filter((run) => keyOf(run) <= reached)), error: error as Error };
    }
  }
  yield { runs: ordered(waiting) };
}
