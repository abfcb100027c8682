/** `MLTaskRunWatch`: polls again and again, and hands over the changes and the position after them. */
import { type AbortSignalLike, abortable, delay, throwIfAborted } from "../abort.js";
import type { CheckedWatchOptions } from "../criteria/options.js";
import type { CheckedWatchQuery } from "../criteria/query.js";
import { throwNotJson } from "../errors.js";
import { isTokenError } from "../paging/responses.js";
import type { GlueClientLike } from "../request/client.js";
import { isTransient } from "../request/transient.js";
import { StoppableIterator } from "../stoppable-iterator.js";
import type { MLTaskRun } from "../task-run.js";
import { readWatchCursor, writeWatchCursor } from "./cursor.js";
import { createPoll, type Poll, readChanges } from "./poll.js";
import { createRequests } from "./requests.js";
import { createState } from "./state.js";
import type { MLTaskRunChanges, MLTaskRunPoll, MLTaskRunWatch, WatchFailure } from "./types.js";

/** Creates the watch of one transform, or of all transforms that match a filter. */
export function createWatch(
  client: GlueClientLike,
  query: CheckedWatchQuery,
  options: CheckedWatchOptions,
): MLTaskRunWatch {
  const open = () => openWatch(client, query, options);
  // Checks the cursor.
  open();
  const watch = {
    [Symbol.asyncIterator]: () => new ChangeIterator(open()),
    polls() {
      const opened = open();
      return new StoppableIterator(readPolls(opened), opened.stop);
    },
    poll: () => pollOnce(open()),
    toJSON: () => throwNotJson("A watch", "`for await` or `await watch.poll()`"),
  };
  return watch;
}

/** One loop over a watch: its state, and what happens between its polls. */
type OpenWatch = ReturnType<typeof openWatch>;

function openWatch(client: GlueClientLike, query: CheckedWatchQuery, options: CheckedWatchOptions) {
  const { cursor, abortSignal, interval, maxFailedPolls, onPoll } = options;
  const { StartedAfter, ...filter } = query.Filter ?? {};
  const normalizedQuery = ["watch", "TransformId" in query ? query.TransformId : { ...query.TransformFilter }, filter];
  const state = cursor === undefined ? createState(StartedAfter?.getTime()) : readWatchCursor(cursor, normalizedQuery);
  const stop = new AbortController();
  const signals: readonly AbortSignalLike[] = abortSignal ? [abortSignal, stop.signal] : [stop.signal];
  const requests = createRequests(client, options, signals);
  const isSince = cursor === undefined && StartedAfter !== undefined;
  let polls = 0;
  let knownTransforms: Poll["knownTransforms"];
  /** The number of failures in a row. */
  let failedPolls: ReadonlyMap<string | undefined, number> = new Map();
  const countOf = (id: string | undefined) => failedPolls.get(id) ?? 0;

  /** Ends a poll whose runs were read. Throws the error that ends the watch, if there is one. */
  async function endPoll(poll: Poll, runs: number): Promise<void> {
    const { failures } = poll;
    const [failure] = failures.values();
    if (failure && hasFailed(poll) && [...failures.values()].every(isPermanent)) throw failure.error;
    // A poll that has not found the transforms says nothing about them.
    const counts = failures.has(undefined) ? [...failedPolls] : [];
    failedPolls = new Map([...counts, ...Array.from(failures.keys(), (id) => [id, countOf(id) + 1] as const)]);
    for (const [id, count] of failedPolls) if (count >= maxFailedPolls) throw failures.get(id)?.error;
    // With StartedAfter, the older runs of a transform that is found later are not watched.
    if (!isSince && !failures.has(undefined)) knownTransforms = poll.polledTransforms;
    polls += 1;
    const unfinished = [...state.transforms.values()].reduce((sum, transform) => sum + transform.unfinished.size, 0);
    const progress = { poll: polls, runs, unfinished, failures: [...failures.values()] };
    await abortable(signals, async () => onPoll?.(progress));
    // `onPoll` may have aborted it.
    throwIfAborted(signals);
  }

  return {
    stop,
    signals,
    /** The position after the last returned run. */
    writeCursor: () => writeWatchCursor(state, normalizedQuery),
    beginPoll: () => createPoll({ query, filter, requests, state, knownTransforms }),
    /** Yields the runs of a poll that are new or have changed, and ends the poll. */
    async *readPoll(poll: Poll): AsyncGenerator<MLTaskRun, void> {
      let runs = 0;
      for await (const run of readChanges(poll)) {
        runs += 1;
        yield run;
        throwIfAborted(signals);
      }
      await endPoll(poll, runs);
    },
    pause: () => delay(interval * 1000, signals),
  };
}

/** Iterates over the changes of a watch until the consumer stops, a signal aborts or a poll fails for good. */
class ChangeIterator extends StoppableIterator<MLTaskRun> implements MLTaskRunChanges {
  // Private to the compiler only, as in the base class.
  private readonly watch: OpenWatch;

  constructor(watch: OpenWatch) {
    super(readRuns(watch), watch.stop);
    this.watch = watch;
  }

  get cursor(): string {
    return this.watch.writeCursor();
  }
}

async function* readRuns(watch: OpenWatch): AsyncGenerator<MLTaskRun, never> {
  for (;;) {
    yield* watch.readPoll(watch.beginPoll());
    await watch.pause();
  }
}

async function* readPolls(watch: OpenWatch): AsyncGenerator<MLTaskRunPoll, never> {
  for (;;) {
    const poll = watch.beginPoll();
    const runs: MLTaskRun[] = [];
    try {
      for await (const run of watch.readPoll(poll)) runs.push(run);
    } catch (error) {
      throwIfAborted(watch.signals);
      // The runs before an error are returned first.
      if (runs.length > 0) yield toResult(watch, poll, runs);
      throw error;
    }
    yield toResult(watch, poll, runs);
    await watch.pause();
  }
}

/** Polls once. */
async function pollOnce(watch: OpenWatch): Promise<MLTaskRunPoll> {
  const poll = watch.beginPoll();
  const runs: MLTaskRun[] = [];
  try {
    for await (const run of watch.readPoll(poll)) runs.push(run);
    const [failure] = poll.failures.values();
    if (failure && hasFailed(poll) && runs.length === 0) throw failure.error;
    return toResult(watch, poll, runs);
  } catch (error) {
    throwIfAborted(watch.signals);
    // The runs before an error are returned with it.
    if (runs.length > 0 && [...poll.failures.values()].some((failure) => failure.error === error)) {
      return toResult(watch, poll, runs);
    }
    throw error;
  } finally {
    watch.stop.abort();
  }
}

function toResult(watch: OpenWatch, poll: Poll, runs: MLTaskRun[]): MLTaskRunPoll {
  return { runs, cursor: watch.writeCursor(), failures: [...poll.failures.values()] };
}

/** Whether all transforms have failed, or could not be found. */
function hasFailed({ failures, polledTransforms }: Poll): boolean {
  const ids = [...polledTransforms.keys()];
  return failures.has(undefined) || (ids.length > 0 && ids.every((id) => failures.has(id)));
}

/** Whether the next poll would fail in the same way. */
function isPermanent({ error }: WatchFailure): boolean {
  return !isTokenError(error) && !isTransient(error);
}
