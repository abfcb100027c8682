/** Measures alternatives side by side: in one process, in turns, so that the ratios hold on any machine. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { GlueClient } from "@aws-sdk/client-glue";

/** The configuration of the endpoint that answers the requests. */
export interface ServerOptions {
  /** The number of runs of each transform. */
  readonly runCounts: readonly number[];
  /** The time before each response, in milliseconds. */
  readonly latency?: number;
}

export const transformIdAt = (index: number) => `tfm-${index}`;
/** The server's first transform, which most rows list. */
export const TransformId = transformIdAt(0);

export function createClient(endpoint: string): GlueClient {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return new GlueClient({ region: "us-east-1", endpoint, credentials });
}

/** Starts an endpoint in a child process, and a client for it. `await using` closes both at the end of the block. */
export async function startServer(
  options: ServerOptions,
): Promise<AsyncDisposable & { client: GlueClient; endpoint: string }> {
  const child = fork(fileURLToPath(new URL("server.ts", import.meta.url)), [JSON.stringify(options)]);
  const [endpoint] = await once(child, "message");
  const client = createClient(endpoint);
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

/** Runs a script of this folder in a child process, and returns the number that it sends. */
export async function measureInChild(script: string, ...args: string[]): Promise<number> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args);
  const [sample] = await once(child, "message");
  await once(child, "exit");
  return sample;
}

/** Takes one sample. */
export type Measurement = () => Promise<number>;

/** Measures how long one call of a function takes, in milliseconds, as the mean of several calls. */
export function timed(work: () => Promise<unknown>, calls = 1): Measurement {
  return async () => {
    // Collects the garbage of the measurement before, so that it does not count here. Needs `node --expose-gc`.
    globalThis.gc?.();
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) await work();
    return (performance.now() - start) / calls;
  };
}

/** The number of runs for which one call takes long enough to be measured. */
const RUNS_PER_SAMPLE = 100_000;

/** Measures how long a listing of a number of runs takes for each run, in microseconds. */
export function timedPerRun(runs: number, list: () => Promise<unknown>): Measurement {
  const measurement = timed(list, Math.max(1, Math.floor(RUNS_PER_SAMPLE / runs)));
  return async () => (1000 * (await measurement())) / runs;
}

/** Measures how much CPU time of this process, in all its threads, a listing takes for each run, in microseconds. */
export function cpuTimePerRun(runs: number, list: () => Promise<unknown>): Measurement {
  return async () => {
    // As in `timed`.
    globalThis.gc?.();
    const start = process.cpuUsage();
    await list();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / runs;
  };
}

/**
 * Takes a sample of each measurement in every round, after warm-up rounds that do not count. The order rotates. Tools
 * such as tinybench finish one task before the next, so that a change of the machine's load looks like a difference.
 */
export async function measureInTurns<const M extends readonly Measurement[]>(
  measurements: M,
  { rounds = 5, warmUps = 0 } = {},
): Promise<{ [I in keyof M]: number[] }> {
  const samples = measurements.map((): number[] => []);
  for (let round = -warmUps; round < rounds; round += 1) {
    for (let turn = 0; turn < measurements.length; turn += 1) {
      const index = (turn + round + warmUps) % measurements.length;
      const sample = await measurements[index]?.();
      if (round >= 0 && sample !== undefined) samples[index]?.push(sample);
    }
  }
  // `map` keeps the length of the tuple, which its type does not say.
  return samples as { [I in keyof M]: number[] };
}
