/** The handler of the weight row, with the library: returns the failed runs of a transform. */
import { GlueClient } from "@aws-sdk/client-glue";
import { MLTaskRuns, taskRunFilter } from "glue-ml-task-runs";

const taskRuns = new MLTaskRuns(new GlueClient());

export async function handler({ TransformId }: { TransformId: string }) {
  const failed: string[] = [];
  const Filter = taskRunFilter().status("FAILED");
  for await (const run of taskRuns.list({ TransformId, Filter })) failed.push(run.TaskRunId);
  return failed;
}
