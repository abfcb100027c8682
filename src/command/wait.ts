/** The command `wait`: waits until a run is finished, and prints it. */
import type { WaitArguments } from "./arguments.js";
import { type Context, createProgressLine, write } from "./context.js";
import { EXIT } from "./errors.js";
import { chooseFormat, createRunFormat } from "./format.js";
import { withSource } from "./source.js";
import { formatDuration, toOneLine } from "./text.js";

/** The library's default of `minDelay`, in seconds. */
const MIN_DELAY = 5;

/** Waits for a run. Returns the exit code, which says how the run ended. */
export async function wait(args: WaitArguments, context: Context): Promise<number> {
  const { run: reference, interval, timeout: maxWaitTime } = args;
  const begin = performance.now();
  const progress = createProgressLine(context);
  const run = await withSource(args.source, ({ taskRuns }) =>
    taskRuns
      .waitUntilFinished(reference, {
        maxWaitTime,
        ...(interval !== undefined && { minDelay: Math.min(interval, MIN_DELAY), maxDelay: interval }),
        abortSignal: context.signal,
        onPoll: ({ Status }) =>
          progress.show(`${toOneLine(Status)} after ${formatDuration(performance.now() - begin)}`),
      })
      .finally(progress.clear),
  );
  const formatRuns = await createRunFormat(chooseFormat(args.format, context), context, { showTransform: false });
  await write(context.out, formatRuns([run], true), context.signal);
  return run.Status === "SUCCEEDED" ? EXIT.done : EXIT.runFailed;
}
