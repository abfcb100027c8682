/** Criteria from the command line: points in time, statuses and task types. */
import type { TaskRunFilterCriteria, TaskStatusType, TaskType } from "@aws-sdk/client-glue";
import type { CriteriaArguments } from "./arguments.js";
import { UsageError } from "./errors.js";

/** The checked criteria. An empty list of statuses or types is all of them. */
export interface Criteria {
  readonly statuses: readonly TaskStatusType[];
  readonly types: readonly TaskType[];
  readonly since: Date | undefined;
}

/** Checks criteria. */
export async function readCriteria({ statuses, types, since }: CriteriaArguments): Promise<Criteria> {
  const { TaskStatusType, TaskType } = await import("@aws-sdk/client-glue");
  return {
    statuses: statuses.map((value) => oneOf("--status", value, Object.values(TaskStatusType))),
    types: types.map((value) => oneOf("--type", value, Object.values(TaskType))),
    since: await readTime("--since", since),
  };
}

/** The filters of the service that together select the runs: one for each status and type. */
export function toFilters(
  { statuses, types }: Criteria,
  times: Pick<TaskRunFilterCriteria, "StartedAfter" | "StartedBefore">,
): TaskRunFilterCriteria[] {
  const orAny = <T>(values: readonly T[]): readonly (T | undefined)[] => (values.length > 0 ? values : [undefined]);
  return orAny(statuses).flatMap((Status) =>
    orAny(types).map((TaskRunType) => ({ ...times, ...(Status && { Status }), ...(TaskRunType && { TaskRunType }) })),
  );
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Reads a point in time or an age. */
export async function readTime(option: string, value: string): Promise<Date>;
export async function readTime(option: string, value: string | undefined): Promise<Date | undefined>;
export async function readTime(option: string, value: string | undefined): Promise<Date | undefined> {
  if (value === undefined) return undefined;
  const [, count, unit = ""] = /^(\d{1,9}(?:\.\d{1,9})?)([smhdw])$/.exec(value) ?? [];
  const age = Number(count) * (UNITS[unit] ?? Number.NaN);
  const { taskRunFilter } = await import("glue-ml-task-runs");
  try {
    return taskRunFilter().startedAfter(Number.isNaN(age) ? value : Date.now() - age).StartedAfter;
  } catch (error) {
    // The library's message names its own field, StartedAfter.
    const rule = "an age such as 24h or 7d, a date, or an ISO 8601 time with a zone";
    throw new UsageError(`${option} must be ${rule}, got ${JSON.stringify(value)}.`, { cause: error });
  }
}

/** Lower case is as good as upper case. */
function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value.toUpperCase());
  if (found) return found;
  throw new UsageError(`${option} must be one of ${allowed.join(", ")}, got ${JSON.stringify(value)}.`);
}
