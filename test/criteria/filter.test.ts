import { GetMLTaskRunsCommand } from "@aws-sdk/client-glue";
import fc from "fast-check";
import { InvalidQueryError, taskRunFilter, taskRunSort } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { startGlue, TransformId } from "./support.js";

describe("taskRunFilter", () => {
  it("has the criteria as its own enumerable properties, and nothing else", () => {
    expect(Object.keys(taskRunFilter())).toEqual([]);
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

  it("is frozen, and each call makes a new one, in which the same criterion replaces the first", () => {
    const first = taskRunFilter().status("FAILED");
    const second = first.status("TIMEOUT");
    expect(Object.isFrozen(first)).toBe(true);
    expect(first.Status).toBe("FAILED");
    expect(second.Status).toBe("TIMEOUT");
    expect(second.taskRunType("EVALUATION").taskRunType("EXPORT_LABELS").TaskRunType).toBe("EXPORT_LABELS");
  });

  it("takes a copy of a Date", () => {
    const date = new Date(5);
    const filter = taskRunFilter().startedAfter(date);
    date.setTime(6);
    expect(filter.StartedAfter).toEqual(new Date(5));
  });

  it("refuses values that the SDK does not know, and names the field", () => {
    const refused = (call: () => unknown) => {
      try {
        call();
      } catch (error) {
        return error instanceof InvalidQueryError ? `${error.field}: ${error.message}` : error;
      }
      return "accepted";
    };
    // @ts-expect-error there is no such task type
    expect(refused(() => taskRunFilter().taskRunType("FIND"))).toMatchInlineSnapshot(
      `"Filter.TaskRunType: Filter.TaskRunType must be one of EVALUATION, EXPORT_LABELS, FIND_MATCHES, IMPORT_LABELS, LABELING_SET_GENERATION, got "FIND"."`,
    );
    // @ts-expect-error there is no such status
    expect(refused(() => taskRunFilter().status("failed"))).toContain("Filter.Status must be one of FAILED, ");
    expect(refused(() => taskRunFilter().startedBefore("now"))).toContain("Filter.StartedBefore: ");
    expect(refused(() => taskRunFilter().startedAfter("now"))).toContain("Filter.StartedAfter: ");
    expect(refused(() => taskRunSort("STARTED_ON" as "STARTED"))).toBe(
      'Sort.Column: Sort.Column must be one of STARTED, STATUS, TASK_RUN_TYPE, got "STARTED_ON".',
    );
  });

  it("refuses an interval in which nothing can start, at the call that makes it so", () => {
    const after = taskRunFilter().startedAfter("2026-11-02");
    const before = taskRunFilter().startedBefore("2026-11-01");
    for (const call of [
      () => after.startedBefore("2026-11-01"),
      () => after.startedBefore("2026-11-02"),
      () => before.startedAfter("2026-11-02"),
    ]) {
      expect(call).toThrow(
        "makes the interval empty: no run can start after 2026-11-02T00:00:00.000Z and before 2026-11-0",
      );
    }
    expect(() => before.startedAfter("2026-11-02")).toThrow(expect.objectContaining({ field: "Filter.StartedAfter" }));
    expect(() => after.startedBefore("2026-11-02")).toThrow(
      expect.objectContaining({
        field: "Filter.StartedBefore",
        message: expect.stringMatching(/^Filter\.StartedBefore makes/),
      }),
    );
    expect(() => taskRunFilter().startedAfter("now")).toThrow("Filter.StartedAfter must be an ISO 8601 date");
    expect(after.startedBefore("2026-11-02T00:00:00.001Z").StartedBefore).toBeDefined();
  });

  it("gives the last value of each criterion, in whatever order they come", () => {
    const step = fc.oneof(
      fc.record({ method: fc.constant("Status"), value: fc.constantFrom("FAILED", "STOPPED") }),
      fc.record({ method: fc.constant("TaskRunType"), value: fc.constantFrom("EVALUATION", "FIND_MATCHES") }),
      fc.record({ method: fc.constant("StartedAfter"), value: fc.integer({ min: 0, max: 100 }) }),
      fc.record({ method: fc.constant("StartedBefore"), value: fc.integer({ min: 101, max: 200 }) }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const expected = Object.fromEntries(
          steps.map(({ method, value }) => [method, typeof value === "number" ? new Date(value) : value]),
        );
        const filter = steps.reduce((built, { method, value }) => {
          if (method === "Status") return built.status(value as "FAILED");
          if (method === "TaskRunType") return built.taskRunType(value as "EVALUATION");
          return method === "StartedAfter" ? built.startedAfter(value) : built.startedBefore(value);
        }, taskRunFilter());
        expect({ ...filter }).toStrictEqual(expected);
      }),
    );
  });
});

describe("taskRunSort", () => {
  it("is criteria once it has a direction, frozen, which can be turned round", () => {
    const newest = taskRunSort("STARTED").descending();
    expect({ ...newest }).toStrictEqual({ Column: "STARTED", SortDirection: "DESCENDING" });
    expect({ ...newest.ascending() }).toStrictEqual({ Column: "STARTED", SortDirection: "ASCENDING" });
    expect(Object.keys(taskRunSort("STATUS"))).toEqual(["Column"]);
    expect(Object.isFrozen(newest) && Object.isFrozen(taskRunSort("STATUS"))).toBe(true);
  });
});

it("both work wherever the SDK takes the same criteria", async () => {
  const glue = await startGlue(50);
  const { TaskRuns = [] } = await glue.client().send(
    new GetMLTaskRunsCommand({
      TransformId,
      Filter: taskRunFilter().status("SUCCEEDED"),
      Sort: taskRunSort("STARTED").ascending(),
    }),
  );
  expect(TaskRuns.length).toBeGreaterThan(20);
  expect(new Set(TaskRuns.map(({ Status }) => Status))).toEqual(new Set(["SUCCEEDED"]));
  const started = TaskRuns.map(({ StartedOn }) => StartedOn?.getTime() ?? 0);
  expect(started).toEqual(started.toSorted((a, b) => a - b));
});
