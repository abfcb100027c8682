/** The client of the SDK, and the library on top of it. Both are loaded here, since `--help` needs neither. */
import type { GlueClient } from "@aws-sdk/client-glue";
import type { MLTaskRuns } from "glue-ml-task-runs";
import type { SourceArguments } from "./arguments.js";
import { describeError } from "./errors.js";

/** Where runs come from. */
export interface Source {
  readonly client: GlueClient;
  readonly taskRuns: MLTaskRuns;
}

/** Uses a client with the region, the credentials and the endpoint that the SDK finds, or that the arguments name. */
export async function withSource<T>(
  { region, profile, endpoint }: SourceArguments,
  use: (source: Source) => Promise<T>,
): Promise<T> {
  const { GlueClient } = await import("@aws-sdk/client-glue");
  const { MLTaskRuns } = await import("glue-ml-task-runs");
  const client = new GlueClient({
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(endpoint !== undefined && { endpoint }),
  });
  try {
    // Before the first request, so that the message says what is missing.
    await client.config.region().catch((error: unknown) => {
      throw new Error(`No region: ${describeError(error)}. Use --region, or set AWS_REGION.`);
    });
    await client.config.credentials().catch((error: unknown) => {
      throw new Error(`No credentials: ${describeError(error)}`);
    });
    return await use({ client, taskRuns: new MLTaskRuns(client) });
  } finally {
    client.destroy();
  }
}
