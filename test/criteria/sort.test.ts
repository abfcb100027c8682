import { GetMLTaskRunsCommand } from "@aws-sdk/client-glue";
import { taskRunSort } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { ids, idsNewestFirst, startGlue, TransformId } from "../support.js";

describe("taskRunSort", () => {
  it("has only the column before a direction is set", () => {
    expect(Object.keys(taskRunSort("STATUS"))).toEqual(["Column"]);
  });

  it("has the column and the direction as its only own properties", () => {
    expect({ ...taskRunSort("STARTED").descending() }).toStrictEqual({
      Column: "STARTED",
      SortDirection: "DESCENDING",
    });
  });

  it("returns the other direction from a sort that has one", () => {
    const ascending = taskRunSort("STARTED").descending().ascending();
    expect({ ...ascending }).toStrictEqual({ Column: "STARTED", SortDirection: "ASCENDING" });
  });

  it("is frozen with and without a direction", () => {
    expect(Object.isFrozen(taskRunSort("STATUS"))).toBe(true);
    expect(Object.isFrozen(taskRunSort("STATUS").ascending())).toBe(true);
  });

  it("rejects an unknown column", () => {
    // @ts-expect-error The service has no such column.
    expect(() => taskRunSort("STARTED_ON")).toThrow(
      expect.objectContaining({
        field: "Sort.Column",
        message: 'Sort.Column must be one of STARTED, STATUS, TASK_RUN_TYPE, got "STARTED_ON".',
      }),
    );
  });

  it("works as the Sort of the SDK's own command", async () => {
    const glue = await startGlue(50);
    const Sort = taskRunSort("STARTED").ascending();
    const { TaskRuns = [] } = await glue.client().send(new GetMLTaskRunsCommand({ TransformId, Sort }));
    expect(ids(TaskRuns)).toEqual(idsNewestFirst(50).reverse());
  });
});
