/**
 * Where the examples list from: AWS, with `--transform-id` and perhaps `--region`; otherwise a local endpoint with a
 * made-up history of 2,500 runs. Your own code needs nothing of this but a `GlueClient`.
 */
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";

/** What `parseArgs` is told about the options of every example. */
export const sourceOptions = { "transform-id": { type: "string" }, region: { type: "string" } } as const;

export interface SourceConfig {
  /** What the options of the command are; without it they are read here. */
  readonly values?: { readonly "transform-id"?: string | undefined; readonly region?: string | undefined };
  /** How many transforms a made-up history has, of which the first is `transformId`. */
  readonly transforms?: number;
  /** When a made-up history ends. Without it, it is the same each time. */
  readonly to?: Date;
}

export interface Source extends AsyncDisposable {
  readonly client: GlueClient;
  readonly transformId: string;
  /** Where the local endpoint listens; undefined on AWS. */
  readonly endpoint?: string;
}

export async function openSource(config: SourceConfig = {}): Promise<Source> {
  const { values = parseArgs({ options: sourceOptions }).values, transforms = 1, ...sample } = config;
  const transformId = values["transform-id"];
  if (transformId !== undefined) {
    // Credentials, and the region where none is given, come from where the AWS SDK looks for them.
    const client = new GlueClient(values.region === undefined ? {} : { region: values.region });
    return { client, transformId, [Symbol.asyncDispose]: async () => client.destroy() };
  }
  const glue = await LocalGlue.start({ latency: 50 });
  for (let seed = 1; seed <= transforms; seed += 1) {
    const transformId = seed === 1 ? "tfm-0123456789abcdef" : `tfm-${seed}`;
    glue.addTaskRuns(sampleTaskRuns({ transformId, seed, count: 2500, ...sample }));
  }
  console.error(`A local endpoint at ${glue.endpoint} with ${transforms * 2500} made-up runs\n`);
  return {
    client: glue.client(),
    transformId: "tfm-0123456789abcdef",
    endpoint: glue.endpoint,
    [Symbol.asyncDispose]: () => glue.close(),
  };
}
