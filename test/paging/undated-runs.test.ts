import type { MLTaskRun } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { createUndatedRuns, mayHaveUndatedRuns, type UndatedRuns } from "../../src/paging/undated-runs.js";
import { createRun, TransformId } from "../support.js";

const Properties = { $unknown: undefined };
const undated: MLTaskRun = createRun("tsk-1", { Properties });
const dated: MLTaskRun = { ...undated, StartedOn: new Date(1) };
const other: MLTaskRun = createRun("tsk-2", { Properties });

/** Sends a request of a query, and receives the runs of its response. */
function receive(collector: UndatedRuns, ...runs: MLTaskRun[]) {
  const query = collector.addQuery();
  query.requestSent();
  query.received(runs);
}

const collected = (collector: UndatedRuns) => [...collector.byId.values()];

it("A run without StartedOn on two pages is collected once", () => {
  const collector = createUndatedRuns();
  receive(collector, undated, other);
  receive(collector, undated);
  expect(collected(collector)).toEqual([undated, other]);
});

it("A collected run is removed when a later page has it with StartedOn", () => {
  const collector = createUndatedRuns();
  receive(collector, undated, other);
  receive(collector, dated);
  expect(collected(collector)).toEqual([other]);
});

it("A run is not collected if a page that arrived while its request was in flight has it with StartedOn", () => {
  const collector = createUndatedRuns();
  const slow = collector.addQuery();
  slow.requestSent();
  receive(collector, other, dated);
  slow.received([undated]);
  expect(collected(collector)).toEqual([other]);
});

it("A run is collected even if a page that arrived before its request was sent has it with StartedOn", () => {
  const collector = createUndatedRuns();
  const waiting = collector.addQuery();
  waiting.requestSent();
  receive(collector, dated);
  receive(collector, undated);
  waiting.received([]);
  expect(collected(collector)).toEqual([undated]);
});

it("A run is collected if a page with its StartedOn arrived before the request was sent again after an error", () => {
  const collector = createUndatedRuns();
  const failing = collector.addQuery();
  failing.requestSent();
  receive(collector, dated);
  failing.requestSent();
  failing.received([undated]);
  expect(collected(collector)).toEqual([undated]);
});

describe("mayHaveUndatedRuns", () => {
  it.each([
    [{}, true],
    [{ Status: "FAILED" as const }, true],
    [{ StartedAfter: new Date(0) }, false],
    [{ StartedBefore: new Date(0) }, false],
  ])("of the filter %j is %s", (Filter, expected) => {
    expect(mayHaveUndatedRuns({ TransformId, Filter })).toBe(expected);
  });
});
