import vm from "node:vm";
import { GlueClient } from "@aws-sdk/client-glue";
import fc from "fast-check";
import { InvalidQueryError, MLTaskRuns, UnexpectedResponseError } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { formatValue } from "../src/values.js";
import { createFakeClient, createRun, readToError, TransformId } from "./support.js";

const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));

function createRevokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Objects whose members cannot be read, or that only look like a Date, and how messages show them. */
const unusualObjects: [name: string, value: object, formatted: string][] = [
  ["an object that only inherits from Date", Object.create(Date.prototype), "an object"],
  ["a Proxy of a Date", new Proxy(new Date(), {}), "an object"],
  ["a revoked Proxy", createRevokedProxy(), "a revoked Proxy"],
];

describe("formatValue", () => {
  it.each([
    [5n, "5n"],
    [-(2n ** 63n), "-9223372036854775808n"],
    [2n ** 64n, "a BigInt of more than 64 bits"],
    [Number.NaN, "NaN"],
    [null, "null"],
    [undefined, "undefined"],
    [Symbol("x"), "Symbol(x)"],
    [() => {}, "a function"],
    [[1], "an array"],
    [{ password: "secret" }, "an object"],
    [new Date(0), "a Date"],
    [new Date(Number.NaN), "an invalid Date"],
    [vm.runInNewContext("new Date(0)"), "a Date"],
    ["x".repeat(80), JSON.stringify("x".repeat(80))],
    ["x".repeat(81), `${JSON.stringify("x".repeat(80))}... (81 characters)`],
  ])("formats %s as %s", (value, text) => {
    expect(formatValue(value)).toBe(text);
  });

  it.each(unusualObjects)("formats %s without an error", (_, value, formatted) => {
    expect(formatValue(value)).toBe(formatted);
  });

  it("returns a text of less than 300 characters for any value", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (value) => {
        expect(formatValue(value).length).toBeLessThan(300);
      }),
    );
  });
});

describe("An unusual object", () => {
  it.each(unusualObjects)("such as %s is rejected as a point in time", (_, value, formatted) => {
    const query = { TransformId, Filter: { StartedAfter: value as Date } };
    expect(() => taskRuns.list(query)).toThrow(`Filter.StartedAfter must be a valid Date, got ${formatted}.`);
  });

  it.each(unusualObjects)("such as %s is rejected as an option", (_, value) => {
    // @ts-expect-error A page size is a number.
    expect(() => taskRuns.list({ TransformId }, { pageSize: value })).toThrow(InvalidQueryError);
  });

  it("such as a revoked Proxy is rejected as the query and as the options", () => {
    // @ts-expect-error A query has members.
    expect(() => taskRuns.list(createRevokedProxy())).toThrow("query must be an object, got a revoked Proxy.");
    expect(() => taskRuns.list({ TransformId }, createRevokedProxy())).toThrow(
      "options must be an object, got a revoked",
    );
  });

  it.each(unusualObjects)(
    "such as %s as a time in a response is an UnexpectedResponseError",
    async (_, value, formatted) => {
      const client = createFakeClient(() => ({ TaskRuns: [createRun("tsk-1", { StartedOn: value })] }));
      const { error } = await readToError(new MLTaskRuns(client).list({ TransformId }));
      expect(error).toBeInstanceOf(UnexpectedResponseError);
      expect(error).toMatchObject({
        member: "StartedOn",
        taskRunId: "tsk-1",
        requestId: undefined,
        message: `StartedOn of TaskRuns[0] (TaskRunId "tsk-1") in the response must be a timestamp, got ${formatted}.`,
      });
    },
  );
});

describe("A Date of another realm", () => {
  const foreignDate: Date = vm.runInNewContext("new Date(1_790_000_000_000)");

  it("is not an instance of this realm's Date", () => {
    expect(foreignDate).not.toBeInstanceOf(Date);
  });

  it("is accepted in a filter", () => {
    expect(() => taskRuns.list({ TransformId, Filter: { StartedAfter: foreignDate } })).not.toThrow();
  });

  it("is accepted in a response and returned unchanged", async () => {
    const run = createRun("tsk-1", { StartedOn: foreignDate, Properties: { TaskType: "EVALUATION" } });
    const client = createFakeClient(() => ({ TaskRuns: [run] }));
    expect(await new MLTaskRuns(client).list({ TransformId }).first()).toBe(run);
  });
});
