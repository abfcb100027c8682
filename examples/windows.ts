/**
 * A plain listing and one with eight concurrent requests: compares their runs and their times.
 *
 *     npm run example windows
 *     npm run example windows -- --transform-id tfm-... --region eu-west-1
 */
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { MLTaskRuns, taskRunSort } from "glue-ml-task-runs";

const { values } = parseArgs({ options: { "transform-id": { type: "string", default: "tfm-0123" } } });
const TransformId = values["transform-id"];
const taskRuns = new MLTaskRuns(new GlueClient(), { pageSize: 50 });
const query = { TransformId, Sort: taskRunSort("STARTED").descending() };

const plain = await timed("one after another", () => taskRuns.list(query).toArray());
const windowed = await timed("in 8 windows", () => taskRuns.list(query, { concurrency: 8 }).toArray());
const isSame = plain.every((run, index) => run.TaskRunId === windowed[index]?.TaskRunId);
console.log(
  isSame ? "The same runs in the same order." : "The listings differ: a run started or was deleted between them.",
);

async function timed<T>(name: string, list: () => Promise<T[]>): Promise<T[]> {
  const start = performance.now();
  const runs = await list();
  console.log(`${name}: ${Math.round(performance.now() - start)} ms, runs: ${runs.length}`);
  return runs;
}
