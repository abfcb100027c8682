/** Watches the runs of one or several transforms: polls, and yields each run that is new or has changed. */
import type { WatchProgress } from "../criteria/options.js";
import type { CheckedQuery, TaskRunReference } from "../criteria/query.js";
import { markHandled, type Page } from "../paging/page.js";
import { NEWEST_FIRST, narrowToRange, OLDEST_FIRST, sortKey } from "../paging/started-order.js";
import { hasName } from "../request/send.js";
import { isFinished, type MLTaskRun } from "../task-run.js";
import { createRunTracker, OVERLAP, type RunTracker } from "./run-tracker.js";

/** What to watch, and how to send the requests. */
export interface WatchSource {
  /** The criteria of every request, without time bounds. */
  readonly filter: Pick<NonNullable<CheckedQuery["Filter"]>, "TaskRunType">;
  /** The watch begins with all runs since this time; without it, with the unfinished runs. */
  readonly since: Date | undefined;
  readonly pageSize: number;
  /** The number of transforms that are polled at the same time. */
  readonly concurrency: number;
  /** The ids of the transforms; called at each poll. */
  transformIds(): AsyncIterable<string> | Iterable<string>;
  /** Opens the pages of a query. */
  paginate(query: CheckedQuery): AsyncGenerator<Page, void>;
  /** Lists the runs of all transforms, merged, oldest first. */
  listAll(filter: NonNullable<CheckedQuery["Filter"]>): AsyncIterable<MLTaskRun>;
  get(reference: TaskRunReference): Promise<MLTaskRun>;
  /** Whether an error ends only the poll of its transform. */
  isSkipped(error: unknown): boolean;
  /** Waits for the pause between two polls. */
  pause(): Promise<void>;
  onPoll(progress: WatchProgress): Promise<unknown>;
}

/** In the order in which a run has them, so that a run whose status changes while they are read is not missed. */
const UNFINISHED_STATUSES = ["STARTING", "RUNNING", "STOPPING"] as const;

/** Watches until the consumer stops, a signal aborts or a request fails. */
export async function* watchRuns(source: WatchSource): AsyncGenerator<MLTaskRun, never> {
  const watchBegin = Date.now();
  const trackers = new Map<string, RunTracker>();
  const absent = new Map<string, RunTracker>();
  for (let poll = 1; ; poll += 1) {
    let runs = 0;
    const changes =
      poll === 1 && source.since
        ? listSince(source, source.since, trackers)
        : // If a later poll finds a new transform, all its runs since the watch began are new.
          pollTransforms(source, trackers, absent, poll === 1 ? Infinity : watchBegin);
    for await (const run of changes) {
      runs += 1;
      yield run;
    }
    const unfinished = [...trackers.values()].reduce((sum, tracker) => sum + tracker.unfinished, 0);
    await source.onPoll({ poll, runs, unfinished });
    await source.pause();
  }
}

/** The number of runs after which the first poll removes those that are finished and old. */
const RUNS_IN_MEMORY = 1000;

/** The first poll of a watch that begins with all runs since a time. */
async function* listSince(
  { filter, listAll }: WatchSource,
  since: Date,
  trackers: Map<string, RunTracker>,
): AsyncGenerator<MLTaskRun, void> {
  // The service's bound may be exclusive or coarse. The tracker leaves out earlier runs.
  const { Filter } = narrowToRange({ TransformId: "", Filter: filter }, since.getTime() - OVERLAP, Infinity);
  let listed = 0;
  for await (const run of listAll(Filter)) {
    const tracker = trackers.get(run.TransformId) ?? createRunTracker({ since: since.getTime() });
    trackers.set(run.TransformId, tracker);
    if (tracker.observe(run)) yield run;
    listed += 1;
    if (listed % RUNS_IN_MEMORY === 0) for (const each of trackers.values()) each.removeOld(Date.now());
  }
  for (const tracker of trackers.values()) tracker.endPoll(Date.now());
}

/**
 * Polls all transforms, and removes the trackers of those that no longer exist. The trackers of transforms that are not
 * found are `absent`: if `TransformFilter` matches one again, its runs are not new.
 */
async function* pollTransforms(
  source: WatchSource,
  trackers: Map<string, RunTracker>,
  absent: Map<string, RunTracker>,
  newSince: number,
): AsyncGenerator<MLTaskRun, void> {
  const { since } = source;
  const found = new Set<string>();
  const poll = async (TransformId: string) => {
    // Returned with the error, if there is one, because runs before an error are yielded.
    const changes: MLTaskRun[] = [];
    try {
      const existing =
        trackers.get(TransformId) ?? absent.get(TransformId) ?? (since && createRunTracker({ since: since.getTime() }));
      if (existing) await pollTransform(source, TransformId, existing, changes);
      trackers.set(TransformId, existing ?? (await beginTransform(source, TransformId, newSince, changes)));
      absent.delete(TransformId);
      found.add(TransformId);
    } catch (error) {
      if (!source.isSkipped(error)) return { changes, failure: { error } };
      trackers.delete(TransformId);
      absent.delete(TransformId);
    }
    return { changes };
  };
  // All transforms first: a token of their list may expire while the consumer works on a run.
  const ids: string[] = [];
  for await (const id of source.transformIds()) ids.push(id);
  for await (const { changes, failure } of mapConcurrently(ids, source.concurrency, poll)) {
    yield* changes;
    if (failure) throw failure.error;
  }
  for (const [id, tracker] of trackers) {
    if (found.has(id)) continue;
    trackers.delete(id);
    absent.set(id, tracker);
  }
}

/**
 * The first poll of a transform: finds its unfinished runs, and all runs that started at `newSince` or later. It reads
 * the newest runs, which the next poll continues from, and then the runs of each unfinished status.
 */
async function beginTransform(
  { filter, paginate }: WatchSource,
  TransformId: string,
  newSince: number,
  changes: MLTaskRun[],
): Promise<RunTracker> {
  const newest: MLTaskRun[] = [];
  let hasAllRuns = true;
  let oldestStart = Infinity;
  let newestStart: number | undefined;
  for await (const { runs, positionAfter } of paginate({ TransformId, Filter: filter, Sort: NEWEST_FIRST })) {
    newest.push(...runs);
    for (const run of runs) {
      if (run.StartedOn === undefined) continue;
      oldestStart = run.StartedOn.getTime();
      newestStart ??= oldestStart;
    }
    hasAllRuns = positionAfter(runs.length) === undefined;
    const end = Math.min(newestStart ?? Infinity, newSince, Date.now()) - OVERLAP;
    if (oldestStart < end) break;
  }
  const tracker = createRunTracker({ listedSince: hasAllRuns ? -Infinity : oldestStart });
  const unfinished = new Map<string, MLTaskRun>();
  for (const run of newest.reverse()) {
    const isNew = !isFinished(run) || (run.StartedOn !== undefined && run.StartedOn.getTime() >= newSince);
    if (isNew) {
      tracker.observe(run);
      unfinished.set(run.TaskRunId, run);
    } else tracker.addFinished(run);
  }
  for (const Status of hasAllRuns ? [] : UNFINISHED_STATUSES) {
    for await (const { runs } of paginate({ TransformId, Filter: { ...filter, Status } })) {
      for (const run of runs) if (tracker.observe(run)) unfinished.set(run.TaskRunId, run);
    }
  }
  tracker.endPoll(Date.now());
  changes.push(...[...unfinished.values()].sort((a, b) => sortKey(a, 1) - sortKey(b, 1)));
  return tracker;
}

/** A later poll of a transform. */
async function pollTransform(
  { filter, pageSize, paginate, get }: WatchSource,
  TransformId: string,
  tracker: RunTracker,
  changes: MLTaskRun[],
): Promise<void> {
  const since = tracker.beginPoll(pageSize);
  const query = narrowToRange({ TransformId, Filter: filter, Sort: OLDEST_FIRST }, since, Infinity);
  for await (const { runs } of paginate(query)) {
    for (const run of runs) if (tracker.observe(run)) changes.push(run);
  }
  for (const TaskRunId of tracker.unseen()) {
    try {
      const run = await get({ TransformId, TaskRunId });
      if (tracker.observe(run)) changes.push(run);
    } catch (error) {
      if (!hasName(error, "EntityNotFoundException")) throw error;
      // The run no longer exists. If the transform no longer exists, the next poll notices it.
      tracker.remove(TaskRunId);
    }
  }
  tracker.endPoll(Date.now());
}

/** Runs a task for each item, several at the same time, and yields the results in order. */
async function* mapConcurrently<T, R>(
  items: Iterable<T>,
  concurrency: number,
  task: (item: T) => Promise<R>,
): AsyncGenerator<R, void> {
  const running: Promise<R>[] = [];
  for (const item of items) {
    const [first] = running;
    if (first !== undefined && running.length === concurrency) {
      yield await first;
      running.shift();
    }
    const result = task(item);
    markHandled(result);
    running.push(result);
  }
  for (const result of running) yield await result;
}
