/** A poll of a watch: finds the transforms, and yields the runs that are new or whose status has changed. */
import { throwIfAborted } from "../abort.js";
import { mergeSources } from "../combine/merge.js";
import { findTransforms } from "../combine/transforms.js";
import type { CheckedWatchQuery } from "../criteria/query.js";
import { MARGIN } from "../paging/narrow.js";
import { prefetchPages } from "../paging/page.js";
import type { MLTaskRun } from "../task-run.js";
import type { WatchRequests } from "./requests.js";
import { advance, LISTING_DELAY, newestKnown, observe, removeOld, seenUntilOf, type WatchState } from "./state.js";
import { getUnseen, oldestFirst, readTransform } from "./transform-runs.js";
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

/** A poll that is under way or has ended. */
export type Poll = ReturnType<typeof createPoll>;

/** Creates a poll. Sends no request before its changes are read. */
export function createPoll(options: PollOptions) {
  return {
    ...options,
    /** The transforms that it has found, and until when their runs were seen; undefined in the first poll of each. */
    transforms: new Map<string, number | undefined>(),
    /** The failures by transform; of undefined, the failure to find the transforms. */
    failures: new Map<string | undefined, WatchFailure>(),
    /** The transforms of which not all runs were listed, and whether it was their first poll. */
    incomplete: new Map<string, boolean>(),
    /** The unfinished runs that the listings have not returned, by transform. */
    unseen: new Map<string, Set<string>>(),
    /** The runs to return after the new ones: the unseen ones, and the listed runs without a start. */
    otherRuns: new Map<string, MLTaskRun>(),
    /** The service's time when it was begun; undefined before the first response, and in the first poll of a mock. */
    // The cast widens its type: the compiler would take undefined for its only value.
    serviceTime: undefined as number | undefined,
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
  const { query, state, requests, transforms, failures, incomplete, unseen, otherRuns } = poll;
  requests.onFirstResponse((serviceTime) => {
    poll.serviceTime = serviceTime ?? newestKnown(state);
  });
  try {
    const found = "TransformId" in query ? [query] : findTransforms(requests.getTransforms, query.TransformFilter);
    for await (const { TransformId } of found) transforms.set(TransformId, seenBefore(poll, TransformId));
  } catch (error) {
    throwIfAborted(requests.signals);
    failures.set(undefined, { error });
    return;
  }
  for (const [id, { unfinished }] of state.transforms) unseen.set(id, new Set(unfinished.keys()));
  // A run of a transform that was not found is known, so that it needs no time.
  const isChange = (run: MLTaskRun) =>
    observe(state, run, transforms.has(run.TransformId) ? (transforms.get(run.TransformId) ?? -Infinity) : Infinity);

  const sources = Array.from(transforms.keys(), (id) => prefetchPages(readTransform(poll, id), 1, true));
  for await (const { runs } of mergeSources(sources, 1)) {
    // The first page of each transform has arrived.
    if (state.seenUntil === undefined) setFirstTime(poll);
    for (const run of runs) {
      if (!isChange(run)) continue;
      advanceTo(poll, run);
      yield run;
    }
    removeOld(state);
  }
  if (poll.serviceTime !== undefined) advance(state, poll.serviceTime - LISTING_DELAY, incomplete);

  // Also of transforms that were deleted or no longer match the filter: their unfinished runs are followed to the end.
  await Promise.all(Array.from(unseen, ([id, runs]) => getUnseen(poll, id, runs)));
  throwIfAborted(requests.signals);
  for (const run of [...otherRuns.values()].sort(oldestFirst)) if (isChange(run)) yield run;
  removeOld(state);
}

/** Until when the runs of a transform were seen; undefined if no poll has looked for its unfinished runs. */
function seenBefore({ state, knownTransforms }: Poll, id: string): number | undefined {
  const isUnknown = knownTransforms !== undefined && !knownTransforms.has(id);
  const isFirst = isUnknown || state.seenUntil === undefined || state.transforms.get(id)?.behind?.isNew;
  return isFirst ? undefined : seenUntilOf(state, id);
}

/** Sets the time until which the runs were seen in the first poll of a watch. */
function setFirstTime({ state, serviceTime, newestStart, incomplete }: Poll): void {
  const time = serviceTime ?? newestStart;
  // Failures without any time tell nothing: the next poll is the first one again.
  if (time > -Infinity || incomplete.size === 0) advance(state, time - LISTING_DELAY, incomplete);
}

/** Moves the state to a run that is returned. All runs before it were returned if the pages are in order. */
function advanceTo({ state, serviceTime = Infinity, isOrdered, incomplete }: Poll, { StartedOn }: MLTaskRun): void {
  if (!isOrdered || StartedOn === undefined) return;
  advance(state, Math.min(StartedOn.getTime(), serviceTime) - LISTING_DELAY - MARGIN, incomplete);
}
