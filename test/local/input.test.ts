/** The documented constraints of each operation's input. */
import { MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it, vi } from "vitest";
import { TASK_STATUSES } from "../../src/criteria/enumerations.js";
import { readInput } from "../../src/local/input.js";
import { startGlue, TransformId } from "../support.js";
import { BROKEN_INPUTS, messageOf, SINGLE_LINE, VALID_INPUTS } from "./inputs.js";
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
});

it.each(BROKEN_INPUTS)(
  "%s with %s is a ValidationException in the words of the service",
  async (operation, _, input, ...error) => {
    const glue = await startGlue();
    expect(await post(glue, { ...VALID_INPUTS[operation], ...input }, operation)).toEqual({
      status: 400,
      body: { __type: "ValidationException", Message: messageOf(...error) },
    });
    expect(glue.requests).toEqual([]);
  },
);

it("Several broken constraints of a request are counted and joined", async () => {
  const input = { TransformId: `${"x".repeat(255)}\n`, Filter: { Status: "failed" }, Sort: {} };
  const { body } = await post(await startGlue(), input);
  const at = (value: string, path: string) => `Value ${value} at '${path}' failed to satisfy constraint: Member must`;
  const id = `'${input.TransformId}'`;
  expect(body).toEqual({
    __type: "ValidationException",
    Message: `5 validation errors detected: ${[
      `${at(id, "transformId")} have length less than or equal to 255`,
      `${at(id, "transformId")} satisfy regular expression pattern: ${SINGLE_LINE}`,
      `${at("'failed'", "filter.status")} satisfy enum value set: [${TASK_STATUSES.join(", ")}]`,
      `${at("null", "sort.column")} not be null`,
      `${at("null", "sort.sortDirection")} not be null`,
    ].join("; ")}`,
  });
});

it("The library reports a ValidationException of the endpoint as the SDK threw it", async () => {
  const glue = await startGlue();
  const client = glue.client();
  client.middlewareStack.add((next) => (args) => next({ ...args, input: { ...args.input, MaxResults: 5000 } }), {
    step: "initialize",
  });
  await expect(new MLTaskRuns(client).list({ TransformId }).toArray()).rejects.toMatchObject({
    name: "ValidationException",
    $metadata: { httpStatusCode: 400, requestId: expect.any(String) },
  });
});

it("An unknown token is an InvalidInputException", async () => {
  expect(await post(await startGlue(), { TransformId, NextToken: "abc" })).toEqual({
    status: 400,
    body: { __type: "InvalidInputException", Message: "The NextToken is not valid for this request." },
  });
});

it("GetMLTransforms accepts a version of several parts and a schema of 100 columns", async () => {
  const glue = await startGlue();
  const Filter = { GlueVersion: "10.11.12", Schema: Array(100).fill({ DataType: "" }) };
  expect(await post(glue, { Filter }, "GetMLTransforms")).toMatchObject({ status: 200 });
});

it("The check of a string of 30 million characters does not iterate over it", () => {
  const iterate = vi.spyOn(String.prototype, Symbol.iterator);
  const read = () => readInput("GetMLTaskRuns", { TransformId: "x".repeat(30_000_000) });
  expect(read).toThrow("Member must have length less than or equal to 255");
  expect(iterate).not.toHaveBeenCalled();
});
