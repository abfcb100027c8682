/** The command `watch`: a line for each new run and each change, of one transform, of several or of all. */
import type { MLTaskRun, MLTaskRunPoll, MLTaskRunWatch } from "glue-ml-task-runs";
import type { WatchArguments } from "./arguments.js";
import { type Context, write, writeError } from "./context.js";
import { type Criteria, readCriteria } from "./criteria.js";
import { describeError, EXIT, UsageError } from "./errors.js";
import { chooseFormat, createRunFormat } from "./format.js";
import { taskTypeOf } from "./record.js";
import { type Source, withSource } from "./source.js";
import { ALL, type Cursors, readState, writeState } from "./state.js";
import { toOneLine } from "./text.js";

/** The usual length of the ids of transforms and runs: a table keeps room for runs that are not known yet. */
const ID_WIDTH = 44;

/** The watches of the library, by the key of their cursors. */
type Watches = ReadonlyMap<string, MLTaskRunWatch>;

/** Prints what a poll has found. Then it saves where to continue, and reports what could not be polled. */
type PrintPoll = (key: string, poll: MLTaskRunPoll) => Promise<void>;

/** Watches runs. Returns the exit code. */
export async function watch(args: WatchArguments, context: Context): Promise<number> {
  const criteria = await readCriteria(args.criteria);
  const keys = args.criteria.transforms.length > 0 ? args.criteria.transforms : [ALL];
  const cursors = args.state === undefined ? undefined : await readState(args.state, keys);
  const printPoll = await createPrinter(args, criteria, cursors, context);
  return withSource(args.source, async (source) => {
    const watches = new Map(
      keys.map((key) => [key, createWatch(source, key, args, criteria, cursors?.[key], context.signal)]),
    );
    return args.once ? pollOnce(watches, printPoll, context) : pollUntilInterrupted(watches, printPoll, context);
  });
}

function createWatch(
  { taskRuns }: Source,
  key: string,
  { state, interval }: WatchArguments,
  { types, since }: Criteria,
  cursor: string | undefined,
  abortSignal: AbortSignal,
): MLTaskRunWatch {
  // A watch takes one type.
  const [type, ...otherTypes] = types;
  const Filter = {
    ...(type && otherTypes.length === 0 && { TaskRunType: type }),
    ...(since && { StartedAfter: since }),
  };
  const options = { abortSignal, ...(cursor !== undefined && { cursor }), ...(interval !== undefined && { interval }) };
  try {
    return key === ALL
      ? taskRuns.watchAcrossTransforms({ Filter }, options)
      : taskRuns.watch({ TransformId: key, Filter }, options);
  } catch (error) {
    if (!(error instanceof Error && "field" in error && error.field === "cursor")) throw error;
    throw new UsageError(`${state} is not the state of this watch: ${error.message}`, { cause: error });
  }
}

async function createPrinter(
  args: WatchArguments,
  { statuses, types }: Criteria,
  savedCursors: Cursors | undefined,
  context: Context,
): Promise<PrintPoll> {
  const isSelected = (run: MLTaskRun) =>
    (statuses.length === 0 || statuses.includes(run.Status)) &&
    (types.length === 0 || types.some((type) => type === taskTypeOf(run)));
  const table = { showTransform: args.criteria.transforms.length !== 1, idWidth: ID_WIDTH };
  const formatRuns = await createRunFormat(chooseFormat(args.format, context), context, table);
  // Output that goes on after a restart has its head already.
  let isFirst = savedCursors === undefined;
  let cursors = savedCursors ?? {};
  const print: PrintPoll = async (key, { runs, cursor, failures }) => {
    await write(context.out, formatRuns(runs.filter(isSelected), isFirst), context.signal);
    isFirst = false;
    cursors = { ...cursors, [key]: cursor };
    if (args.state !== undefined) await writeState(args.state, cursors);
    for (const { TransformId, error } of failures) await reportFailure(context, TransformId ?? ALL, error);
  };
  // The polls of several watches are printed one after another.
  let last = Promise.resolve();
  return (key, poll) => {
    last = last.then(() => print(key, poll));
    return last;
  };
}

async function pollUntilInterrupted(watches: Watches, printPoll: PrintPoll, { signal }: Context): Promise<number> {
  const iterators = [...watches].map(([key, watch]) => [key, watch.polls()] as const);
  const loops = iterators.map(async ([key, polls]) => {
    for await (const poll of polls) await printPoll(key, poll);
  });
  try {
    await Promise.all(loops);
  } catch (error) {
    // This is how a watch ends.
    if (!signal.aborted) throw error;
  } finally {
    for (const [, polls] of iterators) void polls.return?.();
    // Another one may be printing a poll and saving its position.
    await Promise.allSettled(loops);
  }
  return EXIT.done;
}

/** Polls once. What could not be polled makes an exit code, since no other poll follows. */
async function pollOnce(watches: Watches, printPoll: PrintPoll, context: Context): Promise<number> {
  const polls = [...watches].map(async ([key, watch]) => {
    const [result] = await Promise.allSettled([watch.poll()]);
    return { key, result };
  });
  const polled = await Promise.all(polls);
  context.signal.throwIfAborted();
  let exitCode: number = EXIT.done;
  for (const { key, result } of polled) {
    if (result.status === "fulfilled") await printPoll(key, result.value);
    else await reportFailure(context, key, result.reason);
    if (result.status === "rejected" || result.value.failures.length > 0) exitCode = EXIT.aws;
  }
  return exitCode;
}

async function reportFailure(context: Context, key: string, error: unknown): Promise<void> {
  await writeError(context, `${key === ALL ? "all transforms" : toOneLine(key)}: ${describeError(error)}`);
}
