/** Ratios that stand on any machine: both sides in one run, in turns, the median of the pairs. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { GlueClient } from "@aws-sdk/client-glue";

export const TransformId = "tfm-bench";

/** A client of an endpoint in another process, which ends with the `await using` block. */
export async function startServer(options: {
  count: number;
  latency?: number;
  transforms?: number;
}): Promise<AsyncDisposable & { client: GlueClient; endpoint: string }> {
  const path = fileURLToPath(new URL("server.ts", import.meta.url));
  const child = fork(path, [options.count, options.latency ?? 0, options.transforms ?? 1].map(String));
  const [endpoint] = await once(child, "message");
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new GlueClient({ region: "us-east-1", endpoint, credentials });
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

export type Work = () => Promise<unknown>;

export interface Pairs {
  /** Medians, in milliseconds. */
  readonly ours: number;
  readonly theirs: number;
  /** The median of the pairs' own ratios, ours over theirs. */
  readonly ratio: number;
}

/** Runs both in turns, after a warm-up of each; which one comes first alternates. */
export async function inPairs(ours: Work, theirs: Work, pairs: number): Promise<Pairs> {
  const samples: { ours: number; theirs: number }[] = [];
  for (let pair = -2; pair < pairs; pair += 1) {
    const first = pair % 2 === 0 ? await time(ours) : await time(theirs);
    const second = pair % 2 === 0 ? await time(theirs) : await time(ours);
    if (pair >= 0) samples.push(pair % 2 === 0 ? { ours: first, theirs: second } : { ours: second, theirs: first });
  }
  return {
    ours: median(samples.map((sample) => sample.ours)),
    theirs: median(samples.map((sample) => sample.theirs)),
    ratio: median(samples.map((sample) => sample.ours / sample.theirs)),
  };
}

async function time(work: Work): Promise<number> {
  // What the other side left behind is not this side's to collect; there with `node --expose-gc`.
  globalThis.gc?.();
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
