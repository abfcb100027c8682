/**
 * Every run of a transform, newest first, one line for each.
 *
 *     npm run example every-run
 *     npm run example every-run -- --transform-id tfm-... --region eu-west-1
 */
import { MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import { openSource } from "./client.js";

await using source = await openSource();
const { client, transformId } = source;

const taskRuns = new MLTaskRuns(client);
let count = 0;
for await (const run of taskRuns.list({ TransformId: transformId, Sort: taskRunSort("STARTED").descending() })) {
  count += 1;
  console.log(run.StartedOn?.toISOString(), run.TaskRunId, run.Status, run.Properties.TaskType);
}
console.log(`${count} runs of ${transformId}`);
