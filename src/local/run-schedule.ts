/**
 * How the status of a run changes over time. A schedule is a list of future changes. No timers are used: a change takes
 * effect when the run is next read, with the time at which it was due.
 */
import type { TaskStatusType } from "@aws-sdk/client-glue";
import { FINAL_STATUSES } from "../criteria/enumerations.js";
import { createRunRecord, type RecordOptions, type RunRecord, toSeconds } from "./record.js";

/** A change of a run's status. */
export interface StatusChange {
  /** When it is due, in milliseconds since the epoch. */
  readonly at: number;
  readonly status: TaskStatusType;
  readonly errorString?: string | undefined;
}

/** Returns the run after a change. `startingTime` is how long it was STARTING, in milliseconds. */
export function changeStatus(
  run: RunRecord,
  { at, status, errorString }: StatusChange,
  options: RecordOptions & { readonly startingTime: number },
): RunRecord {
  const { STARTED } = run.columns;
  // The members as in JSON, with timestamps in seconds.
  const members = JSON.parse(run.json.toString());
  const time = toSeconds(at, options);
  Object.assign(members, { Status: status, LastModifiedOn: time, ErrorString: errorString ?? members.ErrorString });
  // A started run has no StartedOn before it is RUNNING if the endpoint serves it so.
  if (status === "RUNNING") members.StartedOn ??= time;
  if (isFinal(status)) {
    members.CompletedOn = time;
    const startingTime = options.startedOn === "running" ? 0 : options.startingTime;
    if (STARTED !== null) members.ExecutionTime = Math.floor(Math.max(0, at - STARTED - startingTime) / 1000);
  }
  return createRunRecord(members, "run");
}

/** Whether a run with this status no longer changes. */
export function isFinal(status: string | null): boolean {
  return FINAL_STATUSES.some((final) => final === status);
}
