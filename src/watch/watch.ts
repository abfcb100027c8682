/** Watches the runs of one or all transforms: polls, and yields each run that is new or has changed. */
import type { GlueClient } from "@aws-sdk/client-glue";
import { findTransforms } from "../combine/transforms.js";
import { createQueryList, createTransformsList } from "../create-list.js";
import type { checkWatchOptions } from "../criteria/options.js";
import type { CheckedQuery, checkTransformWatchQuery, checkWatchQuery } from "../criteria/query.js";
import { getRun } from "../get.js";
import { paginate } from "../paging/paginate.js";
import { NEWEST_FIRST, narrowToRange, OLDEST_FIRST, sortKey } from "../paging/started-order.js";
import { type AbortSignalLike, abortable, delay, linkSignals, throwIfAborted } from "../request/abort.js";
import { getTaskRuns, hasName } from "../request/send.js";
import { type DisposableIterator, StoppableIterator } from "../stoppable-iterator.js";
import { isFinished, type MLTaskRun } from "../task-run.js";
import { createRunTracker, OVERLAP, type RunTracker } from "./run-tracker.js";

/** What to watch, and how to send the requests. */
interface Watch extends ReturnType<typeof checkWatchOptions> {
  readonly client: GlueClient;
  readonly query: ReturnType<typeof checkWatchQuery> | ReturnType<typeof checkTransformWatchQuery>;
  /** The criteria of every request, without time bounds. */
  readonly filter: Pick<NonNullable<CheckedQuery["Filter"]>, "TaskRunType">;
  /** The watch begins with all runs since this time; without it, with the unfinished runs. */
  readonly since: number | undefined;
  readonly signals: readonly AbortSignalLike[];
}

/** Watches the runs of one transform, or of all transforms that match a filter. */
export function createWatch(
  client: GlueClient,
  query: Watch["query"],
  settings: ReturnType<typeof checkWatchOptions>,
): DisposableIterator<MLTaskRun> {
  const stop = new AbortController();
  const signals = settings.abortSignal ? [settings.abortSignal, stop.signal] : [stop.signal];
  const { StartedAfter, ...filter } = query.Filter ?? {};
  const watch = { ...settings, client, query, filter, since: StartedAfter?.getTime(), signals };
  return new StoppableIterator(watchRuns(watch), stop);
}

/** Watches until the consumer stops, a signal aborts or a request fails. */
async function* watchRuns(watch: Watch): AsyncGenerator<MLTaskRun, never> {
  const { since, signals, interval, onPoll } = watch;
  throwIfAborted(signals);
  const watchBegin = Date.now();
  // A transform that is no longer found keeps its tracker: if `TransformFilter` matches it again, its runs are not new.
  const trackers = new Map<string, RunTracker>();
  for (let poll = 1; ; poll += 1) {
    const polled = new Set<RunTracker>();
    const changes =
      poll === 1 && since !== undefined
        ? listSince(watch, since, trackers, polled)
        : // If a later poll finds a new transform, all its runs since the watch began are new.
          pollTransforms(watch, poll === 1 ? Infinity : watchBegin, trackers, polled);
    let runs = 0;
    for await (const run of changes) {
      runs += 1;
      yield run;
      throwIfAborted(signals);
    }
    const unfinished = [...polled].reduce((sum, tracker) => sum + tracker.unfinished, 0);
    await abortable(signals, async () => onPoll?.({ poll, runs, unfinished }));
    await delay(interval * 1000, signals);
  }
}

/** The number of runs after which the first poll removes those that are finished and old. */
const RUNS_IN_MEMORY = 1000;

/** The first poll of a watch that begins with all runs since a time. It lists them merged, oldest first. */
async function* listSince(
  { client, query, filter, pageSize, concurrency, signals }: Watch,
  since: number,
  trackers: Map<string, RunTracker>,
  polled: Set<RunTracker>,
): AsyncGenerator<MLTaskRun, void> {
  // The service's bound may be exclusive or coarse. The tracker leaves out earlier runs.
  const { Filter } = narrowToRange({ TransformId: "", Filter: filter }, since - OVERLAP, Infinity);
  const { signal: abortSignal, unlink } = linkSignals(signals);
  const list =
    "TransformId" in query
      ? createQueryList(client, { ...query, Filter, Sort: OLDEST_FIRST }, { pageSize, abortSignal })
      : createTransformsList(client, { ...query, Filter, Sort: OLDEST_FIRST }, { pageSize, concurrency, abortSignal });
  try {
    let listed = 0;
    for await (const run of list) {
      const tracker = trackers.get(run.TransformId) ?? createRunTracker(since);
      trackers.set(run.TransformId, tracker);
      polled.add(tracker);
      if (tracker.observe(run)) yield run;
      listed += 1;
      if (listed % RUNS_IN_MEMORY === 0) for (const each of polled) each.removeOld(Date.now());
    }
  } finally {
    unlink();
  }
  for (const tracker of polled) tracker.endPoll(Date.now());
}

/** Polls all transforms, several at the same time, and removes the trackers of those that no longer exist. */
async function* pollTransforms(
  watch: Watch,
  newSince: number,
  trackers: Map<string, RunTracker>,
  polled: Set<RunTracker>,
): AsyncGenerator<MLTaskRun, void> {
  const { client, query, since, pageSize, concurrency, signals } = watch;
  const poll = async (id: string) => {
    // Returned with the error, if there is one, because runs before an error are yielded.
    const changes: MLTaskRun[] = [];
    try {
      const known = trackers.get(id) ?? (since === undefined ? undefined : createRunTracker(since));
      if (known) await pollTransform(watch, id, known, changes);
      const tracker = known ?? (await beginTransform(watch, id, newSince, changes));
      trackers.set(id, tracker);
      polled.add(tracker);
    } catch (error) {
      if ("TransformId" in query || !hasName(error, "EntityNotFoundException")) return { changes, failure: { error } };
      trackers.delete(id);
    }
    return { changes };
  };
  const ids: string[] = [];
  if ("TransformId" in query) ids.push(query.TransformId);
  else {
    // All transforms first: a token of their list may expire while the consumer works on a run.
    const transforms = findTransforms(client, query.TransformFilter, pageSize, signals);
    for await (const { TransformId } of transforms) ids.push(TransformId);
  }
  const polls = ids.splice(0, concurrency).map(poll);
  for (let next = polls.shift(); next; next = polls.shift()) {
    const { changes, failure } = await next;
    yield* changes;
    if (failure) throw failure.error;
    // One poll has ended: start one more.
    polls.push(...ids.splice(0, 1).map(poll));
  }
}

/** In the order of a run's life, so that a run whose status changes while they are read is not missed. */
const UNFINISHED_STATUSES = ["STARTING", "RUNNING", "STOPPING"] as const;

/**
 * The first poll of a transform: finds its unfinished runs, and all runs that started at `newSince` or later. It reads
 * the newest runs, which the next poll continues from, and then the runs of each unfinished status.
 */
async function beginTransform(
  watch: Watch,
  TransformId: string,
  newSince: number,
  changes: MLTaskRun[],
): Promise<RunTracker> {
  const { filter } = watch;
  const newest: MLTaskRun[] = [];
  let hasAllRuns = true;
  let oldestStart = Infinity;
  for await (const { runs, positionAfter } of readPages(watch, { TransformId, Filter: filter, Sort: NEWEST_FIRST })) {
    newest.push(...runs);
    hasAllRuns = positionAfter(runs.length) === undefined;
    // Runs without a start come last.
    const newestStart = newest[0]?.StartedOn?.getTime() ?? Infinity;
    oldestStart = newest.findLast(({ StartedOn }) => StartedOn)?.StartedOn?.getTime() ?? Infinity;
    if (oldestStart < Math.min(newestStart, newSince, Date.now()) - OVERLAP) break;
  }
  const tracker = createRunTracker(undefined, hasAllRuns ? undefined : oldestStart);
  const found = new Map<string, MLTaskRun>();
  for (const run of newest.reverse()) {
    const isNew = !isFinished(run) || sortKey(run, 1) >= newSince;
    if (tracker.observe(run) && isNew) found.set(run.TaskRunId, run);
  }
  for (const Status of hasAllRuns ? [] : UNFINISHED_STATUSES) {
    for await (const { runs } of readPages(watch, { TransformId, Filter: { ...filter, Status } })) {
      for (const run of runs) if (tracker.observe(run)) found.set(run.TaskRunId, run);
    }
  }
  tracker.endPoll(Date.now());
  changes.push(...[...found.values()].sort((a, b) => sortKey(a, 1) - sortKey(b, 1)));
  return tracker;
}

/** A later poll of a transform. */
async function pollTransform(
  watch: Watch,
  TransformId: string,
  tracker: RunTracker,
  changes: MLTaskRun[],
): Promise<void> {
  const start = tracker.beginPoll(watch.pageSize);
  const query = narrowToRange({ TransformId, Filter: watch.filter, Sort: OLDEST_FIRST }, start, Infinity);
  for await (const { runs } of readPages(watch, query)) changes.push(...runs.filter(tracker.observe));
  for (const TaskRunId of tracker.unseenIds()) {
    try {
      const run = await getRun(watch.client, { TransformId, TaskRunId }, watch.signals);
      if (tracker.observe(run)) changes.push(run);
    } catch (error) {
      if (!hasName(error, "EntityNotFoundException")) throw error;
      // The run no longer exists. If the transform no longer exists, the next poll notices it.
      tracker.remove(TaskRunId);
    }
  }
  tracker.endPoll(Date.now());
}

function readPages({ client, pageSize, signals }: Watch, query: CheckedQuery) {
  return paginate({
    query,
    limit: Infinity,
    requiresOrder: query.Sort !== undefined,
    request: (part, NextToken) =>
      getTaskRuns(client, { ...part, MaxResults: pageSize, ...(NextToken !== undefined && { NextToken }) }, signals),
  });
}
