import { GetMLTaskRunsCommand } from "@aws-sdk/client-glue";
import fc from "fast-check";
import { taskRunFilter } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { startGlue, TransformId } from "../support.js";

describe("taskRunFilter", () => {
  it("has no own properties before a criterion is set", () => {
    expect(Object.keys(taskRunFilter())).toEqual([]);
  });

  it("has the criteria as its only own enumerable properties", () => {
    const filter = taskRunFilter().taskRunType("FIND_MATCHES").status("FAILED").startedAfter(0).startedBefore(1);
    expect({ ...filter }).toStrictEqual({
      TaskRunType: "FIND_MATCHES",
      Status: "FAILED",
      StartedAfter: new Date(0),
      StartedBefore: new Date(1),
    });
    expect(JSON.stringify(filter)).toBe(
      '{"TaskRunType":"FIND_MATCHES","Status":"FAILED","StartedAfter":"1970-01-01T00:00:00.000Z","StartedBefore":"1970-01-01T00:00:00.001Z"}',
    );
  });

  it("is frozen", () => {
    expect(Object.isFrozen(taskRunFilter())).toBe(true);
    expect(Object.isFrozen(taskRunFilter().status("FAILED"))).toBe(true);
  });

  it("returns a new filter from each method and leaves the first as it was", () => {
    const first = taskRunFilter().status("FAILED");
    const second = first.status("TIMEOUT");
    expect(first.Status).toBe("FAILED");
    expect(second.Status).toBe("TIMEOUT");
  });

  it("replaces a criterion that is set again", () => {
    expect(taskRunFilter().taskRunType("EVALUATION").taskRunType("EXPORT_LABELS").TaskRunType).toBe("EXPORT_LABELS");
  });

  it("copies a Date, so that a later change of the Date does not change the filter", () => {
    const date = new Date(5);
    const filter = taskRunFilter().startedAfter(date);
    date.setTime(6);
    expect(filter.StartedAfter).toEqual(new Date(5));
  });

  it.each([
    // @ts-expect-error The SDK has no such task type.
    ["Filter.TaskRunType", () => taskRunFilter().taskRunType("FIND"), "Filter.TaskRunType must be one of EVALUATION, "],
    // @ts-expect-error The SDK has no such status.
    ["Filter.Status", () => taskRunFilter().status("failed"), "Filter.Status must be one of FAILED, "],
    [
      "Filter.StartedBefore",
      () => taskRunFilter().startedBefore("now"),
      "Filter.StartedBefore must be an ISO 8601 date",
    ],
    ["Filter.StartedAfter", () => taskRunFilter().startedAfter("now"), "Filter.StartedAfter must be an ISO 8601 date"],
  ])("rejects a wrong %s at once and names it", (field, call, message) => {
    expect(call).toThrow(
      expect.objectContaining({ name: "InvalidQueryError", field, message: expect.stringContaining(message) }),
    );
  });

  it("lists the known task types and the rejected value in the error", () => {
    // @ts-expect-error The SDK has no such task type.
    expect(() => taskRunFilter().taskRunType("FIND")).toThrow(
      'Filter.TaskRunType must be one of EVALUATION, EXPORT_LABELS, FIND_MATCHES, IMPORT_LABELS, LABELING_SET_GENERATION, got "FIND".',
    );
  });

  describe("with bounds that exclude every run", () => {
    const after = taskRunFilter().startedAfter("2026-11-02");
    const before = taskRunFilter().startedBefore("2026-11-01");

    it.each([
      ["startedBefore() with an earlier time", "Filter.StartedBefore", () => after.startedBefore("2026-11-01")],
      ["startedBefore() with the same time", "Filter.StartedBefore", () => after.startedBefore("2026-11-02")],
      ["startedAfter() with a later time", "Filter.StartedAfter", () => before.startedAfter("2026-11-02")],
    ])("rejects the call of %s", (_, field, call) => {
      const rule = "makes the interval empty: no run can start after 2026-11-02T00:00:00.000Z and before 2026-11-0";
      expect(call).toThrow(expect.objectContaining({ field, message: expect.stringContaining(`${field} ${rule}`) }));
    });

    it("accepts bounds that are one millisecond apart", () => {
      expect(after.startedBefore("2026-11-02T00:00:00.001Z").StartedBefore).toBeDefined();
    });
  });

  it("has the last value of each criterion for any sequence of calls", () => {
    const step = fc.oneof(
      fc.record({
        method: fc.constant("Status" as const),
        value: fc.constantFrom("FAILED" as const, "STOPPED" as const),
      }),
      fc.record({
        method: fc.constant("TaskRunType" as const),
        value: fc.constantFrom("EVALUATION" as const, "FIND_MATCHES" as const),
      }),
      fc.record({ method: fc.constant("StartedAfter" as const), value: fc.integer({ min: 0, max: 100 }) }),
      fc.record({ method: fc.constant("StartedBefore" as const), value: fc.integer({ min: 101, max: 200 }) }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const expected = Object.fromEntries(
          steps.map(({ method, value }) => [method, typeof value === "number" ? new Date(value) : value]),
        );
        let filter = taskRunFilter();
        for (const { method, value } of steps) {
          if (method === "Status") filter = filter.status(value);
          else if (method === "TaskRunType") filter = filter.taskRunType(value);
          else if (method === "StartedAfter") filter = filter.startedAfter(value);
          else filter = filter.startedBefore(value);
        }
        expect({ ...filter }).toStrictEqual(expected);
      }),
    );
  });

  it("works as the Filter of the SDK's own command", async () => {
    const glue = await startGlue(50);
    const Filter = taskRunFilter().status("SUCCEEDED");
    const { TaskRuns = [] } = await glue.client().send(new GetMLTaskRunsCommand({ TransformId, Filter }));
    expect(TaskRuns.length).toBeGreaterThan(0);
    expect(new Set(TaskRuns.map(({ Status }) => Status))).toEqual(new Set(["SUCCEEDED"]));
  });
});
