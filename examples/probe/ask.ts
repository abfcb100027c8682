/** Asks the service a question: one request, whose outcome is a page or a text that is safe to publish. */
import {
  GetMLTaskRunsCommand,
  type GetMLTaskRunsCommandInput,
  type GlueClient,
  type TaskRun,
} from "@aws-sdk/client-glue";
import { RequestLimitError } from "./guard.js";

/** What the service returned, or a text that says why it returned nothing. */
export type Reply<T> =
  | { readonly output: T; readonly refusal?: never }
  | { readonly output?: never; readonly refusal: string };

export interface Page {
  readonly runs: readonly TaskRun[];
  readonly token: string | undefined;
}

/** Asks for a page of runs of the transform. */
export type AskForPage = (input: Omit<GetMLTaskRunsCommandInput, "TransformId">) => Promise<Reply<Page>>;

/** A line of the report: a question and the answer of the service. */
export type Row = readonly [question: string, answer: string];

export const NEWEST_FIRST = { Column: "STARTED", SortDirection: "DESCENDING" } as const;

export function createAskForPage(client: GlueClient, TransformId: string): AskForPage {
  return (input) =>
    settle(async () => {
      const { TaskRuns = [], NextToken } = await client.send(new GetMLTaskRunsCommand({ ...input, TransformId }));
      return { runs: TaskRuns, token: NextToken || undefined };
    });
}

/** Turns an error into a refusal. */
export async function settle<T>(request: () => Promise<T>): Promise<Reply<T>> {
  try {
    return { output: await request() };
  } catch (error) {
    return { refusal: describeError(error) };
  }
}

/** Describes an error by its name and its text, without data of the account. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return "an error that is no Error";
  if (error instanceof RequestLimitError) return "not asked: the limit of requests is reached";
  if (error.name === "AccessDeniedException") return "not permitted";
  return `${mask(error.name)}: "${mask(error.message)}"`;
}

/** Says that a request was refused, unless it was not permitted or not sent. */
export function describeRefusal(refusal: string): string {
  return refusal.startsWith("not ") ? refusal : `refused: ${refusal}`;
}

const MAX_LENGTH = 300;

/**
 * Replaces what may name something of the account: ARNs, paths and addresses, ids of transforms and runs, and every word
 * with a digit, unless it is a number of at most four digits. What is left has no meaning in Markdown.
 */
export function mask(text: string): string {
  return text
    .replace(/\barn:\S+|\S*[/@]\S*/g, "[id]")
    .replace(/\b(?:tfm|tsk)-[\w-]+/g, "[id]")
    .replace(/[\w+=.-]*\d(?:[\w+=.-]*[\w+=-])?/g, (word) => (/^\d{1,4}$/.test(word) ? word : "[id]"))
    .replace(/[^\x20-\x7E]|[|`<>*_\\]/g, " ")
    .slice(0, MAX_LENGTH);
}

export function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}

/** "1 run", "2 runs". */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
