/**
 * A line for each run that starts or changes in any transform of the account and region, until Ctrl-C.
 *
 *     npm run example watch
 *     npm run example watch -- --interval 60 --region eu-west-1
 *
 * It only watches. On its local endpoint, `npm run example` starts runs, so that there is something to see.
 */
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { MLTaskRuns } from "glue-ml-task-runs";

const { values } = parseArgs({ options: { interval: { type: "string", default: "30" } } });
const interval = Number(values.interval);
if (!(interval > 0)) {
  console.error(`--interval must be above 0, got ${values.interval}.`);
  process.exit(2);
}
const taskRuns = new MLTaskRuns(new GlueClient());
const interrupt = new AbortController();
const abortSignal = interrupt.signal;
process.once("SIGINT", () => interrupt.abort());

console.error("Watching all transforms. Ctrl-C ends it.");
try {
  // The unfinished runs, and then each run that starts or changes.
  for await (const run of taskRuns.watchAcrossTransforms({}, { interval, abortSignal })) {
    const { TransformId, TaskRunId, Status, Properties, ErrorString = "" } = run;
    const time = new Date().toISOString().slice(11, 19);
    console.log(`${time} ${TransformId} ${TaskRunId} ${Properties.TaskType} ${Status} ${ErrorString}`.trimEnd());
  }
} catch (error) {
  if (!abortSignal.aborted) throw error;
}
