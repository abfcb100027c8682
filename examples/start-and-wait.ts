/**
 * Starts an evaluation of a transform once, waits until it is finished, and prints its result.
 *
 *     npm run example start-and-wait
 *     npm run example start-and-wait -- --max-wait-time 3600 --transform-id tfm-... --region eu-west-1
 *
 * Exit codes: 0 if the run SUCCEEDED, 1 for another status or an error, 2 for wrong usage, 4 if the run is not finished
 * after `--max-wait-time` seconds, 130 after Ctrl-C. After 4 and 130 the run continues; CancelMLTaskRun would stop it.
 *
 * The SDK repeats a start that got no response, and no Start operation has an idempotency token, so that two runs could
 * start. This client sends it once. If there is no response, the history tells whether a run has started.
 */
import { parseArgs } from "node:util";
import {
  GetMLTransformCommand,
  GlueClient,
  GlueServiceException,
  StartMLEvaluationTaskRunCommand,
} from "@aws-sdk/client-glue";
import { type MLTaskRun, MLTaskRuns, WaitTimeoutError } from "glue-ml-task-runs";

const { values } = parseArgs({
  options: {
    "transform-id": { type: "string", default: "tfm-0123" },
    "max-wait-time": { type: "string", default: "3600" },
  },
});
const TransformId = values["transform-id"];
const maxWaitTime = Number(values["max-wait-time"]);
// Check it before a run is started.
if (!(maxWaitTime > 0)) {
  console.error(`--max-wait-time must be above 0, got ${values["max-wait-time"]}.`);
  process.exit(2);
}
const client = new GlueClient({ maxAttempts: 1 });
const taskRuns = new MLTaskRuns(client);

const interrupt = new AbortController();
const abortSignal = interrupt.signal;
process.once("SIGINT", () => interrupt.abort());

try {
  const TaskRunId = await startOnce();
  console.log(`Started ${TaskRunId} of ${TransformId}`);
  const start = performance.now();
  const onPoll = ({ Status }: MLTaskRun) => {
    console.log(`${Math.round((performance.now() - start) / 1000)} s: ${Status}`);
  };
  const run = await taskRuns.waitUntilFinished({ TransformId, TaskRunId }, { maxWaitTime, abortSignal, onPoll });
  const { Status, ExecutionTime, ErrorString = "" } = run;
  console.log(`${Status}, execution time ${ExecutionTime ?? "unknown"} s. ${ErrorString}`.trimEnd());
  if (Status === "SUCCEEDED") {
    // The result of an evaluation is a member of the transform, not of the run.
    const { EvaluationMetrics } = await client.send(new GetMLTransformCommand({ TransformId }), { abortSignal });
    console.log(EvaluationMetrics?.FindMatchesMetrics ?? "The transform has no metrics.");
  } else process.exitCode = 1;
} catch (error) {
  if (error instanceof WaitTimeoutError) {
    console.error(error.message);
    process.exitCode = 4;
  } else if (abortSignal.aborted) process.exitCode = 130;
  else throw error;
}

/** Starts the evaluation. Without a response, it looks in the history for a new run. Returns the id of the run. */
async function startOnce(): Promise<string> {
  const query = { TransformId, Filter: { TaskRunType: "EVALUATION" } } as const;
  const before = await taskRuns.watch(query, { abortSignal }).poll();
  const unfinished = new Set(before.runs.map(({ TaskRunId }) => TaskRunId));
  try {
    const { TaskRunId = "" } = await client.send(new StartMLEvaluationTaskRunCommand({ TransformId }), { abortSignal });
    return TaskRunId;
  } catch (error) {
    const isRefused = error instanceof GlueServiceException && error.$fault === "client";
    if (isRefused || abortSignal.aborted) throw error;
    console.error(`${error}. Looking for a run that has started.`);
    // A run may be listed up to a minute late. If another program has started one, too, it looks the same.
    const [interval, maxPolls] = [5, Math.min(60, maxWaitTime) / 5];
    let polls = 0;
    for await (const { runs } of taskRuns.watch(query, { cursor: before.cursor, interval, abortSignal }).polls()) {
      const run = runs.find(({ TaskRunId }) => !unfinished.has(TaskRunId));
      if (run) return run.TaskRunId;
      polls += 1;
      if (polls > maxPolls) break;
    }
    throw error;
  }
}
