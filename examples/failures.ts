/**
 * What failed or timed out during the last day, across every transform of the account and region, newest first, with a
 * line of progress:
 *
 *     npx tsx examples/failures.ts
 *     npx tsx examples/failures.ts --transform-id any --region eu-west-1
 */
import { MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";
import { openSource } from "./client.js";

await using source = await openSource({ transforms: 12, to: new Date() });
const { client } = source;

const yesterday = taskRunFilter().startedAfter(Date.now() - 24 * 60 * 60 * 1000);
const Sort = taskRunSort("STARTED").descending();
const taskRuns = new MLTaskRuns(client);

for (const status of ["FAILED", "TIMEOUT"] as const) {
  const ended = taskRuns.listAcrossTransforms(
    { Filter: yesterday.status(status), Sort },
    { concurrency: 8, onPage: ({ page, runs }) => process.stderr.write(`\r${status}: ${runs} runs in ${page} pages`) },
  );
  let count = 0;
  for await (const run of ended) {
    if (count === 0) process.stderr.write("\n");
    count += 1;
    console.log(`${run.StartedOn?.toISOString()}  ${run.TransformId}  ${run.TaskRunId}`);
    console.log(`  ${run.Properties.TaskType ?? "unknown type"}: ${run.ErrorString}`);
  }
  console.log(`${count} runs ended with ${status} since yesterday.`);
}
