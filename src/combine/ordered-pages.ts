/** Creates pages of runs in STARTED order: applies the limit and writes the cursor after each run. */
import type { Page } from "../paging/page.js";
import { idOf, positionAfter, type TimePosition } from "../paging/started-order.js";
import type { MLTaskRun } from "../task-run.js";

/** The pages of one listing. */
export interface OrderedPages {
  /** How many more runs the limit allows. */
  readonly remaining: number;
  /** The position after the last run that was returned. */
  readonly timePosition: TimePosition | undefined;
  /** Creates the page of the next runs, without those beyond the limit. */
  create(runs: readonly MLTaskRun[], requestId?: string): Page;
  /** Like `create`, for some runs of one start time. Others may sort before them, so the cursor contains their ids. */
  createIncomplete(runs: readonly MLTaskRun[]): Page;
}

/** @param writeCursor - called when a page is created; returns a function that writes the cursor of a position */
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
    createIncomplete: (runs) => create(runs, undefined, positionWithIdsAfter),
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
