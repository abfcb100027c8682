import { GlueClient } from "@aws-sdk/client-glue";
import fc from "fast-check";
import {
  type AcrossTransformsQuery,
  InvalidQueryError,
  type ListOptions,
  MLTaskRuns,
  MLTaskRunsError,
  type TaskRunQuery,
  taskRunFilter,
  taskRunSort,
} from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { collect, createFakeClient, newestFirst, oldestFirst, startGlue, TransformId, thrownBy } from "../support.js";

const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));

/** Expects that a call rejects the query with an error that names the field. */
function expectRejection(call: () => unknown, field: string, message: string): void {
  const error = thrownBy(call);
  expect(error).toBeInstanceOf(InvalidQueryError);
  expect(error).toBeInstanceOf(MLTaskRunsError);
  expect(error).toMatchObject({ name: "InvalidQueryError", field, message: expect.stringContaining(message) });
}

describe("list()", () => {
  it.each<[unknown, string, string]>([
    [undefined, "query", "query must be an object, got undefined."],
    ["tfm-0123", "query", 'query must be an object, got "tfm-0123".'],
    [[], "query", "query must be an object, got an array."],
    [{}, "TransformId", "TransformId is required."],
    [{ TransformId: undefined }, "TransformId", "TransformId is required."],
    [{ TransformId: "" }, "TransformId", "TransformId must be a string of 1 to 255 characters"],
    [{ TransformId: 5 }, "TransformId", "got 5."],
    [{ TransformId: new Date() }, "TransformId", "got a Date."],
    [{ TransformId: null }, "TransformId", "got null."],
    [{ TransformId: "x".repeat(256) }, "TransformId", `"${"x".repeat(80)}"... (256 characters)`],
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
    [
      { TransformId, Filter: { StartedAfter: { toJSDate: () => new Date() } } },
      "Filter.StartedAfter",
      "Filter.StartedAfter must be a Date (call toJSDate() of the object), got an object.",
    ],
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
    [
      { TransformId, MaxResults: 10 },
      "MaxResults",
      'Unknown key "MaxResults" in the query. Use the option pageSize, in the second argument. Known keys: TransformId, ',
    ],
    [{ TransformId, NextToken: "" }, "NextToken", "in the query. Use the option cursor, in the second argument."],
    [{ TransformId, startingToken: "" }, "startingToken", "Use the option cursor, in the second argument."],
    [{ TransformId, Filter: { NextToken: "" } }, "Filter.NextToken", "in the filter (Filter). Known keys: "],
    [
      { TransformId, ["x".repeat(99)]: 1 },
      "x".repeat(99),
      `Unknown key "${"x".repeat(80)}"... (99 characters) in the query.`,
    ],
    [{ TransformId, constructor: 1 }, "constructor", 'Unknown key "constructor" in the query.'],
  ])("rejects the query %j and names %s", (query, field, message) => {
    // Callers without types may pass any query.
    expectRejection(() => taskRuns.list(query as TaskRunQuery), field, message);
  });

  it("rejects a query before it sends a request", async () => {
    const glue = await startGlue();
    // @ts-expect-error The key is misspelt.
    expect(() => new MLTaskRuns(glue.client()).list({ TransformId, Filters: {} })).toThrow(InvalidQueryError);
    expect(glue.requests).toEqual([]);
  });

  it.each([
    ["255 characters", "x".repeat(255)],
    ["255 characters outside of the basic plane", "\u{1f600}".repeat(255)],
    ["a tab", "\t"],
    ["characters from the ends of the allowed ranges", " \u007f\ud7ff\ue000\ufffd\u{10000}\u{10ffff}"],
  ])("accepts a TransformId of %s", (_, id) => {
    expect(() => taskRuns.list({ TransformId: id })).not.toThrow();
  });

  it("accepts every query and all options that the documentation allows", () => {
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

  it("returns a list or throws an InvalidQueryError for any query and any options", () => {
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

  it("accepts a frozen query and does not write to it", async () => {
    const glue = await startGlue(30);
    const Filter = Object.freeze({ StartedAfter: new Date(0) });
    const query = Object.freeze({ TransformId, Filter, Sort: Object.freeze({ ...oldestFirst }) });
    const before = structuredClone(query);
    expect(await collect(new MLTaskRuns(glue.client()).list(query))).toHaveLength(30);
    expect(query).toEqual(before);
  });

  it("ignores a later change of a Date of the query", async () => {
    const glue = await startGlue(30);
    const StartedAfter = new Date(0);
    const list = new MLTaskRuns(glue.client()).list({ TransformId, Filter: { StartedAfter } });
    StartedAfter.setTime(Date.parse("2200-01-01"));
    expect(await collect(list)).toHaveLength(30);
  });

  it("sends the same request for builders and for plain criteria", async () => {
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

describe("listAny()", () => {
  it.each<[unknown, string, string]>([
    ["tfm-1", "queries", "queries must be an iterable of queries, got "],
    [{ TransformId }, "queries", "queries must be an iterable of queries, got "],
    [[{ transformId: "x" }], "queries[0].transformId", "Known keys: TransformId, Filter, Sort."],
    [
      [{ TransformId }, { TransformId, Filter: { Status: "failed" } }],
      "queries[1].Filter.Status",
      "must be one of FAILED, ",
    ],
    [
      [{ TransformId }, { TransformId, Sort: taskRunSort("STATUS").ascending() }],
      "queries[1].Sort.Column",
      'must be STARTED, got "STATUS".',
    ],
    [
      [{ TransformId, Sort: newestFirst }, { TransformId }, { TransformId, Sort: oldestFirst }],
      "queries[2].Sort.SortDirection",
      'must be DESCENDING, as in the queries before, got "ASCENDING".',
    ],
  ])("rejects the queries %j and names %s", (queries, field, message) => {
    // Callers without types may pass any queries.
    expectRejection(() => taskRuns.listAny(queries as TaskRunQuery[]), field, message);
  });

  it("accepts 130,000 queries", () => {
    const queries = Array.from({ length: 130_000 }, (_, index) => ({ TransformId: `tfm-${index}` }));
    expect(() => new MLTaskRuns(createFakeClient(() => ({}))).listAny(queries)).not.toThrow();
  });
});

describe("listAcrossTransforms()", () => {
  it.each<[unknown, string, string]>([
    [[], "query", "query must be an object, got an array."],
    [{ TransformId: "tfm-1" }, "TransformId", 'Unknown key "TransformId" in the query.'],
    [{ TransformFilter: "people" }, "TransformFilter", "must be an object"],
    [
      { TransformFilter: { Role: "x" } },
      "TransformFilter.Role",
      'Unknown key "Role" in the transform filter (TransformFilter).',
    ],
    [{ TransformFilter: { Name: "" } }, "TransformFilter.Name", "a string of 1 to 255 characters"],
    [{ TransformFilter: { Status: "DELETED" } }, "TransformFilter.Status", "one of "],
    [{ TransformFilter: { TransformType: "X" } }, "TransformFilter.TransformType", "one of FIND_MATCHES"],
    [
      { TransformFilter: { GlueVersion: "one" } },
      "TransformFilter.GlueVersion",
      'a string of 1 to 255 characters, such as "1.0", got "one".',
    ],
    [{ TransformFilter: { GlueVersion: "" } }, "TransformFilter.GlueVersion", 'got "".'],
    [{ TransformFilter: { GlueVersion: "1.0 " } }, "TransformFilter.GlueVersion", 'got "1.0 ".'],
    [{ TransformFilter: { GlueVersion: " 1.0" } }, "TransformFilter.GlueVersion", 'got " 1.0".'],
    [{ TransformFilter: { GlueVersion: 1 } }, "TransformFilter.GlueVersion", "got 1."],
    [{ TransformFilter: { CreatedAfter: "2026-11-01" } }, "TransformFilter.CreatedAfter", "a valid Date"],
    [{ TransformFilter: { Schema: {} } }, "TransformFilter.Schema", "a list of at most 100 columns"],
    [{ TransformFilter: { Schema: Array(101).fill({}) } }, "TransformFilter.Schema", "a list of at most 100 columns"],
    [
      { TransformFilter: { Schema: [{ name: "id" }] } },
      "TransformFilter.Schema[0].name",
      "in the schema column (TransformFilter.Schema[0]). Known keys: Name, DataType.",
    ],
    [{ TransformFilter: { Schema: [{}, { Name: "a\nb" }] } }, "TransformFilter.Schema[1].Name", "of 1 to 1024"],
    [{ TransformFilter: { Schema: [{ DataType: "\n" }] } }, "TransformFilter.Schema[0].DataType", "of 0 to 131072"],
    [{ Filter: { status: "FAILED" } }, "Filter.status", 'Unknown key "status" in the filter (Filter).'],
    [{ Filter: [] }, "Filter", "must be a filter, or a list of at least one filter, got an array."],
    [{ Filter: [{}, { Status: "failed" }] }, "Filter[1].Status", "must be one of FAILED, "],
    [{ Filter: { Status: ["FAILED", "TIMEOUT"] } }, "Filter.Status", "pass a list of filters to listAcrossTransforms"],
    [{ Filter: { TaskRunType: [] } }, "Filter.TaskRunType", "or a query for each to listAny"],
    [{ Sort: { column: "STARTED" } }, "Sort.column", 'Unknown key "column" in the sort (Sort).'],
    [{ Sort: taskRunSort("STATUS").ascending() }, "Sort.Column", 'must be STARTED, got "STATUS".'],
  ])("rejects the query %j and names %s", (query, field, message) => {
    // Callers without types may pass any query.
    expectRejection(() => taskRuns.listAcrossTransforms(query as AcrossTransformsQuery), field, message);
  });

  it("accepts 100 schema columns with the longest names and data types", () => {
    const Schema = [{ DataType: "" }, ...Array(99).fill({ Name: "x".repeat(1024), DataType: "x".repeat(131_072) })];
    expect(() => taskRuns.listAcrossTransforms({ TransformFilter: { Schema, GlueVersion: "10.20.30" } })).not.toThrow();
  });

  it("sends the transform filter unchanged", async () => {
    const glue = await startGlue();
    const date = new Date("2026-11-01");
    const TransformFilter = {
      Name: "people",
      TransformType: "FIND_MATCHES" as const,
      GlueVersion: "1.0",
      CreatedAfter: date,
      CreatedBefore: date,
      LastModifiedAfter: date,
      LastModifiedBefore: date,
      Schema: [{ Name: "id", DataType: "bigint" }],
    };
    await new MLTaskRuns(glue.client()).listAcrossTransforms({ TransformFilter }).toArray();
    expect(glue.requests).toMatchObject([{ input: { Filter: TransformFilter, MaxResults: 100 } }]);
  });
});
