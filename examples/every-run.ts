/**
 * Every run of a transform, newest first, one line for each.
 *
 *     npm run example every-run
 *     npm run example every-run -- --transform-id tfm-... --region eu-west-1
 */
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { MLTaskRuns, taskRunSort } from "glue-ml-task-runs";

const { values } = parseArgs({ options: { "transform-id": { type: "string", default: "tfm-0123" } } });
const TransformId = values["transform-id"];
const taskRuns = new MLTaskRuns(new GlueClient());

let count = 0;
for await (const run of taskRuns.list({ TransformId, Sort: taskRunSort("STARTED").descending() })) {
  count += 1;
  console.log(run.StartedOn?.toISOString(), run.TaskRunId, run.Status, run.Properties.TaskType);
}
console.log(`Runs of ${TransformId}: ${count}`);
