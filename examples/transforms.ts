/**
 * The run counts of every transform of the account and region in the last days, with a progress bar.
 *
 *     npm run example transforms
 *     npm run example transforms -- --days 30 --transform-id any --region eu-west-1
 */
import { parseArgs } from "node:util";
import { SingleBar } from "cli-progress";
import { MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";
import { openSource, sourceOptions } from "./client.js";

const { values } = parseArgs({ options: { ...sourceOptions, days: { type: "string", default: "7" } } });
const now = Date.now();
const since = now - Number(values.days) * 24 * 60 * 60 * 1000;
await using source = await openSource({ values, transforms: 12, to: new Date(now) });

// The runs arrive newest first, so the start time of the last one is the progress.
const runs = new MLTaskRuns(source.client).listAcrossTransforms(
  { Filter: taskRunFilter().startedAfter(since), Sort: taskRunSort("STARTED").descending() },
  { concurrency: 8 },
);
const bar = new SingleBar({ format: "{bar} {percentage}% | {runs} runs, back to {day}", noTTYOutput: true });
bar.start(now - since, 0, { runs: 0, day: "today" });

const counts: Record<string, { runs: number; failed: number }> = {};
let count = 0;
for await (const run of runs) {
  count += 1;
  const { StartedOn = new Date(now) } = run;
  bar.update(now - StartedOn.getTime(), { runs: count, day: StartedOn.toISOString().slice(0, 10) });
  const before = counts[run.TransformId] ?? { runs: 0, failed: 0 };
  counts[run.TransformId] = { runs: before.runs + 1, failed: before.failed + Number(run.Status === "FAILED") };
}
bar.update(now - since);
bar.stop();
console.table(counts);
