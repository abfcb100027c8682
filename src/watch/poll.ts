/** A poll of a watch: finds the transforms, and yields the runs that are new or whose status has changed. */
import { throwIfAborted } from "../abort.js";
import { mergeSources } from "../combine/merge.js";
import { findTransforms } from "../combine/transforms.js";
import type { CheckedWatchQuery } from "../criteria/query.js";
import { MARGIN } from "../paging/narrow.js";
import { prefetchPages } from "../paging/page.js";
import type { MLTaskRun } from "../task-run.js";
import type { WatchRequests } from "./requests.js";
import {
  advance,
  LISTING_DELAY,
  newestKnown,
  observe,
  type PollKind,
  removeOld,
  seenUntilOf,
  type WatchState,
} from "./state.js";
import { getUnlisted, oldestFirst, readTransform } from "./transform-runs.js";
import type { WatchFailure } from "./types.js";

/** What to poll. */
interface PollOptions {
  readonly query: CheckedWatchQuery;
  /** The criteria of every request: the filter of the query without its time bound. */
  readonly filter: Omit<NonNullable<CheckedWatchQuery["Filter"]>, "StartedAfter">;
  readonly requests: WatchRequests;
  /** The state, which changes with each run that is returned. */
  readonly state: WatchState;
  /** The transforms that the poll before has found; undefined if that is not known. */
  readonly knownTransforms: ReadonlyMap<string, unknown> | undefined;
}

/** What is known of a transform before a poll. */
export interface PolledTransform {
  readonly kind: PollKind;
  /** Until when its runs were seen; -Infinity in its first poll. */
  readonly seenUntil: number;
}

/** A poll that is under way or has ended. */
export type Poll = ReturnType<typeof createPoll>;

/** Creates a poll. Sends no request before its changes are read. */
export function createPoll(options: PollOptions) {
  return {
    ...options,
    /** The transforms that it has found. */
    polledTransforms: new Map<string, PolledTransform>(),
    /** The failures by transform; of undefined, the failure to find the transforms. */
    failures: new Map<string | undefined, WatchFailure>(),
    /** The transforms of which not all runs were listed. */
    failedTransforms: new Map<string, PollKind>(),
    /** The unfinished runs that the listings have not returned, by transform. */
    unlisted: new Map<string, Set<string>>(),
    /** The runs to return after the new ones: the unlisted ones, and the listed runs without a start. */
    otherRuns: new Map<string, MLTaskRun>(),
    /** The service's time when it was begun; undefined before the first response, and in the first poll of a mock. */
    // The cast widens its type: the compiler would take undefined for its only value.
    startedAt: undefined as number | undefined,
    /** The start of the newest run that the first poll of a watch has received. */
    newestStart: -Infinity,
    /** Whether all pages so far were in STARTED order. */
    isOrdered: true,
  };
}

/**
 * Yields the runs that are new or whose status has changed: first those that have started since the last poll, oldest
 * first, then older ones. The state changes with each of them, so that it is the position after the last one.
 */
export async function* readChanges(poll: Poll): AsyncGenerator<MLTaskRun, void> {
  const { query, state, requests, polledTransforms, failures, failedTransforms, unlisted, otherRuns } = poll;
  requests.onFirstResponse((serviceTime) => {
    poll.startedAt = serviceTime ?? newestKnown(state);
  });
  try {
    const found = "TransformId" in query ? [query] : findTransforms(requests.getTransforms, query.TransformFilter);
    for await (const { TransformId } of found) polledTransforms.set(TransformId, beforePoll(poll, TransformId));
  } catch (error) {
    throwIfAborted(requests.signals);
    failures.set(undefined, { error });
    return;
  }
  for (const [id, { unfinished }] of state.transforms) unlisted.set(id, new Set(unfinished.keys()));
  // A run of a transform that was not found is known, so that it needs no time.
  const isChange = (run: MLTaskRun) =>
    observe(state, run, polledTransforms.get(run.TransformId)?.seenUntil ?? Infinity);

  const sources = Array.from(polledTransforms, ([id, before]) =>
    prefetchPages(readTransform(poll, id, before), 1, true),
  );
  for await (const { runs } of mergeSources(sources, 1)) {
    // The first page of each transform has arrived. There is always a batch, which may be empty.
    if (state.seenUntil === undefined) setFirstSeenUntil(poll);
    for (const run of runs) {
      // Before the state changes.
      throwIfAborted(requests.signals);
      if (!isChange(run)) continue;
      advanceTo(poll, run);
      yield run;
    }
    removeOld(state);
  }
  // Also where no time is known, to note the failed first polls.
  if (state.seenUntil !== undefined) advance(state, (poll.startedAt ?? -Infinity) - LISTING_DELAY, failedTransforms);

  // Also of transforms that were deleted or no longer match the filter: their unfinished runs are followed to the end.
  await Promise.all(Array.from(unlisted, ([id, runs]) => getUnlisted(poll, id, runs)));
  throwIfAborted(requests.signals);
  for (const run of [...otherRuns.values()].sort(oldestFirst)) if (isChange(run)) yield run;
  removeOld(state);
}

function beforePoll({ state, knownTransforms }: Poll, id: string): PolledTransform {
  const { kind: failedKind = "later" } = state.transforms.get(id)?.behind ?? {};
  const isFound = failedKind === "later" && knownTransforms !== undefined && !knownTransforms.has(id);
  const kind = state.seenUntil === undefined ? "fromBegin" : isFound ? "found" : failedKind;
  return { kind, seenUntil: kind === "later" ? seenUntilOf(state, id) : -Infinity };
}

/** Sets the time until which the runs were seen in the first poll of a watch. */
function setFirstSeenUntil({ state, startedAt, newestStart, failedTransforms }: Poll): void {
  const time = startedAt ?? newestStart;
  // Failures without any time tell nothing: the next poll is the first one again.
  if (time > -Infinity || failedTransforms.size === 0) advance(state, time - LISTING_DELAY, failedTransforms);
}

/** Moves the state to a run that is returned. All runs before it were returned if the pages are in order. */
function advanceTo({ state, startedAt = Infinity, isOrdered, failedTransforms }: Poll, { StartedOn }: MLTaskRun): void {
  if (!isOrdered || StartedOn === undefined) return;
  advance(state, Math.min(StartedOn.getTime(), startedAt) - LISTING_DELAY - MARGIN, failedTransforms);
}
