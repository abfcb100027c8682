/** Knows which runs of one transform are new or changed, and from which time on the next poll has to list them. */
import { isFinished, type MLTaskRun } from "../task-run.js";

/**
 * How long a run may take to appear in listings, in milliseconds: each poll lists again the runs that started in this time
 * before the newest one.
 */
export const OVERLAP = 60_000;

/** The runs of one transform as the polls have seen them. It remembers the unfinished ones, and those of the overlap. */
export interface RunTracker {
  /** The number of runs that are known and unfinished. */
  readonly unfinished: number;
  /**
   * Begins a poll. Returns the time since which the poll lists the runs, in milliseconds since the epoch; -Infinity for all.
   *
   * @param pageSize - the number of runs that one request of the list returns
   */
  beginPoll(pageSize: number): number;
  /** Takes a run that a request returned. Returns whether it is new, or its status has changed. */
  observe(run: MLTaskRun): boolean;
  /** Takes a run that finished before the watch began: it is not new when a poll returns it. */
  ignore(run: MLTaskRun): void;
  /** The ids of the unfinished runs that the poll has not returned yet, and that are requested one by one. */
  unseen(): string[];
  /** Forgets a run that does not exist any more. */
  forget(taskRunId: string): void;
  /** Forgets, during a long poll, the finished runs that no later poll lists. `now` as in {@link endPoll}. */
  forgetOld(now: number): void;
  /** Ends a poll that has seen all runs since its time. `now` is the current time in milliseconds since the epoch. */
  endPoll(now: number): void;
}

interface UnfinishedRun {
  status: string;
  startedOn: number | undefined;
  /** How many runs are known to have started later; Infinity if that is not known. */
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
  /** All runs that started at this time or later are observed, not only the unfinished ones. */
  readonly listedSince?: number;
}): RunTracker {
  const unfinished = new Map<string, UnfinishedRun>();
  /** The finished runs of the overlap, with their start. */
  const recent = new Map<string, number>();
  let newestStart = since;
  /** Every run that started before this time was seen. */
  let overlapStart = since - OVERLAP;

  // A run with a start in the future, by the clock of this machine, must not hide those that start before it.
  const nextOverlapStart = (now: number) => Math.max(overlapStart, Math.min(newestStart, now) - OVERLAP);
  const forgetBefore = (time: number) => {
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
      // The fewest requests: the list reaches back to one of these runs, and those before it are requested one by one.
      let best = { since: overlapStart, requests: older.length + Math.max(1, Math.ceil(recent.size / pageSize)) };
      for (const [index, { startedOn, laterRuns }] of older.entries()) {
        const requests = index + Math.ceil((laterRuns + 1) / pageSize);
        if (requests < best.requests) best = { since: startedOn, requests };
      }
      return best.since;
    },
    observe(run) {
      const startedOn = run.StartedOn?.getTime();
      const known = unfinished.get(run.TaskRunId);
      if (known) {
        const hasChanged = known.status !== run.Status;
        known.isSeen = true;
        known.status = run.Status;
        if (known.startedOn === undefined && startedOn !== undefined) {
          addStart(startedOn);
          known.startedOn = startedOn;
        }
        if (isFinished(run)) {
          unfinished.delete(run.TaskRunId);
          if (known.startedOn !== undefined) recent.set(run.TaskRunId, known.startedOn);
        }
        return hasChanged;
      }
      if (recent.has(run.TaskRunId)) return false;
      if (startedOn !== undefined && startedOn < since) return false;
      // It was seen before and has been forgotten, or it has no start, and nothing tells whether it was seen.
      if (isFinished(run) && (startedOn === undefined || startedOn < overlapStart)) return false;
      add(run, startedOn);
      return true;
    },
    ignore(run) {
      add(run, run.StartedOn?.getTime());
    },
    unseen: () => [...unfinished].filter(([, { isSeen }]) => !isSeen).map(([id]) => id),
    forget(taskRunId) {
      unfinished.delete(taskRunId);
    },
    forgetOld(now) {
      forgetBefore(nextOverlapStart(now));
    },
    endPoll(now) {
      overlapStart = nextOverlapStart(now);
      forgetBefore(overlapStart);
    },
  };
}
