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

/** The order of a run's life. */
export const STATUSES = ["STARTING", "RUNNING", "STOPPING", "STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT"];

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
      const order = ({ Status }: RunCount) => (STATUSES.includes(Status) ? STATUSES.indexOf(Status) : Infinity);
      const compareText = (a: string, b: string) => (a < b ? -1 : Number(a > b));
      return [...counts.values()].sort(
        (a, b) => compareText(a.TaskType, b.TaskType) || order(a) - order(b) || compareText(a.Status, b.Status),
      );
    },
  };
}
