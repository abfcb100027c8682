import type { MLTaskRun } from "glue-ml-task-runs";
import { expect, it } from "vitest";
import { createUndatedRuns } from "../../src/combine/undated-runs.js";
import { createRun } from "../support.js";

const Properties = { $unknown: undefined };
const undated: MLTaskRun = createRun("tsk-1", { Properties });
const dated: MLTaskRun = { ...undated, StartedOn: new Date(1) };
const other: MLTaskRun = createRun("tsk-2", { Properties });

it("A run without StartedOn on two pages is collected once", () => {
  const runs = createUndatedRuns();
  runs.requestSent()([undated, other]);
  runs.requestSent()([undated]);
  expect([...runs.values()]).toEqual([undated, other]);
  expect(runs.size).toBe(2);
});

it("A collected run is removed when a later page has it with StartedOn", () => {
  const runs = createUndatedRuns();
  runs.requestSent()([undated, other]);
  runs.requestSent()([dated]);
  expect([...runs.values()]).toEqual([other]);
  expect(runs.size).toBe(1);
});

it("A run is not collected if a page that arrived while its request was in flight has it with StartedOn", () => {
  const runs = createUndatedRuns();
  const slow = runs.requestSent();
  runs.requestSent()([other, dated]);
  slow([undated]);
  expect([...runs.values()]).toEqual([other]);
});

it("A run is collected even if a page that arrived before its request was sent has it with StartedOn", () => {
  const runs = createUndatedRuns();
  const waiting = runs.requestSent();
  runs.requestSent()([dated]);
  const late = runs.requestSent();
  late([undated]);
  waiting([]);
  expect([...runs.values()]).toEqual([undated]);
});
