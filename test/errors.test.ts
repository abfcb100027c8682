import { InvalidQueryError, MLTaskRunsError, PaginationError, UnexpectedResponseError } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";

describe("Each error of the library", () => {
  it.each([
    ["MLTaskRunsError", new MLTaskRunsError("no")],
    ["InvalidQueryError", new InvalidQueryError("pageSize", "no")],
    ["PaginationError", new PaginationError("no")],
    ["UnexpectedResponseError", new UnexpectedResponseError("Status", "no")],
  ])("%s is an MLTaskRunsError, and its name is that of its class", (name, error) => {
    expect(error).toBeInstanceOf(MLTaskRunsError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name, message: "no" });
  });
});

describe("UnexpectedResponseError", () => {
  it("has the request id in its message and as a property", () => {
    const error = new UnexpectedResponseError("Status", "Status is missing.", { requestId: "r-1", taskRunId: "tsk-1" });
    expect(error).toMatchObject({ member: "Status", requestId: "r-1", taskRunId: "tsk-1" });
    expect(error.message).toBe("Status is missing. Request id: r-1.");
  });
});
