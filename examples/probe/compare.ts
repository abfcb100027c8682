/** Compares listings of the library with the SDK's own paginator, on the runs of a range of time. */
import {
  type GlueClient,
  paginateGetMLTaskRuns,
  type TaskRun,
  type TaskRunFilterCriteria,
  TaskType,
} from "@aws-sdk/client-glue";
import { type ListOptions, MLTaskRuns, MLTaskRunsError, type TaskRunQuery, taskRunSort } from "glue-ml-task-runs";
import { countOf, describeError, describeRefusal, type Row, settle } from "./ask.js";
import type { Sample } from "./pages.js";

/** The range of time that is compared. Both bounds are whole seconds, and no run starts between the reads. */
export interface Range {
  StartedAfter?: Date;
  StartedBefore?: Date;
}

export interface Comparison {
  readonly rows: Row[];
  /** What the report begins with: PASS, or what differed. */
  readonly result: string;
}

/** The number of pages of a compared listing. */
const PAGES = 4;

/** The range of the sample, without the second of its oldest run: older ones may have started in it, too. */
export function rangeOf({ runs, isWhole }: Sample): Range | undefined {
  const times = runs.flatMap(({ StartedOn }) => StartedOn?.getTime() ?? []);
  if (times.length < 2) return undefined;
  const [oldest, newest] = [Math.min(...times), Math.max(...times)].map((time) => (Math.floor(time / 1000) + 1) * 1000);
  if (isWhole) return { StartedBefore: new Date(Number(newest)) };
  return oldest === newest
    ? undefined
    : { StartedAfter: new Date(Number(oldest)), StartedBefore: new Date(Number(newest)) };
}

/** Compares all kinds of listings, and says PASS or what differed. */
export async function compareListings(
  client: GlueClient,
  TransformId: string,
  range: Range,
  size: number,
): Promise<Comparison> {
  const pageSize = Math.ceil(size / PAGES);
  const query = { TransformId, Filter: range, Sort: taskRunSort("STARTED").descending() };
  const readWithSdk = async () => {
    const runs: TaskRun[] = [];
    // The paginator writes to its input.
    for await (const page of paginateGetMLTaskRuns({ client, pageSize }, { ...query })) {
      runs.push(...(page.TaskRuns ?? []));
    }
    return runs;
  };
  const expected = await readWithSdk();
  const rows: Row[] = [];
  const [failed, unread]: [string[], string[]] = [[], []];
  for (const { name, select, read } of listings(new MLTaskRuns(client, { pageSize, prefetch: 0 }), query, expected)) {
    const runs = expected.filter(select);
    try {
      const difference = describeDifference(runs, await read());
      rows.push([name, difference ?? `the same ${countOf(runs.length, "run")} in the same order`]);
      if (difference !== undefined) failed.push(name);
    } catch (error) {
      // An error of the library is a difference. Other errors say nothing about it.
      const isDifference = error instanceof MLTaskRunsError;
      (isDifference ? failed : unread).push(name);
      rows.push([name, isDifference ? `differs: ${describeError(error)}` : describeRefusal(describeError(error))]);
    }
  }
  if (failed.length > 0) {
    const again = await settle(readWithSdk);
    const change = again.output === undefined ? again.refusal : describeDifference(expected, again.output);
    rows.push(["The SDK's paginator a second time", change ?? "the same runs as the first time"]);
    const hint = change === undefined ? "" : ". The history may have changed meanwhile: run the probe again";
    return { rows, result: `DIFFERS: ${failed.join("; ")}${hint}` };
  }
  if (unread.length > 0) return { rows, result: `NOT COMPARED: ${unread.join("; ")}` };
  return { rows, result: `PASS: each listing has the same ${countOf(expected.length, "run")}` };
}

interface Listing {
  readonly name: string;
  /** Which runs of the query it has. */
  readonly select: (run: TaskRun) => boolean;
  readonly read: () => Promise<TaskRun[]>;
}

/** The listings of the library to compare: plain, resumed, in time windows, and a union of queries by type. */
function listings(taskRuns: MLTaskRuns, query: TaskRunQuery, expected: readonly TaskRun[]): Listing[] {
  const typesOf = (runs: readonly TaskRun[]) => runs.flatMap(({ Properties }) => Properties?.TaskType ?? []);
  const types = Object.values(TaskType).filter((type) => typesOf(expected).includes(type));
  const queryFor = (Filter: TaskRunFilterCriteria) => ({ ...query, Filter: { ...query.Filter, ...Filter } });
  const queries = [
    ...types.map((TaskRunType) => queryFor({ TaskRunType })),
    // Overlaps with another query: its runs must not be returned twice.
    ...types.slice(0, 1).map((TaskRunType) => queryFor({ TaskRunType, Status: "SUCCEEDED" })),
  ];
  /** Reads a third of the runs, and the others from a cursor, as another process would. */
  const resume = async (options: ListOptions) => {
    const iterator = taskRuns.list(query, options)[Symbol.asyncIterator]();
    const runs: TaskRun[] = [];
    while (runs.length < expected.length / 3) {
      const result = await iterator.next();
      if (result.done) return runs;
      runs.push(result.value);
    }
    const { cursor } = iterator;
    await iterator.return?.();
    return cursor === undefined ? runs : [...runs, ...(await taskRuns.list(query, { cursor }).toArray())];
  };
  const every = () => true;
  const isDated = ({ StartedOn }: TaskRun) => StartedOn !== undefined;
  const hasType = (run: TaskRun) => types.some((type) => type === run.Properties?.TaskType);
  return [
    { name: "plain", select: every, read: () => taskRuns.list(query).toArray() },
    { name: "resumed", select: every, read: () => resume({}) },
    // Time windows have no runs without `StartedOn`.
    { name: "time windows", select: isDated, read: () => taskRuns.list(query, { concurrency: 4 }).toArray() },
    { name: "time windows, resumed", select: isDated, read: () => resume({ concurrency: 1 }) },
    { name: "union of queries by type", select: hasType, read: () => taskRuns.listAny(queries).toArray() },
  ];
}

/** Says in which way a listing differs from another. Ties may be in another order. */
function describeDifference(expected: readonly TaskRun[], actual: readonly TaskRun[]): string | undefined {
  const [expectedIds, actualIds] = [idsOf(expected), idsOf(actual)];
  const [inExpected, inActual] = [new Set(expectedIds), new Set(actualIds)];
  const lost = [...inExpected].filter((id) => !inActual.has(id)).length;
  const additional = [...inActual].filter((id) => !inExpected.has(id)).length;
  const twice = actualIds.length - inActual.size - (expectedIds.length - inExpected.size);
  if (lost + additional + Math.abs(twice) > 0) {
    return `differs: ${lost} lost, ${additional} additional, ${twice} more than once`;
  }
  if (expectedIds.join() !== actualIds.join()) return "differs: the same runs in another order";
  const members = new Map(expected.map((run) => [run.TaskRunId, membersOf(run)]));
  const changed = actual.filter((run) => isFinal(run) && members.get(run.TaskRunId) !== membersOf(run)).length;
  return changed === 0 ? undefined : `differs: other members in ${countOf(changed, "run")}`;
}

/** The ids of runs in their order, those of one time in the order of their ids. */
function idsOf(runs: readonly TaskRun[]): string[] {
  const ids = runs.map((run, index) => {
    // Equal times that follow each other: the position of the first of them.
    let first = index;
    while (first > 0 && runs[first - 1]?.StartedOn?.getTime() === run.StartedOn?.getTime()) first -= 1;
    return { first, id: String(run.TaskRunId) };
  });
  return ids.sort((a, b) => a.first - b.first || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

/** A run that has not finished may change between two requests. */
function isFinal({ CompletedOn }: TaskRun): boolean {
  return CompletedOn !== undefined;
}

function membersOf({
  Status,
  StartedOn,
  CompletedOn,
  LastModifiedOn,
  ExecutionTime,
  ErrorString,
  Properties,
}: TaskRun) {
  const members = [Status, StartedOn, CompletedOn, LastModifiedOn, ExecutionTime, ErrorString, Properties?.TaskType];
  return JSON.stringify(members);
}
