import { describe, expect, it } from "vitest";
import { matchesFilter } from "../../src/criteria/matches-filter.js";
import { createRun } from "../support.js";

/** A run with this start time in milliseconds, or without one. */
function runAt(time: number | undefined) {
  const Properties = { TaskType: "EVALUATION" as const };
  return createRun("tsk-1", { Properties, ...(time !== undefined && { StartedOn: new Date(time) }) });
}

describe("matchesFilter", () => {
  const time = 5001;
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

  it.each([
    [{ StartedAfter: new Date(5999) }, true],
    [{ StartedAfter: new Date(6000) }, false],
    [{ StartedBefore: new Date(4001) }, true],
    [{ StartedBefore: new Date(4000) }, false],
  ])("A run whose time is in whole seconds, as the service may show it, matches %j: %s", (filter, expected) => {
    expect(matchesFilter(runAt(5000), filter)).toBe(expected);
  });

  it("A run without StartedOn matches every bound", () => {
    expect(matchesFilter(runAt(undefined), { StartedAfter: new Date(1), StartedBefore: new Date(0) })).toBe(true);
  });
});
