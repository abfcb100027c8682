#!/usr/bin/env node
/** The executable of the command `glue-ml-task-runs`: signals, streams and the exit code. */
import { runCommand } from "./command.js";
import { EXIT, Interruption } from "./errors.js";

const controller = new AbortController();
const interrupt = (exitCode: number) => controller.abort(new Interruption(exitCode));
// The exit codes of a shell for a program that a signal ended.
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  process.once(signal, () => interrupt(code));
// EPIPE: the reader of a pipe has ended, as in `| head -1`. Other errors reach whoever writes.
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => code === "EPIPE" && interrupt(EXIT.done));
process.stderr.on("error", () => {});
// A person at a terminal cannot do anything about what the SDK says to developers.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
const { stdout: out, stderr: err, env } = process;
// What is written was awaited. Open connections would keep the process alive.
process.exit(await runCommand(process.argv.slice(2), { out, err, env, signal: controller.signal }));
