/** Tokens: what the service does with one that is used again, damaged, of another query, or a day old. */
import { type AskForPage, countOf, describeRefusal, NEWEST_FIRST, type Page, type Reply, type Row } from "./ask.js";

/** The query of the token that is damaged, sent with another query, and kept for a later run. */
const QUERY = { Sort: NEWEST_FIRST, MaxResults: 1 };

/** A token that an earlier run of the probe has saved. */
export interface SavedToken {
  readonly token: string;
  /** When it was saved, in milliseconds since the epoch. */
  readonly savedAt: number;
}

/** Asks with a new token, and with one that was saved before. Returns the new one. */
export async function askForTokens(
  ask: AskForPage,
  saved: SavedToken | undefined,
): Promise<{ rows: Row[]; token: string | undefined }> {
  const first = await ask(QUERY);
  const token = first.output?.token;
  const uses: readonly (readonly [question: string, ask: (token: string) => Promise<Reply<Page>>])[] = [
    ["A token that is used", (NextToken) => ask({ ...QUERY, NextToken })],
    ["The same token again, with another `MaxResults`", (NextToken) => ask({ ...QUERY, MaxResults: 2, NextToken })],
    ["A damaged token", (NextToken) => ask({ ...QUERY, NextToken: damage(NextToken) })],
    [
      "A token of another query",
      (NextToken) => ask({ ...QUERY, Sort: { ...NEWEST_FIRST, SortDirection: "ASCENDING" }, NextToken }),
    ],
  ];
  const rows: Row[] = [];
  const missing = first.refusal ?? "unknown: the history has a single page";
  for (const [question, use] of uses) rows.push([question, token === undefined ? missing : describe(await use(token))]);
  if (saved !== undefined) {
    const age = describeAge(Date.now() - saved.savedAt);
    rows.push([`A token that is ${age} old`, describe(await ask({ ...QUERY, NextToken: saved.token }))]);
  }
  return { rows, token };
}

function describe({ output, refusal }: Reply<Page>): string {
  if (output !== undefined) return `accepted: ${countOf(output.runs.length, "run")}`;
  return describeRefusal(refusal);
}

/** Changes a character in the middle of a token. */
function damage(token: string): string {
  const middle = token.length >>> 1;
  return `${token.slice(0, middle)}${token[middle] === "A" ? "B" : "A"}${token.slice(middle + 1)}`;
}

function describeAge(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  return minutes < 120 ? countOf(minutes, "minute") : countOf(Math.round(minutes / 60), "hour");
}
