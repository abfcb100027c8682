/** Counts the pages and runs of a listing for `onPage`. */

import { type AbortSignalLike, abortable } from "../abort.js";
import type { PageProgress } from "../criteria/options.js";

/**
 * Creates the counter of one listing: a function that calls `onPage` for a page with a number of runs, and waits for
 * it. An abort ends the wait.
 */
export function createProgress(
  onPage: ((progress: PageProgress) => unknown) | undefined,
  signals: readonly AbortSignalLike[],
) {
  let page = 0;
  let total = 0;
  return async (runCount: number, requestId: string | undefined): Promise<void> => {
    if (onPage === undefined) return;
    page += 1;
    total += runCount;
    const progress = { page, runs: total, requestId };
    await abortable(signals, async () => onPage(progress));
  };
}
