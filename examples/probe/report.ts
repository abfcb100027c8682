/** The report of the probe: asks everything, compares, and writes Markdown. */
import { createRequire } from "node:module";
import { GetMLTaskRunsCommand, type GlueClient } from "@aws-sdk/client-glue";
import { countOf, createAskForPage, settle } from "./ask.js";
import { askForBounds } from "./bounds.js";
import { type Comparison, compareListings, rangeOf } from "./compare.js";
import { guard } from "./guard.js";
import { askForEachStatus, countMembers, describeStarts } from "./members.js";
import { askForUnknown, askOtherOperations } from "./others.js";
import { askForCollation, askForSample, describeFirstPage, type Sample } from "./pages.js";
import { askForTokens, type SavedToken } from "./tokens.js";

/** The maximum number of requests, with the SDK's retries. */
export const REQUEST_LIMIT = 72;

export interface ProbeOptions {
  readonly requestLimit?: number;
  /** A token that an earlier run has saved. */
  readonly savedToken?: SavedToken | undefined;
}

export interface Probed {
  /** Markdown without data of the account. */
  readonly report: string;
  readonly isPass: boolean;
  /** A token to save for a later run, if the history has more than one run. */
  readonly token: string | undefined;
}

/**
 * Asks the service how it behaves where its documentation is silent, and compares the library with the SDK. Rejects if
 * the runs of the transform cannot be listed at all.
 */
export async function probe(client: GlueClient, TransformId: string, options: ProbeOptions = {}): Promise<Probed> {
  const { requestLimit = REQUEST_LIMIT, savedToken } = options;
  const guarded = guard(client, requestLimit);
  const ask = createAskForPage(client, TransformId);
  // Without an answer to the first request there is nothing to report.
  const { TaskRuns = [], NextToken } = await client.send(new GetMLTaskRunsCommand({ TransformId }));
  const firstPage = describeFirstPage({ runs: TaskRuns, token: NextToken });
  const { rows: pages, sample } = await askForSample(ask);
  const range = rangeOf(sample);
  const comparison = await compare(client, TransformId, sample);
  const orders = [
    await askForCollation(ask, "STATUS", sample, range ?? {}),
    await askForCollation(ask, "TASK_RUN_TYPE", sample, range ?? {}),
  ];
  const bounds = await askForBounds(ask, sample);
  const tokens = await askForTokens(ask, savedToken);
  const unknown = await askForUnknown(client, TransformId);
  const { runs, rows: statuses } = await askForEachStatus(ask, sample);
  const starts = await describeStarts(ask, runs);
  const others = await askOtherOperations(client, TransformId, runs[0]);
  const report = [
    "## Probe of GetMLTaskRuns",
    `**${comparison.result}**`,
    [
      `- ${versions()}`,
      `- Asked: ${guarded.isAws ? "AWS" : "an endpoint that is not AWS"}, with ${guarded.sent} of at most ${guarded.limit} requests`,
      `- Read: ${countOf(sample.runs.length, "run")}${sample.isWhole ? ", the whole history" : ", and there are more"}`,
    ].join("\n"),
    "### The library compared with the SDK's paginator",
    table([["listing", "result"], ...comparison.rows]),
    "### Where the documentation is silent",
    table([
      ["question", "answer"],
      ...firstPage,
      ...pages,
      ...orders,
      ...bounds,
      ...starts,
      ...tokens.rows,
      ...unknown,
      ...others,
    ]),
    "### Members",
    "How many of the runs that were read have each member:",
    table(countMembers(runs)),
    ...(statuses.length > 0 ? [table([["question", "answer"], ...statuses])] : []),
  ];
  return { report: `${report.join("\n\n")}\n`, isPass: comparison.result.startsWith("PASS"), token: tokens.token };
}

async function compare(client: GlueClient, TransformId: string, sample: Sample): Promise<Comparison> {
  const range = rangeOf(sample);
  if (range === undefined)
    return { rows: [], result: "NOT COMPARED: the transform has too few runs, or all started at one time" };
  const { output, refusal } = await settle(() => compareListings(client, TransformId, range, sample.runs.length));
  return output ?? { rows: [], result: `NOT COMPARED: ${refusal}` };
}

function versions(): string {
  const require = createRequire(import.meta.url);
  const versionOf = (name: string): string => `${name} ${require(`${name}/package.json`).version}`;
  return `${versionOf("glue-ml-task-runs")}, ${versionOf("@aws-sdk/client-glue")}, Node.js ${process.version}`;
}

function table(lines: readonly (readonly string[])[]): string {
  const [heading = [], ...others] = lines.map((cells) => `| ${cells.join(" | ")} |`);
  return [heading, `| ${(lines[0] ?? []).map(() => "---").join(" | ")} |`, ...others].join("\n");
}
