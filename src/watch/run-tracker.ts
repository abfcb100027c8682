/** Tracks the runs of one transform: which are new or changed, and since which time the next poll has to list runs. */
import { isFinished, type MLTaskRun } from "../task-run.js";

/**
 * How long a run may take to appear in listings, in milliseconds. Each poll lists the runs again that started in this
 * time before the newest run.
 */
export const OVERLAP = 60_000;

/** The state of one transform between polls: the unfinished runs, and the finished runs of the overlap. */
export interface RunTracker {
  /** The number of unfinished runs. */
  readonly unfinished: number;
  /**
   * Begins a poll. Returns the time since which the poll has to list runs, in milliseconds since the epoch; -Infinity
   * for all runs.
   *
   * @param pageSize - the page size of the list requests
   */
  beginPoll(pageSize: number): number;
  /** Updates the tracker with a returned run. Returns whether the run is new or its status has changed. */
  observe(run: MLTaskRun): boolean;
  /** Adds a run that finished before the watch began, so that it is not new when a poll returns it. */
  addFinished(run: MLTaskRun): void;
  /** The ids of the unfinished runs that the list requests of the poll have not returned. */
  unseen(): string[];
  /** Removes a run that no longer exists. */
  remove(taskRunId: string): void;
  /** Removes, during a long poll, the finished runs that no later poll lists. `now` is as in {@link endPoll}. */
  removeOld(now: number): void;
  /** Ends a poll that was successful. `now` is the current time in milliseconds since the epoch. */
  endPoll(now: number): void;
}

interface UnfinishedRun {
  status: string;
  startedOn: number | undefined;
  /** How many runs have started later; Infinity if that is unknown. */
  laterRuns: number;
  isSeen: boolean;
}

/** Creates the tracker of one transform. */
export function createRunTracker({
  since = -Infinity,
  listedSince = since,
}: {
  /** Runs that started before this time are not watched. */
  readonly since?: number;
  /** All runs since this time are added to the tracker; of earlier runs only the unfinished ones. */
  readonly listedSince?: number;
}): RunTracker {
  const unfinished = new Map<string, UnfinishedRun>();
  /** The finished runs of the overlap, with their start. */
  const recent = new Map<string, number>();
  let newestStart = since;
  /** The start of the overlap. All runs before it were seen. */
  let overlapStart = since - OVERLAP;

  // A run whose start is in the future, by the clock of this machine, must not hide runs that start before it.
  const nextOverlapStart = (now: number) => Math.max(overlapStart, Math.min(newestStart, now) - OVERLAP);
  const removeBefore = (time: number) => {
    for (const [id, startedOn] of recent) if (startedOn < time) recent.delete(id);
  };
  const addStart = (startedOn: number) => {
    newestStart = Math.max(newestStart, startedOn);
    for (const other of unfinished.values()) {
      if (other.startedOn !== undefined && other.startedOn <= startedOn) other.laterRuns += 1;
    }
  };
  const add = (run: MLTaskRun, startedOn: number | undefined) => {
    if (startedOn !== undefined) addStart(startedOn);
    if (!isFinished(run)) {
      const laterRuns = startedOn === undefined || startedOn < listedSince ? Infinity : 0;
      unfinished.set(run.TaskRunId, { status: run.Status, startedOn, laterRuns, isSeen: true });
    } else if (startedOn !== undefined) recent.set(run.TaskRunId, startedOn);
  };

  return {
    get unfinished() {
      return unfinished.size;
    },
    beginPoll(pageSize) {
      const older: { readonly startedOn: number; readonly laterRuns: number }[] = [];
      for (const run of unfinished.values()) {
        run.isSeen = false;
        const { startedOn, laterRuns } = run;
        if (startedOn !== undefined && startedOn < overlapStart) older.push({ startedOn, laterRuns });
      }
      older.sort((a, b) => a.startedOn - b.startedOn);
      // Choose where the list starts: at one of these runs, so that the runs before it are requested one by one.
      let fewest = { since: overlapStart, requests: older.length + Math.max(1, Math.ceil(recent.size / pageSize)) };
      for (const [index, { startedOn, laterRuns }] of older.entries()) {
        const requests = index + Math.ceil((laterRuns + 1) / pageSize);
        if (requests < fewest.requests) fewest = { since: startedOn, requests };
      }
      return fewest.since;
    },
    observe(run) {
      const startedOn = run.StartedOn?.getTime();
      const tracked = unfinished.get(run.TaskRunId);
      if (tracked) {
        const hasChanged = tracked.status !== run.Status;
        tracked.isSeen = true;
        tracked.status = run.Status;
        if (tracked.startedOn === undefined && startedOn !== undefined) {
          addStart(startedOn);
          tracked.startedOn = startedOn;
        }
        if (isFinished(run)) {
          unfinished.delete(run.TaskRunId);
          if (tracked.startedOn !== undefined) recent.set(run.TaskRunId, tracked.startedOn);
        }
        return hasChanged;
      }
      if (recent.has(run.TaskRunId)) return false;
      if (startedOn !== undefined && startedOn < since) return false;
      // It was seen in an earlier poll and is no longer in the overlap, or it has no start that could tell.
      if (isFinished(run) && (startedOn === undefined || startedOn < overlapStart)) return false;
      add(run, startedOn);
      return true;
    },
    addFinished(run) {
      add(run, run.StartedOn?.getTime());
    },
    unseen: () => [...unfinished].filter(([, { isSeen }]) => !isSeen).map(([id]) => id),
    remove(taskRunId) {
      unfinished.delete(taskRunId);
    },
    removeOld(now) {
      removeBefore(nextOverlapStart(now));
    },
    endPoll(now) {
      overlapStart = nextOverlapStart(now);
      removeBefore(overlapStart);
    },
  };
}
