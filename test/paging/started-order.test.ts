import fc from "fast-check";
import type { MLTaskRun } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import {
  createSkipper,
  hasNoBounds,
  MARGIN,
  matchesFilter,
  narrowToRange,
  positionAfter,
  sortKey,
} from "../../src/paging/started-order.js";
import { createRun, newestFirst, TransformId } from "../support.js";

const evaluation = { TaskType: "EVALUATION" as const };

/** A run with this start time in milliseconds, or without one. */
function runAt(time: number | undefined, TaskRunId = `tsk-${time}`): MLTaskRun {
  return createRun(TaskRunId, { Properties: evaluation, ...(time !== undefined && { StartedOn: new Date(time) }) });
}

const anyDirection = fc.constantFrom(1 as const, -1 as const);
const anyTime = fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined });

describe("positionAfter", () => {
  it.each<[string, (number | undefined)[], number, object | undefined]>([
    ["no run is undefined", [5], 0, undefined],
    ["one run is its time with a count of 1", [5, 5], 1, { time: 5, count: 1 }],
    ["two runs of one time has a count of 2", [5, 5], 2, { time: 5, count: 2 }],
    ["runs of several times counts those of the last time", [4, 5, 5], 3, { time: 5, count: 2 }],
    ["a run without StartedOn has the time null", [5, undefined], 2, { time: null, count: 1 }],
  ])("after %s", (_, times, count, expected) => {
    const runs = times.map((time) => runAt(time));
    expect(positionAfter(runs, count, undefined)).toEqual(expected);
  });

  it("adds the runs of the same time that came before the list", () => {
    expect(positionAfter([runAt(5)], 1, { time: 5, count: 3 })).toEqual({ time: 5, count: 4 });
    expect(positionAfter([runAt(6)], 1, { time: 5, count: 3 })).toEqual({ time: 6, count: 1 });
  });
});

describe("createSkipper", () => {
  it("removes exactly the runs up to a position from a list that is cut into pages anywhere", () => {
    fc.assert(
      fc.property(fc.array(anyTime), anyDirection, fc.nat(), fc.nat(), (times, direction, stopSeed, cutSeed) => {
        const runs = times
          .map((time, index) => runAt(time, `tsk-${index}`))
          .sort((a, b) => {
            const [keyOfA, keyOfB] = [sortKey(a, direction), sortKey(b, direction)];
            return keyOfA === keyOfB ? 0 : keyOfA - keyOfB;
          });
        const stop = stopSeed % (runs.length + 1);
        const cut = cutSeed % (runs.length + 1);
        const position = positionAfter(runs, stop, undefined);
        if (position === undefined) return;
        const skipper = createSkipper(position, direction);
        const rest = [...skipper.skip(runs.slice(0, cut)), ...skipper.skip(runs.slice(cut))];
        expect(rest).toEqual(runs.slice(stop));
        expect(skipper.missing).toBe(0);
      }),
    );
  });

  it("reports how many runs of the position were not in the lists", () => {
    const skipper = createSkipper({ time: 5, count: 3 }, 1);
    expect(skipper.skip([runAt(4), runAt(5), runAt(6)])).toEqual([runAt(6)]);
    expect(skipper.missing).toBe(2);
  });
});

describe("narrowToRange", () => {
  const query = { TransformId, Sort: newestFirst };
  const [from, to] = [1_000_000, 2_000_000];

  it("sets both bounds with the margin", () => {
    expect(narrowToRange(query, from, to)).toEqual({
      ...query,
      Filter: { StartedAfter: new Date(from - MARGIN), StartedBefore: new Date(to + MARGIN) },
    });
  });

  it("keeps the bounds of the query where they are narrower, and its other criteria", () => {
    const Filter = { Status: "FAILED" as const, StartedAfter: new Date(from + 1), StartedBefore: new Date(to - 1) };
    expect(narrowToRange({ ...query, Filter }, from, to)).toEqual({ ...query, Filter });
  });

  it("sets no bound for an infinite end", () => {
    expect(narrowToRange(query, -Infinity, Infinity).Filter).toEqual({});
  });

  it("sets no bound that a Date cannot hold", () => {
    const limit = 8_640_000_000_000_000;
    expect(narrowToRange(query, -limit, limit).Filter).toEqual({});
  });
});

describe("hasNoBounds", () => {
  it.each([
    [{}, true],
    [{ Status: "FAILED" as const }, true],
    [{ StartedAfter: new Date(0) }, false],
    [{ StartedBefore: new Date(0) }, false],
  ])("of the filter %j is %s", (Filter, expected) => {
    expect(hasNoBounds({ TransformId, Filter })).toBe(expected);
  });
});

describe("matchesFilter", () => {
  const time = 5000;
  it.each([
    ["matches an empty filter", {}, true],
    ["matches its own status and type", { Status: "FAILED", TaskRunType: "EVALUATION" }, true],
    ["does not match another status", { Status: "STOPPED" }, false],
    ["does not match another type", { TaskRunType: "FIND_MATCHES" }, false],
    ["matches bounds that are exactly its time", { StartedAfter: new Date(time), StartedBefore: new Date(time) }, true],
    ["does not match a later lower bound", { StartedAfter: new Date(time + 1) }, false],
    ["does not match an earlier upper bound", { StartedBefore: new Date(time - 1) }, false],
  ] as const)("A run %s", (_, filter, expected) => {
    expect(matchesFilter(runAt(time), filter)).toBe(expected);
  });

  it("A run without StartedOn matches every bound", () => {
    expect(matchesFilter(runAt(undefined), { StartedAfter: new Date(1), StartedBefore: new Date(0) })).toBe(true);
  });
});
