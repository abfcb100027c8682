/** Turns runs in STARTED order into pages: counts them up to the limit, and knows the position after each. */
import type { Page } from "../paging/page.js";
import { positionAfter, type TimePosition } from "../paging/started-order.js";
import type { MLTaskRun } from "../task-run.js";

/** The pages of one listing. */
export interface OrderedPages {
  /** How many runs may still be returned. */
  readonly remaining: number;
  /** The position after the last run that was returned. */
  readonly reached: TimePosition | undefined;
  /** The page of the next runs; those beyond the limit are left out. */
  create(runs: readonly MLTaskRun[], requestId?: string): Page;
}

/** @param writeCursor - makes the cursor of a position; it is called when the page is made, and its result when needed */
export function createOrderedPages(
  limit: number,
  start: TimePosition | undefined,
  writeCursor: () => (time: TimePosition | undefined) => string,
): OrderedPages {
  let remaining = limit;
  let reached = start;
  return {
    get remaining() {
      return remaining;
    },
    get reached() {
      return reached;
    },
    create(received, requestId) {
      const runs = received.slice(0, remaining);
      const before = reached;
      remaining -= runs.length;
      reached = positionAfter(runs, runs.length, before);
      const write = writeCursor();
      return { runs, requestId, cursorAfter: (count) => write(positionAfter(runs, count, before)) };
    },
  };
}
