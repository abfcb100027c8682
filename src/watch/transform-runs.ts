/** The requests of a poll for one transform. */
import { throwIfAborted } from "../abort.js";
import { UNFINISHED_STATUSES } from "../criteria/enumerations.js";
import type { CheckedQuery } from "../criteria/query.js";
import { hasName } from "../errors.js";
import { MARGIN, narrowToRange } from "../paging/narrow.js";
import type { Page } from "../paging/page.js";
import { paginate } from "../paging/paginate.js";
import { isTokenError } from "../paging/responses.js";
import { NEWEST_FIRST, OLDEST_FIRST, sortKey } from "../paging/started-order.js";
import { idOf } from "../paging/time-position.js";
import type { MLTaskRun } from "../task-run.js";
import type { Poll } from "./poll.js";
import { isDone, LISTING_DELAY, noteFinished, noteUnfinished, seenUntilOf, stateOf, timeOfRun } from "./state.js";

/** Runs that were received together. */
type Runs = Pick<Page, "runs">;

/**
 * Yields the runs of a transform that may be new, oldest first. Throws only if the watch is aborted: other errors are
 * failures of the poll.
 */
export async function* readTransform(poll: Poll, TransformId: string): AsyncGenerator<Runs, void> {
  const { query, state, requests, transforms, unseen, otherRuns } = poll;
  const seenUntil = transforms.get(TransformId);
  const isFirst = seenUntil === undefined;
  try {
    for await (const page of isFirst ? listFirst(poll, TransformId) : listNew(poll, TransformId, seenUntil)) {
      for (const run of page.runs) {
        unseen.get(TransformId)?.delete(run.TaskRunId);
        // A run may have a start on a later page, and not before.
        if (run.StartedOn === undefined) otherRuns.set(idOf(run), run);
        else otherRuns.delete(idOf(run));
      }
      yield page;
    }
  } catch (error) {
    throwIfAborted(requests.signals);
    unseen.delete(TransformId);
    // The transform was deleted after the poll had found it.
    if (isMissing(error) && !("TransformId" in query)) state.transforms.delete(TransformId);
    else {
      poll.failures.set(TransformId, { TransformId, error });
      poll.incomplete.set(TransformId, isFirst);
    }
  }
}

/** Lists the runs that have started since the last poll. */
async function* listNew(poll: Poll, TransformId: string, seenUntil: number): AsyncGenerator<Runs, void> {
  // Further back than necessary: the service's bound may be coarse, and runs that are known do not come again.
  let from: number | undefined = seenUntil - LISTING_DELAY;
  while (from !== undefined) from = yield* listSince(poll, TransformId, from);
}

/** Lists the runs since a time. Returns the time to continue from, if the next page has to be requested by time. */
async function* listSince(poll: Poll, TransformId: string, from: number): AsyncGenerator<Runs, number | undefined> {
  const query = { TransformId, Filter: poll.filter, Sort: OLDEST_FIRST };
  let newest = -Infinity;
  for await (const page of listRuns(poll, narrowToRange(query, from, Infinity))) {
    for (const { StartedOn } of page.runs) {
      const time = StartedOn?.getTime() ?? newest;
      if (time < newest - MARGIN) poll.isOrdered = false;
      newest = Math.max(newest, time);
    }
    yield page;
    // Continue by time, if that is progress: the start of an unfinished run may move and, if tokens are offsets, the page
    // of the next token would then lack a run.
    if (!page.isLast && newest > from && !page.runs.every(isDone)) return newest;
  }
  return undefined;
}

/**
 * Lists the unfinished runs, and those that have started since the watch began: the newest runs and, if these are not
 * all, the runs of each unfinished status.
 */
async function* listFirst(poll: Poll, TransformId: string): AsyncGenerator<Runs, void> {
  const { state, filter } = poll;
  const found = new Map<string, MLTaskRun>();
  const add = (runs: readonly MLTaskRun[]) => {
    for (const run of runs) {
      if (!isDone(run)) noteUnfinished(state, run);
      const before = found.get(run.TaskRunId);
      // A run may change between two responses. Its later status counts.
      if (before === undefined || rankOf(run) >= rankOf(before)) found.set(run.TaskRunId, run);
    }
  };
  const behind = state.transforms.get(TransformId)?.behind;
  /** Whether the transform is watched from the begin of the watch. Otherwise, a later poll has found it. */
  const isFromBegin = state.seenUntil === undefined || behind?.isNew === true;
  /** When the watch began: an earlier first poll of the transform may have failed. Not known before the first response. */
  const watchBegan = () => (behind?.isNew ? behind.seenUntil + LISTING_DELAY : poll.serviceTime);
  /** Of the runs that started until then, only the unfinished ones are needed. */
  const oldUntil = () =>
    isFromBegin ? (watchBegan() ?? poll.newestStart) - LISTING_DELAY : seenUntilOf(state, TransformId);

  let hasAllRuns = true;
  for await (const page of listRuns(poll, { TransformId, Filter: filter, Sort: NEWEST_FIRST })) {
    add(page.runs);
    hasAllRuns = page.isLast;
    const starts = page.runs.flatMap(({ StartedOn }) => StartedOn?.getTime() ?? []);
    poll.newestStart = Math.max(poll.newestStart, ...starts);
    if (Math.min(...starts) <= oldUntil()) break;
  }
  for (const Status of hasAllRuns ? [] : UNFINISHED_STATUSES) {
    add(await listStatus(poll, { TransformId, Filter: { ...filter, Status }, Sort: NEWEST_FIRST }));
  }

  /** Since when finished runs are new. */
  const newSince = isFromBegin ? (watchBegan() ?? Infinity) : oldUntil() + 1;
  const changes: MLTaskRun[] = [];
  for (const run of found.values()) {
    const time = timeOfRun(run) ?? -Infinity;
    // It was unfinished when the watch began, and has finished before this poll of the transform.
    if (isFromBegin && run.CompletedOn && run.CompletedOn.getTime() >= newSince) noteUnfinished(state, run);
    const isUnfinished = state.transforms.get(TransformId)?.unfinished.has(run.TaskRunId);
    if (isUnfinished || time >= newSince) changes.push(run);
    else if (time > oldUntil()) noteFinished(state, run);
  }
  if (behind) stateOf(state, TransformId).behind = { ...behind, isNew: false };
  yield { runs: changes.sort(oldestFirst) };
}

/** Lists all runs of a status. Lists them again if there are several pages, until two listings are the same. */
async function listStatus(poll: Poll, query: CheckedQuery): Promise<MLTaskRun[]> {
  const found: MLTaskRun[] = [];
  for (let before = ""; ; ) {
    const pages: MLTaskRun[][] = [];
    for await (const { runs } of listRuns(poll, query)) pages.push(runs);
    const runs = pages.flat();
    found.push(...runs);
    const ids = JSON.stringify(runs.map(({ TaskRunId }) => TaskRunId).sort());
    // If tokens are offsets, and a run that was listed leaves the status, the next page lacks a run.
    if (pages.length <= 1 || ids === before) return found;
    before = ids;
  }
}

/** The place of a run's status in the life of a run. */
function rankOf(run: MLTaskRun): number {
  const statuses: readonly string[] = UNFINISHED_STATUSES;
  return isDone(run) ? statuses.length : statuses.indexOf(run.Status);
}

/**
 * Requests unfinished runs that the listings of a poll have not returned. Where several have one status, it lists that
 * status first. Errors become failures of the poll: it never rejects.
 */
export async function getUnseen(poll: Poll, TransformId: string, unseen: Set<string>): Promise<void> {
  const { state, filter, requests, failures, otherRuns } = poll;
  const statusOf = (id: string) => state.transforms.get(TransformId)?.unfinished.get(id);
  const getOne = async (TaskRunId: string) => {
    try {
      const run = await requests.getRun({ TransformId, TaskRunId }, filter.TaskRunType);
      otherRuns.set(idOf(run), run);
    } catch (error) {
      if (isMissing(error)) stateOf(state, TransformId).unfinished.delete(TaskRunId);
      else failures.set(TransformId, { TransformId, error });
    }
  };
  try {
    for (const Status of UNFINISHED_STATUSES) {
      if ([...unseen].filter((id) => statusOf(id) === Status).length < 2) continue;
      // One request shows which of them still have this status.
      for await (const { runs } of listRuns(poll, { TransformId, Filter: { ...filter, Status }, Sort: NEWEST_FIRST })) {
        for (const { TaskRunId } of runs) if (statusOf(TaskRunId) === Status) unseen.delete(TaskRunId);
      }
    }
  } catch (error) {
    if (isMissing(error)) state.transforms.delete(TransformId);
    else failures.set(TransformId, { TransformId, error });
    return;
  }
  await Promise.all(Array.from(unseen, getOne));
}

function listRuns({ requests }: Poll, query: CheckedQuery): AsyncGenerator<Page, void> {
  return paginate({ query, limit: Infinity, request: requests.getRuns });
}

/** Whether a transform, or a run that was requested, no longer exists. */
function isMissing(error: unknown): boolean {
  return hasName(error, "EntityNotFoundException") && !isTokenError(error);
}

/** Compares the starts of two runs. */
export function oldestFirst(a: MLTaskRun, b: MLTaskRun): number {
  // Both may have no start.
  return sortKey(a, 1) - sortKey(b, 1) || 0;
}
