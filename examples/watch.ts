/**
 * A line for each run that starts or changes in any transform of the account and region, until Ctrl-C.
 *
 *     npm run example watch
 *     npm run example watch -- --interval 60 --transform-id any --region eu-west-1
 *
 * On AWS it only watches. On the local endpoint it also starts runs, so that there is something to see.
 */
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  GetMLTransformsCommand,
  StartExportLabelsTaskRunCommand,
  StartMLEvaluationTaskRunCommand,
} from "@aws-sdk/client-glue";
import { MLTaskRuns } from "glue-ml-task-runs";
import { openSource, sourceOptions } from "./client.js";

const interrupt = new AbortController();
const abortSignal = interrupt.signal;
process.once("SIGINT", () => interrupt.abort());
const { values } = parseArgs({ options: { ...sourceOptions, interval: { type: "string" } } });
const runTimes = { startingTime: 2000, runTime: 3000 };
await using source = await openSource({ values, transforms: 3, to: new Date(), runTimes });
const { client, endpoint } = source;
const interval = Number(values.interval ?? (endpoint === undefined ? 30 : 1));

try {
  await Promise.all([printChanges(), endpoint !== undefined && startRuns()]);
} catch (error) {
  if (!abortSignal.aborted) throw error;
}

/** Prints the unfinished runs, and then each run that starts or changes. */
async function printChanges(): Promise<void> {
  console.error("Watching all transforms. Ctrl-C ends it.");
  for await (const run of new MLTaskRuns(client).watchAcrossTransforms({}, { interval, abortSignal })) {
    const { TransformId, TaskRunId, Status, Properties, ErrorString = "" } = run;
    const time = new Date().toISOString().slice(11, 19);
    console.log(`${time} ${TransformId} ${TaskRunId} ${Properties.TaskType} ${Status} ${ErrorString}`.trimEnd());
  }
}

/** Starts a run every two seconds: evaluations and exports of labels, on one transform after another. */
async function startRuns(): Promise<void> {
  const { Transforms = [] } = await client.send(new GetMLTransformsCommand({}), { abortSignal });
  const OutputS3Path = "s3://example-glue-ml/labels/";
  for (let count = 0; ; count += 1) {
    const { TransformId } = Transforms[count % Transforms.length] ?? {};
    if (count % 2 === 0) await client.send(new StartMLEvaluationTaskRunCommand({ TransformId }), { abortSignal });
    else await client.send(new StartExportLabelsTaskRunCommand({ TransformId, OutputS3Path }), { abortSignal });
    await setTimeout(2000, undefined, { signal: abortSignal });
  }
}
