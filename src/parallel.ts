/** What listings side by side share: a gate for their requests, one progress, one source, and the order of STARTED. */
import { LEFT, type Page, type PageSource } from "./pages.js";
import type { CheckedQuery, PageProgress } from "./query.js";
import type { MLTaskRun } from "./task-run.js";

/** 1 for oldest first, -1 for newest first. */
export type Direction = 1 | -1;

/** Lets some requests through at a time; the others wait in turn. */
export type Gate = <R>(request: () => Promise<R>) => Promise<R>;

/** A gate that lets so many requests through at a time. */
export function gateOf(width: number): Gate {
  let free = width;
  const waiting: (() => void)[] = [];
  return async (request) => {
    if (free === 0) await new Promise<void>((enter) => waiting.push(enter));
    else free -= 1;
    try {
      return await request();
    } finally {
      const enter = waiting.shift();
      if (enter) enter();
      else free += 1;
    }
  };
}

/** Makes one `onPage` of several: pages and runs are counted over all of them. Each call is for another of them. */
export function sharedProgress(onPage: ((progress: PageProgress) => unknown) | undefined) {
  const all = { page: 0, runs: 0 };
  return () => {
    let before = 0;
    return ({ runs, requestId }: PageProgress) => {
      all.page += 1;
      all.runs += runs - before;
      before = runs;
      return onPage?.({ ...all, requestId });
    };
  };
}

/** A page source of the pages that a generator gives, up to a limit of runs, where it stops whatever goes on. */
export function sourceOf(
  pages: AsyncGenerator<Page, void>,
  { limit = Infinity, stopped }: { readonly limit?: number | undefined; readonly stopped: AbortController },
): PageSource {
  let left = limit;
  return {
    async next() {
      if (left === 0) return undefined;
      const { value: page } = await pages.next();
      if (!page) return undefined;
      const runs = page.runs.slice(0, left);
      left -= runs.length;
      if (left === 0) stopped.abort(LEFT);
      // Whatever it was a page of, it has no cursor here.
      return { runs, requestId: page.requestId, error: left > 0 ? page.error : undefined };
    },
  };
}

/** The direction in which a query sorts by STARTED, if it does. */
export function directionOf({ Sort }: Pick<CheckedQuery, "Sort"> = {}): Direction | undefined {
  if (Sort?.Column !== "STARTED") return undefined;
  return Sort.SortDirection === "ASCENDING" ? 1 : -1;
}

/** When a run started, smaller for what comes sooner in that direction; whatever has no time comes last. */
export function startKey(run: MLTaskRun | undefined, direction: Direction): number {
  return run?.StartedOn === undefined ? Infinity : direction * run.StartedOn.getTime();
}
