/**
 * Where the examples list from: AWS, with `--transform-id` and perhaps `--region`; otherwise a local endpoint with a
 * made-up history of 2,500 runs. Your own code needs nothing of this but a `GlueClient`.
 */
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";

export interface Source extends AsyncDisposable {
  readonly client: GlueClient;
  readonly transformId: string;
  /** The arguments that are no options. */
  readonly args: string[];
}

/** Opens it; a made-up history has so many transforms, of which the first is `transformId`, and ends at a time. */
export async function openSource(sample: { transforms?: number; to?: Date } = {}): Promise<Source> {
  const { values, positionals: args } = parseArgs({
    options: { "transform-id": { type: "string" }, region: { type: "string" } },
    allowPositionals: true,
  });
  const transformId = values["transform-id"];
  if (transformId !== undefined) {
    // Credentials, and the region where none is given, come from where the AWS SDK looks for them.
    const client = new GlueClient(values.region === undefined ? {} : { region: values.region });
    return { client, transformId, args, [Symbol.asyncDispose]: async () => client.destroy() };
  }
  const glue = await LocalGlue.start({ latency: 50 });
  const { transforms = 1, ...others } = sample;
  for (let seed = 1; seed <= transforms; seed += 1) {
    const transformId = seed === 1 ? "tfm-0123456789abcdef" : `tfm-${seed}`;
    glue.addTaskRuns(sampleTaskRuns({ transformId, seed, count: 2500, ...others }));
  }
  console.error(`A local endpoint at ${glue.endpoint} with ${transforms * 2500} made-up runs\n`);
  return {
    client: glue.client(),
    transformId: "tfm-0123456789abcdef",
    args,
    [Symbol.asyncDispose]: () => glue.close(),
  };
}
