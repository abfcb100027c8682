/**
 * The runs of all transforms that failed or timed out in the last hours, whenever they started, with their errors.
 *
 *     npm run example failures
 *     npm run example failures -- --hours 24 --region eu-west-1
 */
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { MLTaskRuns, taskRunFilter } from "glue-ml-task-runs";

const { values } = parseArgs({ options: { hours: { type: "string", default: "24" } } });
const hours = Number(values.hours);
if (!(hours > 0)) {
  console.error(`--hours must be above 0, got ${values.hours}.`);
  process.exit(2);
}
const taskRuns = new MLTaskRuns(new GlueClient());

const HOUR = 60 * 60 * 1000;
/** How long a run can take: 48 hours, the default `Timeout` of a transform, and some more for the time in STARTING. */
const LONGEST_RUN = 60 * HOUR;
const since = Date.now() - hours * HOUR;

// The service filters by start only.
const started = taskRunFilter().startedAfter(since - LONGEST_RUN);
// A filter of the service takes one status. A list of filters is one listing, newest first.
const Filter = [started.status("FAILED"), started.status("TIMEOUT")];

let count = 0;
for await (const run of taskRuns.listAcrossTransforms({ Filter })) {
  // A failed run without CompletedOn is printed.
  if (Number(run.CompletedOn ?? Infinity) < since) continue;
  count += 1;
  console.log(`${run.CompletedOn?.toISOString()}  ${run.Status}  ${run.Properties.TaskType}  ${run.TaskRunId}`);
  console.log(`  ${run.TransformId}: ${run.ErrorString}`);
}
console.log(`Failed or timed out in ${values.hours} h: ${count}`);
