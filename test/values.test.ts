import vm from "node:vm";
import { GlueClient, type TaskRun } from "@aws-sdk/client-glue";
import { mockClient } from "aws-sdk-client-mock";
import fc from "fast-check";
import { InvalidQueryError, MLTaskRuns, UnexpectedResponseError } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { formatValue } from "../src/values.js";
import { TransformId } from "./support.js";

const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const oddObjects: [name: string, value: unknown, shown: string][] = [
  ["an object that only inherits from Date", Object.create(Date.prototype), "an object"],
  ["a proxied Date", new Proxy(new Date(), {}), "an object"],
  ["a revoked Proxy", revokedProxy(), "a revoked Proxy"],
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
    ["x".repeat(40), JSON.stringify("x".repeat(40))],
    ["x".repeat(41), `${JSON.stringify("x".repeat(40))}... (41 characters)`],
  ])("formats a value for a message: %s", (value, text) => {
    expect(formatValue(value)).toBe(text);
  });

  it.each(oddObjects)("formats %s without a throw", (_, value, shown) => {
    expect(formatValue(value)).toBe(shown);
  });

  it("returns a short text for any value", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (value) => {
        expect(formatValue(value).length).toBeLessThan(300);
      }),
    );
  });
});

describe("an odd object", () => {
  it.each(oddObjects)("%s as a point in time is an InvalidQueryError", (_, value, shown) => {
    const query = { TransformId, Filter: { StartedAfter: value as Date } };
    expect(() => taskRuns.list(query)).toThrow(`Filter.StartedAfter must be a valid Date, got ${shown}.`);
  });

  it.each(oddObjects)("%s as an option is an InvalidQueryError", (_, value) => {
    // @ts-expect-error an object is no page size
    expect(() => taskRuns.list({ TransformId }, { pageSize: value as object })).toThrow(InvalidQueryError);
  });

  it("is refused in place of the query and the options", () => {
    // @ts-expect-error nothing of it can be read
    expect(() => taskRuns.list(revokedProxy())).toThrow("query must be an object, got a revoked Proxy.");
    expect(() => taskRuns.list({ TransformId }, revokedProxy())).toThrow("options must be an object, got a revoked");
  });

  it.each(oddObjects)("%s as a time in a response is an UnexpectedResponseError", async (_, value, shown) => {
    const client = new GlueClient({ region: "us-east-1" });
    const run = { TransformId, TaskRunId: "tsk-1", Status: "FAILED", StartedOn: value as Date } satisfies TaskRun;
    mockClient(client).resolves({ TaskRuns: [run] } as object);
    const error = await new MLTaskRuns(client)
      .list({ TransformId })
      .toArray()
      .catch((reason) => reason);
    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(error.message).toContain(`StartedOn of TaskRuns[0] (TaskRunId "tsk-1") in the response must be a timestamp`);
    expect(error.message).toContain(shown);
    expect(error).toMatchObject({ member: "StartedOn", taskRunId: "tsk-1", requestId: undefined });
  });
});

describe("a Date of another realm", () => {
  const foreignDate: Date = vm.runInNewContext("new Date(1_790_000_000_000)");

  it("is a point in time for a filter, and reaches the client as a Date of this realm", () => {
    expect(foreignDate).not.toBeInstanceOf(Date);
    expect(() => taskRuns.list({ TransformId, Filter: { StartedAfter: foreignDate } })).not.toThrow();
  });

  it("is a timestamp in a response, and passed through as it is", async () => {
    const client = new GlueClient({ region: "us-east-1" });
    const Properties = { TaskType: "EVALUATION" };
    const run = { TransformId, TaskRunId: "tsk-1", Status: "FAILED", StartedOn: foreignDate, Properties };
    mockClient(client).resolves({ TaskRuns: [run] } as object);
    expect(await new MLTaskRuns(client).list({ TransformId }).first()).toBe(run);
  });
});
