/** Code that must compile and code that must not, with the declarations of the built package, `--strict` or not. */
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

/** A run narrows by its task type, with `switch` and with the guard, and has only the structure of its type. */
export function describeRun(run: MLTaskRun): string | undefined {
  if (isTaskRunType(run, "LABELING_SET_GENERATION")) {
    return run.Properties.LabelingSetGenerationTaskRunProperties.OutputS3Path;
  }
  switch (run.Properties.TaskType) {
    case "FIND_MATCHES":
      return run.Properties.FindMatchesTaskRunProperties.JobRunId;
    case "EXPORT_LABELS":
      // @ts-expect-error A run has only the structure of its own type.
      run.Properties.ImportLabelsTaskRunProperties;
      return run.Properties.ExportLabelsTaskRunProperties.OutputS3Path;
    case undefined:
      return run.Properties.$unknown?.TaskType;
  }
  return undefined;
}

/** A run is a TaskRun of the SDK whose ids are present. A TaskRun of the SDK is not a run. */
export function convert(run: MLTaskRun, one: MLTaskRun<"EVALUATION">, ofSdk: TaskRun): [TaskRun, string, MLTaskRun] {
  // @ts-expect-error Its members may be undefined.
  const wrong: MLTaskRun = ofSdk;
  // @ts-expect-error It may have another task type.
  const narrower: MLTaskRun<"EVALUATION"> = run;
  return [run, `${run.TransformId} ${run.TaskRunId} ${wrong} ${narrower}`, one];
}

/** A filter by type, built or plain, narrows the runs, so that their structure needs no `?.`. */
export async function listTyped(): Promise<(string | boolean | undefined)[]> {
  const found: (string | boolean | undefined)[] = [];
  const Filter = taskRunFilter().taskRunType("FIND_MATCHES").status("FAILED").startedAfter("2026-11-01");
  for await (const run of taskRuns.list({ TransformId, Filter, Sort: taskRunSort("STARTED").descending() })) {
    found.push(run.Properties.FindMatchesTaskRunProperties.JobRunId);
    // @ts-expect-error A run has only the structure of its own type.
    run.Properties.ImportLabelsTaskRunProperties;
  }
  for (const run of await taskRuns.list({ TransformId, Filter: { TaskRunType: "IMPORT_LABELS" } }).toArray()) {
    found.push(run.Properties.ImportLabelsTaskRunProperties.Replace);
  }
  for await (const run of taskRuns.list({ TransformId })) {
    // @ts-expect-error The query has no filter by type.
    run.Properties.FindMatchesTaskRunProperties.JobRunId;
  }
  const first = await taskRuns.listAny([{ TransformId, Filter }]).first();
  return [...found, first?.Properties.FindMatchesTaskRunProperties.JobId];
}

/** Criteria are accepted by the SDK's command. Misspelt keys and wrong values are rejected. */
export function criteria(filter: TaskRunFilter): GetMLTaskRunsCommand {
  // @ts-expect-error The key is misspelt.
  taskRuns.list({ transformId: TransformId });
  // @ts-expect-error The SDK has no such status.
  taskRuns.list({ TransformId, Filter: { Status: "failed" } });
  // @ts-expect-error The SDK has no such status.
  taskRunFilter().status("failed");
  // @ts-expect-error The page size is an option.
  taskRuns.list({ TransformId, MaxResults: 10 });
  // @ts-expect-error The option is misspelt.
  taskRuns.list({ TransformId }, { pagesize: 10 });
  // @ts-expect-error The sort has no direction.
  taskRuns.list({ TransformId, Sort: taskRunSort("STARTED") });
  // @ts-expect-error A filter is frozen.
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

/** The local endpoint accepts runs of the SDK that have their ids, and returns a client of the SDK. */
export async function local(run: LocalTaskRun, ofSdk: TaskRun): Promise<GlueClient> {
  // @ts-expect-error LocalGlue.start() creates it.
  new LocalGlue();
  const glue = await LocalGlue.start({ latency: ({ operation }) => (operation === "GetMLTaskRuns" ? 5 : 0) });
  glue.addTaskRuns([run, ...sampleTaskRuns({ count: 10, to: new Date() })]);
  // @ts-expect-error Its ids may be undefined.
  glue.addTaskRuns([ofSdk]);
  // @ts-expect-error The fault is misspelt.
  glue.fail("throttle");
  return glue.client({ region: "eu-west-1" });
}
