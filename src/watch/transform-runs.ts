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
import { fail, type Poll } from "./poll.js";
import {
  isDone,
  LISTING_DELAY,
  markBehind,
  noteFinished,
  noteUnfinished,
  removeRun,
  seenUntilOf,
  timeOfRun,
} from "./state.js";

/** Runs that were received together. */
type Runs = Pick<Page, "runs">;

/**
 * Yields the runs of a transform that may be new, oldest first. Then starts the requests for its unfinished runs that
 * are not among them. Throws only if the watch is aborted: other errors are failures of the poll.
 */
export async function* readTransform(poll: Poll, TransformId: string): AsyncGenerator<Runs, void> {
  const { state, requests, incomplete, otherRuns } = poll;
  const isFirst = poll.firstPolls.has(TransformId);
  const unseen = new Set(state.unfinished.get(TransformId)?.keys());
  try {
    for await (const page of isFirst ? listFirst(poll, TransformId) : listNew(poll, TransformId)) {
      for (const run of page.runs) {
        unseen.delete(run.TaskRunId);
        // A run may have a start on a later page, and not before.
        if (run.StartedOn === undefined) otherRuns.set(idOf(run), run);
        else otherRuns.delete(idOf(run));
      }
      yield page;
    }
  } catch (error) {
    throwIfAborted(requests.signals);
    const isMissing = hasName(error, "EntityNotFoundException") && !isTokenError(error);
    if (isMissing && !("TransformId" in poll.query)) {
      poll.deleted.add(TransformId);
    } else {
      fail(poll, TransformId, error);
      incomplete.set(TransformId, isFirst);
    }
    return;
  }
  poll.pending.push(getUnseen(poll, TransformId, unseen));
}

/** Lists the runs that have started since the last poll. */
async function* listNew(poll: Poll, TransformId: string): AsyncGenerator<Runs, void> {
  // Further back than necessary: the service's bound may be coarse, and runs that are known do not come again.
  let start = seenUntilOf(poll.state, TransformId) - LISTING_DELAY;
  let next: number | undefined;
  do {
    next = undefined;
    let newest = -Infinity;
    const query = { TransformId, Filter: poll.filter, Sort: OLDEST_FIRST };
    for await (const page of list(poll, narrowToRange(query, start, Infinity))) {
      for (const { StartedOn } of page.runs) {
        const time = StartedOn?.getTime() ?? newest;
        if (time < newest - MARGIN) poll.isOrdered = false;
        newest = Math.max(newest, time);
      }
      poll.newestStart = Math.max(poll.newestStart, newest);
      yield page;
      // The start of an unfinished run may move. If tokens are offsets, the next page would then lack a run.
      if (!page.isLast && newest > start && page.runs.some((run) => !isDone(run))) {
        next = newest;
        break;
      }
    }
    start = next ?? start;
  } while (next !== undefined);
}

/**
 * Lists the unfinished runs, and those that have started since the poll began: the newest runs and, if these are not
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
  /** Of earlier runs, only the unfinished ones are needed. */
  const listUntil = () =>
    state.seenUntil === undefined ? (poll.begin ?? poll.newestStart) - LISTING_DELAY : seenUntilOf(state, TransformId);

  let hasAllRuns = true;
  for await (const { runs, isLast } of list(poll, { TransformId, Filter: filter, Sort: NEWEST_FIRST })) {
    add(runs);
    hasAllRuns = isLast;
    const starts = runs.flatMap(({ StartedOn }) => StartedOn?.getTime() ?? []);
    poll.newestStart = Math.max(poll.newestStart, ...starts);
    if (Math.min(...starts) <= listUntil()) break;
  }
  for (const Status of hasAllRuns ? [] : UNFINISHED_STATUSES) {
    add(await listStatus(poll, { TransformId, Filter: { ...filter, Status }, Sort: NEWEST_FIRST }));
  }

  const behind = state.behind.get(TransformId);
  const isBegin = state.seenUntil === undefined || behind?.isNew === true;
  const newSince = newSinceOf(poll, TransformId);
  const changes: MLTaskRun[] = [];
  for (const run of found.values()) {
    const time = timeOfRun(run) ?? -Infinity;
    // It was unfinished when the watch began, and has finished before this poll of the transform.
    if (isBegin && run.CompletedOn && run.CompletedOn.getTime() >= newSince) noteUnfinished(state, run);
    const isUnfinished = state.unfinished.get(TransformId)?.has(run.TaskRunId);
    if (isUnfinished || time >= newSince) changes.push(run);
    else if (time > listUntil()) noteFinished(state, run);
  }
  if (behind) markBehind(state, TransformId, { ...behind, isNew: false });
  changes.sort((a, b) => sortKey(a, 1) - sortKey(b, 1));
  yield { runs: changes };
}

/** Lists all runs of a status. Lists them again if there are several pages, until two listings are the same. */
async function listStatus(poll: Poll, query: CheckedQuery): Promise<MLTaskRun[]> {
  const found: MLTaskRun[] = [];
  for (let before = ""; ; ) {
    const pages: MLTaskRun[][] = [];
    for await (const { runs } of list(poll, query)) pages.push(runs);
    const runs = pages.flat();
    found.push(...runs);
    const ids = JSON.stringify(runs.map(({ TaskRunId }) => TaskRunId).sort());
    // If tokens are offsets, and a run that was listed leaves the status, the next page lacks a run.
    if (pages.length <= 1 || ids === before) return found;
    before = ids;
  }
}

/** Since when finished runs are new in the first poll of a transform. */
function newSinceOf({ state, begin }: Poll, transformId: string): number {
  const behind = state.behind.get(transformId);
  // An earlier first poll has failed: since that one began.
  if (behind?.isNew) return behind.seenUntil + LISTING_DELAY;
  if (state.seenUntil === undefined) return begin ?? Infinity;
  // The poll before did not find the transform.
  return state.seenUntil + 1;
}

/** The place of a run's status in the life of a run. */
function rankOf(run: MLTaskRun): number {
  const statuses: readonly string[] = UNFINISHED_STATUSES;
  return isDone(run) ? statuses.length : statuses.indexOf(run.Status);
}

/** Requests the unfinished runs that the listings of a poll have not returned. Never rejects. */
export async function getUnseen(poll: Poll, TransformId: string, unseen: Set<string>): Promise<void> {
  const { state, filter, otherRuns, requests } = poll;
  const statusOf = (id: string) => state.unfinished.get(TransformId)?.get(id);
  const getOne = async (TaskRunId: string) => {
    try {
      const run = await requests.getRun({ TransformId, TaskRunId }, filter.TaskRunType);
      otherRuns.set(idOf(run), run);
    } catch (error) {
      // The run or its transform no longer exists.
      if (hasName(error, "EntityNotFoundException")) removeRun(state, TransformId, TaskRunId);
      else fail(poll, TransformId, error);
    }
  };
  try {
    for (const Status of UNFINISHED_STATUSES) {
      if ([...unseen].filter((id) => statusOf(id) === Status).length < 2) continue;
      // One request shows which of them still have this status.
      for await (const { runs } of list(poll, { TransformId, Filter: { ...filter, Status }, Sort: NEWEST_FIRST })) {
        for (const { TaskRunId } of runs) if (statusOf(TaskRunId) === Status) unseen.delete(TaskRunId);
      }
    }
  } catch (error) {
    if (!hasName(error, "EntityNotFoundException")) return fail(poll, TransformId, error);
  }
  await Promise.all(Array.from(unseen, getOne));
}

function list({ requests }: Poll, query: CheckedQuery): AsyncGenerator<Page, void> {
  return paginate({ query, limit: Infinity, request: requests.getRuns });
}
