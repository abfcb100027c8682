/** The pages of a listing: the interface between readers and consumers, and prefetching. */
import type { MLTaskRun } from "../task-run.js";
import type { ListingPosition } from "./cursor.js";

/** Runs that are returned together. */
export interface Page {
  readonly runs: MLTaskRun[];
  readonly requestId?: string | undefined;
  /** The position after a number of the page's runs; undefined at the end of the listing. */
  positionAfter(count: number): ListingPosition | undefined;
}

/** A page without runs at a position; by default, at the end of the listing. */
export function emptyPage(position?: ListingPosition): Page {
  return { runs: [], positionAfter: () => position };
}

/** Marks a promise as handled; its error is reported when it is awaited. */
export function markHandled(promise: Promise<unknown>): void {
  promise.catch(() => {});
}

/** Requests a number of pages from a generator ahead of the consumer. Returns a function that returns the next page. */
export function prefetchPages<P>(pages: AsyncGenerator<P, void>, pagesAhead: number): () => Promise<P | undefined> {
  const queue: Promise<IteratorResult<P, void>>[] = [];
  return async () => {
    while (queue.length <= pagesAhead) {
      const result = pages.next();
      markHandled(result);
      queue.push(result);
    }
    const result = await queue.shift();
    return result?.value ?? undefined;
  };
}
