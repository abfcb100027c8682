/**
 * The runs of all transforms that failed or timed out in the last 24 hours, whenever they started, with their errors.
 *
 *     npm run example failures
 *     npm run example failures -- --transform-id any --region eu-west-1
 */
import { MLTaskRuns, taskRunFilter } from "glue-ml-task-runs";
import { openSource } from "./client.js";

await using source = await openSource({ to: new Date() });
const taskRuns = new MLTaskRuns(source.client);

const HOUR = 60 * 60 * 1000;
/** How long a run can take: 48 hours, the default `Timeout` of a transform, and some more for the time in STARTING. */
const LONGEST_RUN = 60 * HOUR;
const since = Date.now() - 24 * HOUR;

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
console.log(`${count} runs failed or timed out since yesterday.`);
