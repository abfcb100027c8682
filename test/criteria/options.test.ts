import { GlueClient, type MLTransform } from "@aws-sdk/client-glue";
import { InvalidQueryError, type ListOptions, MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { startGlue, TransformId, thrownBy } from "../support.js";

const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));

describe("list()", () => {
  it.each<[unknown, string, string]>([
    [{ pageSize: 0 }, "pageSize", "pageSize must be an integer from 1 to 1000, got 0."],
    [{ pageSize: 1001 }, "pageSize", "got 1001."],
    [{ pageSize: 1.5 }, "pageSize", "got 1.5."],
    [{ pageSize: "10" }, "pageSize", 'got "10".'],
    [{ limit: -1 }, "limit", "limit must be an integer of at least 0, got -1."],
    [{ limit: Number.NaN }, "limit", "got NaN."],
    [{ limitPerQuery: 0 }, "limitPerQuery", "limitPerQuery must be an integer of at least 1, got 0."],
    [{ prefetch: 17 }, "prefetch", "an integer from 0 to 16"],
    [{ prefetch: -1 }, "prefetch", "an integer from 0 to 16"],
    [{ concurrency: 0 }, "concurrency", "concurrency must be an integer from 1 to 64, got 0."],
    [{ concurrency: 65 }, "concurrency", "concurrency must be an integer from 1 to 64, got 65."],
    [{ abortSignal: new AbortController() }, "abortSignal", "abortSignal must be an AbortSignal, got an object."],
    [{ abortSignal: null }, "abortSignal", "got null."],
    [{ onPage: {} }, "onPage", "onPage must be a function, got an object."],
    [{ onTransform: 5 }, "onTransform", "onTransform must be a function, got 5."],
    [{ cursor: 5 }, "cursor", "cursor must be a string, got 5."],
    [{ NextToken: "" }, "NextToken", 'Unknown key "NextToken" in the options. Use cursor. Known keys: pageSize, '],
    [{ startingToken: "" }, "startingToken", "Use cursor."],
    [{ MaxResults: 5 }, "MaxResults", "Use pageSize."],
    [{ signal: 5 }, "signal", "Use abortSignal."],
    [{ retries: 5 }, "retries", 'Unknown key "retries" in the options. Known keys: pageSize, '],
  ])("rejects the options %j and names %s", (options, field, message) => {
    // Callers without types may pass any options.
    const error = thrownBy(() => taskRuns.list({ TransformId }, options as ListOptions));
    expect(error).toBeInstanceOf(InvalidQueryError);
    expect(error).toMatchObject({ field, message: expect.stringContaining(message) });
  });
});

describe("Each listing method", () => {
  it.each([null, 5, [], "x"])("rejects %j in place of the options object", (options) => {
    const calls: (() => unknown)[] = [
      () => taskRuns.list({ TransformId }, options as object),
      () => taskRuns.listAny([{ TransformId }], options as object),
      () => taskRuns.listAcrossTransforms({}, options as object),
    ];
    for (const call of calls) {
      const error = thrownBy(call);
      expect(error).toBeInstanceOf(InvalidQueryError);
      expect(error).toMatchObject({ message: expect.stringContaining("options must be an object, got ") });
    }
  });
});

describe("An option that a listing method cannot use", () => {
  const onTransform = () => {};
  it.each([
    [
      "limitPerQuery in list()",
      () => taskRuns.list({ TransformId }, { limitPerQuery: 1 }),
      "limitPerQuery is an option of listAny and listAcrossTransforms, not of list.",
    ],
    [
      "onTransform in list()",
      () => taskRuns.list({ TransformId }, { onTransform }),
      "onTransform is an option of listAcrossTransforms, not of list.",
    ],
    [
      "onTransform in listAny()",
      () => taskRuns.listAny([{ TransformId }], { onTransform }),
      "onTransform is an option of listAcrossTransforms, not of listAny.",
    ],
  ])("is rejected: %s", (_, call, message) => {
    const error = thrownBy(call);
    expect(error).toBeInstanceOf(InvalidQueryError);
    expect(error).toMatchObject({ field: message.split(" ")[0], message });
  });

  it("may be undefined", () => {
    const unset = { limitPerQuery: undefined, onTransform: undefined };
    expect(() => taskRuns.list({ TransformId }, unset)).not.toThrow();
  });
});

describe("The constructor", () => {
  const client = new GlueClient({ region: "us-east-1" });

  it("rejects invalid default options", () => {
    expect(() => new MLTaskRuns(client, { pageSize: 0 })).toThrow("pageSize must be an integer from 1 to 1000");
  });

  it("rejects a cursor, which belongs to one listing, in the default options", () => {
    // @ts-expect-error The type of the defaults has no cursor.
    expect(() => new MLTaskRuns(client, { cursor: "x" })).toThrow('Unknown key "cursor" in the defaults');
  });

  it("uses the defaults for each option that a listing does not set", async () => {
    const glue = await startGlue(30);
    const withDefaults = new MLTaskRuns(glue.client(), { pageSize: 10, limit: 25 });
    expect(await withDefaults.list({ TransformId }).toArray()).toHaveLength(25);
    expect(await withDefaults.list({ TransformId }, { limit: 5, pageSize: undefined }).toArray()).toHaveLength(5);
    const pageSizes = glue.requests.map(({ input }) => "MaxResults" in input && input.MaxResults);
    expect(pageSizes).toEqual([10, 10, 10, 10]);
  });

  it("accepts defaults that only some lists use, and applies them there", async () => {
    const glue = await startGlue(30);
    glue.addTaskRuns([{ TransformId: "tfm-other", TaskRunId: "tsk-other", StartedOn: new Date(), Status: "FAILED" }]);
    const found: unknown[] = [];
    const onTransform = (transform: MLTransform) => found.push(transform.TransformId);
    const withDefaults = new MLTaskRuns(glue.client(), { limitPerQuery: 1, onTransform, concurrency: 2 });
    expect(await withDefaults.list({ TransformId }).toArray()).toHaveLength(30);
    // Time windows need the order of STARTED, so that this list cannot use the concurrency.
    const Sort = { Column: "STATUS", SortDirection: "ASCENDING" } as const;
    expect(await withDefaults.list({ TransformId, Sort }).toArray()).toHaveLength(30);
    expect(await withDefaults.listAny([{ TransformId }]).toArray()).toHaveLength(1);
    expect(found).toEqual([]);
    expect(await withDefaults.listAcrossTransforms().toArray()).toHaveLength(2);
    expect(found.toSorted()).toEqual([TransformId, "tfm-other"]);
  });

  it("accepts frozen options", () => {
    expect(() => new MLTaskRuns(client, Object.freeze({ pageSize: 10 }))).not.toThrow();
  });
});
