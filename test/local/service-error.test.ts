/** The documented errors: each operation that documents one returns it word for word, and no other operation does. */
import { readFile } from "node:fs/promises";
import * as sdk from "@aws-sdk/client-glue";
import type { LocalGlue, LocalGlueFault } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { OPERATIONS, type Operation } from "../../src/local/input.js";
import { SERVICE_ERRORS } from "../../src/local/service-error.js";
import { startGlue, TransformId } from "../support.js";

/** The exports of the SDK by name. */
const classes = new Map<string, unknown>(Object.entries(sdk));

type ErrorName = keyof typeof SERVICE_ERRORS;
const names = Object.keys(SERVICE_ERRORS) as ErrorName[];

const [TaskRunId, OutputS3Path, InputS3Path] = ["tsk-gone", "s3://bucket/labels/", "s3://bucket/labels.csv"];
/** An input of each operation that the endpoint accepts, unless it names the run. */
const inputs: Record<Operation, Record<string, unknown>> = {
  GetMLTaskRuns: { TransformId },
  GetMLTaskRun: { TransformId, TaskRunId },
  GetMLTransforms: {},
  GetMLTransform: { TransformId },
  StartMLEvaluationTaskRun: { TransformId },
  StartMLLabelingSetGenerationTaskRun: { TransformId, OutputS3Path },
  StartImportLabelsTaskRun: { TransformId, InputS3Path },
  StartExportLabelsTaskRun: { TransformId, OutputS3Path },
  CancelMLTaskRun: { TransformId, TaskRunId },
};

/** Sends an operation with the SDK's own command. */
function send(glue: LocalGlue, operation: Operation, input: Record<string, unknown> = {}): Promise<unknown> {
  // Each operation has a command of its name. The inputs fit, or break a constraint on purpose.
  const Command = classes.get(`${operation}Command`) as new (input: object) => sdk.GetMLTransformsCommand;
  return glue.client({ maxAttempts: 1 }).send(new Command({ ...inputs[operation], ...input }));
}

const unfinished = (count: number, TransformId: string) =>
  Array.from({ length: count }, (_, index) => ({ TransformId, TaskRunId: `tsk-${index}`, Status: "RUNNING" as const }));
const fault = (name: LocalGlueFault) => ({ values: {}, cause: (glue: LocalGlue) => glue.fail(name) });

/** The token of the first page of two runs, whose last run was removed. */
async function tokenOfRemovedRun(glue: LocalGlue): Promise<string | undefined> {
  glue.addTaskRuns(
    ["tsk-gone", "tsk-1"].map((TaskRunId, index) => ({ TransformId, TaskRunId, StartedOn: new Date(9 - index) })),
  );
  const { NextToken } = await glue.client().send(new sdk.GetMLTaskRunsCommand({ TransformId, MaxResults: 1 }));
  glue.removeTaskRuns(TransformId, ["tsk-gone"]);
  return NextToken;
}

/** What causes each error: a change of the endpoint, a change of the input, and the values of its placeholders. */
const causes: Record<
  ErrorName,
  {
    values: Record<string, string | number>;
    cause?: (glue: LocalGlue) => void;
    input?: (glue: LocalGlue, operation: Operation) => Promise<Record<string, unknown>>;
  }
> = {
  unknownTransform: { values: { transformName: TransformId }, cause: (glue) => glue.removeTransform(TransformId) },
  unknownTaskRun: {
    values: { transformName: TransformId, taskRunId: "tsk-gone" },
    input: async (glue, operation) =>
      operation === "GetMLTaskRuns" ? { MaxResults: 1, NextToken: await tokenOfRemovedRun(glue) } : {},
  },
  unsupportedSort: {
    values: { column: "OWNER" },
    input: async () => ({ Sort: { Column: "OWNER", SortDirection: "ASCENDING" } }),
  },
  notReady: { values: {}, cause: (glue) => glue.addTransform({ TransformId, Status: "NOT_READY" }) },
  transformLimit: {
    values: { count: 4, limit: 3 },
    cause: (glue) => glue.addTaskRuns(unfinished(3, TransformId)),
  },
  accountLimit: {
    values: { count: 31, limit: 30 },
    cause: (glue) => glue.addTaskRuns(unfinished(30, "tfm-other")),
  },
  noLabels: {
    values: { transformId: TransformId },
    cause: (glue) => glue.addTransform({ TransformId, LabelCount: 0 }),
  },
  invalidLabelPath: { values: {}, input: async () => ({ InputS3Path: "" }) },
  throttling: fault("throttling"),
  internalError: fault("internalError"),
  operationTimeout: fault("operationTimeout"),
  expiredToken: fault("expiredToken"),
};

const operationsOf = (name: ErrorName): readonly Operation[] => {
  const [operations] = SERVICE_ERRORS[name];
  if (typeof operations !== "string") return operations;
  return OPERATIONS.filter((each) => operations === "every operation" || each !== "GetMLTransforms");
};
const fill = (text: string, values: Record<string, string | number>) =>
  Object.entries({ accountId: "123456789012", ...values }).reduce(
    (filled, [name, value]) => filled.replaceAll(`[${name}]`, String(value)),
    text,
  );

describe.each(names)("The error %s", (name) => {
  const { values, cause, input } = causes[name];
  const [, type, message, status = 400] = SERVICE_ERRORS[name];

  it.each(operationsOf(name))("of %s reaches the SDK with its name, message and status", async (operation) => {
    const glue = await startGlue();
    cause?.(glue);
    const response = send(glue, operation, await input?.(glue, operation));
    await expect(response).rejects.toMatchObject({
      name: type,
      message: fill(message, values),
      $metadata: { httpStatusCode: status, requestId: expect.any(String) },
    });
    // An error of every service, such as ExpiredTokenException, has no class in the SDK.
    await expect(response).rejects.toBeInstanceOf(classes.get(type) ?? sdk.GlueServiceException);
  });

  const others = OPERATIONS.filter((each) => !operationsOf(name).includes(each) && cause !== undefined);
  it.each(others)("is not an error of %s", async (operation) => {
    const glue = await startGlue();
    glue.addTaskRuns([{ TransformId, TaskRunId: "tsk-gone", Status: "SUCCEEDED" }]);
    cause?.(glue);
    expect(await send(glue, operation)).toBeDefined();
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
  const rows = names.map((name) => {
    const [operations, type, message] = SERVICE_ERRORS[name];
    const shown = typeof operations === "string" ? operations : operations.map((each) => `\`${each}\``).join(", ");
    return `| ${shown} | \`${type}\` | ${message} |`;
  });
  const table = page.split("| operation | exception | message |\n| --- | --- | --- |\n")[1]?.split("\n\n")[0];
  expect(table?.split("\n")).toEqual(rows);
});
