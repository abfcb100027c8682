/** The state of a watch: what it has to know of earlier polls to tell which runs are new or have changed. */
import { UNFINISHED_STATUSES } from "../criteria/enumerations.js";
import { fingerprint } from "../paging/fingerprint.js";
import { isFinished, type MLTaskRun } from "../task-run.js";

/** Maximum time until a run that has started appears in listings, in milliseconds. */
export const LISTING_DELAY = 60_000;

/**
 * The state between any two returned runs. Times are the service's, in milliseconds since the epoch. A transform that
 * has no unfinished runs takes no space.
 */
export interface WatchState {
  /**
   * Every run was seen that started at this time or before; -Infinity if the next poll has to list all runs. Undefined
   * before the first poll, which looks for the unfinished runs.
   */
  seenUntil: number | undefined;
  /** The transforms for which `seenUntil` does not hold, because a poll of theirs has failed. */
  readonly behind: Map<string, TransformBehind>;
  /** The statuses of the unfinished runs, by transform and run. The status is empty if the run was not returned yet. */
  readonly unfinished: Map<string, Map<string, string>>;
  /** The times of the returned finished runs after `seenUntil`, by transform and by a hash of the run. */
  readonly recent: Map<string, Map<string, number>>;
}

/** A transform whose last poll failed. */
export interface TransformBehind {
  /** As in {@link WatchState}. */
  readonly seenUntil: number;
  /** Whether its unfinished runs were never looked for. */
  readonly isNew: boolean;
}

/** Creates the state of a watch that begins with all runs since a time; without it, with the unfinished runs. */
export function createState(since?: number): WatchState {
  // A run that started exactly then is included.
  const seenUntil = since === undefined ? undefined : since - 1;
  return { seenUntil, behind: new Map(), unfinished: new Map(), recent: new Map() };
}

/** Until when all runs of a transform were seen. */
export function seenUntilOf({ behind, seenUntil = -Infinity }: WatchState, transformId: string): number {
  return behind.get(transformId)?.seenUntil ?? seenUntil;
}

/** Whether the status of a run no longer changes. A run with an unknown status has finished if it has `CompletedOn`. */
export function isDone(run: MLTaskRun): boolean {
  const isKnown = UNFINISHED_STATUSES.some((status) => status === run.Status);
  return isFinished(run) || (!isKnown && run.CompletedOn !== undefined);
}

/**
 * Notes a run that is returned. Returns whether it is new or its status has changed, so that it has to be returned.
 *
 * @param seenUntil - runs that started at this time or before, and are not known, were seen in an earlier poll
 */
export function observe(state: WatchState, run: MLTaskRun, seenUntil: number): boolean {
  const { TransformId, TaskRunId, Status } = run;
  const known = state.unfinished.get(TransformId)?.get(TaskRunId);
  if (known === undefined && !isNew(state, run, seenUntil)) return false;
  if (isDone(run)) {
    removeRun(state, TransformId, TaskRunId);
    noteFinished(state, run);
  } else mapOf(state.unfinished, TransformId).set(TaskRunId, Status);
  return known !== Status;
}

function isNew({ recent }: WatchState, run: MLTaskRun, seenUntil: number): boolean {
  if (recent.get(run.TransformId)?.has(fingerprint(run.TaskRunId))) return false;
  const time = timeOfRun(run);
  // A finished run without any time may have been returned long ago.
  return time === undefined ? !isDone(run) : time > seenUntil;
}

/** Notes an unfinished run that will be returned later in this poll. If the poll ends early, the next one returns it. */
export function noteUnfinished(state: WatchState, { TransformId, TaskRunId }: MLTaskRun): void {
  const runs = mapOf(state.unfinished, TransformId);
  if (!runs.has(TaskRunId)) runs.set(TaskRunId, "");
}

/** Notes a finished run, so that later polls do not return it. */
export function noteFinished(state: WatchState, run: MLTaskRun): void {
  const time = timeOfRun(run);
  if (time !== undefined) mapOf(state.recent, run.TransformId).set(fingerprint(run.TaskRunId), time);
}

/** The time by which a run is new or old. A finished run that never had a start counts by its end. */
export function timeOfRun(run: MLTaskRun): number | undefined {
  return (run.StartedOn ?? (isDone(run) ? run.CompletedOn : undefined))?.getTime();
}

/** Forgets a run. */
export function removeRun(state: WatchState, transformId: string, taskRunId: string): void {
  const runs = state.unfinished.get(transformId);
  runs?.delete(taskRunId);
  if (runs?.size === 0) state.unfinished.delete(transformId);
}

/** Forgets a transform. */
export function removeTransform(state: WatchState, transformId: string): void {
  for (const map of [state.behind, state.unfinished, state.recent]) map.delete(transformId);
}

/**
 * Moves the time until which all runs were seen.
 *
 * @param failed - the transforms for which it stays as it is, and whether their unfinished runs were never looked for
 */
export function advance(state: WatchState, time: number, failed: ReadonlyMap<string, boolean>): void {
  const { seenUntil = -Infinity, behind } = state;
  const latest = Math.max(seenUntil, time);
  if (latest > seenUntil) {
    for (const [id, isNew] of failed) if (!behind.has(id)) behind.set(id, { seenUntil, isNew });
  }
  state.seenUntil = latest;
  for (const [id, transform] of behind) {
    if (failed.has(id)) continue;
    const moved = Math.max(transform.seenUntil, time);
    if (moved === latest) behind.delete(id);
    else behind.set(id, { ...transform, seenUntil: moved });
  }
}

/** Marks a transform whose poll has failed. */
export function markBehind(state: WatchState, transformId: string, behind: TransformBehind): void {
  state.behind.set(transformId, behind);
}

/**
 * Whether no poll has looked for the unfinished runs of a transform.
 *
 * @param knownTransforms - the transforms that the poll before has found, if that is known
 */
export function isFirstPollOf(
  { seenUntil, behind }: WatchState,
  transformId: string,
  knownTransforms: ReadonlySet<string> | undefined,
): boolean {
  if (seenUntil === undefined || behind.get(transformId)?.isNew) return true;
  return knownTransforms !== undefined && !knownTransforms.has(transformId);
}

/** The time of the newest finished run that is known: the service's time, as far as a mock tells it. */
export function newestKnown({ recent }: WatchState): number | undefined {
  const times = [...recent.values()].flatMap((runs) => [...runs.values()]);
  return times.length > 0 ? times.reduce((a, b) => Math.max(a, b)) : undefined;
}

/** Forgets the finished runs that no later poll takes for new. */
export function removeOld(state: WatchState): void {
  for (const [transformId, runs] of state.recent) {
    const seenUntil = seenUntilOf(state, transformId);
    for (const [hash, time] of runs) if (time <= seenUntil) runs.delete(hash);
    if (runs.size === 0) state.recent.delete(transformId);
  }
}

/** The number of unfinished runs. */
export function countUnfinished({ unfinished }: WatchState): number {
  return [...unfinished.values()].reduce((sum, runs) => sum + runs.size, 0);
}

function mapOf<V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const map = maps.get(key) ?? new Map<string, V>();
  maps.set(key, map);
  return map;
}
