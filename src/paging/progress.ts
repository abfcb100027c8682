/** Counts the pages and runs of a listing for `onPage`. */
import type { PageProgress } from "../criteria/options.js";
import { type AbortSignalLike, abortable } from "../request/abort.js";

/** Calls `onPage` for a page with this number of runs, and waits for it. An abort ends the wait. */
export type Progress = (runs: number, requestId: string | undefined) => Promise<void>;

/** Creates the counter of one listing. */
export function createProgress(
  onPage: ((progress: PageProgress) => unknown) | undefined,
  signals: readonly AbortSignalLike[],
): Progress {
  let page = 0;
  let total = 0;
  return async (runs, requestId) => {
    if (onPage === undefined) return;
    page += 1;
    total += runs;
    const progress = { page, runs: total, requestId };
    await abortable(signals, async () => onPage(progress));
  };
}
