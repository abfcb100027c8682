import type { MLTaskRun } from "glue-ml-task-runs";
import { expect, it } from "vitest";
import { createUndatedRuns } from "../../src/combine/undated-runs.js";
import { createRun } from "../support.js";

const Properties = { $unknown: undefined };
const undated: MLTaskRun = createRun("tsk-1", { Properties });
const dated: MLTaskRun = { ...undated, StartedOn: new Date(1) };
const other: MLTaskRun = createRun("tsk-2", { Properties });

it("A run without StartedOn on two pages is collected once", () => {
  const collector = createUndatedRuns();
  collector.requestSent()([undated, other]);
  collector.requestSent()([undated]);
  expect([...collector.runs.values()]).toEqual([undated, other]);
  expect(collector.runs.size).toBe(2);
});

it("A collected run is removed when a later page has it with StartedOn", () => {
  const collector = createUndatedRuns();
  collector.requestSent()([undated, other]);
  collector.requestSent()([dated]);
  expect([...collector.runs.values()]).toEqual([other]);
  expect(collector.runs.size).toBe(1);
});

it("A run is not collected if a page that arrived while its request was in flight has it with StartedOn", () => {
  const collector = createUndatedRuns();
  const slow = collector.requestSent();
  collector.requestSent()([other, dated]);
  slow([undated]);
  expect([...collector.runs.values()]).toEqual([other]);
});

it("A run is collected even if a page that arrived before its request was sent has it with StartedOn", () => {
  const collector = createUndatedRuns();
  const waiting = collector.requestSent();
  collector.requestSent()([dated]);
  const late = collector.requestSent();
  late([undated]);
  waiting([]);
  expect([...collector.runs.values()]).toEqual([undated]);
});
