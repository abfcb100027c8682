/** Creates pages of runs in STARTED order: applies the limit and counts the position by time. */
import type { MLTaskRun } from "../task-run.js";
import type { ListingPosition } from "./cursor.js";
import { idOf, positionAfter, type TimePosition } from "./started-order.js";

/**
 * Creates the pages of one listing.
 *
 * @param flags - called when a page is created; returns what its positions hold besides the time
 */
export function createOrderedPages(
  limit: number,
  start: TimePosition | undefined,
  flags: () => Pick<ListingPosition, "isDatedOnly" | "firstTime"> = () => ({}),
) {
  let remaining = limit;
  let timePosition = start;
  const create = (received: readonly MLTaskRun[], requestId: string | undefined, toPosition: typeof positionAfter) => {
    const runs = received.slice(0, remaining);
    const before = timePosition;
    const flagsOfPage = flags();
    remaining -= runs.length;
    timePosition = toPosition(runs, runs.length, before);
    return {
      runs,
      requestId,
      positionAfter: (count: number): ListingPosition => ({ ...flagsOfPage, time: toPosition(runs, count, before) }),
    };
  };
  return {
    /** How many more runs the limit allows. */
    get remaining() {
      return remaining;
    },
    /** The position after the last run of the pages so far. */
    get timePosition() {
      return timePosition;
    },
    /** Creates the page of the next runs, without those beyond the limit. */
    create: (runs: readonly MLTaskRun[], requestId?: string) => create(runs, requestId, positionAfter),
    /** Like `create`, for some runs of one start time. Others may sort before them, so positions contain their ids. */
    createIncomplete: (runs: readonly MLTaskRun[]) => create(runs, undefined, positionWithIdsAfter),
  };
}

/** Like {@link positionAfter}, with the ids of the runs, all of which have the same start time. */
function positionWithIdsAfter(
  runs: readonly MLTaskRun[],
  count: number,
  before: TimePosition | undefined,
): TimePosition | undefined {
  const position = positionAfter(runs, count, before);
  return position && { ...position, ids: [...(position.ids ?? []), ...runs.slice(0, count).map(idOf)] };
}
