/** Reads the changes of one poll: the runs that are new or whose status has changed. */

import { throwIfAborted } from "../abort.js";
import { mergeSources } from "../combine/merge.js";
import { MARGIN } from "../paging/narrow.js";
import { prefetchPages } from "../paging/page.js";
import { sortKey } from "../paging/started-order.js";
import type { MLTaskRun } from "../task-run.js";
import { FINDING_TRANSFORMS, fail, type Poll } from "./poll.js";
import {
  advance,
  isFirstPollOf,
  LISTING_DELAY,
  markBehind,
  newestKnown,
  observe,
  removeOld,
  removeTransform,
  seenUntilOf,
} from "./state.js";
import { getUnseen, readTransform } from "./transform-runs.js";

/**
 * Yields the runs that are new or whose status has changed: first those that have started since the last poll, oldest
 * first, then older ones. The state changes with each of them, so that it is the position after the last one.
 */
export async function* readChanges(poll: Poll): AsyncGenerator<MLTaskRun, void> {
  const { state, requests, transforms, pending, otherRuns } = poll;
  requests.onFirstResponse((serviceTime) => {
    poll.begin = serviceTime ?? newestKnown(state);
  });
  if (!(await findTransforms(poll))) return;

  // For the whole poll, also while the state advances.
  const seenBefore = new Map<string, number>();
  for (const id of transforms) {
    const isFirst = isFirstPollOf(state, id, poll.knownTransforms);
    if (isFirst) poll.firstPolls.add(id);
    seenBefore.set(id, isFirst ? -Infinity : seenUntilOf(state, id));
  }
  // A run of a transform that was not found is known, so that it needs no time.
  const isChange = (run: MLTaskRun) => observe(state, run, seenBefore.get(run.TransformId) ?? Infinity);

  const sources = Array.from(transforms, (id) => prefetchPages(readTransform(poll, id), 1, true));
  for await (const { runs } of mergeSources(sources, 1)) {
    beginState(poll);
    for (const run of runs) {
      const isReturned = isChange(run);
      advanceTo(poll, run);
      if (isReturned) yield run;
    }
    removeOld(state);
  }
  beginState(poll);
  if (poll.begin !== undefined) advance(state, poll.begin - LISTING_DELAY, poll.incomplete);

  for (const id of poll.deleted) removeTransform(state, id);
  // Transforms that were deleted before or no longer match the filter. Their unfinished runs are followed to the end.
  for (const [id, runs] of state.unfinished) {
    if (!transforms.has(id)) pending.push(getUnseen(poll, id, new Set(runs.keys())));
  }
  await Promise.all(pending);
  throwIfAborted(requests.signals);
  for (const run of [...otherRuns.values()].sort((a, b) => sortKey(a, 1) - sortKey(b, 1))) {
    if (isChange(run)) yield run;
  }
  removeOld(state);
}

/** Finds the transforms to poll. Returns false if that has failed. */
async function findTransforms(poll: Poll): Promise<boolean> {
  const { query, requests, transforms } = poll;
  try {
    const ids = "TransformId" in query ? [query.TransformId] : await requests.findTransformIds(query.TransformFilter);
    for (const id of ids) transforms.add(id);
    return true;
  } catch (error) {
    throwIfAborted(requests.signals);
    fail(poll, FINDING_TRANSFORMS, error);
    return false;
  }
}

/** Begins the time of the state in the first poll, when the first page of each transform has arrived. */
function beginState({ state, begin, newestStart, incomplete }: Poll): void {
  if (state.seenUntil !== undefined) return;
  const time = begin ?? newestStart;
  // Failures without any time tell nothing: the next poll is the first one again.
  if (time === -Infinity && incomplete.size > 0) return;
  state.seenUntil = time - LISTING_DELAY;
  for (const id of incomplete.keys()) markBehind(state, id, { seenUntil: state.seenUntil, isNew: true });
}

/** Moves the state to a run that is returned. All runs before it were returned if the pages are in order. */
function advanceTo({ state, begin = Infinity, isOrdered, incomplete }: Poll, { StartedOn }: MLTaskRun): void {
  if (!isOrdered || StartedOn === undefined) return;
  advance(state, Math.min(StartedOn.getTime(), begin) - LISTING_DELAY - MARGIN, incomplete);
}
