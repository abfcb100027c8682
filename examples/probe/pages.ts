/** Pages and orders: the default and the largest page size, the order without `Sort`, the order of each column. */
import type { TaskRun, TaskRunSortColumnType } from "@aws-sdk/client-glue";
import { type AskForPage, countOf, describeRefusal, NEWEST_FIRST, type Page, type Reply, type Row } from "./ask.js";

/** The newest runs of the transform, as many as a page holds. */
export interface Sample {
  readonly runs: readonly TaskRun[];
  /** Whether these are all runs of the transform. */
  readonly isWhole: boolean;
  /** A `MaxResults` that the service accepts. Undefined if it accepted none. */
  readonly pageSize: number | undefined;
}

/** Describes the first page of a request without `MaxResults` and `Sort`. */
export function describeFirstPage({ runs, token }: Page): Row[] {
  const size = countOf(runs.length, "run");
  return [
    ["Page size without `MaxResults`", token === undefined ? `at least ${size}, the whole history` : size],
    ["Order without `Sort`", describeOrder(runs)],
  ];
}

/** Asks for the largest page that the service returns. */
export async function askForSample(ask: AskForPage): Promise<{ rows: Row[]; sample: Sample }> {
  const rows: Row[] = [];
  let reply: Reply<Page> | undefined;
  let pageSize: number | undefined;
  for (pageSize of [1000, 500, 200, 100, undefined]) {
    reply = await ask({ Sort: NEWEST_FIRST, MaxResults: pageSize });
    if (pageSize !== undefined) rows.push([`\`MaxResults\` ${pageSize}`, describePage(reply, pageSize)]);
    if (reply.output) break;
  }
  const { runs, token } = reply?.output ?? { runs: [], token: undefined };
  rows.push(["`MaxResults` 1001", describePage(await ask({ MaxResults: 1001 }), 1001)]);
  rows.push(["Order of STARTED, descending", describeOrder(runs)]);
  return { rows, sample: { runs, isWhole: reply?.output !== undefined && token === undefined, pageSize } };
}

function describePage({ output, refusal }: Reply<Page>, pageSize: number): string {
  if (output === undefined) return describeRefusal(refusal);
  const { runs, token } = output;
  if (token === undefined) return `accepted, and the whole history is ${countOf(runs.length, "run")}`;
  return runs.length < pageSize ? `accepted, but a page holds ${countOf(runs.length, "run")}` : "accepted";
}

type Key = (run: TaskRun) => string | number | undefined;

const ORDERS: readonly (readonly [name: string, key: Key, direction: 1 | -1])[] = [
  ["newest first, by `StartedOn`", ({ StartedOn }) => StartedOn?.getTime(), -1],
  ["oldest first, by `StartedOn`", ({ StartedOn }) => StartedOn?.getTime(), 1],
  ["newest first, by `LastModifiedOn`", ({ LastModifiedOn }) => LastModifiedOn?.getTime(), -1],
  ["oldest first, by `LastModifiedOn`", ({ LastModifiedOn }) => LastModifiedOn?.getTime(), 1],
  ["by `TaskRunId`, ascending", ({ TaskRunId }) => TaskRunId, 1],
  ["by `TaskRunId`, descending", ({ TaskRunId }) => TaskRunId, -1],
];

/** Names the orders that runs are in. Runs without the value may be anywhere. */
export function describeOrder(runs: readonly TaskRun[]): string {
  if (runs.length < 3) return `unknown: ${countOf(runs.length, "run")}`;
  const orders = ORDERS.filter(([, key, direction]) => isSorted(runs, key, direction)).map(([name]) => name);
  const order = orders.join("; also ") || "neither by `StartedOn` nor `LastModifiedOn` nor `TaskRunId`";
  return `${order}${describeUndated(runs)}`;
}

function isSorted(runs: readonly TaskRun[], key: Key, direction: 1 | -1): boolean {
  const values = runs.flatMap((run) => key(run) ?? []);
  const isInOrder = values.every((value, index) => {
    const previous = values[index - 1];
    return previous === undefined || previous === value || previous < value === direction > 0;
  });
  return isInOrder && new Set(values).size > 1;
}

function describeUndated(runs: readonly TaskRun[]): string {
  const isDated = runs.map(({ StartedOn }) => StartedOn !== undefined);
  if (!isDated.includes(false)) return "";
  const [first, last] = [isDated.indexOf(true), isDated.lastIndexOf(true)];
  if (isDated.slice(0, last + 1).every(Boolean)) return "; runs without `StartedOn` last";
  return isDated.slice(first).every(Boolean)
    ? "; runs without `StartedOn` first"
    : "; runs without `StartedOn` between";
}

/** The values of the columns in the order in which the service's documentation lists them. */
const DOCUMENTED = {
  STATUS: ["STARTING", "RUNNING", "STOPPING", "STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT"],
  TASK_RUN_TYPE: ["EVALUATION", "LABELING_SET_GENERATION", "IMPORT_LABELS", "EXPORT_LABELS", "FIND_MATCHES"],
} satisfies Partial<Record<TaskRunSortColumnType, readonly string[]>>;

/** Asks how the values of a column sort, among runs that fit on a page. */
export async function askForCollation(
  ask: AskForPage,
  Column: keyof typeof DOCUMENTED,
  { pageSize }: Sample,
  range: { StartedAfter?: Date; StartedBefore?: Date },
): Promise<Row> {
  const question = `Order of ${Column}, ascending`;
  const Sort = { Column, SortDirection: "ASCENDING" } as const;
  const { output, refusal } = await ask({ Filter: range, Sort, MaxResults: pageSize });
  if (output === undefined) return [question, refusal];
  const values = output.runs.map((run) => (Column === "STATUS" ? run.Status : run.Properties?.TaskType) ?? "(none)");
  const groups = values.filter((value, index) => value !== values[index - 1]);
  const known: string[] = groups.filter((value) => value !== "(none)");
  const documented = DOCUMENTED[Column].filter((value) => known.includes(value));
  if (new Set(groups).size < groups.length) return [question, "not sorted: the runs of a value are apart"];
  if (known.length < 2) return [question, `unknown: ${countOf(known.length, "value")}`];
  const isSame = (order: readonly string[]) => order.join() === known.join();
  const orders = [
    ...(isSame(known.toSorted()) ? ["alphabetical"] : []),
    ...(isSame(documented) ? ["as the documentation lists them"] : []),
  ];
  return [
    question,
    `${orders.join(" and ") || "another order"}: ${groups.map((each) => each.replace(/[^A-Z_()a-z]/g, "")).join(", ")}`,
  ];
}
