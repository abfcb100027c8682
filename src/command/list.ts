/** The command `list`: the runs of one transform, of several or of all, newest first. */
import type { TaskRunFilterCriteria } from "@aws-sdk/client-glue";
import type { MLTaskRun, MLTaskRunList, TaskRunQuery } from "glue-ml-task-runs";
import type { Format, ListArguments } from "./arguments.js";
import { type Context, createProgressLine, write } from "./context.js";
import { createCounter } from "./counts.js";
import { type Criteria, readCriteria, readTime, toFilters } from "./criteria.js";
import { EXIT, UsageError } from "./errors.js";
import { findEarliestStarts } from "./finished-since.js";
import { chooseFormat, createRunFormat, formatCounts } from "./format.js";
import { type Source, withSource } from "./source.js";
import { formatCount } from "./text.js";

/** Which runs to list. */
interface Selection extends Criteria {
  readonly transforms: readonly string[];
  readonly until: Date | undefined;
  readonly finishedSince: Date | undefined;
}

/** Selected runs, some at a time. */
type Pages = AsyncIterable<readonly MLTaskRun[]>;

/** Lists runs. Returns the exit code. */
export async function list(args: ListArguments, context: Context): Promise<number> {
  const selection: Selection = {
    ...(await readCriteria(args.criteria)),
    transforms: args.criteria.transforms,
    until: await readTime("--until", args.until),
    finishedSince: await readTime("--finished-since", args.finishedSince),
  };
  const { since, until } = selection;
  if (since && until && since >= until) throw new UsageError("--since must be before --until.");
  const format = chooseFormat(args.format, context);
  const isAtEnd = args.count || format === "table";
  // One more run than the table has shows whether there are more.
  const limit = format === "table" && !args.count ? args.limit + 1 : args.limit;
  const progress = createProgressLine(context);
  const onPage = ({ page, runs }: { page: number; runs: number }) => {
    // Runs that are printed on the same terminal as they come show the progress themselves.
    if (page > 1 && (isAtEnd || !context.out.isTTY)) progress.show(`page ${page}, runs so far: ${formatCount(runs)}`);
  };
  await withSource(args.source, async (source) => {
    try {
      const runs = await createListing(source, selection, { limit, onPage, abortSignal: context.signal });
      const pages = select(runs, selection, limit);
      if (args.count) await printCounts(pages, format, context, progress.clear);
      else if (format === "table") await printTable(pages, args, context, progress.clear);
      else await printPages(pages, format, context);
    } finally {
      progress.clear();
    }
  });
  return EXIT.done;
}

interface ListingOptions {
  readonly limit: number;
  readonly onPage: (progress: { page: number; runs: number }) => void;
  readonly abortSignal: AbortSignal;
}

/** Creates the listing of all runs that may be selected. */
async function createListing(
  source: Source,
  selection: Selection,
  { limit, ...common }: ListingOptions,
): Promise<MLTaskRunList> {
  const { transforms, since, until, finishedSince } = selection;
  const { taskRuns } = source;
  const earliest = finishedSince && (await findEarliestStarts(source, transforms, finishedSince, common.abortSignal));
  const filtersSince = (start: Date | undefined) => {
    const later = start && since && start < since ? since : (start ?? since);
    return toFilters(selection, { ...(later && { StartedAfter: later }), ...(until && { StartedBefore: until }) });
  };
  // How many of the listed runs are selected by their end is not known before.
  const options = finishedSince || limit === Infinity ? common : { ...common, limit };
  if (transforms.length === 0) {
    return taskRuns.listAcrossTransforms({ Filter: filtersSince(earliest?.get(undefined)) }, options);
  }
  return taskRuns.listAny(
    queriesOf(transforms, (id) => filtersSince(earliest?.get(id))),
    options,
  );
}

function queriesOf(transforms: readonly string[], filtersOf: (id: string) => TaskRunFilterCriteria[]): TaskRunQuery[] {
  return transforms.flatMap((TransformId) => filtersOf(TransformId).map((Filter) => ({ TransformId, Filter })));
}

/** Selects runs by their end, and ends at the limit. */
async function* select(list: MLTaskRunList, { finishedSince }: Selection, limit: number): Pages {
  const { isFinished } = await import("glue-ml-task-runs");
  // A finished run without CompletedOn is selected, since its end is not known.
  const isSelected = (run: MLTaskRun) =>
    !finishedSince || (isFinished(run) && (run.CompletedOn ?? finishedSince) >= finishedSince);
  let count = 0;
  for await (const page of list.pages()) {
    const runs = page.runs.filter(isSelected).slice(0, limit - count);
    count += runs.length;
    yield runs;
    if (count >= limit) return;
  }
}

/** Prints runs as they come. */
async function printPages(pages: Pages, format: Format, context: Context): Promise<void> {
  const formatRuns = await createRunFormat(format, context, { showTransform: true });
  let isFirst = true;
  for await (const runs of pages) {
    await write(context.out, formatRuns(runs, isFirst), context.signal);
    isFirst = false;
  }
}

/** Prints all runs as a table, which needs the widths of all. */
async function printTable(pages: Pages, args: ListArguments, context: Context, onEnd: () => void): Promise<void> {
  const runs: MLTaskRun[] = [];
  for await (const page of pages) runs.push(...page);
  onEnd();
  if (runs.length === 0) return write(context.err, "No runs.\n");
  const formatRuns = await createRunFormat("table", context, { showTransform: args.criteria.transforms.length !== 1 });
  await write(context.out, formatRuns(runs.slice(0, args.limit), true), context.signal);
  if (runs.length > args.limit) await write(context.err, "There are more runs: --limit 0 lists all.\n");
}

async function printCounts(pages: Pages, format: Format, context: Context, onEnd: () => void): Promise<void> {
  const counter = createCounter();
  for await (const runs of pages) for (const run of runs) counter.add(run);
  onEnd();
  await write(context.out, await formatCounts(counter.toArray(), format, context), context.signal);
}
