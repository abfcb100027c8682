#!/usr/bin/env node
/** `npx glue-ml-task-runs-local`: the command in its process. */
import { runCommand } from "./command.js";

const end = new AbortController();
const stop = () => end.abort();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
// The reader has gone, as with `| head -1`: EPIPE.
for (const stream of [process.stdout, process.stderr]) stream.on("error", stop);
const code = await runCommand(process.argv.slice(2), { out: process.stdout, err: process.stderr, signal: end.signal });
// Output that waits in a pipe that no one reads would keep the process alive.
process.exit(code);
