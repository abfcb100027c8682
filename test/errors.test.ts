import { createRequire } from "node:module";
import * as library from "glue-ml-task-runs";
import { InvalidQueryError, MLTaskRunsError, PaginationError, UnexpectedResponseError } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { createRun } from "./support.js";

type Entry = typeof library;

const run = { ...createRun("tsk-1"), Properties: { TaskType: "EVALUATION" } } as const;

/** An error of each class, as an entry of the package creates it. */
const createErrors = (entry: Entry) => ({
  MLTaskRunsError: new entry.MLTaskRunsError("no"),
  InvalidQueryError: new entry.InvalidQueryError("pageSize", "no"),
  PaginationError: new entry.PaginationError("no"),
  UnexpectedResponseError: new entry.UnexpectedResponseError("Status", "no"),
  WaitTimeoutError: new entry.WaitTimeoutError(run, 5),
});

/** The names of the error classes of an entry that a value is an instance of. */
const classesOf = (value: unknown, entry: Entry) =>
  Object.entries(entry).flatMap(([name, member]) =>
    name.endsWith("Error") && typeof member === "function" && value instanceof member ? [name] : [],
  );

describe("Each error of the library", () => {
  it.each(Object.entries(createErrors(library)))(
    "%s is an MLTaskRunsError and has the name of its class",
    (name, error) => {
      expect(error).toBeInstanceOf(Error);
      expect(error.name).toBe(name);
      expect(new Set(classesOf(error, library))).toEqual(new Set(["MLTaskRunsError", name]));
    },
  );

  it("is an instance of the same classes of the ESM and of the CommonJS copy", async () => {
    // A string, because the compiler also runs before the build.
    const built: string = "../dist/index.js";
    const esm: Entry = await import(built);
    const commonJs: Entry = createRequire(import.meta.url)("../dist/index.cjs");
    expect(esm.MLTaskRunsError).not.toBe(commonJs.MLTaskRunsError);
    for (const copy of [esm, commonJs]) {
      for (const [name, error] of Object.entries(createErrors(copy))) {
        for (const other of [esm, commonJs]) {
          expect(new Set(classesOf(error, other))).toEqual(new Set(["MLTaskRunsError", name]));
        }
      }
    }
  });
});

describe("instanceof", () => {
  it.each([undefined, null, "InvalidQueryError", 5, {}, [], new Error("no"), { name: "InvalidQueryError" }])(
    "is false for %o, which is no error of the library",
    (value) => {
      expect(classesOf(value, library)).toEqual([]);
    },
  );

  it("is true for a class that extends an error of the library only for its own instances", () => {
    class Mine extends InvalidQueryError {}
    const mine = new Mine("field", "no");
    expect(mine).toBeInstanceOf(Mine);
    expect(mine).toBeInstanceOf(InvalidQueryError);
    expect(mine).toBeInstanceOf(MLTaskRunsError);
    expect(mine).not.toBeInstanceOf(PaginationError);
    expect(new InvalidQueryError("field", "no")).not.toBeInstanceOf(Mine);
  });
});

describe("UnexpectedResponseError", () => {
  it("has the request id in its message and as a property", () => {
    const error = new UnexpectedResponseError("Status", "Status is missing.", { requestId: "r-1", taskRunId: "tsk-1" });
    expect(error).toMatchObject({ member: "Status", requestId: "r-1", taskRunId: "tsk-1" });
    expect(error.message).toBe("Status is missing. Request id: r-1.");
  });
});
