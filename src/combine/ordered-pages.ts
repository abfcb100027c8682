/** Turns runs in STARTED order into pages: counts them up to the limit, and knows the position after each. */
import type { Page } from "../paging/page.js";
import { idOf, positionAfter, type TimePosition } from "../paging/started-order.js";
import type { MLTaskRun } from "../task-run.js";

/** The pages of one listing. */
export interface OrderedPages {
  /** How many runs may still be returned. */
  readonly remaining: number;
  /** The position after the last run that was returned. */
  readonly timePosition: TimePosition | undefined;
  /** The page of the next runs; those beyond the limit are left out. */
  create(runs: readonly MLTaskRun[], requestId?: string): Page;
  /** The same for some of the runs of one time. Others of that time may come before them, so the cursor names them. */
  createIncomplete(runs: readonly MLTaskRun[]): Page;
}

/** @param writeCursor - makes the cursor of a position; it is called when the page is made, and its result when needed */
export function createOrderedPages(
  limit: number,
  start: TimePosition | undefined,
  writeCursor: () => (time: TimePosition | undefined) => string,
): OrderedPages {
  let remaining = limit;
  let timePosition = start;
  const create = (
    received: readonly MLTaskRun[],
    requestId: string | undefined,
    toPosition: typeof positionAfter,
  ): Page => {
    const runs = received.slice(0, remaining);
    const before = timePosition;
    remaining -= runs.length;
    timePosition = toPosition(runs, runs.length, before);
    const write = writeCursor();
    return { runs, requestId, cursorAfter: (count) => write(toPosition(runs, count, before)) };
  };
  return {
    get remaining() {
      return remaining;
    },
    get timePosition() {
      return timePosition;
    },
    create: (runs, requestId) => create(runs, requestId, positionAfter),
    createIncomplete: (runs) => create(runs, undefined, namedPositionAfter),
  };
}

/** A position that names the runs before it, all of which started at one time. */
function namedPositionAfter(
  runs: readonly MLTaskRun[],
  count: number,
  before: TimePosition | undefined,
): TimePosition | undefined {
  const position = positionAfter(runs, count, before);
  return position && { ...position, ids: [...(position.ids ?? []), ...runs.slice(0, count).map(idOf)] };
}
