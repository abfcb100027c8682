/** The command `glue-ml-task-runs`: which part does what was asked, and the exit code. */
import { createRequire } from "node:module";
import { parseArguments } from "./arguments.js";
import { type Context, write, writeError } from "./context.js";
import { describeError, EXIT, exitCodeOf } from "./errors.js";
import { HELP } from "./help.js";
import { list } from "./list.js";
import { wait } from "./wait.js";
import { watch } from "./watch.js";

/** Runs the command until it is done or the signal aborts. Returns the exit code. */
export async function runCommand(args: readonly string[], context: Context): Promise<number> {
  try {
    return await run(args, context);
  } catch (error) {
    // What ends because of the signal may end with another error.
    const cause: unknown = context.signal.aborted ? context.signal.reason : error;
    const line = describeError(cause);
    if (line !== "") await writeError(context, line);
    return exitCodeOf(cause);
  }
}

async function run(args: readonly string[], context: Context): Promise<number> {
  const parsed = parseArguments(args);
  switch (parsed.command) {
    case "help":
      await write(context.out, HELP);
      return EXIT.done;
    case "version":
      await write(context.out, `${createRequire(import.meta.url)("glue-ml-task-runs/package.json").version}\n`);
      return EXIT.done;
    case "list":
      return list(parsed, context);
    case "wait":
      return wait(parsed, context);
    case "watch":
      return watch(parsed, context);
  }
}
