/** The documented constraints of each operation's input. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { readInput } from "../../src/local/input.js";
import { startGlue, TransformId } from "../support.js";
import { post } from "./support.js";

describe("GetMLTaskRuns", () => {
  const date = new Date();
  const sort = { Column: "STARTED", SortDirection: "ASCENDING" } as const;
  it.each<[string, Record<string, unknown>]>([
    ["a TransformId of 1 character", { TransformId: "x" }],
    ["a TransformId of 255 characters", { TransformId: "\u{1f600}".repeat(255) }],
    ["a TransformId with a tab", { TransformId: "\t" }],
    ["MaxResults of 1", { TransformId, MaxResults: 1 }],
    ["MaxResults of 1000", { TransformId, MaxResults: 1000 }],
    ["an empty NextToken, which is the documented default", { TransformId, NextToken: "" }],
    ["an empty filter", { TransformId, Filter: {} }],
    ["a filter", { TransformId, Filter: { Status: "TIMEOUT", TaskRunType: "EVALUATION", StartedBefore: date } }],
    ["a sort", { TransformId, Sort: sort }],
    ["null for optional members", { TransformId, Filter: null, MaxResults: null }],
    ["members that are not documented", { TransformId, Colour: "red", constructor: 5 }],
  ])("accepts %s", async (_, body) => {
    const glue = await startGlue();
    if (typeof body.TransformId === "string") glue.addTransform({ TransformId: body.TransformId });
    expect(await post(glue, body)).toMatchObject({ status: 200, body: { TaskRuns: [] } });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["no TransformId", {}, "'TransformId'"],
    ["null as TransformId", { TransformId: null }, "Member must not be null"],
    ["an empty TransformId", { TransformId: "" }, "length greater than or equal to 1"],
    ["a TransformId of 256 characters", { TransformId: "x".repeat(256) }, "length less than or equal to 255"],
    ["a TransformId with a line break", { TransformId: "a\nb" }, "regular expression pattern"],
    ["a TransformId with a lone surrogate", { TransformId: "\ud800" }, "regular expression pattern"],
    ["a TransformId that is a number", { TransformId: 5 }, "a string"],
    ["MaxResults of 0", { TransformId, MaxResults: 0 }, "greater than or equal to 1"],
    ["MaxResults of 1001", { TransformId, MaxResults: 1001 }, "less than or equal to 1000"],
    ["MaxResults of 1.5", { TransformId, MaxResults: 1.5 }, "an integer"],
    ["an unknown Status", { TransformId, Filter: { Status: "failed" } }, "'Filter.Status'"],
    ["an unknown TaskRunType", { TransformId, Filter: { TaskRunType: 5 } }, "'Filter.TaskRunType'"],
    ["a timestamp that is an ISO 8601 string", { TransformId, Filter: { StartedAfter: "2026-11-01" } }, "a timestamp"],
    ["a timestamp that is a string of digits", { TransformId, Filter: { StartedAfter: "1761955200" } }, "a timestamp"],
    ["a timestamp beyond the range of Date", { TransformId, Filter: { StartedBefore: 1e300 } }, "a timestamp"],
    ["a filter that is a list", { TransformId, Filter: [] }, "a structure"],
    ["a sort without a direction", { TransformId, Sort: { Column: "STARTED" } }, "'Sort.SortDirection'"],
    ["a sort without a column", { TransformId, Sort: { SortDirection: "ASCENDING" } }, "'Sort.Column'"],
    ["an unknown column", { TransformId, Sort: { ...sort, Column: "NAME" } }, "[STARTED, STATUS, TASK_RUN_TYPE]"],
    ["an unknown direction", { TransformId, Sort: { ...sort, SortDirection: "UP" } }, "'Sort.SortDirection'"],
    ["a token that is a number", { TransformId, NextToken: 5 }, "'NextToken'"],
    ["an unknown token", { TransformId, NextToken: "abc" }, "NextToken is not valid"],
  ])("rejects %s", async (_, body, message) => {
    const glue = await startGlue();
    const response = await post(glue, body);
    expect(response).toMatchObject({ status: 400, body: { __type: "InvalidInputException" } });
    expect(response.body).toMatchObject({ Message: expect.stringContaining(message) });
  });
});

it.each<[string, "GetMLTransforms" | "GetMLTaskRun", Record<string, unknown>, string]>([
  ["a schema that is not a list", "GetMLTransforms", { Filter: { Schema: {} } }, "Member must be a list"],
  [
    "a schema of 101 columns",
    "GetMLTransforms",
    { Filter: { Schema: Array(101).fill({}) } },
    "less than or equal to 100",
  ],
  ["a column that is null", "GetMLTransforms", { Filter: { Schema: [null] } }, "'Filter.Schema.1.member'"],
  ["a column that is a string", "GetMLTransforms", { Filter: { Schema: ["id"] } }, "Member must be a structure"],
  ["a column with an empty name", "GetMLTransforms", { Filter: { Schema: [{ Name: "" }] } }, "Schema.1.member.Name'"],
  [
    "a column type that is a number",
    "GetMLTransforms",
    { Filter: { Schema: [{ DataType: 5 }] } },
    "Member must be a string",
  ],
  [
    "a column type with a line break",
    "GetMLTransforms",
    { Filter: { Schema: [{ DataType: "a\nb" }] } },
    "regular expression",
  ],
  ["a version without a dot", "GetMLTransforms", { Filter: { GlueVersion: "1" } }, "regular expression"],
  ["a version with a leading space", "GetMLTransforms", { Filter: { GlueVersion: " 1.0" } }, "regular expression"],
  ["a version with a trailing space", "GetMLTransforms", { Filter: { GlueVersion: "1.0 " } }, "regular expression"],
  ["a sort without a direction", "GetMLTransforms", { Sort: { Column: "NAME" } }, "'Sort.SortDirection'"],
  ["a sort without a column", "GetMLTransforms", { Sort: { SortDirection: "ASCENDING" } }, "'Sort.Column'"],
  ["a missing TaskRunId", "GetMLTaskRun", { TransformId }, "Value null at 'TaskRunId'"],
  ["a missing TransformId", "GetMLTaskRun", { TaskRunId: "tsk-1" }, "Value null at 'TransformId'"],
])("The endpoint rejects %s in a request for %s", async (_, operation, body, message) => {
  const glue = await startGlue();
  const response = await post(glue, body, operation);
  expect(response).toMatchObject({ status: 400, body: { __type: "InvalidInputException" } });
  expect(response.body).toMatchObject({ Message: expect.stringContaining(message) });
});

it("GetMLTransforms accepts a version of several parts and a schema of 100 columns", async () => {
  const glue = await startGlue();
  const Filter = { GlueVersion: "10.11.12", Schema: Array(100).fill({ DataType: "" }) };
  expect(await post(glue, { Filter }, "GetMLTransforms")).toMatchObject({ status: 200 });
});

it("The check of a string of 30 million characters does not iterate over it", () => {
  const iterate = vi.spyOn(String.prototype, Symbol.iterator);
  onTestFinished(() => iterate.mockRestore());
  const read = () => readInput("GetMLTaskRuns", { TransformId: "x".repeat(30_000_000) });
  expect(read).toThrow("Member must have length less than or equal to 255");
  expect(iterate).not.toHaveBeenCalled();
});
