/** A handler that lists the runs that failed, to be bundled: with this library. */
import { GlueClient } from "@aws-sdk/client-glue";
import { MLTaskRuns, taskRunFilter } from "glue-ml-task-runs";

const taskRuns = new MLTaskRuns(new GlueClient());

export async function handler({ TransformId }: { TransformId: string }) {
  const failed: string[] = [];
  const Filter = taskRunFilter().status("FAILED");
  for await (const run of taskRuns.list({ TransformId, Filter })) failed.push(run.TaskRunId);
  return failed;
}
