#!/usr/bin/env node
/** The executable of the command `glue-ml-task-runs-local`: signals, streams and the exit code. */
import { runCommand } from "./command.js";

const controller = new AbortController();
const stop = () => controller.abort();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
// EPIPE: the reader of a pipe has ended, as in `| head -1`.
for (const stream of [process.stdout, process.stderr]) stream.on("error", stop);
const { stdout: out, stderr: err } = process;
const code = await runCommand(process.argv.slice(2), { out, err, signal: controller.signal });
// Buffered output in a pipe without a reader would keep the process alive.
process.exit(code);
