/** Starts examples as a reader would, in a folder of their own. */
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MLTaskRun } from "glue-ml-task-runs";
import { type LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import { onTestFinished } from "vitest";
import { TransformId } from "../support.js";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The examples that there are, by name. */
export const names = (await readdir(join(root, "examples")))
  .filter((file) => file.endsWith(".ts") && file !== "index.ts" && file !== "client.ts")
  .map((file) => basename(file, ".ts"));

/** The made-up runs that an example lists on its own, oldest first. */
export function ownRuns(to?: Date): MLTaskRun[] {
  return sampleTaskRuns({ transformId: "tfm-0123456789abcdef", count: 2500, to });
}

/** Options and environment that lead an example to an endpoint, as they would lead it to AWS. */
export function toAws(glue: LocalGlue) {
  return {
    args: ["--transform-id", TransformId, "--region", "eu-west-1"],
    env: { AWS_ENDPOINT_URL_GLUE: glue.endpoint, AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" },
  };
}

/** A folder for a test, gone at its end. */
export async function makeFolder(): Promise<string> {
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
  const folder = await makeFolder();
  return new Promise((resolve) => {
    const child = execFile("node", command(name, args), settings(folder, env), (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr, folder }),
    );
  });
}

/** Starts an example that the test, or its end, stops. */
export function startExample(name: string, folder: string, { args = [], env = {} }: Start = {}) {
  const child = spawn("node", command(name, args), settings(folder, env));
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

function command(name: string, args: readonly string[]): string[] {
  return ["--import", import.meta.resolve("tsx"), join(root, "examples", `${name}.ts`), ...args];
}

function settings(cwd: string, env: NodeJS.ProcessEnv) {
  return { cwd, env: { ...process.env, TSX_TSCONFIG_PATH: join(root, "tsconfig.json"), ...env } };
}
