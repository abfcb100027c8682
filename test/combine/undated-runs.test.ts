import type { MLTaskRun } from "glue-ml-task-runs";
import { expect, it } from "vitest";
import { createUndatedRuns } from "../src/combine/undated-runs.js";

const undated: MLTaskRun = {
  TransformId: "tfm-1",
  TaskRunId: "tsk-1",
  Status: "STARTING",
  Properties: { $unknown: undefined },
};
const dated: MLTaskRun = { ...undated, StartedOn: new Date(1) };
const other: MLTaskRun = { ...undated, TaskRunId: "tsk-2" };

it("a run without StartedOn is collected once, and dropped when a later page has it with the time", () => {
  const runs = createUndatedRuns();
  runs.requestSent()([undated, other]);
  runs.requestSent()([undated]);
  expect([...runs.values()]).toEqual([undated, other]);
  runs.requestSent()([dated]);
  expect([...runs.values()]).toEqual([other]);
  expect(runs.size).toBe(1);
});

it("a run is not collected whose time was on a page that arrived while the request was in flight", () => {
  const runs = createUndatedRuns();
  const slow = runs.requestSent();
  runs.requestSent()([other, dated]);
  slow([undated]);
  expect([...runs.values()]).toEqual([other]);
});

it("a page that arrived before the request was sent does not count", () => {
  const runs = createUndatedRuns();
  const waiting = runs.requestSent();
  runs.requestSent()([dated]);
  const late = runs.requestSent();
  late([undated]);
  waiting([]);
  expect([...runs.values()]).toEqual([undated]);
});
