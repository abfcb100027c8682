/**
 * The latest run of a transform, and its latest successful evaluation. Each takes one request for one run.
 *
 *     npm run example latest-run
 *     npm run example latest-run -- --transform-id tfm-... --region eu-west-1
 */
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";

const { values } = parseArgs({ options: { "transform-id": { type: "string", default: "tfm-0123" } } });
const TransformId = values["transform-id"];
const taskRuns = new MLTaskRuns(new GlueClient());

const Sort = taskRunSort("STARTED").descending();
const successfulEvaluation = taskRunFilter().taskRunType("EVALUATION").status("SUCCEEDED");

const latest = await taskRuns.list({ TransformId, Sort }).first();
const evaluation = await taskRuns.list({ TransformId, Sort, Filter: successfulEvaluation }).first();

for (const [title, run] of Object.entries({ "latest run": latest, "latest evaluation": evaluation })) {
  if (run === undefined) console.log(`${title}: none`);
  else
    console.log(`${title}: ${run.TaskRunId} ${run.Properties.TaskType} ${run.Status} ${run.StartedOn?.toISOString()}`);
}
