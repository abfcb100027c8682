/** Helpers of the tests of the command: in this process, as a process, and in a terminal. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { LocalGlue } from "glue-ml-task-runs/local";
import { onTestFinished, vi } from "vitest";
import { runCommand } from "../../src/command/command.js";
import type { OutputStream } from "../../src/command/context.js";

/** The built command. */
export const command = fileURLToPath(new URL("../../dist/command.js", import.meta.url));

/** The environment that leads the SDK to a local endpoint. */
export function environmentOf(glue: LocalGlue) {
  return {
    AWS_ENDPOINT_URL_GLUE: glue.endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    // The pauses of more attempts would only take time.
    AWS_MAX_ATTEMPTS: "1",
  };
}

export interface Result {
  code: number | null;
  out: string;
  err: string;
}

export interface Terminal {
  /** The width of standard output; without it, that is no terminal. */
  readonly columns?: number;
  readonly hasColors?: boolean;
  /** Whether standard error is a terminal. */
  readonly isErrTerminal?: boolean;
  readonly env?: Record<string, string>;
  readonly signal?: AbortSignal;
  /** Called with each output. */
  readonly onOutput?: (result: Result) => void;
}

/** Runs the command in this process against a local endpoint. */
export async function runHere(
  glue: LocalGlue | undefined,
  args: readonly string[],
  { columns, hasColors = false, isErrTerminal = false, env = {}, ...rest }: Terminal = {},
): Promise<Result> {
  for (const [name, value] of Object.entries(glue ? environmentOf(glue) : {})) vi.stubEnv(name, value);
  const result: Result = { code: null, out: "", err: "" };
  const { signal = new AbortController().signal, onOutput } = rest;
  const stream = (name: "out" | "err", members: object): OutputStream =>
    Object.assign(
      new Writable({
        write(chunk, _encoding, done) {
          result[name] += chunk;
          onOutput?.(result);
          done();
        },
      }),
      members,
    );
  result.code = await runCommand(args, {
    out: stream("out", columns === undefined ? {} : { isTTY: true, columns, hasColors: () => hasColors }),
    err: stream("err", { isTTY: isErrTerminal }),
    env,
    signal,
  });
  return result;
}

/** Starts the built command as a process. It is killed at the end of the test. */
export function start(glue: LocalGlue | undefined, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const environment = { ...process.env, ...(glue && environmentOf(glue)), ...env };
  const child = spawn(process.execPath, [command, ...args], { env: environment });
  return collectOutput(child);
}

/** Runs a command of the shell, in which `$COMMAND` is the built command. */
export function startShell(glue: LocalGlue, script: string, env: NodeJS.ProcessEnv = {}) {
  const environment = { ...process.env, ...environmentOf(glue), COMMAND: `${process.execPath} ${command}`, ...env };
  return collectOutput(spawn("bash", ["-c", script], { env: environment }));
}

function collectOutput(child: ChildProcess) {
  onTestFinished(() => void child.kill("SIGKILL"));
  const result: Result = { code: null, out: "", err: "" };
  child.stdout?.on("data", (chunk) => (result.out += chunk));
  child.stderr?.on("data", (chunk) => (result.err += chunk));
  const ended = once(child, "close").then(([code]): Result => ({ ...result, code }));
  return { child, result, ended };
}

/** A new folder, which is removed at the end of the test. */
export async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "command-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}
