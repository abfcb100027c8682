import * as library from "glue-ml-task-runs";
import { expect, it } from "vitest";

it("The main entry exports the classes, the builders, the guards and the errors", () => {
  expect(Object.keys(library).toSorted()).toEqual([
    "InvalidQueryError",
    "MLTaskRuns",
    "MLTaskRunsError",
    "PaginationError",
    "UnexpectedResponseError",
    "WaitTimeoutError",
    "isFinished",
    "isTaskRunType",
    "isTaskStatus",
    "isTaskType",
    "taskRunFilter",
    "taskRunSort",
  ]);
});
