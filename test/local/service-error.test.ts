/** The documented errors: each operation that documents one returns it word for word, and no other operation does. */
import { readFile } from "node:fs/promises";
import * as sdk from "@aws-sdk/client-glue";
import type { LocalGlue } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { OPERATIONS, type Operation } from "../../src/local/input.js";
import { SERVICE_ERRORS } from "../../src/local/service-error.js";
import { startGlue, TransformId } from "../support.js";
import { causeError, ERROR_NAMES, isCausedByChange, messageOf, operationsOf } from "./documented-errors.js";
import { VALID_INPUTS } from "./inputs.js";

/** The exports of the SDK by name. */
const classes = new Map<string, unknown>(Object.entries(sdk));

/** Sends an operation with the SDK's own command. */
function send(glue: LocalGlue, operation: Operation, input: Record<string, unknown> = {}): Promise<unknown> {
  // Each operation has a command of its name. The inputs fit, or break a constraint on purpose.
  const Command = classes.get(`${operation}Command`) as new (input: object) => sdk.GetMLTransformsCommand;
  return glue.client({ maxAttempts: 1 }).send(new Command({ ...VALID_INPUTS[operation], ...input }));
}

describe.each(ERROR_NAMES)("The error %s", (name) => {
  const [, type, , status = 400] = SERVICE_ERRORS[name];

  it.each(operationsOf(name))("of %s reaches the SDK with its name, message and status", async (operation) => {
    const glue = await startGlue();
    const response = send(glue, operation, await causeError(name, glue, operation));
    await expect(response).rejects.toMatchObject({
      name: type,
      message: messageOf(name),
      $metadata: { httpStatusCode: status, requestId: expect.any(String) },
    });
    // An error of every service, such as ExpiredTokenException, has no class in the SDK.
    await expect(response).rejects.toBeInstanceOf(classes.get(type) ?? sdk.GlueServiceException);
  });

  const others = OPERATIONS.filter((each) => !operationsOf(name).includes(each) && isCausedByChange(name));
  it.each(others)("is not an error of %s", async (operation) => {
    const glue = await startGlue();
    glue.addTaskRuns([{ TransformId, TaskRunId: "tsk-gone", Status: "SUCCEEDED" }]);
    expect(await send(glue, operation, await causeError(name, glue, operation))).toBeDefined();
  });
});

it.each([
  "labels.csv",
  "s3://bucket",
  "s3://bucket/",
  "s3:///labels.csv",
  "https://bucket/labels.csv",
  " s3://bucket/a",
])("The label file path %j is not valid", async (path) => {
  const response = send(await startGlue(), "StartImportLabelsTaskRun", { InputS3Path: path });
  await expect(response).rejects.toThrow("Invalid label file path.");
});

it("An endpoint with an account limit of its own refuses the evaluation after it", async () => {
  const glue = await startGlue(0, { maxConcurrentRunsPerAccount: 2, runTime: Infinity });
  glue.addTransform({ TransformId: "tfm-other" });
  await send(glue, "StartMLEvaluationTaskRun");
  await send(glue, "StartMLEvaluationTaskRun", { TransformId: "tfm-other" });
  await expect(send(glue, "StartMLEvaluationTaskRun")).rejects.toThrow(
    "ML Task Runs count 3 has exceeded the limit of 2 task runs.",
  );
});

it("The testing page lists the documented errors as they are returned", async () => {
  const page = await readFile(new URL("../../docs/testing.md", import.meta.url), "utf8");
  const rows = ERROR_NAMES.map((name) => {
    const [operations, type, message] = SERVICE_ERRORS[name];
    const shown = typeof operations === "string" ? operations : operations.map((each) => `\`${each}\``).join(", ");
    return `| ${shown} | \`${type}\` | ${message} |`;
  });
  const table = page.split("| operation | exception | message |\n| --- | --- | --- |\n")[1]?.split("\n\n")[0];
  expect(table?.split("\n")).toEqual(rows);
});
