/** The pages of a listing: the interface between readers and consumers, and prefetching. */
import type { MLTaskRun } from "../task-run.js";

/** Runs that are returned together. */
export interface Page {
  readonly runs: MLTaskRun[];
  readonly requestId?: string | undefined;
  /** The cursor after a number of the page's runs; undefined at the end of the listing. */
  cursorAfter(count: number): string | undefined;
}

/** The pages of a listing, one after another. */
export interface PageSource {
  /** The cursor before the first page. */
  readonly cursor: string;
  /** The next page, or undefined after the last. An error rejects after all pages before it. */
  next(): Promise<Page | undefined>;
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
