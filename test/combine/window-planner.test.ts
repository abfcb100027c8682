import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWindowPlanner, MIN_WIDTH, pagesPerWindow, type TimeRange } from "../../src/combine/window-planner.js";
import { MARGIN } from "../../src/paging/narrow.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Runs at even distances: one a minute, in pages of 100. */
const density = 1 / MINUTE;
const pageSize = 100;
const capacity = pageSize * pagesPerWindow(pageSize);
const firstPage = {
  begin: 0,
  endOfListing: 365 * DAY,
  width: pageSize * MINUTE,
  runs: pageSize,
  pageSize,
  concurrency: 8,
};

const widthOf = ({ begin, end }: TimeRange) => end - begin;

/** The next range of a planner that is not at its end. */
function nextRange(planner: ReturnType<typeof createWindowPlanner>): TimeRange {
  const range = planner.next();
  if (range === undefined) throw new Error("The plan is at its end.");
  return range;
}

/** What a window showed whose runs all fit in one page. */
const sampleOf = (runsInWindow: number) => ({ runsInWindow, runsOnPage: runsInWindow, coveredUntil: undefined });

describe("pagesPerWindow", () => {
  it.each([
    [1, 4],
    [100, 4],
    [375, 4],
    [376, 3],
    [500, 3],
    [750, 2],
    [751, 1],
    [1000, 1],
  ])("of a page size of %i is %i: at most 1,500 runs in at most four pages", (size, pages) => {
    expect(pagesPerWindow(size)).toBe(pages);
  });
});

describe("The plan", () => {
  const anyPlan = fc.record({
    begin: fc.integer({ min: -1e12, max: 1e12 }),
    length: fc.integer({ min: MIN_WIDTH, max: 300 * MIN_WIDTH }),
    width: fc.integer({ min: 0, max: 20 * MIN_WIDTH }),
    runs: fc.integer({ min: 1, max: 1000 }),
    pageSize: fc.integer({ min: 1, max: 1000 }),
    concurrency: fc.integer({ min: 1, max: 64 }),
    counts: fc.array(fc.nat({ max: 1000 }), { minLength: 1 }),
  });

  it("consists of ranges side by side, from the begin on, of which only the last has no end", () => {
    fc.assert(
      fc.property(anyPlan, ({ begin, length, counts, ...first }) => {
        const planner = createWindowPlanner({ ...first, begin, endOfListing: begin + length });
        const ranges: TimeRange[] = [];
        for (let range = planner.next(); range; range = planner.next()) {
          ranges.push(range);
          planner.addSample(range, sampleOf(counts[ranges.length % counts.length] ?? 0));
          expect(planner.maxReadingWindows).toBeGreaterThanOrEqual(1);
          expect(planner.maxReadingWindows).toBeLessThanOrEqual(first.concurrency);
        }
        expect(ranges.map((range) => range.begin)).toEqual([begin, ...ranges.slice(0, -1).map((range) => range.end)]);
        expect(ranges.at(-1)?.end).toBe(Infinity);
        const roundingError = 0.001;
        for (const range of ranges) expect(widthOf(range)).toBeGreaterThanOrEqual(MIN_WIDTH - roundingError);
        expect(planner.next()).toBeUndefined();
      }),
    );
  });

  it("fits between the limits of Date", () => {
    const limit = 8_640_000_000_000_000;
    const planner = createWindowPlanner({
      ...firstPage,
      begin: -limit,
      endOfListing: limit,
      width: limit / 4,
      runs: 1,
    });
    const ends: number[] = [];
    for (let range = planner.next(); range; range = planner.next()) ends.push(range.end);
    expect(ends.at(-1)).toBe(Infinity);
    for (const end of ends.slice(0, -1)) expect(new Date(end).getTime()).not.toBeNaN();
  });

  it("has one range without an end if all runs fit in the narrowest window", () => {
    const planner = createWindowPlanner({ ...firstPage, endOfListing: MIN_WIDTH });
    expect(planner.next()).toMatchObject({ begin: 0, end: Infinity });
    expect(planner.next()).toBeUndefined();
  });

  it("expects the runs of the last range only up to the last run", () => {
    const planner = createWindowPlanner({ ...firstPage, endOfListing: MIN_WIDTH });
    expect(planner.next()?.expectedRuns).toBeCloseTo(MIN_WIDTH * density, 6);
  });
});

describe("A window", () => {
  /** A range in the middle of a long plan, after the widths have stopped growing. */
  function steadyRange(first = firstPage): TimeRange {
    const planner = createWindowPlanner(first);
    for (let count = 0; count < 10; count += 1) planner.next();
    return nextRange(planner);
  }

  it("with its margins is planned for its capacity minus about two standard deviations", () => {
    const range = steadyRange();
    const runsWithMargins = density * (widthOf(range) + 2 * MARGIN);
    const standardDeviation = Math.sqrt(capacity);
    expect(runsWithMargins).toBeLessThan(capacity - standardDeviation);
    expect(runsWithMargins).toBeGreaterThan(capacity - 3 * standardDeviation);
  });

  it("expects the runs of the range without its margins", () => {
    const range = steadyRange();
    expect(range.expectedRuns).toBeCloseTo(density * widthOf(range), 6);
  });

  it("is half as wide for twice the density", () => {
    const dense = steadyRange({ ...firstPage, runs: 2 * firstPage.runs });
    expect(widthOf(dense) + 2 * MARGIN).toBeCloseTo((widthOf(steadyRange()) + 2 * MARGIN) / 2, 3);
  });

  it("is never narrower than 20 margins, however dense the runs are", () => {
    const range = steadyRange({ ...firstPage, width: 1, runs: 1000 });
    expect(widthOf(range)).toBe(MIN_WIDTH);
    expect(MIN_WIDTH).toBe(20 * MARGIN);
  });

  it("is at most four times as wide as the one before", () => {
    const planner = createWindowPlanner({ ...firstPage, width: MIN_WIDTH, runs: 1 });
    const widths = [1, 2, 3].map(() => widthOf(nextRange(planner)));
    expect(widths).toEqual([4 * MIN_WIDTH, 16 * MIN_WIDTH, 64 * MIN_WIDTH]);
  });

  it("holds a single page towards the end, so that all requests in flight end together", () => {
    const pagesLeft = firstPage.concurrency;
    const planner = createWindowPlanner({ ...firstPage, endOfListing: pagesLeft * pageSize * MINUTE });
    const { expectedRuns } = nextRange(planner);
    expect(expectedRuns).toBeLessThan(pageSize);
    expect(expectedRuns).toBeGreaterThan(pageSize - 3 * Math.sqrt(pageSize));
  });
});

describe("What a window showed", () => {
  /** The planner after its first range, and a function that returns the density of its plan from the next range. */
  function startPlanner() {
    const planner = createWindowPlanner(firstPage);
    const range = nextRange(planner);
    const nextDensity = () => {
      const next = nextRange(planner);
      return next.expectedRuns / widthOf(next);
    };
    return { planner, range, runs: range.expectedRuns, nextDensity };
  }

  it.each([
    ["counts by a fifth if it is near the estimate", 1.5, 1.1],
    ["replaces the estimate if it is more than twice as dense", 3, 3],
    ["replaces the estimate if it is less than half as dense", 0.4, 0.4],
    ["lowers the estimate at most to a quarter", 0, 0.25],
  ])("%s", (_, measured, planned) => {
    const { planner, range, runs, nextDensity } = startPlanner();
    planner.addSample(range, sampleOf(measured * runs));
    expect(nextDensity() / density).toBeCloseTo(planned, 6);
  });

  it("is measured up to the last run of its first page if more of the window follows", () => {
    const { planner, range, nextDensity } = startPlanner();
    const coveredUntil = range.begin + widthOf(range) / 10;
    planner.addSample(range, { runsInWindow: 90, runsOnPage: 100, coveredUntil });
    expect(nextDensity()).toBeCloseTo(100 / (coveredUntil - range.begin + MARGIN), 12);
  });

  it("halves the number of windows that wait for their first page if it is sparse, down to one", () => {
    const { planner, range } = startPlanner();
    const concurrencies = [1, 2, 3, 4].map(() => {
      planner.addSample(range, sampleOf(0));
      return planner.maxReadingWindows;
    });
    expect(concurrencies).toEqual([4, 2, 1, 1]);
  });

  it("adds one to this number if it is as dense as expected, up to the concurrency", () => {
    const { planner, range, runs } = startPlanner();
    for (const _ of [1, 2, 3]) planner.addSample(range, sampleOf(0));
    const concurrencies = Array.from({ length: 8 }, () => {
      planner.addSample(range, sampleOf(runs));
      return planner.maxReadingWindows;
    });
    expect(concurrencies).toEqual([2, 3, 4, 5, 6, 7, 8, 8]);
  });

  it("is ignored if it is the last window, which has no end", () => {
    const { planner, range, nextDensity } = startPlanner();
    planner.addSample({ ...range, end: Infinity }, sampleOf(0));
    expect(planner.maxReadingWindows).toBe(firstPage.concurrency);
    expect(nextDensity()).toBeCloseTo(density, 12);
  });
});

describe("The requests of a plan", () => {
  const timesOf = (count: number, timeOf: (index: number) => number) =>
    Array.from({ length: count }, (_, i) => timeOf(i));

  /** Plans the windows of a history of sorted times, and counts the requests that the windows need. */
  function countRequests(times: readonly number[], size: number): number {
    const firstTimes = times.slice(0, size);
    const [begin = 0, end = 0] = [firstTimes.at(-1), times.at(-1)];
    const width = begin - (firstTimes[0] ?? 0);
    const planner = createWindowPlanner({
      begin,
      endOfListing: end,
      width,
      runs: size,
      pageSize: size,
      concurrency: 1,
    });
    let requests = 1;
    for (let range = planner.next(); range; range = planner.next()) {
      const { begin, end } = range;
      const received = times.filter((time) => begin - MARGIN < time && time < end + MARGIN);
      requests += Math.max(1, Math.ceil(received.length / size));
      const page = received.slice(0, size);
      const last = page.at(-1) ?? begin;
      planner.addSample(range, {
        runsInWindow: page.filter((time) => begin <= time && time < end).length,
        runsOnPage: page.length,
        coveredUntil: page.length < received.length && last < end ? last : undefined,
      });
    }
    return requests;
  }

  it.each([
    ["at even distances", timesOf(3000, (index) => index * 17 * MINUTE)],
    ["whose distances grow by and by", timesOf(5000, (index) => Math.exp((index / 5000) * 15) * 1000)],
    ["in a dense group each night", timesOf(9000, (index) => Math.floor(index / 300) * DAY + (index % 300) * 200)],
    ["in two groups with five years between", timesOf(3000, (i) => (i < 1500 ? 0 : 5 * 365 * DAY) + i * MINUTE)],
  ])("of runs %s are at most 1.3 times the pages and ten more", (_, times) => {
    for (const size of [100, 500]) {
      expect(countRequests(times, size)).toBeLessThanOrEqual(1.3 * (times.length / size) + 10);
    }
  });
});
