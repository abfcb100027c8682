/**
 * A plain listing and one with eight concurrent requests: compares their runs and their times.
 *
 *     npm run example windows
 *     npm run example windows -- --transform-id tfm-... --region eu-west-1
 */
import { MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import { openSource } from "./client.js";

await using source = await openSource();
const { client, transformId } = source;
const taskRuns = new MLTaskRuns(client, { pageSize: 50 });
const query = { TransformId: transformId, Sort: taskRunSort("STARTED").descending() };

const plain = await timed("one after another", () => taskRuns.list(query).toArray());
const windowed = await timed("in 8 windows", () => taskRuns.list(query, { concurrency: 8 }).toArray());
const isSame = plain.every((run, index) => run.TaskRunId === windowed[index]?.TaskRunId);
console.log(
  isSame ? "The same runs in the same order." : "The listings differ: a run started or was deleted between them.",
);

async function timed<T>(name: string, list: () => Promise<T[]>): Promise<T[]> {
  const start = performance.now();
  const runs = await list();
  console.log(`${name}: ${runs.length} runs in ${Math.round(performance.now() - start)} ms`);
  return runs;
}
