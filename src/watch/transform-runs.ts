/** The requests of a poll for one transform. */
import { throwIfAborted } from "../abort.js";
import { UNFINISHED_STATUSES } from "../criteria/enumerations.js";
import type { CheckedQuery } from "../criteria/query.js";
import { hasName } from "../errors.js";
import { MARGIN, narrowToRange } from "../paging/narrow.js";
import type { Page, RunBatch } from "../paging/page.js";
import { paginate } from "../paging/paginate.js";
import { isTokenError } from "../paging/responses.js";
import { NEWEST_FIRST, OLDEST_FIRST, sortKey } from "../paging/started-order.js";
import { uniqueIdOf } from "../paging/time-position.js";
import { isDatedRun } from "../paging/undated-runs.js";
import type { MLTaskRun } from "../task-run.js";
import type { Poll, PolledTransform } from "./poll.js";
import {
  isFinishedOrCompleted,
  isNewFinished,
  LISTING_DELAY,
  noteFinished,
  noteUnfinished,
  type PollKind,
  seenUntilOf,
  stateOf,
  timeOfRun,
} from "./state.js";

/**
 * Yields the runs of a transform that may be new, oldest first. Throws only if the watch is aborted: other errors are
 * failures of the poll.
 */
export async function* readTransform(
  poll: Poll,
  TransformId: string,
  { kind, seenUntil }: PolledTransform,
): AsyncGenerator<RunBatch, void> {
  const { query, state, requests, unlisted, otherRuns } = poll;
  try {
    for await (const page of kind === "later"
      ? listNew(poll, TransformId, seenUntil)
      : listFirst(poll, TransformId, kind)) {
      for (const run of page.runs) {
        unlisted.get(TransformId)?.delete(run.TaskRunId);
        // A run may have a start on a later page, and not before.
        if (isDatedRun(run)) otherRuns.delete(uniqueIdOf(run));
        else otherRuns.set(uniqueIdOf(run), run);
        // It is returned after runs that move the state. If the poll ends before, the next one returns it.
        if (kind === "later" && !isDatedRun(run) && isNewFinished(state, run, seenUntil)) noteUnfinished(state, run);
      }
      yield page;
    }
  } catch (error) {
    throwIfAborted(requests.signals);
    unlisted.delete(TransformId);
    // The transform was deleted after the poll had found it.
    if (isMissing(error) && !("TransformId" in query)) state.transforms.delete(TransformId);
    else {
      poll.failures.set(TransformId, { TransformId, error });
      poll.failedTransforms.set(TransformId, kind);
    }
  }
}

/** Lists the runs that have started since the last poll. */
async function* listNew(poll: Poll, TransformId: string, seenUntil: number): AsyncGenerator<RunBatch, void> {
  const query = { TransformId, Filter: poll.filter, Sort: OLDEST_FIRST };
  let from: number | undefined = seenUntil;
  while (from !== undefined) {
    // Further back than necessary, because the service's bound may be coarse. Not further: a finished run that started
    // more than a minute before is no longer known, and would come again.
    const pages = listRuns(poll, narrowToRange(query, from - LISTING_DELAY + 1, Infinity));
    let newest = -Infinity;
    let next: number | undefined;
    for await (const page of pages) {
      for (const { StartedOn } of page.runs) {
        const time = StartedOn?.getTime() ?? newest;
        if (time < newest - MARGIN) poll.isOrdered = false;
        newest = Math.max(newest, time);
      }
      yield page;
      // Continue by time, if that is progress: the start of an unfinished run may move and, if tokens are offsets, the
      // page of the next token would then lack a run. Without order, runs of later pages may have started before.
      const mayMove = !page.runs.every(isFinishedOrCompleted);
      if (mayMove && poll.isOrdered && !page.isLast && newest > from) {
        next = newest;
        break;
      }
    }
    from = next;
  }
}

/**
 * Lists the unfinished runs, and those that have started since the watch began: the newest runs and, if these are not
 * all, the runs of each unfinished status.
 */
async function* listFirst(poll: Poll, TransformId: string, kind: PollKind): AsyncGenerator<RunBatch, void> {
  const { state, filter } = poll;
  const found = new Map<string, MLTaskRun>();
  const add = (runs: readonly MLTaskRun[]) => {
    for (const run of runs) {
      if (!isFinishedOrCompleted(run)) noteUnfinished(state, run);
      const before = found.get(run.TaskRunId);
      // A run may change between two responses. Its later status counts.
      if (before === undefined || rankOf(run) >= rankOf(before)) found.set(run.TaskRunId, run);
    }
  };
  let hasAllRuns = true;
  for await (const page of listRuns(poll, { TransformId, Filter: filter, Sort: NEWEST_FIRST })) {
    add(page.runs);
    hasAllRuns = page.isLast;
    const starts = page.runs.flatMap(({ StartedOn }) => StartedOn?.getTime() ?? []);
    poll.newestStart = Math.max(poll.newestStart, ...starts);
    if (Math.min(...starts) <= timesOfFirst(poll, TransformId, kind).oldUntil) break;
  }
  for (const Status of hasAllRuns ? [] : UNFINISHED_STATUSES) {
    add(await listStatus(poll, { TransformId, Filter: { ...filter, Status }, Sort: NEWEST_FIRST }));
  }

  const { oldUntil, newSince } = timesOfFirst(poll, TransformId, kind);
  const changes: MLTaskRun[] = [];
  for (const run of found.values()) {
    const time = timeOfRun(run) ?? -Infinity;
    // It was unfinished when the watch began, and has finished before this poll of the transform.
    if (kind === "fromBegin" && run.CompletedOn && run.CompletedOn.getTime() >= newSince) noteUnfinished(state, run);
    const isUnfinished = state.transforms.get(TransformId)?.unfinished.has(run.TaskRunId);
    if (isUnfinished || time >= newSince) changes.push(run);
    else if (time > oldUntil) noteFinished(state, run);
  }
  const { behind } = state.transforms.get(TransformId) ?? {};
  if (behind) stateOf(state, TransformId).behind = { ...behind, kind: "later" };
  yield { runs: changes.sort(oldestFirst) };
}

/**
 * The times of a first poll. Of the runs that started until `oldUntil`, only the unfinished ones are needed; finished
 * runs are new since `newSince`. They change with the first response, and with the runs where no response has a time.
 */
function timesOfFirst({ state, startedAt, newestStart }: Poll, transformId: string, kind: PollKind) {
  const seenUntil = seenUntilOf(state, transformId);
  if (kind === "found") return { oldUntil: seenUntil, newSince: seenUntil + 1 };
  // An earlier first poll of the transform, at the begin of the watch, may have failed.
  const watchBegan = state.transforms.get(transformId)?.behind ? seenUntil + LISTING_DELAY : startedAt;
  return { oldUntil: (watchBegan ?? newestStart) - LISTING_DELAY, newSince: watchBegan ?? Infinity };
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
  return isFinishedOrCompleted(run) ? statuses.length : statuses.indexOf(run.Status);
}

/**
 * Requests unfinished runs that the listings of a poll have not returned. Where several have one status, it lists that
 * status first. Throws only if the watch is aborted: other errors are failures of the poll.
 */
export async function getUnlisted(poll: Poll, TransformId: string, unlisted: Set<string>): Promise<void> {
  const { state, filter, requests, failures, otherRuns } = poll;
  const statusOf = (id: string) => state.transforms.get(TransformId)?.unfinished.get(id);
  const getOne = async (TaskRunId: string) => {
    try {
      const run = await requests.getRun({ TransformId, TaskRunId }, filter.TaskRunType);
      otherRuns.set(uniqueIdOf(run), run);
    } catch (error) {
      throwIfAborted(requests.signals);
      if (isMissing(error)) stateOf(state, TransformId).unfinished.delete(TaskRunId);
      else failures.set(TransformId, { TransformId, error });
    }
  };
  try {
    for (const Status of UNFINISHED_STATUSES) {
      if ([...unlisted].filter((id) => statusOf(id) === Status).length < 2) continue;
      // One request shows which of them still have this status.
      for await (const { runs } of listRuns(poll, { TransformId, Filter: { ...filter, Status }, Sort: NEWEST_FIRST })) {
        for (const { TaskRunId } of runs) if (statusOf(TaskRunId) === Status) unlisted.delete(TaskRunId);
      }
    }
  } catch (error) {
    throwIfAborted(requests.signals);
    if (isMissing(error)) state.transforms.delete(TransformId);
    else failures.set(TransformId, { TransformId, error });
    return;
  }
  await Promise.all(Array.from(unlisted, getOne));
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
