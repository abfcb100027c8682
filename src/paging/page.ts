/** The pages of a listing: the interface between readers and consumers, and prefetching. */
import type { MLTaskRun } from "../task-run.js";
import type { ListingPosition } from "./cursor.js";

/** Runs that arrive together, in the order of the listing. */
export interface RunBatch {
  readonly runs: readonly MLTaskRun[];
}

/** Runs that are returned together. */
export interface Page extends RunBatch {
  readonly runs: MLTaskRun[];
  readonly requestId?: string | undefined;
  /** Whether the last run of the page ends the listing. */
  readonly isLast: boolean;
  /** The position after a number of the page's runs, which are not all of the last page. */
  positionAt(count: number): ListingPosition;
}

/** The position after a number of a page's runs; undefined at the end of the listing. */
export function cursorPositionAt(page: Page, count: number): ListingPosition | undefined {
  return page.isLast && count === page.runs.length ? undefined : page.positionAt(count);
}

/** The position of the end of a listing, from which nothing is resumed. */
const END: ListingPosition = {};

/** A page without runs at a position; by default, at the end of the listing. */
export function emptyPage(position = END): Page {
  return { runs: [], isLast: position === END, positionAt: () => position };
}

/** Pages of a generator, of which some are requested ahead of the consumer. */
export interface PageQueue<P> {
  /** Whether the next page, or an error in its place, has arrived. */
  readonly isReady: boolean;
  /** The next page, or undefined after the last. */
  next(): Promise<P | undefined>;
}

/**
 * Creates a queue that requests a number of pages ahead after each page.
 *
 * @param isEager - whether to request the first pages at once
 */
export function prefetchPages<P>(pages: AsyncGenerator<P, void>, prefetch: number, isEager = false): PageQueue<P> {
  const queue: { readonly result: Promise<IteratorResult<P, void>>; isReady: boolean }[] = [];
  const fill = (count: number) => {
    while (queue.length < count) {
      const entry = { result: pages.next(), isReady: false };
      const settle = () => {
        entry.isReady = true;
      };
      // Also handles an error, which is reported when the page is awaited.
      entry.result.then(settle, settle);
      queue.push(entry);
    }
  };
  if (isEager) fill(Math.max(1, prefetch));
  return {
    get isReady() {
      return queue[0]?.isReady === true;
    },
    async next() {
      const { done, value } = await (queue.shift()?.result ?? pages.next());
      if (done) return undefined;
      fill(prefetch);
      return value;
    },
  };
}
