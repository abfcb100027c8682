/** The state of a watch: what it has returned, so that it returns runs only if they are new or have changed. */
import { UNFINISHED_STATUSES } from "../criteria/enumerations.js";
import { fingerprint } from "../paging/fingerprint.js";
import { isFinished, type MLTaskRun } from "../task-run.js";

/** Maximum time until a run that has started appears in listings, in milliseconds. */
export const LISTING_DELAY = 60_000;

/** The state between any two returned runs. Times are the service's, in milliseconds since the epoch. */
export interface WatchState {
  /**
   * Every run was seen that started at this time or before; -Infinity if the next poll has to list all runs. Undefined
   * before the first poll, which looks for the unfinished runs.
   */
  seenUntil: number | undefined;
  /** What is known of each transform. One that has no unfinished runs takes no space. */
  readonly transforms: Map<string, TransformState>;
}

/** What is known of a transform. */
export interface TransformState {
  /** How far it is behind the others, if its last poll has failed. */
  behind: Behind | undefined;
  /** The statuses of its unfinished runs. The status is empty if the run was not returned yet. */
  readonly unfinished: Map<string, string>;
  /** The times of its returned finished runs after `seenUntil`, by a hash of the run. */
  readonly recent: Map<string, number>;
}

/**
 * What a poll is for a transform: its first one, from the begin of the watch on or because this poll has found the
 * transform, or a later one. A first poll looks for the unfinished runs. If it fails, the next one is of the same kind.
 */
export type PollKind = "fromBegin" | "found" | "later";

interface Behind {
  /** In place of the time of {@link WatchState}. */
  readonly seenUntil: number;
  /** The kind of the poll that has failed. */
  readonly kind: PollKind;
}

/** Creates the state of a watch that begins with all runs since a time; without it, with the unfinished runs. */
export function createState(since?: number): WatchState {
  // A run that started exactly then is included.
  return { seenUntil: since === undefined ? undefined : since - 1, transforms: new Map() };
}

/** The state of a transform, which is added if there is none. Do not keep it: `removeOld` removes what is empty. */
export function stateOf({ transforms }: WatchState, transformId: string): TransformState {
  const found = transforms.get(transformId) ?? { behind: undefined, unfinished: new Map(), recent: new Map() };
  transforms.set(transformId, found);
  return found;
}

/** Until when all runs of a transform were seen. */
export function seenUntilOf({ transforms, seenUntil = -Infinity }: WatchState, transformId: string): number {
  return transforms.get(transformId)?.behind?.seenUntil ?? seenUntil;
}

/** Whether the status of a run no longer changes. A run with an unknown status has finished if it has `CompletedOn`. */
export function isFinishedOrCompleted(run: MLTaskRun): boolean {
  const isKnown = UNFINISHED_STATUSES.some((status) => status === run.Status);
  return isFinished(run) || (!isKnown && run.CompletedOn !== undefined);
}

/** The time by which a run is new or old. A finished run that never had a start counts by its end. */
export function timeOfRun(run: MLTaskRun): number | undefined {
  return (run.StartedOn ?? (isFinishedOrCompleted(run) ? run.CompletedOn : undefined))?.getTime();
}

/**
 * Notes a run that is returned. Returns whether it is new or its status has changed, so that it has to be returned.
 *
 * @param seenUntil - runs that started at this time or before, and are not known, were seen in an earlier poll
 */
export function observe(state: WatchState, run: MLTaskRun, seenUntil: number): boolean {
  const { TransformId, TaskRunId, Status } = run;
  const { unfinished, recent } = stateOf(state, TransformId);
  const known = unfinished.get(TaskRunId);
  const time = timeOfRun(run);
  // A finished run without any time may have been returned long ago.
  const isNew = time === undefined ? !isFinishedOrCompleted(run) : time > seenUntil;
  if (known === undefined && (!isNew || recent.has(fingerprint(TaskRunId)))) return false;
  if (isFinishedOrCompleted(run)) {
    unfinished.delete(TaskRunId);
    noteFinished(state, run);
  } else unfinished.set(TaskRunId, Status);
  return known !== Status;
}

/** Whether a run has finished and is not known, and counts as later than the time until which runs were seen. */
export function isNewFinished({ transforms }: WatchState, run: MLTaskRun, seenUntil: number): boolean {
  const { TransformId, TaskRunId } = run;
  const { unfinished, recent } = transforms.get(TransformId) ?? {};
  const isKnown = unfinished?.has(TaskRunId) || recent?.has(fingerprint(TaskRunId));
  return isFinishedOrCompleted(run) && !isKnown && (timeOfRun(run) ?? -Infinity) > seenUntil;
}

/** Notes a finished run, so that later polls do not return it. */
export function noteFinished(state: WatchState, run: MLTaskRun): void {
  const time = timeOfRun(run);
  if (time !== undefined) stateOf(state, run.TransformId).recent.set(fingerprint(run.TaskRunId), time);
}

/**
 * Notes an unfinished run that will be returned later in this poll. If the poll ends early, the next one returns it.
 */
export function noteUnfinished(state: WatchState, { TransformId, TaskRunId }: MLTaskRun): void {
  const { unfinished } = stateOf(state, TransformId);
  if (!unfinished.has(TaskRunId)) unfinished.set(TaskRunId, "");
}

/**
 * Moves the time until which all runs were seen.
 *
 * @param failed - the transforms for which it stays as it is, and of which kind their poll was
 */
export function advance(state: WatchState, time: number, failed: ReadonlyMap<string, PollKind>): void {
  const { seenUntil = -Infinity } = state;
  for (const [id, kind] of failed) {
    // In the first poll, the time of the failed transforms begins, too.
    if (time > seenUntil || kind !== "later") {
      stateOf(state, id).behind ??= { seenUntil: state.seenUntil ?? time, kind };
    }
  }
  state.seenUntil = Math.max(seenUntil, time);
  for (const [id, transform] of state.transforms) {
    const { behind } = transform;
    if (behind === undefined || failed.has(id)) continue;
    const moved = Math.max(behind.seenUntil, time);
    transform.behind = moved === state.seenUntil ? undefined : { ...behind, seenUntil: moved };
  }
}

/** Forgets the finished runs that no later poll takes for new, and the transforms of which nothing is left. */
export function removeOld(state: WatchState): void {
  for (const [id, { behind, unfinished, recent }] of state.transforms) {
    const seenUntil = seenUntilOf(state, id);
    for (const [hash, time] of recent) if (time <= seenUntil) recent.delete(hash);
    if (behind === undefined && unfinished.size === 0 && recent.size === 0) state.transforms.delete(id);
  }
}

/** The time of the newest finished run that is known: the service's time, as far as a mock tells it. */
export function newestKnown({ transforms }: WatchState): number | undefined {
  const times = [...transforms.values()].flatMap(({ recent }) => [...recent.values()]);
  return times.length > 0 ? times.reduce((a, b) => Math.max(a, b)) : undefined;
}
