/**
 * The latest run of a transform, and its latest successful evaluation. Each takes one request for one run.
 *
 *     npm run example latest-run
 *     npm run example latest-run -- --transform-id tfm-... --region eu-west-1
 */
import { MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";
import { openSource } from "./client.js";

await using source = await openSource({ to: new Date() });
const { client, transformId } = source;

const taskRuns = new MLTaskRuns(client);
const Sort = taskRunSort("STARTED").descending();
const successfulEvaluation = taskRunFilter().taskRunType("EVALUATION").status("SUCCEEDED");

const latest = await taskRuns.list({ TransformId: transformId, Sort }).first();
const evaluation = await taskRuns.list({ TransformId: transformId, Sort, Filter: successfulEvaluation }).first();

for (const [title, run] of Object.entries({ "latest run": latest, "latest evaluation": evaluation })) {
  if (run === undefined) console.log(`${title}: none`);
  else
    console.log(`${title}: ${run.TaskRunId} ${run.Properties.TaskType} ${run.Status} ${run.StartedOn?.toISOString()}`);
}
