/** The handler of the weight row, with the SDK's paginator: returns the failed runs of a transform. */
import { GlueClient, paginateGetMLTaskRuns } from "@aws-sdk/client-glue";

const client = new GlueClient();

export async function handler({ TransformId }: { TransformId: string }) {
  const failed: (string | undefined)[] = [];
  const pages = paginateGetMLTaskRuns({ client, pageSize: 1000 }, { TransformId, Filter: { Status: "FAILED" } });
  for await (const { TaskRuns = [] } of pages) for (const run of TaskRuns) failed.push(run.TaskRunId);
  return failed;
}
