/**
 * The source of the runs in the examples: AWS with `--transform-id` and optionally `--region`, otherwise a local
 * endpoint with 2,500 sample runs. Your own code needs only a `GlueClient`.
 */
import { parseArgs } from "node:util";
import { type EvaluationMetrics, GlueClient } from "@aws-sdk/client-glue";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";

/** The options of every example, for `parseArgs`. */
export const sourceOptions = { "transform-id": { type: "string" }, region: { type: "string" } } as const;

const sampleMetrics: EvaluationMetrics = {
  TransformType: "FIND_MATCHES",
  FindMatchesMetrics: { Precision: 0.9, Recall: 0.8, F1: 0.847 },
};

export interface SourceConfig {
  /** The parsed options. Without them, the command line is parsed here. */
  readonly values?: { readonly "transform-id"?: string | undefined; readonly region?: string | undefined };
  /** The number of transforms on the local endpoint. The first one is `transformId`. */
  readonly transforms?: number;
  /** The end of the sample history. Without it, the history is the same each time. */
  readonly to?: Date;
  /** How long a run that is started on the local endpoint is STARTING and then RUNNING, in milliseconds. */
  readonly runTimes?: { readonly startingTime: number; readonly runTime: number };
  /** How often the client sends a request at most. Without it, as often as the SDK does. */
  readonly maxAttempts?: number;
}

export interface Source extends AsyncDisposable {
  readonly client: GlueClient;
  readonly transformId: string;
  /** The URL of the local endpoint; undefined on AWS. */
  readonly endpoint?: string;
}

export async function openSource(config: SourceConfig = {}): Promise<Source> {
  const {
    values = parseArgs({ options: sourceOptions }).values,
    transforms = 1,
    runTimes,
    maxAttempts,
    ...sample
  } = config;
  const clientConfig = maxAttempts === undefined ? {} : { maxAttempts };
  const transformId = values["transform-id"];
  if (transformId !== undefined) {
    // The SDK finds the credentials, and the region if none is given, in its usual places.
    const client = new GlueClient({ ...clientConfig, ...(values.region !== undefined && { region: values.region }) });
    return { client, transformId, [Symbol.asyncDispose]: async () => client.destroy() };
  }
  const glue = await LocalGlue.start({ latency: 50, ...runTimes });
  for (let seed = 1; seed <= transforms; seed += 1) {
    const transformId = seed === 1 ? "tfm-0123456789abcdef0123456789abcdef01234567" : `tfm-${seed}`;
    glue.addTransform({ TransformId: transformId, EvaluationMetrics: sampleMetrics });
    glue.addTaskRuns(sampleTaskRuns({ transformId, seed, count: 2500, ...sample }));
  }
  console.error(`A local endpoint at ${glue.endpoint} with ${transforms * 2500} sample runs\n`);
  return {
    client: glue.client(clientConfig),
    transformId: "tfm-0123456789abcdef0123456789abcdef01234567",
    endpoint: glue.endpoint,
    [Symbol.asyncDispose]: () => glue.close(),
  };
}
