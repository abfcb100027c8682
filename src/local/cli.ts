#!/usr/bin/env node
/** `npx glue-ml-task-runs-local`: the command in its process. */
import { runCommand } from "./command.js";

const end = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => end.abort());
process.exitCode = await runCommand(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  signal: end.signal,
});
