/** Shared by the tests of the local endpoint: requests, and a model of what the endpoint returns. */
import {
  CancelMLTaskRunCommand,
  type CancelMLTaskRunCommandOutput,
  GetMLTaskRunCommand,
  GetMLTaskRunsCommand,
  type GetMLTaskRunsCommandInput,
  type GlueClient,
  StartMLEvaluationTaskRunCommand,
  type TaskRun,
} from "@aws-sdk/client-glue";
import fc from "fast-check";
import type { LocalGlue, LocalTaskRun } from "glue-ml-task-runs/local";
import { TransformId } from "../support.js";

/** Requests all pages of a listing with the SDK's command. */
export async function allPages(client: GlueClient, input: GetMLTaskRunsCommandInput): Promise<TaskRun[][]> {
  const pages: TaskRun[][] = [];
  let NextToken: string | undefined;
  do {
    const output = await client.send(new GetMLTaskRunsCommand({ ...input, NextToken }));
    pages.push(output.TaskRuns ?? []);
    NextToken = output.NextToken;
  } while (NextToken !== undefined);
  return pages;
}

/** Starts an evaluation. Returns its id. */
export async function startEvaluation(glue: LocalGlue, id = TransformId): Promise<string> {
  const { TaskRunId = "" } = await glue.client().send(new StartMLEvaluationTaskRunCommand({ TransformId: id }));
  return TaskRunId;
}

export async function getRun(glue: LocalGlue, TaskRunId: string): Promise<TaskRun> {
  const { $metadata, ...run } = await glue.client().send(new GetMLTaskRunCommand({ TransformId, TaskRunId }));
  return run;
}

export async function cancel(glue: LocalGlue, TaskRunId: string): Promise<Partial<CancelMLTaskRunCommandOutput>> {
  const { $metadata, ...output } = await glue.client().send(new CancelMLTaskRunCommand({ TransformId, TaskRunId }));
  return output;
}

/** Sends a request without the SDK, for bodies that the SDK does not send. ISO 8601 strings become timestamps. */
export async function post(
  glue: LocalGlue,
  body: unknown,
  operation = "GetMLTaskRuns",
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(glue.endpoint, {
    method: "POST",
    headers: { "X-Amz-Target": `AWSGlue.${operation}`, "Content-Type": "application/x-amz-json-1.1" },
    body: JSON.stringify(body, (_, value) =>
      typeof value === "string" && /^\d{4}-.*Z$/.test(value) ? Date.parse(value) / 1000 : value,
    ),
  });
  return { status: response.status, body: await response.json() };
}

export function throwError(error: unknown): never {
  throw error;
}

/** A model of the endpoint: filters and sorts a history in another way. */
export function expectedRuns(
  history: readonly TaskRun[],
  { Filter = {}, Sort }: GetMLTaskRunsCommandInput,
  inclusive = false,
) {
  const time = (date: Date | undefined) => date?.getTime();
  const selected = history.filter((run) => {
    const started = time(run.StartedOn);
    const [after, before] = [time(Filter.StartedAfter), time(Filter.StartedBefore)];
    if (Filter.TaskRunType && run.Properties?.TaskType !== Filter.TaskRunType) return false;
    if (Filter.Status && run.Status !== Filter.Status) return false;
    if (after !== undefined && !(started !== undefined && (inclusive ? started >= after : started > after)))
      return false;
    return before === undefined || (started !== undefined && (inclusive ? started <= before : started < before));
  });
  const sign = Sort?.SortDirection === "ASCENDING" ? 1 : -1;
  const by = (a: string | number, b: string | number) => (a === b ? 0 : a < b ? -sign : sign);
  const primary = (run: TaskRun) =>
    Sort?.Column === "STATUS" ? run.Status : Sort?.Column === "TASK_RUN_TYPE" ? run.Properties?.TaskType : undefined;
  return selected.sort((a, b) => {
    const [pa, pb] = [primary(a), primary(b)];
    if (pa !== pb) return pa === undefined ? 1 : pb === undefined ? -1 : by(pa, pb);
    const [ta, tb] = [time(a.StartedOn), time(b.StartedOn)];
    if (ta !== tb) return ta === undefined ? 1 : tb === undefined ? -1 : by(ta, tb);
    return by(a.TaskRunId ?? "", b.TaskRunId ?? "");
  });
}

/** Times of which several are equal. */
export const instant = fc.integer({ min: 0, max: 20 }).map((second) => new Date(1_760_000_000_000 + second * 500));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const taskType = fc.constantFrom("EVALUATION" as const, "FIND_MATCHES" as const, "EXPORT_LABELS" as const);
const status = fc.constantFrom("FAILED" as const, "SUCCEEDED" as const, "RUNNING" as const);

/** A history of up to 40 runs with distinct ids. */
export const history = fc
  .array(fc.record({ StartedOn: optional(instant), TaskType: optional(taskType), Status: optional(status) }), {
    maxLength: 40,
  })
  .map((runs) =>
    runs.map(
      ({ StartedOn, TaskType, Status }, index): LocalTaskRun => ({
        TransformId,
        TaskRunId: `tsk-${(index * 7919) % 1000}`,
        Properties: { TaskType },
        StartedOn,
        Status,
      }),
    ),
  );

/** A query of such a history. */
export const query = fc.record({
  TransformId: fc.constant(TransformId),
  MaxResults: fc.integer({ min: 1, max: 12 }),
  Filter: optional(
    fc.record({
      TaskRunType: optional(taskType),
      Status: optional(status),
      StartedAfter: optional(instant),
      StartedBefore: optional(instant),
    }),
  ),
  Sort: optional(
    fc.record({
      Column: fc.constantFrom("STARTED" as const, "STATUS" as const, "TASK_RUN_TYPE" as const),
      SortDirection: fc.constantFrom("ASCENDING" as const, "DESCENDING" as const),
    }),
  ),
});
