/** Counts of runs by task type and status. */
import type { MLTaskRun } from "glue-ml-task-runs";
import { taskTypeOf } from "./record.js";

/** How many runs have this task type and this status. */
export interface RunCount {
  /** Empty for runs that have none. */
  readonly TaskType: string;
  readonly Status: string;
  readonly Count: number;
}

/** The statuses in the order of a run's life. */
const STATUSES = ["STARTING", "RUNNING", "STOPPING", "STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT"];

/** Creates a counter of runs. */
export function createCounter() {
  const counts = new Map<string, RunCount>();
  return {
    add(run: MLTaskRun): void {
      const [TaskType, Status] = [taskTypeOf(run) ?? "", run.Status];
      const key = JSON.stringify([TaskType, Status]);
      counts.set(key, { TaskType, Status, Count: (counts.get(key)?.Count ?? 0) + 1 });
    },
    /** The counts in order of type and status. */
    toArray(): RunCount[] {
      return [...counts.values()].sort(
        (a, b) => compareTexts(a.TaskType, b.TaskType) || compareStatuses(a.Status, b.Status),
      );
    },
  };
}

/** Compares statuses in the order of a run's life. Unknown ones come last. */
export function compareStatuses(a: string, b: string): number {
  const rank = (status: string) => (STATUSES.includes(status) ? STATUSES.indexOf(status) : STATUSES.length);
  return rank(a) - rank(b) || compareTexts(a, b);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
