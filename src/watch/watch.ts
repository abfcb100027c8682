/** `MLTaskRunWatch`: polls again and again, and hands over the changes and the position after them. */

import { type AbortSignalLike, abortable, delay, throwIfAborted } from "../abort.js";
import type { CheckedWatchOptions } from "../criteria/options.js";
import type { checkTransformWatchQuery, checkWatchQuery } from "../criteria/query.js";
import { MLTaskRunsError } from "../errors.js";
import type { GlueClientLike } from "../request/client.js";
import { StoppableIterator } from "../stoppable-iterator.js";
import type { MLTaskRun } from "../task-run.js";
import { readWatchCursor, writeWatchCursor } from "./cursor.js";
import { createPoll, type Failure, FINDING_TRANSFORMS, type Poll } from "./poll.js";
import { readChanges } from "./read-changes.js";
import { createRequests } from "./requests.js";
import { countUnfinished, createState } from "./state.js";
import type { MLTaskRunChanges, MLTaskRunPoll, MLTaskRunWatch, WatchFailure } from "./types.js";

type WatchQuery = ReturnType<typeof checkWatchQuery> | ReturnType<typeof checkTransformWatchQuery>;

/** Creates the watch of one transform, or of all transforms that match a filter. */
export function createWatch(client: GlueClientLike, query: WatchQuery, options: CheckedWatchOptions): MLTaskRunWatch {
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
    toJSON(): never {
      throw new MLTaskRunsError("A watch cannot be written as JSON. Read its runs with `for await`, or with `poll()`.");
    },
  };
  return watch;
}

/** One loop over a watch: its state, and what happens between its polls. */
type OpenWatch = ReturnType<typeof openWatch>;

function openWatch(client: GlueClientLike, query: WatchQuery, options: CheckedWatchOptions) {
  const { cursor, abortSignal, interval, maxFailedPolls, onPoll } = options;
  const { StartedAfter, ...filter } = query.Filter ?? {};
  const subject = "TransformId" in query ? query.TransformId : { ...query.TransformFilter };
  const key = ["watch", subject, filter];
  const state = cursor === undefined ? createState(StartedAfter?.getTime()) : readWatchCursor(cursor, key);
  const stop = new AbortController();
  const signals: readonly AbortSignalLike[] = abortSignal ? [abortSignal, stop.signal] : [stop.signal];
  const requests = createRequests({ ...options, client, signals });
  const isSince = cursor === undefined && StartedAfter !== undefined;
  let polls = 0;
  let knownTransforms: ReadonlySet<string> | undefined;
  /** The number of failures in a row. */
  let failedPolls = new Map<unknown, number>();
  return {
    stop,
    signals,
    /** The position after the last returned run. */
    writeCursor: () => writeWatchCursor(state, key),
    startPoll(): Poll {
      throwIfAborted(signals);
      polls += 1;
      return createPoll({ query, filter, requests, state, knownTransforms });
    },
    /** Ends a poll whose changes were read. Throws the error that ends the watch, if there is one. */
    async endPoll(poll: Poll, runs: number): Promise<void> {
      throwIfAborted(signals);
      const { failures } = poll;
      let ending = permanentFailure(poll);
      const counts = new Map<unknown, number>();
      for (const [key, failure] of failures) {
        const count = (failedPolls.get(key) ?? 0) + 1;
        counts.set(key, count);
        if (count >= maxFailedPolls) ending ??= failure;
      }
      failedPolls = counts;
      if (ending) throw ending.error;
      // With StartedAfter, the older runs of a transform that is found later are not watched.
      if (!isSince && !failures.has(FINDING_TRANSFORMS)) knownTransforms = poll.transforms;
      const progress = { poll: polls, runs, unfinished: countUnfinished(state), failures: listFailures(poll) };
      await abortable(signals, async () => onPoll?.(progress));
      // `onPoll` may have aborted it.
      throwIfAborted(signals);
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
    const poll = watch.startPoll();
    let runs = 0;
    for await (const run of readChanges(poll)) {
      runs += 1;
      yield run;
      throwIfAborted(watch.signals);
    }
    await watch.endPoll(poll, runs);
    await watch.pause();
  }
}

async function* readPolls(watch: OpenWatch): AsyncGenerator<MLTaskRunPoll, never> {
  for (;;) {
    const { poll, runs } = await readPoll(watch);
    let ending: { readonly error: unknown } | undefined;
    try {
      await watch.endPoll(poll, runs.length);
    } catch (error) {
      throwIfAborted(watch.signals);
      ending = { error };
    }
    // The runs before an error are returned first.
    if (ending === undefined || runs.length > 0) yield toResult(watch, poll, runs);
    if (ending) throw ending.error;
    await watch.pause();
  }
}

/** Polls once. */
async function pollOnce(watch: OpenWatch): Promise<MLTaskRunPoll> {
  try {
    const { poll, runs } = await readPoll(watch);
    await watch.endPoll(poll, runs.length);
    const [failure] = poll.failures.values();
    const hasFailed = poll.failures.has(FINDING_TRANSFORMS) || haveAllFailed(poll);
    if (failure && hasFailed && runs.length === 0) throw failure.error;
    return toResult(watch, poll, runs);
  } finally {
    watch.stop.abort();
  }
}

async function readPoll(watch: OpenWatch): Promise<{ readonly poll: Poll; readonly runs: MLTaskRun[] }> {
  const poll = watch.startPoll();
  const runs: MLTaskRun[] = [];
  for await (const run of readChanges(poll)) runs.push(run);
  return { poll, runs };
}

function toResult(watch: OpenWatch, poll: Poll, runs: MLTaskRun[]): MLTaskRunPoll {
  return { runs, cursor: watch.writeCursor(), failures: listFailures(poll) };
}

function listFailures({ failures }: Poll): WatchFailure[] {
  return Array.from(failures, ([key, { error }]) =>
    typeof key === "string" ? { TransformId: key, error } : { error },
  );
}

function haveAllFailed({ failures, transforms }: Poll): boolean {
  return transforms.size > 0 && [...transforms].every((id) => failures.has(id));
}

/** The failure that ends a watch at once: to find the transforms, or of all of them. */
function permanentFailure(poll: Poll): Failure | undefined {
  const finding = poll.failures.get(FINDING_TRANSFORMS);
  if (finding?.isPermanent) return finding;
  const failures = [...poll.failures.values()];
  return haveAllFailed(poll) && failures.every(({ isPermanent }) => isPermanent) ? failures[0] : undefined;
}
