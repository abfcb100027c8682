/** The contract between what reads pages and what consumes them. */
import type { MLTaskRun } from "../task-run.js";

/** Runs that were received together. */
export interface Page {
  readonly runs: MLTaskRun[];
  readonly requestId?: string | undefined;
  /** The cursor just after this number of the page's runs; undefined if nothing follows. */
  cursorAfter(count: number): string | undefined;
}

/** The pages of a listing, one after another. */
export interface PageSource {
  /** The cursor of the start of these pages. */
  readonly cursor: string;
  /** The next page, or undefined after the last. If the listing fails, it rejects after all pages before the failure. */
  next(): Promise<Page | undefined>;
}

/** Marks a promise as handled; its error is reported when it is awaited. */
export function markHandled(promise: Promise<unknown>): void {
  promise.catch(() => {});
}

/** Requests pages from a generator ahead of the consumer. It holds that number of pages, and the one in use. */
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
