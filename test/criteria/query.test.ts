import { GlueClient } from "@aws-sdk/client-glue";
import fc from "fast-check";
import {
  InvalidQueryError,
  type ListOptions,
  MLTaskRuns,
  MLTaskRunsError,
  type TaskRunQuery,
  taskRunFilter,
  taskRunSort,
} from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { collect, startGlue, TransformId } from "./support.js";

const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));

/** What `list` says of a query and options that the compiler would not let through. */
function refusal(query: unknown, options?: unknown): InvalidQueryError {
  try {
    taskRuns.list(query as TaskRunQuery, options as ListOptions);
  } catch (error) {
    if (error instanceof InvalidQueryError) return error;
    throw error;
  }
  throw new Error("list() took it.");
}

describe("a query is refused by list() itself", () => {
  it.each([
    [undefined, "query", "query must be an object, got undefined."],
    ["tfm-0123", "query", 'query must be an object, got "tfm-0123".'],
    [[], "query", "query must be an object, got an array."],
    [{}, "TransformId", "TransformId is required."],
    [{ TransformId: undefined }, "TransformId", "TransformId is required."],
    [{ TransformId: "" }, "TransformId", "TransformId must be a string of 1 to 255 characters"],
    [{ TransformId: 5 }, "TransformId", "got 5."],
    [{ TransformId: new Date() }, "TransformId", "got a Date."],
    [{ TransformId: null }, "TransformId", "got null."],
    [{ TransformId: "x".repeat(256) }, "TransformId", `"${"x".repeat(40)}"... (256 characters)`],
    [{ TransformId: "a\nb" }, "TransformId", String.raw`got "a\nb"`],
    [{ TransformId: "\u0000" }, "TransformId", "without control characters"],
    [{ TransformId: "a\ud800" }, "TransformId", String.raw`"a\ud800"`],
    [{ TransformId: "\uffff" }, "TransformId", "without control characters"],
    [{ TransformId, Filter: "FAILED" }, "Filter", "Filter must be an object"],
    [{ TransformId, Filter: null }, "Filter", "got null."],
    [{ TransformId, Filter: { Status: "failed" } }, "Filter.Status", "must be one of FAILED, RUNNING"],
    [{ TransformId, Filter: { Status: ["FAILED"] } }, "Filter.Status", "got an array."],
    [{ TransformId, Filter: { TaskRunType: "MATCHES" } }, "Filter.TaskRunType", 'got "MATCHES".'],
    [{ TransformId, Filter: { StartedAfter: "2026-11-01" } }, "Filter.StartedAfter", 'a valid Date, got "2026-11-01".'],
    [{ TransformId, Filter: { StartedAfter: 0 } }, "Filter.StartedAfter", "a valid Date, got 0."],
    [{ TransformId, Filter: { StartedBefore: new Date(Number.NaN) } }, "Filter.StartedBefore", "an invalid Date"],
    [
      { TransformId, Filter: { status: "FAILED" } },
      "Filter.status",
      'Unknown key "status" in the filter (Filter). Known keys: TaskRunType, Status',
    ],
    [{ TransformId, Sort: {} }, "Sort.Column", "Sort.Column is required."],
    [{ TransformId, Sort: taskRunSort("STARTED") }, "Sort.SortDirection", "Sort.SortDirection is required."],
    [
      { TransformId, Sort: { Column: "STARTED", SortDirection: "DOWN" } },
      "Sort.SortDirection",
      "ASCENDING, DESCENDING",
    ],
    [{ TransformId, Sort: { Column: "NAME", SortDirection: "ASCENDING" } }, "Sort.Column", 'got "NAME".'],
    [
      { TransformId, Sort: { Column: "STARTED", Direction: "ASCENDING" } },
      "Sort.Direction",
      'Unknown key "Direction" in the sort (Sort). Known keys: Column, SortDirection.',
    ],
    [
      { transformId: "tfm" },
      "transformId",
      'Unknown key "transformId" in the query. Known keys: TransformId, Filter, Sort.',
    ],
    [{ TransformId, Filters: {} }, "Filters", "Known keys: TransformId, Filter, Sort."],
    [{ TransformId, MaxResults: 10 }, "MaxResults", 'Unknown key "MaxResults" in the query. Known keys:'],
    [
      { TransformId, ["x".repeat(99)]: 1 },
      "x".repeat(99),
      `Unknown key "${"x".repeat(40)}"... (99 characters) in the query.`,
    ],
    [{ TransformId, constructor: 1 }, "constructor", 'Unknown key "constructor" in the query.'],
  ])("%j", (query, field, message) => {
    const error = refusal(query);
    expect(error.field).toBe(field);
    expect(error.message).toContain(message);
    expect(error.name).toBe("InvalidQueryError");
    expect(error).toBeInstanceOf(MLTaskRunsError);
  });

  it("before anything is sent", async () => {
    const glue = await startGlue();
    const local = new MLTaskRuns(glue.client());
    // @ts-expect-error a misspelt key
    expect(() => local.list({ TransformId, Filters: {} })).toThrow(InvalidQueryError);
    expect(glue.requests).toEqual([]);
  });
});

describe("options are refused by list() itself", () => {
  it.each([
    [null, "options", "options must be an object, got null."],
    [{ pageSize: 0 }, "pageSize", "pageSize must be an integer from 1 to 1000, got 0."],
    [{ pageSize: 1001 }, "pageSize", "got 1001."],
    [{ pageSize: 1.5 }, "pageSize", "got 1.5."],
    [{ pageSize: "10" }, "pageSize", 'got "10".'],
    [{ limit: -1 }, "limit", "limit must be an integer of at least 0, got -1."],
    [{ limit: Number.NaN }, "limit", "got NaN."],
    [{ prefetch: 17 }, "prefetch", "an integer from 0 to 16"],
    [{ prefetch: -1 }, "prefetch", "an integer from 0 to 16"],
    [{ abortSignal: new AbortController() }, "abortSignal", "abortSignal must be an AbortSignal, got an object."],
    [{ abortSignal: null }, "abortSignal", "got null."],
    [{ onPage: {} }, "onPage", "onPage must be a function, got an object."],
    [{ cursor: 5 }, "cursor", "cursor must be a string, got 5."],
    [{ NextToken: "" }, "NextToken", 'Unknown key "NextToken" in the options. Use cursor. Known keys: pageSize, '],
    [{ startingToken: "" }, "startingToken", "Use cursor."],
    [{ MaxResults: 5 }, "MaxResults", "Use pageSize."],
    [{ signal: 5 }, "signal", "Use abortSignal."],
    [{ retries: 5 }, "retries", 'Unknown key "retries" in the options. Known keys: pageSize, '],
  ])("%j", (options, field, message) => {
    const error = refusal({ TransformId }, options);
    expect(error.field).toBe(field);
    expect(error.message).toContain(message);
  });

  it("and by the constructor, which also refuses what is no client", () => {
    const client = new GlueClient({ region: "us-east-1" });
    expect(() => new MLTaskRuns(client, { pageSize: 0 })).toThrow("pageSize must be an integer from 1 to 1000");
    expect(() => new MLTaskRuns(client, { concurrency: 8 })).not.toThrow();
    // @ts-expect-error it belongs to one list
    expect(() => new MLTaskRuns(client, { cursor: "x" })).toThrow('Unknown key "cursor" in the defaults');
    // @ts-expect-error a configuration is no client
    expect(() => new MLTaskRuns({ region: "us-east-1" })).toThrow("client must be a GlueClient, got an object.");
  });
});

describe("what the documentation allows", () => {
  it.each([
    ["255 characters", "x".repeat(255)],
    ["255 characters outside of the basic plane", "\u{1f600}".repeat(255)],
    ["a tab", "\t"],
    ["characters from the ends of the allowed ranges", " \u007f\ud7ff\ue000\ufffd\u{10000}\u{10ffff}"],
  ])("a TransformId of %s", (_, id) => {
    expect(() => taskRuns.list({ TransformId: id })).not.toThrow();
  });

  it("is never refused", () => {
    const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const character = fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((text) => {
      const point = text.codePointAt(0) ?? 0;
      return point === 9 || (point >= 0x20 && point !== 0xfffe && point !== 0xffff);
    });
    const date = optional(fc.date({ noInvalidDate: true }));
    const query = fc.record({
      TransformId: fc.array(character, { minLength: 1, maxLength: 255 }).map((characters) => characters.join("")),
      Filter: optional(
        fc.record({
          TaskRunType: optional(fc.constantFrom("EVALUATION" as const, "FIND_MATCHES" as const)),
          Status: optional(fc.constantFrom("FAILED" as const, "STARTING" as const)),
          StartedAfter: date,
          StartedBefore: date,
        }),
      ),
      Sort: optional(
        fc.record({
          Column: fc.constantFrom("STARTED" as const, "STATUS" as const, "TASK_RUN_TYPE" as const),
          SortDirection: fc.constantFrom("ASCENDING" as const, "DESCENDING" as const),
        }),
      ),
    });
    const options = fc.record({
      pageSize: optional(fc.integer({ min: 1, max: 1000 })),
      limit: optional(fc.nat()),
      prefetch: optional(fc.integer({ min: 0, max: 16 })),
    });
    fc.assert(fc.property(query, options, (anyQuery, anyOptions) => void taskRuns.list(anyQuery, anyOptions)));
  });
});

it("whatever is given, list() makes a list or throws an InvalidQueryError", () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (query, options) => {
      try {
        taskRuns.list(query as TaskRunQuery, options as ListOptions);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidQueryError);
      }
    }),
  );
});

describe("the caller's objects", () => {
  it("may be frozen, are not written to, and may change afterwards without a change to the list", async () => {
    const glue = await startGlue(30);
    const query = {
      TransformId,
      Filter: { StartedAfter: new Date(0) },
      Sort: { Column: "STARTED", SortDirection: "ASCENDING" },
    } as const;
    const before = structuredClone(query);
    for (const part of [query, query.Filter, query.Sort]) Object.freeze(part);
    const options = Object.freeze({ pageSize: 10 });
    const list = new MLTaskRuns(glue.client(), options).list(query, options);
    query.Filter.StartedAfter.setTime(Date.parse("2200-01-01"));
    expect(await collect(list)).toHaveLength(30);
    query.Filter.StartedAfter.setTime(0);
    expect(query).toEqual(before);
  });

  it("reach the service as they are, built ones and plain ones alike", async () => {
    const glue = await startGlue(3);
    const Filter = taskRunFilter().status("SUCCEEDED").startedAfter("2026-01-01");
    const Sort = taskRunSort("STATUS").descending();
    const local = new MLTaskRuns(glue.client());
    await local.list({ TransformId, Filter, Sort }).toArray();
    await local.list({ TransformId, Filter: { ...Filter }, Sort: { ...Sort } }).toArray();
    const input = { TransformId, Filter: { ...Filter }, Sort: { ...Sort }, MaxResults: 1000 };
    expect(glue.requests).toMatchObject([{ input }, { input }]);
  });
});

it("the defaults of the constructor hold where the list's own options do not say otherwise", async () => {
  const glue = await startGlue(30);
  const local = new MLTaskRuns(glue.client(), { pageSize: 10, limit: 25 });
  expect(await local.list({ TransformId }).toArray()).toHaveLength(25);
  expect(await local.list({ TransformId }, { limit: 5, pageSize: undefined }).toArray()).toHaveLength(5);
  expect(glue.requests.map(({ input }) => "MaxResults" in input && input.MaxResults)).toEqual([10, 10, 10, 10]);
});
