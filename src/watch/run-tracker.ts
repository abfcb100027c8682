/** Tracks the runs of one transform: which are new or changed, and since which time the next poll has to list runs. */
import { sortKey } from "../paging/started-order.js";
import { isFinished, type MLTaskRun } from "../task-run.js";

/**
 * How long a run may take to appear in listings, in milliseconds. Each poll lists the runs again that started in this
 * time before the newest run.
 */
export const OVERLAP = 60_000;

interface UnfinishedRun {
  readonly status: string;
  /** Infinity if it is unknown. */
  readonly startedOn: number;
  /** Its number in the order in which runs were first seen; -Infinity if later runs may not have been seen. */
  readonly order: number;
  isSeen: boolean;
}

/** The state of one transform between polls: the unfinished runs, and the finished runs of the overlap. */
export type RunTracker = ReturnType<typeof createRunTracker>;

/**
 * Creates the tracker of one transform. All times are in milliseconds since the epoch.
 *
 * @param since - runs that started before this time are not watched
 * @param listedSince - all runs since this time are observed; of earlier runs only the unfinished ones
 */
export function createRunTracker(since = -Infinity, listedSince = since) {
  const unfinished = new Map<string, UnfinishedRun>();
  /** The finished runs of the overlap, with their start. */
  const recent = new Map<string, number>();
  let seenRuns = 0;
  let newestStart = since;
  /** The start of the overlap. All runs before it were seen. */
  let overlapStart = since - OVERLAP;

  // A run whose start is in the future, by the clock of this machine, must not hide runs that start before it.
  const nextOverlapStart = (now: number) => Math.max(overlapStart, Math.min(newestStart, now) - OVERLAP);
  /** Removes, during a long poll, the finished runs that no later poll lists. */
  const removeOld = (now: number) => {
    const end = nextOverlapStart(now);
    for (const [id, startedOn] of recent) if (startedOn < end) recent.delete(id);
  };

  return {
    /** The number of unfinished runs. */
    get unfinished() {
      return unfinished.size;
    },
    /** Begins a poll. Returns the time since which the poll has to list runs; -Infinity for all runs. */
    beginPoll(pageSize: number): number {
      const runs = [...unfinished.values()];
      for (const run of runs) run.isSeen = false;
      const older = runs.filter(({ startedOn }) => startedOn < overlapStart).sort((a, b) => a.startedOn - b.startedOn);
      // Choose where the list starts: at one of these runs, so that the runs before it are requested one by one.
      let cheapest = { start: overlapStart, requests: older.length + Math.max(1, Math.ceil(recent.size / pageSize)) };
      for (const [index, { startedOn, order }] of older.entries()) {
        const requests = index + Math.ceil((seenRuns - order + 1) / pageSize);
        if (requests < cheapest.requests) cheapest = { start: startedOn, requests };
      }
      return cheapest.start;
    },
    /** Updates the tracker with a returned run. Returns whether the run is new or its status has changed. */
    observe(run: MLTaskRun): boolean {
      const id = run.TaskRunId;
      const known = unfinished.get(id);
      const startedOn = Math.min(sortKey(run, 1), known?.startedOn ?? Infinity);
      const hasStart = startedOn < Infinity;
      if (!known) {
        if (recent.has(id) || startedOn < since) return false;
        // It was seen in an earlier poll and is no longer in the overlap, or it has no start that could tell.
        if (isFinished(run) && (!hasStart || startedOn < overlapStart)) return false;
        seenRuns += 1;
      }
      if (hasStart) newestStart = Math.max(newestStart, startedOn);
      if (isFinished(run)) {
        unfinished.delete(id);
        if (hasStart) recent.set(id, startedOn);
      } else {
        const order = known?.order ?? (startedOn < listedSince ? -Infinity : seenRuns);
        unfinished.set(id, { status: run.Status, startedOn, order, isSeen: true });
      }
      return known?.status !== run.Status;
    },
    /** The ids of the unfinished runs that the list requests of the poll have not returned. */
    unseenIds: () => [...unfinished].filter(([, { isSeen }]) => !isSeen).map(([id]) => id),
    /** Removes a run that no longer exists. */
    remove(taskRunId: string): void {
      unfinished.delete(taskRunId);
    },
    removeOld,
    /** Ends a poll that was successful. `now` is the current time. */
    endPoll(now: number): void {
      overlapStart = nextOverlapStart(now);
      removeOld(now);
    },
  };
}
