/** Reads one query in several time windows at once. With `NextToken` alone, only one request can be in flight. */
import type { CheckedQuery } from "../criteria/query.js";
import { narrowToPosition, narrowToRange } from "../paging/narrow.js";
import { createPageBuilder } from "../paging/ordered-pages.js";
import { emptyPage, type Page, type PageQueue, prefetchPages, type RunBatch } from "../paging/page.js";
import { paginate } from "../paging/paginate.js";
import { resume } from "../paging/resume.js";
import { type Direction, NEWEST_FIRST, OLDEST_FIRST, sortKey } from "../paging/started-order.js";
import type { TimePosition } from "../paging/time-position.js";
import { isDatedRun } from "../paging/undated-runs.js";
import type { Limiter } from "../request/limiter.js";
import type { RequestPage } from "../request/page-request.js";
import type { MLTaskRun } from "../task-run.js";
import { checkBounds, createBoundaryCheck, isNearEnd } from "./window-checks.js";
import {
  createWindowPlanner,
  MIN_WIDTH,
  pagesPerWindow,
  type TimeRange,
  type WindowPlanner,
} from "./window-planner.js";

/** How to read in time windows. */
interface WindowsOptions {
  /** The query, sorted by STARTED. */
  readonly query: CheckedQuery;
  readonly direction: Direction;
  /** The position to resume at. */
  readonly timePosition: TimePosition | undefined;
  readonly limit: number;
  readonly pageSize: number;
  /** The maximum number of concurrent requests. */
  readonly concurrency: number;
  /** Limits the number of concurrent requests to it. */
  readonly limiter: Limiter;
  readonly request: RequestPage<"GetMLTaskRuns">;
  /** Called as each page arrives, with the number of its runs that belong to the listing; awaited. */
  onReceived(runCount: number, requestId: string | undefined): unknown;
}

/** Maximum number of open windows for each concurrent request. Windows after a slow one wait for it. */
const WINDOWS_PER_REQUEST = 2;

/** Reads the runs in STARTED order, like a plain listing, but without the runs that have no `StartedOn`. */
export async function* readWindows(options: WindowsOptions): AsyncGenerator<Page, void> {
  const { query, direction } = options;
  const pageBuilder = createPageBuilder(options.limit, options.timePosition);
  const batches = resume({
    direction,
    position: () => pageBuilder.timePosition,
    canNarrow: true,
    read(narrowedTo) {
      const part = narrowedTo ? narrowToPosition(query, direction, narrowedTo) : query;
      return readWindowPages(options, part, () => pageBuilder.remainingRuns);
    },
    mayHaveUndatedRuns: () => false,
  });
  for await (const { runs, requestId } of batches) {
    yield pageBuilder.create(runs, { requestId });
    if (pageBuilder.remainingRuns === 0) return;
  }
  yield emptyPage();
}

/** Reads the pages of the query, narrowed to a part of its time range. */
function readPart(
  { query, request, limiter, ...options }: WindowsOptions,
  part: CheckedQuery,
  limit: number,
  pageSize = options.pageSize,
): AsyncGenerator<Page, void> {
  return paginate({
    query: part,
    filter: query.Filter ?? {},
    limit,
    requiresOrder: true,
    request: (part, token) => limiter(() => request(part, token, { pageSize })),
  });
}

/** The runs of a page that belong to a window. */
interface WindowPage extends RunBatch {
  readonly requestId?: string | undefined;
}

/** Estimates the density of the runs from the first page, and requests the last run to know where the runs end. */
async function* readWindowPages(
  options: WindowsOptions,
  query: CheckedQuery,
  remaining: () => number,
): AsyncGenerator<WindowPage, void> {
  const { direction, limit, pageSize, concurrency } = options;
  const plainPages = readPart(options, query, options.timePosition ? Infinity : limit);
  const firstPage = plainPages.next();
  const reversed = { ...query, Sort: direction === 1 ? NEWEST_FIRST : OLDEST_FIRST };
  // Sent together with the first page, unless the listing fits on one page.
  const lastRunPage = limit > pageSize ? readPart(options, reversed, 1, 1).next() : undefined;
  // Ignore an error of this request: the listing is then read page by page.
  const lastRun = lastRunPage?.then(({ value }) => value?.runs[0]).catch(() => undefined);
  // A listing always has a first page, which may be empty. The compiler cannot know that.
  const first = (await firstPage).value as Page;
  const [firstPageBegin, firstPageEnd] = keysAtEnds(first.runs, direction);
  const endRun = first.isLast ? undefined : await lastRun;
  const endOfListing = endRun ? sortKey(endRun, direction) : -Infinity;
  const hasWindows = endOfListing - firstPageEnd >= MIN_WIDTH && Number.isFinite(endOfListing - firstPageBegin);
  if (!hasWindows) {
    yield await receive(options, first, -Infinity, Infinity);
    // Too short for windows: page by page.
    const rest = prefetchPages(plainPages, 1);
    for (let page = await rest.next(); page; page = await rest.next()) {
      yield await receive(options, page, -Infinity, Infinity);
    }
    return;
  }
  // The first window begins at the last start time of the page, because the next page may have more runs of that time.
  yield await receive(options, first, -Infinity, firstPageEnd);
  // Runs may change their status between the requests of two windows, so that only one of the windows has them.
  const canCompare = query.Filter?.Status === undefined;
  const checkBoundary = canCompare ? createBoundaryCheck(direction, first.runs, firstPageEnd) : () => {};
  const planner = createWindowPlanner({
    begin: firstPageEnd,
    endOfListing,
    width: firstPageEnd - firstPageBegin,
    runs: first.runs.length,
    pageSize,
    concurrency,
  });
  const open: Window[] = [];
  // Open a window only when a request can be sent, so that the planner has the samples of the earlier windows.
  const openNextWindows = () => {
    const reading = () => open.filter(({ isReading }) => isReading).length;
    const expected = () => open.reduce((sum, { range }) => sum + range.expectedRuns, 0);
    while (
      reading() < planner.maxReadingWindows &&
      open.length < WINDOWS_PER_REQUEST * concurrency &&
      expected() < remaining()
    ) {
      const range = planner.next();
      if (range === undefined) return;
      open.push(openWindow(options, query, range, planner, openNextWindows));
    }
  };
  openNextWindows();
  for (let [window] = open; window; [window] = open) {
    for (let page = await window.pages.next(); page; page = await window.pages.next()) yield page;
    checkBoundary(window.runsNearEnds, window.range);
    // The expected runs of a window count until all its pages are read.
    open.shift();
    openNextWindows();
  }
}

interface Window {
  readonly range: TimeRange;
  /** Whether its next page is requested. */
  isReading: boolean;
  /** The runs of its pages so far that a neighbouring window may have, too. */
  readonly runsNearEnds: MLTaskRun[];
  readonly pages: PageQueue<WindowPage>;
}

function openWindow(
  options: WindowsOptions,
  query: CheckedQuery,
  range: TimeRange,
  planner: WindowPlanner,
  onEnd: () => void,
): Window {
  const { direction, pageSize } = options;
  const { begin, end } = range;
  const narrowedQuery = direction === 1 ? narrowToRange(query, begin, end) : narrowToRange(query, -end, -begin);
  const runsNearEnds: MLTaskRun[] = [];
  const window = { range, isReading: true, runsNearEnds };
  async function* read(): AsyncGenerator<WindowPage, void> {
    let isFirst = true;
    for await (const page of readPart(options, narrowedQuery, Infinity)) {
      const { runs } = page;
      checkBounds(page, range, direction);
      const received = await receive(options, page, begin, end);
      const [, lastKey] = keysAtEnds(runs, direction);
      if (isFirst) {
        const coveredUntil = !page.isLast && runs.length > 0 && lastKey < end ? lastKey : undefined;
        planner.addSample(range, { runsInWindow: received.runs.length, runsOnPage: runs.length, coveredUntil });
      }
      isFirst = false;
      for (const run of runs) if (isNearEnd(run, range, direction)) runsNearEnds.push(run);
      window.isReading = false;
      yield received;
      // Further runs belong to the next window.
      if (lastKey >= end) break;
      window.isReading = true;
    }
    window.isReading = false;
    onEnd();
  }
  // The first pages are requested now, before the consumer reaches the window: one page more than planned.
  return Object.assign(window, { pages: prefetchPages(read(), pagesPerWindow(pageSize) + 1, true) });
}

/** Reports a page and returns its runs that are in a range. */
async function receive(options: WindowsOptions, page: Page, begin: number, end: number): Promise<WindowPage> {
  const runs = page.runs.filter((run) => {
    const key = sortKey(run, options.direction);
    return begin <= key && key < end;
  });
  await options.onReceived(runs.length, page.requestId);
  return { runs, requestId: page.requestId };
}

/** The sort keys of the first and the last run with `StartedOn`; minus infinity if there is none. */
function keysAtEnds(runs: readonly MLTaskRun[], direction: Direction): readonly [number, number] {
  const dated = runs.filter(isDatedRun);
  const [first, last] = [dated[0], dated.at(-1)];
  return first && last ? [sortKey(first, direction), sortKey(last, direction)] : [-Infinity, -Infinity];
}
