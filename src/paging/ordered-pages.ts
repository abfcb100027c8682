/** Creates pages of runs in STARTED order: applies the limit and counts the position by time. */
import type { MLTaskRun } from "../task-run.js";
import type { ListingPosition } from "./cursor.js";
import type { Page } from "./page.js";
import { type TimePosition, timePositionAfter } from "./time-position.js";
import { isDatedRun } from "./undated-runs.js";

/** What a page is besides its runs. */
interface PageOptions extends Partial<Pick<Page, "requestId" | "isLast">> {
  /** Whether its runs are some of one start time, and others may sort before them: positions then contain their ids. */
  readonly isPartOfOneTime?: boolean;
  /** Whether runs without `StartedOn` do not move the position by time, because they may be anywhere. */
  readonly ignoresUndated?: boolean;
}

/**
 * Creates the pages of one listing.
 *
 * @param flags - called when a page is created; returns what its positions hold besides the time
 */
export function createPageBuilder(
  limit: number,
  timePosition: TimePosition | undefined,
  flags: () => Pick<ListingPosition, "isDatedOnly" | "firstStartedOn"> = () => ({}),
) {
  let remaining = limit;
  let position = timePosition;
  return {
    /** How many more runs the limit allows. */
    get remainingRuns() {
      return remaining;
    },
    /** The position after the last run of the pages so far. */
    get timePosition() {
      return position;
    },
    /** Creates the page of the next runs, without those beyond the limit. */
    create(
      received: readonly MLTaskRun[],
      { requestId, isLast = false, isPartOfOneTime = false, ignoresUndated = false }: PageOptions = {},
    ): Page {
      const runs = received.slice(0, remaining);
      const before = position;
      const flagsOfPage = flags();
      remaining -= runs.length;
      const counted = ignoresUndated ? runs.filter(isDatedRun) : runs;
      position = timePositionAfter(counted, counted.length, before, isPartOfOneTime);
      return {
        runs,
        requestId,
        isLast: isLast && runs.length === received.length,
        positionAt: (count) => ({
          ...flagsOfPage,
          timePosition: timePositionAfter(runs, count, before, isPartOfOneTime),
        }),
      };
    },
  };
}
