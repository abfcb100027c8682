/** The local endpoint of the examples: three transforms with 2,500 sample runs each, up to now. */
import { setTimeout } from "node:timers/promises";
import { StartExportLabelsTaskRunCommand, StartMLEvaluationTaskRunCommand } from "@aws-sdk/client-glue";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";

const TRANSFORM_IDS = ["tfm-0123", "tfm-4567", "tfm-89ab"];

/**
 * Starts the endpoint. At the first request it says on standard error that it is not AWS.
 *
 * @param isLive - whether runs are started from the first request on
 */
export async function startEndpoint(isLive: boolean): Promise<LocalGlue> {
  let isFirst = true;
  const onResponse = () => {
    if (!isFirst) return;
    isFirst = false;
    console.error(`These are sample runs, from a local endpoint at ${glue.endpoint}\n`);
    // Its requests fail when the endpoint is closed.
    if (isLive) startRuns(glue).catch(() => {});
  };
  // A run that is started is STARTING for one second, and RUNNING for two.
  const glue = await LocalGlue.start({ latency: 50, startingTime: 1000, runTime: 2000, onResponse });
  for (const [seed, transformId] of TRANSFORM_IDS.entries()) {
    const FindMatchesMetrics = { Precision: 0.9, Recall: 0.8, F1: 0.847 };
    const EvaluationMetrics = { TransformType: "FIND_MATCHES", FindMatchesMetrics } as const;
    glue.addTransform({ TransformId: transformId, EvaluationMetrics });
    glue.addTaskRuns(sampleTaskRuns({ transformId, seed: seed + 1, count: 2500, to: new Date() }));
  }
  return glue;
}

/** Starts a run every two seconds, evaluations and exports of labels. */
async function startRuns(glue: LocalGlue): Promise<void> {
  const client = glue.client();
  const OutputS3Path = "s3://example-glue-ml/labels/";
  for (let count = 0; ; count += 1) {
    const TransformId = TRANSFORM_IDS[count % TRANSFORM_IDS.length];
    if (count % 2 === 0) await client.send(new StartMLEvaluationTaskRunCommand({ TransformId }));
    else await client.send(new StartExportLabelsTaskRunCommand({ TransformId, OutputS3Path }));
    // It does not keep the process alive.
    await setTimeout(2000, undefined, { ref: false });
  }
}
