/** One query becomes its pages: `NextToken` followed, the next pages read ahead, the requests ended when nobody wants them. */
import type { GlueClient } from "@aws-sdk/client-glue";
import { type Position, readCursor, writeCursor } from "./cursor.js";
import { PaginationError, UnexpectedResponseError } from "./errors.js";
import { parseTaskRuns } from "./paging/parse-task-run.js";
import type { CheckedOptions, CheckedQuery } from "./query.js";
import { type AbortSignalLike, abortable } from "./request/abort.js";
import { getTaskRuns } from "./request/send.js";
import { isTaskRunType, type MLTaskRun } from "./task-run.js";
import { formatValue } from "./values.js";

/** Runs that came together. */
export interface Page {
  readonly runs: MLTaskRun[];
  readonly requestId?: string | undefined;
  /** What comes after the runs instead of the next page. */
  readonly error?: Error | undefined;
  /** The cursor of the place just after so many of the runs; undefined where nothing follows. */
  cursorAfter?(used: number): string | undefined;
}

/** Pages one after another; the next is asked for when the last has come. */
export interface PageSource<P extends Page = Page> {
  /** The cursor of the place where the pages begin. */
  readonly cursor?: string;
  /** The next page, or undefined after the last. */
  next(): Promise<P | undefined>;
}

/** A page of one query, which knows its place. */
export interface LoadedPage extends Page {
  /** The place just after the last of the runs. */
  readonly end: Position | undefined;
}

/**
 * Why requests are aborted that nobody wants any more. Without a reason, `abort` makes an error whose stack keeps alive
 * what the listing held: a third of the time of a listing of one page.
 */
export const LEFT = "left";

/** What to do about a rejection that surfaces elsewhere. */
export const ignore = () => {};

/**
 * Reads the pages of a query; nothing is sent before the first `next`.
 *
 * @param stopped - ends what is in flight
 * @param gate - lets a request through when it may be sent
 */
export function readPages(
  client: GlueClient,
  query: CheckedQuery,
  options: Omit<CheckedOptions, "concurrency">,
  stopped: AbortSignalLike,
  gate: <R>(request: () => Promise<R>) => Promise<R> = (request) => request(),
): PageSource<LoadedPage> {
  const { limit = Infinity, prefetch = 1, abortSignal, onPage } = options;
  const signals = abortSignal ? [abortSignal, stopped] : [stopped];
  const taskType = query.Filter?.TaskRunType;
  const accepts = (run: MLTaskRun) => taskType === undefined || isTaskRunType(run, taskType);
  const from = options.cursor === undefined ? { used: 0 } : readCursor(options.cursor, query);
  const pageSize = options.pageSize ?? Math.min(1000, Math.max(1, from.used + limit));
  const seen = new Set(from.token === undefined ? [] : [from.token]);
  let toSkip = from.used;
  let runsSoFar = 0;
  let pagesSoFar = 0;

  const cursorAt = (position: Position | undefined) => position && writeCursor(position, query);

  async function load({ token }: Position): Promise<LoadedPage> {
    const input = { ...query, MaxResults: pageSize, ...(token !== undefined && { NextToken: token }) };
    const { members, requestId } = await gate(() => getTaskRuns(client, input, signals));
    const received = parseTaskRuns(members.TaskRuns, { transformId: query.TransformId, requestId, accepts });

    const skipped = Math.min(toSkip, received.runs.length);
    toSkip -= skipped;
    const runs = received.runs.slice(skipped, skipped + limit - runsSoFar);
    runsSoFar += runs.length;
    const used = skipped + runs.length;

    const next = readToken(members.NextToken, seen);
    const isFull = runsSoFar >= limit;
    const isWhole = used === received.runs.length && received.error === undefined && next.error === undefined;
    const onward = next.token === undefined ? undefined : { token: next.token, used: 0 };
    // Where the page ended early, the place is inside it, so that going on asks for it again.
    const end = isWhole ? onward : { token, used };
    pagesSoFar += 1;
    const progress = { page: pagesSoFar, runs: runsSoFar, requestId };
    if (onPage) await abortable(signals, async () => onPage(progress));
    return {
      runs,
      requestId,
      error: isFull ? undefined : (received.error ?? next.error),
      end,
      cursorAfter: (count) => cursorAt(count < runs.length ? { token, used: skipped + count } : end),
    };
  }

  async function follow(page: LoadedPage): Promise<LoadedPage | undefined> {
    return page.error === undefined && page.end !== undefined && runsSoFar < limit ? load(page.end) : undefined;
  }

  // Each page is asked for when the one before it has come, since only that one knows its token.
  let last: Promise<LoadedPage | undefined> = Promise.resolve({ runs: [], end: from });
  const ahead: Promise<LoadedPage | undefined>[] = [];
  return {
    get cursor() {
      return writeCursor(from, query);
    },
    async next() {
      while (ahead.length <= prefetch) {
        last = last.then((page) => page && follow(page));
        // It surfaces when the consumer gets there; until then it is nobody's unhandled rejection.
        last.catch(ignore);
        ahead.push(last);
      }
      return ahead.shift();
    },
  };
}

/** The token of a response: none, a new one, or an error. It is noted as seen. */
export function readToken(given: unknown, seen: Set<string>): { token?: string; error?: Error } {
  if (given === undefined || given === null || given === "") return {};
  if (typeof given !== "string") {
    const message = `NextToken in the response must be a string, got ${formatValue(given)}.`;
    return { error: new UnexpectedResponseError("NextToken", message) };
  }
  if (seen.has(given)) {
    return { error: new PaginationError(`The service gave the NextToken ${formatValue(given)} a second time.`) };
  }
  seen.add(given);
  return { token: given };
}
