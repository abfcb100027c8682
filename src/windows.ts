/** One query becomes time windows side by side, so that many requests can be in flight where `NextToken` allows one. */
import { ignore, type LoadedPage, type Page, type PageSource } from "./pages.js";
import { type Direction, directionOf, type Gate, gateOf, sourceOf, startKey } from "./parallel.js";
import type { CheckedQuery, PageProgress } from "./query.js";

/** What is read in windows. */
export interface Windows {
  /** The query, sorted by STARTED. */
  readonly query: CheckedQuery;
  readonly direction: Direction;
  /** How many requests may be in flight. */
  readonly concurrency: number;
  readonly pageSize: number;
  readonly limit?: number | undefined;
  /** Ends whatever is in flight. */
  readonly stopped: AbortController;
  readonly onPage?: ((progress: PageProgress) => unknown) | undefined;
  /** Opens the pages of a part of the query; each page is requested when it is asked for, and not ahead. */
  open(part: CheckedQuery, extent: { pageSize: number; limit?: number }, gate: Gate): PageSource<LoadedPage>;
}

/**
 * How far a request reaches beyond each end of its window, in milliseconds. What it finds there is not the window's; but
 * whether the service's bounds are inclusive, or coarser than the runs' own times, then makes no difference.
 */
const MARGIN = 2000;
/** No window is narrower, in milliseconds: its margins would hold more runs than a tenth of it. */
const MIN_WIDTH = 20 * MARGIN;
/** No window is more than so many times as wide as the one before. */
const GROWTH = 4;
/** At most so many windows for each request in flight are open: one that takes long holds up those behind it, then. */
const AHEAD = 3;
/** How much of a new estimate of the density counts, where it is near the one before. */
const WEIGHT = 0.2;

/** A stretch of the axis, on which time grows in the direction of the listing: from `begin`, and before `end`. */
interface Stretch {
  readonly begin: number;
  readonly end: number;
  /** How many runs it should hold. */
  readonly expected: number;
}

/** A stretch that is being read: its next page, or undefined after its last. */
interface Window extends Stretch {
  next(): Promise<Page | undefined>;
}

/**
 * The runs of a query in the order in which they started, as a plain listing gives them, but for those without
 * `StartedOn`, which are in no window. The first page tells how dense the runs are, and a look from the other end how far
 * they go.
 */
export function readWindows(windows: Windows): PageSource {
  const { query, direction, concurrency, pageSize, limit = Infinity, onPage } = windows;
  const gate = gateOf(concurrency);
  const progress = { page: 0, runs: 0 };
  /** How many windows wait for their first page. */
  let awaited = 0;
  /** Opens windows where there is room; it does so once it is known how dense the runs are. */
  let launch: () => void = ignore;

  const open = (part: CheckedQuery, extent: { pageSize: number; limit?: number } = { pageSize }) =>
    windows.open(part, extent, gate);
  const keyOf = (page: LoadedPage, index: number) => startKey(page.runs.at(index), direction);
  /** A page with the runs of a stretch only. */
  const within = async (page: LoadedPage, begin: number, end: number): Promise<LoadedPage> => {
    const runs = page.runs.filter((run) => begin <= startKey(run, direction) && startKey(run, direction) < end);
    progress.page += 1;
    progress.runs += runs.length;
    await onPage?.({ ...progress, requestId: page.requestId });
    return { runs, requestId: page.requestId, error: page.error, end: page.end };
  };

  async function* pages(): AsyncGenerator<Page, void> {
    const head = open(query);
    const arriving = head.next();
    // At the same time, unless the first page will be all.
    const far = limit > pageSize ? open(reversed(query), { pageSize: 1, limit: 1 }).next() : undefined;
    far?.catch(ignore);
    // A listing has a first page, if an empty one.
    const first = (await arriving) as LoadedPage;
    const split = keyOf(first, -1);
    // What goes wrong with the look from the other end goes wrong with the listing too, or does not matter.
    const farthest = isMore(first) ? await far?.catch(ignore) : undefined;
    const end = farthest ? keyOf(farthest, 0) : Infinity;
    // Where the other end has no time, or is too near for windows in between, it is a plain listing.
    if (!Number.isFinite(end) || !(end - split >= MIN_WIDTH)) {
      let next: Promise<LoadedPage | undefined> = Promise.resolve(first);
      for (let page = await next; page; page = await next) {
        next = isMore(page) && progress.runs + page.runs.length < limit ? head.next() : Promise.resolve(undefined);
        // It surfaces when the consumer gets there.
        next.catch(ignore);
        yield within(page, -Infinity, Infinity);
      }
      return;
    }
    // The instant in which the first page ends may go on on the next: its runs are the first window's.
    yield within(first, -Infinity, split);
    const span = split - keyOf(first, 0);
    const plan = planStretches({ begin: split, end, span, runs: first.runs.length, pageSize, concurrency });
    const ahead: Window[] = [];
    let given = progress.runs;
    // No sooner than there is a request to be had for it, so that each is as wide as the ones before it tell.
    launch = () => {
      const isWanted = () => ahead.reduce((sum, window) => sum + window.expected, given) < limit;
      while (awaited < plan.room() && ahead.length < AHEAD * concurrency && isWanted()) {
        const stretch = plan.next();
        if (stretch === undefined) break;
        ahead.push(openWindow(stretch, plan.learn));
      }
    };
    launch();
    for (let [window] = ahead; window; [window] = ahead) {
      for (let page = await window.next(); page; page = await window.next()) {
        given += page.runs.length;
        yield page;
      }
      // Until then it counted among what is to come.
      ahead.shift();
      launch();
    }
  }

  function openWindow(stretch: Stretch, learn: (stretch: Stretch, page: Arrival) => void): Window {
    const { begin, end } = stretch;
    const source = open(bounded(query, direction, begin, end));
    // What comes behind the end of the window is the next one's.
    const goesOn = (page: LoadedPage) => isMore(page) && (page.runs.length === 0 || keyOf(page, -1) < end);
    let isFirst = true;
    awaited += 1;
    const arrive = async (page: LoadedPage): Promise<Page> => {
      const own = await within(page, begin, end);
      const reached = goesOn(page) ? keyOf(page, -1) : undefined;
      if (isFirst) {
        isFirst = false;
        awaited -= 1;
        learn(stretch, { own: own.runs.length, all: page.runs.length, reached });
        launch();
      }
      return own;
    };
    let last = source.next();
    const pages: Promise<Page | undefined>[] = [];
    const ask = () => {
      const page = last.then((loaded) => loaded && arrive(loaded));
      // It surfaces when the consumer gets there.
      page.catch(ignore);
      pages.push(page);
      last = last.then((loaded) => (loaded && goesOn(loaded) ? source.next() : undefined));
      last.catch(ignore);
    };
    // All the pages that it should have, whether the consumer is there yet or not.
    for (let count = 0; count <= pagesPerWindow(pageSize); count += 1) ask();
    return {
      ...stretch,
      async next() {
        ask();
        return pages.shift();
      },
    };
  }
  return sourceOf(pages(), windows);
}

const isMore = (page: LoadedPage) => page.end !== undefined && page.error === undefined;

/** The same query from its other end. */
function reversed(query: CheckedQuery): CheckedQuery {
  const SortDirection = directionOf(query) === 1 ? "DESCENDING" : "ASCENDING";
  return { ...query, Sort: { Column: "STARTED", SortDirection } };
}

/** The query of a stretch, margins included; its own bounds stay where they are the narrower ones. */
function bounded(query: CheckedQuery, direction: Direction, begin: number, end: number): CheckedQuery {
  const [one, other] = [direction * begin, direction * end];
  const after = Math.max(Math.min(one, other) - MARGIN, query.Filter?.StartedAfter?.getTime() ?? -Infinity);
  const before = Math.min(Math.max(one, other) + MARGIN, query.Filter?.StartedBefore?.getTime() ?? Infinity);
  return {
    ...query,
    Filter: {
      ...query.Filter,
      ...(Number.isFinite(after) && { StartedAfter: new Date(after) }),
      ...(Number.isFinite(before) && { StartedBefore: new Date(before) }),
    },
  };
}

/** How many pages a window should take: several small ones, since chance has too large a part in how full each of them is. */
const pagesPerWindow = (pageSize: number) => Math.max(1, Math.min(4, Math.floor(1500 / pageSize)));

/**
 * How many runs to aim at where so many fit: what is more takes one request more, and of runs that come at random one time
 * in forty there are more than expected by twice the square root of their number.
 */
const aimFor = (room: number) => room / (1 + 2 / Math.sqrt(room));

/** What the first page of a window brought. */
interface Arrival {
  /** How many of its runs are the window's. */
  readonly own: number;
  readonly all: number;
  /** How far it came, if not to the end of the window. */
  readonly reached: number | undefined;
}

/** Cuts the axis into stretches that should hold as many runs as a window aims at, by how dense the runs lately were. */
function planStretches(start: {
  readonly begin: number;
  readonly end: number;
  /** How long the stretch was in which so many runs were, at first. */
  readonly span: number;
  readonly runs: number;
  readonly pageSize: number;
  readonly concurrency: number;
}) {
  const { pageSize, concurrency } = start;
  let begin = start.begin;
  let width = Math.max(start.span, MIN_WIDTH);
  /** Runs per millisecond. */
  let density = start.runs / Math.max(start.span, 1);
  /** How many requests are worth having in flight: few, where the runs lately lay otherwise than was thought. */
  let room = concurrency;

  return {
    next(): Stretch | undefined {
      if (begin === Infinity) return undefined;
      // Towards the end single pages, so that all requests in flight come to it together.
      const share = (density * (start.end - begin)) / concurrency;
      const target = aimFor(Math.max(pageSize, Math.min(pageSize * pagesPerWindow(pageSize), share)));
      width = Math.max(MIN_WIDTH, Math.min(target / density - 2 * MARGIN, GROWTH * width));
      // The last one has no end: whatever comes to be meanwhile is in it.
      const end = begin + width >= start.end ? Infinity : begin + width;
      const expected = density * (Math.min(end, start.end) - begin);
      const stretch = { begin, end, expected };
      begin = end;
      return stretch;
    },
    room: () => room,
    learn({ begin, end, expected }: Stretch, { own, all, reached }: Arrival): void {
      if (end === Infinity) return;
      // An empty page that goes on reached infinity, and shows no density.
      const seen = reached === undefined ? own / (end - begin) : all / Math.max(1, reached - begin + MARGIN);
      const isHollow = reached === undefined && own < expected / 2;
      room = isHollow ? Math.max(1, Math.floor(room / 2)) : Math.min(concurrency, room + 1);
      // Near what was thought it may be chance, and counts for a part; far from it the runs lie otherwise from here on.
      if (seen > 2 * density) density = seen;
      else if (seen < density / 2) density = Math.max(seen, density / GROWTH);
      else density += WEIGHT * (seen - density);
    },
  };
}
