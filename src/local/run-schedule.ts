/**
 * How the status of a run changes over time. A schedule is a list of future changes. No timers are used: a change takes
 * effect when the run is next read, with the time at which it was due.
 */
import type { TaskStatusType } from "@aws-sdk/client-glue";
import { FINAL_STATUSES } from "../criteria/enumerations.js";
import { type RunRecord, replaceMembers } from "./record.js";

/** A change of a run's status. */
export interface StatusChange {
  /** When it is due, in milliseconds since the epoch. */
  readonly at: number;
  readonly status: TaskStatusType;
  readonly errorString?: string | undefined;
}

/** How long a run takes, in milliseconds. */
export interface RunTimes {
  readonly startingTime: number;
  readonly runTime: number;
}

/** The maximum time that a run is STOPPING, in milliseconds. */
const MAX_STOPPING_TIME = 100;

/** The schedule of a run that is STARTING. */
export function scheduleRun(startedAt: number, { startingTime, runTime }: RunTimes): StatusChange[] {
  const runningAt = startedAt + startingTime;
  return [
    { at: runningAt, status: "RUNNING" },
    { at: runningAt + runTime, status: "SUCCEEDED" },
  ];
}

/** The schedule of a run that is STOPPING. */
export function scheduleStop(cancelledAt: number, { runTime }: RunTimes): StatusChange[] {
  return [{ at: cancelledAt + Math.min(runTime, MAX_STOPPING_TIME), status: "STOPPED" }];
}

/** Returns the run after a change. */
export function changeStatus(run: RunRecord, change: StatusChange, { startingTime }: RunTimes): RunRecord {
  const { at, status, errorString } = change;
  const runningTime = run.started === null ? undefined : Math.max(0, at - run.started - startingTime);
  return replaceMembers(run, {
    Status: status,
    LastModifiedOn: at / 1000,
    ...(errorString !== undefined && { ErrorString: errorString }),
    ...(isFinal(status) && { CompletedOn: at / 1000 }),
    ...(isFinal(status) && runningTime !== undefined && { ExecutionTime: Math.floor(runningTime / 1000) }),
  });
}

/** Whether a run with this status no longer changes. */
export function isFinal(status: string | null): boolean {
  return FINAL_STATUSES.some((final) => final === status);
}
