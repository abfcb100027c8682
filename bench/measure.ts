/** Figures that stand on any machine: all sides in one run, in turns, the median over the rounds. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { GlueClient } from "@aws-sdk/client-glue";

/** What the server holds: a transform for each of the counts, with so many runs, and how long it takes to answer, in milliseconds. */
export interface ServerOptions {
  readonly counts: readonly number[];
  readonly latency?: number;
}

export const transformId = (index: number) => `tfm-${index}`;
/** The first of the server's transforms, which most rows list. */
export const TransformId = transformId(0);

export function makeClient(endpoint: string): GlueClient {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return new GlueClient({ region: "us-east-1", endpoint, credentials });
}

/** A client of an endpoint in another process, which ends with the `await using` block. */
export async function startServer(
  options: ServerOptions,
): Promise<AsyncDisposable & { client: GlueClient; endpoint: string }> {
  const child = fork(fileURLToPath(new URL("server.ts", import.meta.url)), [JSON.stringify(options)]);
  const [endpoint] = await once(child, "message");
  const client = makeClient(endpoint);
  return {
    client,
    endpoint,
    async [Symbol.asyncDispose]() {
      client.destroy();
      child.disconnect();
      await once(child, "exit");
    },
  };
}

/** What a script beside this one tells of what it measured in a process of its own. */
export async function inChild(script: string, ...args: string[]): Promise<number> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args);
  const [sample] = await once(child, "message");
  await once(child, "exit");
  return sample;
}

/** Takes one sample of what is compared. */
export type Side = () => Promise<number>;

/** How long the work takes, in milliseconds: once, of so many times. */
export function timed(work: () => Promise<unknown>, repeats = 1): Side {
  return async () => {
    // What another side left behind is not this side's to collect; there with `node --expose-gc`.
    globalThis.gc?.();
    const start = performance.now();
    for (let count = 0; count < repeats; count += 1) await work();
    return (performance.now() - start) / repeats;
  };
}

/**
 * A sample of each side in every round, after rounds that do not count; which one comes first rotates. tinybench and
 * mitata run each task to its end before the next: what the machine does meanwhile would pass for a difference.
 */
export async function inTurns<const S extends readonly Side[]>(
  sides: S,
  { rounds = 7, warmUps = 0 } = {},
): Promise<{ [I in keyof S]: number[] }> {
  const samples = sides.map((): number[] => []);
  for (let round = -warmUps; round < rounds; round += 1) {
    for (let turn = 0; turn < sides.length; turn += 1) {
      const index = (turn + round + warmUps) % sides.length;
      const sample = await sides[index]?.();
      if (round >= 0 && sample !== undefined) samples[index]?.push(sample);
    }
  }
  // As many as there are sides, which `map` does not say of a tuple.
  return samples as { [I in keyof S]: number[] };
}
