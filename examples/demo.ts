/**
 * The run history of a transform: progress per page, counts by type and status, and the latest failures.
 *
 *     npm run demo
 *     npm run demo -- --transform-id tfm-... --region eu-west-1
 */
import { isTaskRunType, type MLTaskRun, MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import { openSource } from "./client.js";

await using source = await openSource();
const { client, transformId } = source;

const taskRuns = new MLTaskRuns(client);
const history = taskRuns.list(
  { TransformId: transformId, Sort: taskRunSort("STARTED").descending() },
  { onPage: ({ page, runs }) => console.log(`page ${page}: ${runs} runs so far`) },
);

const counts: Record<string, Record<string, number>> = {};
const failures: MLTaskRun<"FIND_MATCHES">[] = [];
for await (const run of history) {
  const type = run.Properties.TaskType ?? "(unknown)";
  const ofType = counts[type] ?? {};
  counts[type] = { ...ofType, [run.Status]: (ofType[run.Status] ?? 0) + 1 };
  if (run.Status === "FAILED" && isTaskRunType(run, "FIND_MATCHES") && failures.length < 5) failures.push(run);
}

console.log(`\nRuns of ${transformId} by type and status`);
console.table(counts);
console.log("\nThe latest failed find-matches runs");
for (const run of failures) {
  console.log(`${run.StartedOn?.toISOString()}  ${run.Properties.FindMatchesTaskRunProperties.JobRunId}`);
  console.log(`  ${run.ErrorString}`);
}
