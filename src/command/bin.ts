#!/usr/bin/env node
/** The executable of the command `glue-ml-task-runs`: signals, streams and the exit code. */
import { runCommand } from "./command.js";
import { EXIT, Interruption } from "./errors.js";

const [first, ...rest] = process.argv.slice(2);
if (first === "local") {
  // The executable of glue-ml-task-runs-local, which handles signals and streams itself.
  process.argv.splice(2, Infinity, ...rest);
  await import(new URL("./cli.js", import.meta.url).href);
} else {
  const controller = new AbortController();
  const interrupt = (exitCode: number) => controller.abort(new Interruption(exitCode));
  // The exit codes of a shell for a program that a signal has ended.
  process.once("SIGINT", () => interrupt(130));
  process.once("SIGTERM", () => interrupt(143));
  // EPIPE: the reader of a pipe has ended, as in `| head -1`. Other errors are reported by what writes.
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => code === "EPIPE" && interrupt(EXIT.done));
  process.stderr.on("error", () => {});
  // What the SDK says to developers about the version of Node.js is of no use here.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const { stdout: out, stderr: err, env } = process;
  // All output was awaited. Open connections would keep the process alive.
  process.exit(await runCommand(process.argv.slice(2), { out, err, env, signal: controller.signal }));
}
