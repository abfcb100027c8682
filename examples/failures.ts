/**
 * The runs of a transform that failed or timed out in the last 24 hours, newest first, with their errors.
 *
 *     npm run example failures
 *     npm run example failures -- --transform-id tfm-... --region eu-west-1
 */
import { MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";
import { openSource } from "./client.js";

await using source = await openSource({ to: new Date() });
const { client, transformId } = source;

const since = taskRunFilter().startedAfter(Date.now() - 24 * 60 * 60 * 1000);
// A query of the service takes one status. listAny merges the two listings in order.
const queries = (["FAILED", "TIMEOUT"] as const).map((status) => ({
  TransformId: transformId,
  Filter: since.status(status),
  Sort: taskRunSort("STARTED").descending(),
}));

let count = 0;
for await (const run of new MLTaskRuns(client).listAny(queries)) {
  count += 1;
  console.log(`${run.StartedOn?.toISOString()}  ${run.Status}  ${run.Properties.TaskType}  ${run.TaskRunId}`);
  console.log(`  ${run.ErrorString}`);
}
console.log(`${count} runs of ${transformId} failed or timed out since yesterday.`);
