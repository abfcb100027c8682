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

export async function openSource(): Promise<Source> {
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
  glue.addTaskRuns(sampleTaskRuns({ transformId: "tfm-0123456789abcdef", count: 2500 }));
  console.error(`A local endpoint at ${glue.endpoint} with 2500 made-up runs\n`);
  return {
    client: glue.client(),
    transformId: "tfm-0123456789abcdef",
    args,
    [Symbol.asyncDispose]: () => glue.close(),
  };
}
