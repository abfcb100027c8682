#!/usr/bin/env node
/** `npx glue-ml-task-runs-local`: the command in its process. */
import { runCommand } from "./command.js";

const end = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => end.abort());
// The reader has left, as `head -1` does.
process.stdout.on("error", () => end.abort());
process.stderr.on("error", () => {});
process.exitCode = await runCommand(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  isOutBlocked: () => process.stdout.writableNeedDrain,
  err: (text) => void process.stderr.write(text),
  signal: end.signal,
});
// What a reader that does not read has not taken must not keep the process alive.
if (end.signal.aborted) process.exit();
