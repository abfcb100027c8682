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
  /** The cursor of the place where the pages begin. */
  readonly cursor: string;
  /** The next page, or undefined after the last. Rejects where the listing fails, after all pages before that place. */
  next(): Promise<Page | undefined>;
}

/** Marks a promise as handled; its error is reported when it is awaited. */
export function markHandled(promise: Promise<unknown>): void {
  promise.catch(() => {});
}

/** Pulls pages from a generator ahead of the consumer; that number of pages, and the consumer's own, are held. */
export function prefetchPages<P>(pages: AsyncGenerator<P, void>, ahead: number): () => Promise<P | undefined> {
  const queue: Promise<IteratorResult<P, void>>[] = [];
  return async () => {
    while (queue.length <= ahead) {
      const result = pages.next();
      markHandled(result);
      queue.push(result);
    }
    const result = await queue.shift();
    return result?.value ?? undefined;
  };
}
