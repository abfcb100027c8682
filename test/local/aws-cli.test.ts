/** The errors of the endpoint as the AWS CLI prints them. `npm run test:aws-cli` runs these tests. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LocalGlue } from "glue-ml-task-runs/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Operation } from "../../src/local/input.js";
import { SERVICE_ERRORS } from "../../src/local/service-error.js";
import { startGlue } from "../support.js";
import { causeError, ERROR_NAMES, messageOf, operationsOf } from "./documented-errors.js";
import { BROKEN_INPUTS, messageOf as constraintMessage, VALID_INPUTS } from "./inputs.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aws-cli-"));
  // The CLI sends an input that breaks a constraint.
  await writeFile(join(folder, "config"), "[default]\nparameter_validation = false\n");
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the CLI, which must fail. Returns what it prints. */
async function printedBy(glue: LocalGlue, operation: Operation, input: object): Promise<string> {
  const command = operation.replace(/ML|(?<=.)[A-Z]/g, (word) => `-${word}`).toLowerCase();
  const json = ["--cli-input-json", JSON.stringify(input)];
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_MAX_ATTEMPTS: "1",
    AWS_PAGER: "",
  };
  const run = promisify(execFile)("aws", ["glue", command, "--endpoint-url", glue.endpoint, ...json], { env });
  const text = await run.then(
    ({ stdout }) => `no error: ${stdout}`,
    ({ stderr }) => String(stderr),
  );
  // What is said of errors that could be retried, and the prefix of newer versions.
  return text
    .replace(" (reached max retries: 0)", "")
    .replace(/^\s*(aws: \[ERROR\]: )?/, "")
    .trimEnd();
}

const lineOf = (type: string, operation: Operation, message: string) =>
  `An error occurred (${type}) when calling the ${operation} operation: ${message}`;

/** Each documented error of each operation. Those of every operation are tried with one operation. */
const rows = ERROR_NAMES.flatMap((name) =>
  (SERVICE_ERRORS[name][0] === "every operation" ? (["GetMLTransforms"] as const) : operationsOf(name)).map(
    (operation) => [name, operation] as const,
  ),
);

/** Constraints that the CLI does not let a request break: it converts such values, or leaves them out. */
const KEPT_BY_CLI = ["be a structure", "be a list", "be a timestamp in seconds since the epoch"];
/** The first broken input with each of the other constraints. */
const brokenInputs = BROKEN_INPUTS.filter(
  ([, , , , , constraint], index) =>
    !KEPT_BY_CLI.includes(constraint) && BROKEN_INPUTS.findIndex((each) => each[5] === constraint) === index,
);

describe("The AWS CLI prints", () => {
  it.each(rows)("the error %s of %s with its name and message", async (name, operation) => {
    const glue = await startGlue();
    const text = await printedBy(glue, operation, await causeError(name, glue, operation));
    expect(text).toBe(lineOf(SERVICE_ERRORS[name][1], operation, messageOf(name)));
  });

  it.each(brokenInputs)("the ValidationException of %s with %s", async (operation, _, input, ...error) => {
    const text = await printedBy(await startGlue(), operation, { ...VALID_INPUTS[operation], ...input });
    expect(text).toBe(lineOf("ValidationException", operation, constraintMessage(...error)));
  });
});
