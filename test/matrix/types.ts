/** What must compile and what must not, with every TypeScript: the types as users meet them in the built package. */
import { GetMLTaskRunsCommand, type GlueClient, type TaskRun } from "@aws-sdk/client-glue";
import {
  isTaskRunType,
  type MLTaskRun,
  type MLTaskRunPage,
  MLTaskRuns,
  type TaskRunFilter,
  taskRunFilter,
  taskRunSort,
} from "glue-ml-task-runs";
import { LocalGlue, type LocalTaskRun, sampleTaskRuns } from "glue-ml-task-runs/local";

declare const client: GlueClient;
const taskRuns = new MLTaskRuns(client, { pageSize: 100 });
const TransformId = "tfm-0123";

/** A run narrows by its task type, by `switch` and by the guard; only its own structure is there. */
export function describeRun(run: MLTaskRun): string | undefined {
  if (isTaskRunType(run, "LABELING_SET_GENERATION")) {
    return run.Properties.LabelingSetGenerationTaskRunProperties.OutputS3Path;
  }
  switch (run.Properties.TaskType) {
    case "FIND_MATCHES":
      return run.Properties.FindMatchesTaskRunProperties.JobRunId;
    case "EXPORT_LABELS":
      // @ts-expect-error another type's structure
      run.Properties.ImportLabelsTaskRunProperties;
      return run.Properties.ExportLabelsTaskRunProperties.OutputS3Path;
    case undefined:
      return run.Properties.$unknown?.TaskType;
    default:
      // @ts-expect-error not before it is narrowed to one type
      run.Properties.ImportLabelsTaskRunProperties.Replace;
      return run.Properties.TaskType;
  }
}

/** A run is one of the SDK's, and what identifies it is there; one of the SDK's need not be a run. */
export function convert(run: MLTaskRun, one: MLTaskRun<"EVALUATION">, ofSdk: TaskRun): [TaskRun, string, MLTaskRun] {
  // @ts-expect-error its members may be missing
  const wrong: MLTaskRun = ofSdk;
  // @ts-expect-error it may be of another type
  const narrower: MLTaskRun<"EVALUATION"> = run;
  // @ts-expect-error it need not have started
  const started: Date = run.StartedOn;
  return [run, `${run.TransformId} ${run.TaskRunId} ${wrong} ${narrower} ${started}`, one];
}

/** A filter by type, built or plain, types the runs: no `?.` on the way. */
export async function listTyped(): Promise<(string | boolean | undefined)[]> {
  const found: (string | boolean | undefined)[] = [];
  const Filter = taskRunFilter().taskRunType("FIND_MATCHES").status("FAILED").startedAfter("2026-11-01");
  for await (const run of taskRuns.list({ TransformId, Filter, Sort: taskRunSort("STARTED").descending() })) {
    found.push(run.Properties.FindMatchesTaskRunProperties.JobRunId);
    // @ts-expect-error another type's structure
    run.Properties.ImportLabelsTaskRunProperties;
  }
  for (const run of await taskRuns.list({ TransformId, Filter: { TaskRunType: "IMPORT_LABELS" } }).toArray()) {
    found.push(run.Properties.ImportLabelsTaskRunProperties.Replace);
  }
  for await (const run of taskRuns.list({ TransformId })) {
    // @ts-expect-error of any type
    run.Properties.FindMatchesTaskRunProperties.JobRunId;
  }
  const first = await taskRuns.listAny([{ TransformId, Filter }]).first();
  return [...found, first?.Properties.FindMatchesTaskRunProperties.JobId];
}

/** Criteria fit the SDK's own command; misspelt and mistyped ones fit nothing. */
export function criteria(filter: TaskRunFilter): GetMLTaskRunsCommand {
  // @ts-expect-error no such key
  taskRuns.list({ transformId: TransformId });
  // @ts-expect-error no such status
  taskRuns.list({ TransformId, Filter: { Status: "failed" } });
  // @ts-expect-error no such status
  taskRunFilter().status("failed");
  // @ts-expect-error paging is for the options
  taskRuns.list({ TransformId, MaxResults: 10 });
  // @ts-expect-error no such option
  taskRuns.list({ TransformId }, { pagesize: 10 });
  // @ts-expect-error no direction
  taskRuns.list({ TransformId, Sort: taskRunSort("STARTED") });
  // @ts-expect-error it is frozen
  filter.Status = "FAILED";
  return new GetMLTaskRunsCommand({ TransformId, Filter: filter, Sort: taskRunSort("STATUS").ascending() });
}

/** Every listing has cursors. */
export async function cursors(): Promise<string | undefined> {
  const cursor = taskRuns.list({ TransformId }, { concurrency: 8 })[Symbol.asyncIterator]().cursor;
  taskRuns.list({ TransformId }, { concurrency: 8, cursor });
  let last: MLTaskRunPage | undefined;
  for await (const page of taskRuns.list({ TransformId }).pages()) last = page;
  return last?.cursor ?? taskRuns.list({ TransformId })[Symbol.asyncIterator]().cursor;
}

/** The local endpoint takes the SDK's runs that say what they are, and gives a client of the SDK. */
export async function local(run: LocalTaskRun, ofSdk: TaskRun): Promise<GlueClient> {
  // @ts-expect-error it is started
  new LocalGlue();
  const glue = await LocalGlue.start({ latency: ({ operation }) => (operation === "GetMLTaskRuns" ? 5 : 0) });
  glue.addTaskRuns([run, ...sampleTaskRuns({ count: 10, to: new Date() })]);
  // @ts-expect-error nothing says which it is
  glue.addTaskRuns([ofSdk]);
  // @ts-expect-error no such fault
  glue.fail("throttle");
  return glue.client({ region: "eu-west-1" });
}
