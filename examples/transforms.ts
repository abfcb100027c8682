/**
 * The run counts of every transform of the account and region in the last days, with a progress bar.
 *
 *     npm run example transforms
 *     npm run example transforms -- --days 30 --region eu-west-1
 */
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { SingleBar } from "cli-progress";
import { MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";

const { values } = parseArgs({ options: { days: { type: "string", default: "7" } } });
const days = Number(values.days);
if (!(days > 0)) {
  console.error(`--days must be above 0, got ${values.days}.`);
  process.exit(2);
}
const taskRuns = new MLTaskRuns(new GlueClient());
const now = Date.now();
const since = now - days * 24 * 60 * 60 * 1000;

// The runs arrive newest first, so the start time of the last one is the progress.
const runs = taskRuns.listAcrossTransforms(
  { Filter: taskRunFilter().startedAfter(since), Sort: taskRunSort("STARTED").descending() },
  { concurrency: 8 },
);
const bar = new SingleBar({ format: "{bar} {percentage}% | runs: {runs}, back to {day}", noTTYOutput: true });
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
