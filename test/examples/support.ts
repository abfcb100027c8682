/** Starts the compiled examples, each in a separate folder. Tests of `npm run example` start them as users do. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MLTaskRun } from "glue-ml-task-runs";
import { type LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import { expect, inject, onTestFinished, vi } from "vitest";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The names of all examples. */
export const names = (await readdir(join(root, "examples")))
  .filter((file) => file.endsWith(".ts") && file !== "index.ts" && file !== "local.ts")
  .map((file) => basename(file, ".ts"));

/** The sample runs of the local endpoint of `npm run example`, oldest first: of a transform, or of all. */
export function runsOfExample(...transformIds: readonly string[]): MLTaskRun[] {
  const runs = ["tfm-0123", "tfm-4567", "tfm-89ab"].flatMap((transformId, index) =>
    sampleTaskRuns({ transformId, seed: index + 1, count: 2500, to: new Date() }),
  );
  const selected = runs.filter((run) => transformIds.length === 0 || transformIds.includes(run.TransformId));
  return selected.sort((a, b) => Number(a.StartedOn) - Number(b.StartedOn));
}

/** The options and the environment with which an example uses this endpoint, as it would use AWS. */
export function configureFor(glue: LocalGlue) {
  return {
    args: ["--region", "eu-west-1"],
    env: { AWS_ENDPOINT_URL_GLUE: glue.endpoint, AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" },
  };
}

/** Creates a folder that is removed at the end of the test. */
export async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "example-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly folder: string;
}

export interface Start {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs an example to its end. */
export async function runExample(name: string, { args = [], env = {} }: Start = {}): Promise<Outcome> {
  const folder = await createFolder();
  return new Promise((resolve) => {
    const child = execFile("node", command(name, args), settings(folder, env), (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr, folder }),
    );
  });
}

/** Starts an example. It is killed at the end of the test, if it still runs. */
export function startExample(name: string, folder: string, { args = [], env = {} }: Start = {}) {
  const child = spawn("node", command(name, args), settings(folder, env));
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Starts an example that runs until a signal, and collects its output. */
export async function followExample(name: string, start?: Start) {
  const child = startExample(name, await createFolder(), start);
  const closed = once(child, "close");
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  return {
    /** Waits until the example has printed a text. */
    waitForOutput: (text: string | RegExp) => vi.waitFor(() => expect(stdout).toMatch(text), { timeout: 20_000 }),
    /** Sends SIGINT, as Ctrl-C does, and waits for the end. */
    async interrupt() {
      child.kill("SIGINT");
      const [code] = await closed;
      return { code, stdout, stderr };
    },
  };
}

function command(name: string, args: readonly string[]): string[] {
  return [join(inject("compiledExamples"), "index.js"), name, ...args];
}

function settings(cwd: string, env: NodeJS.ProcessEnv) {
  return { cwd, env: { ...process.env, ...env } };
}
