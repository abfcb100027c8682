import type { TaskStatusType } from "@aws-sdk/client-glue";
import { isFinished, isTaskRunType, isTaskStatus, isTaskType, type MLTaskRun } from "glue-ml-task-runs";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { createRun } from "./support.js";

describe("isTaskRunType", () => {
  it("is true for the runs whose TaskType it is, and narrows their properties", () => {
    const runs = sampleTaskRuns({ count: 200 });
    const found = runs.filter((run) => isTaskRunType(run, "FIND_MATCHES"));
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(runs.filter((run) => run.Properties.TaskType === "FIND_MATCHES"));
    for (const run of found) expect(run.Properties.FindMatchesTaskRunProperties.JobRunId).toMatch(/^jr_/);
  });

  it("is false for a run without Properties", () => {
    const run: MLTaskRun = createRun("tsk-1", { Properties: { $unknown: undefined } });
    expect(isTaskRunType(run, "EVALUATION")).toBe(false);
  });

  it("creates a guard for filter if it is called with a type alone", () => {
    const runs = sampleTaskRuns({ count: 200 });
    const expected = runs.filter((run) => isTaskRunType(run, "EXPORT_LABELS"));
    expect(runs.filter(isTaskRunType("EXPORT_LABELS"))).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
  });

  it("takes a run of the SDK, also without Properties", () => {
    expect(isTaskRunType({ Properties: { TaskType: "EVALUATION" } }, "EVALUATION")).toBe(true);
    expect(isTaskRunType({ Properties: { TaskType: "EVALUATION" } }, "EXPORT_LABELS")).toBe(false);
    expect(isTaskRunType({}, "EVALUATION")).toBe(false);
  });
});

describe("isFinished", () => {
  it.each<[TaskStatusType, boolean]>([
    ["STARTING", false],
    ["RUNNING", false],
    ["STOPPING", false],
    ["STOPPED", true],
    ["SUCCEEDED", true],
    ["FAILED", true],
    ["TIMEOUT", true],
  ])("is, for the status %s, %s", (Status, expected) => {
    expect(isFinished({ Status })).toBe(expected);
  });

  it("is false for a status that the SDK does not know", () => {
    expect(isFinished({ Status: "PAUSED" as TaskStatusType })).toBe(false);
  });

  it("is false without a status", () => {
    expect(isFinished({})).toBe(false);
  });
});

it("isTaskStatus and isTaskType are true for the values of the SDK only", () => {
  expect(["FAILED", "failed", "EVALUATION", null, undefined, ["FAILED"]].filter(isTaskStatus)).toEqual(["FAILED"]);
  expect(["EVALUATION", "evaluation", "FAILED", null, 5].filter(isTaskType)).toEqual(["EVALUATION"]);
});
