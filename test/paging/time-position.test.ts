import fc from "fast-check";
import type { MLTaskRun } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { sortKey } from "../../src/paging/started-order.js";
import { createSkipper, timePositionAfter } from "../../src/paging/time-position.js";
import { createRun } from "../support.js";

const evaluation = { TaskType: "EVALUATION" as const };

/** A run with this start time in milliseconds, or without one. */
function runAt(time: number | undefined, TaskRunId = `tsk-${time}`): MLTaskRun {
  return createRun(TaskRunId, { Properties: evaluation, ...(time !== undefined && { StartedOn: new Date(time) }) });
}

const anyDirection = fc.constantFrom(1 as const, -1 as const);
const anyTime = fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined });

describe("timePositionAfter", () => {
  it.each<[string, (number | undefined)[], number, object | undefined]>([
    ["no run is undefined", [5], 0, undefined],
    ["one run is its time with a count of 1", [5, 5], 1, { startedOn: 5, count: 1 }],
    ["two runs of one time has a count of 2", [5, 5], 2, { startedOn: 5, count: 2 }],
    ["runs of several times counts those of the last time", [4, 5, 5], 3, { startedOn: 5, count: 2 }],
    ["a run without StartedOn has the time null", [5, undefined], 2, { startedOn: null, count: 1 }],
  ])("after %s", (_, times, count, expected) => {
    const runs = times.map((time) => runAt(time));
    expect(timePositionAfter(runs, count, undefined)).toEqual(expected);
  });

  it("adds the runs of the same time that came before the list", () => {
    expect(timePositionAfter([runAt(5)], 1, { startedOn: 5, count: 3 })).toEqual({ startedOn: 5, count: 4 });
    expect(timePositionAfter([runAt(6)], 1, { startedOn: 5, count: 3 })).toEqual({ startedOn: 6, count: 1 });
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
        const position = timePositionAfter(runs, stop, undefined);
        if (position === undefined) return;
        const skipper = createSkipper(position, direction);
        const rest = [...skipper.skip(runs.slice(0, cut)), ...skipper.skip(runs.slice(cut))];
        expect(rest).toEqual(runs.slice(stop));
        expect(skipper.missing).toBe(0);
      }),
    );
  });

  it("reports how many runs of the position were not in the lists", () => {
    const skipper = createSkipper({ startedOn: 5, count: 3 }, 1);
    expect(skipper.skip([runAt(4), runAt(5), runAt(6)])).toEqual([runAt(6)]);
    expect(skipper.missing).toBe(2);
  });
});
