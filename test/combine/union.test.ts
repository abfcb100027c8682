/** Several queries become one listing: `listAny` and `listAcrossTransforms`. */
import { EntityNotFoundException, GlueClient } from "@aws-sdk/client-glue";
import { mockClient } from "aws-sdk-client-mock";
import fc from "fast-check";
import {
  InvalidQueryError,
  MLTaskRuns,
  PaginationError,
  type TaskRunQuery,
  taskRunFilter,
  taskRunSort,
} from "glue-ml-task-runs";
import { LocalGlue, type LocalTaskRun, sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { collect, countInFlight, ids, quiet, replyWith, startGlue, startServer, TransformId } from "./support.js";

const newest = taskRunSort("STARTED").descending();
const oldest = taskRunSort("STARTED").ascending();

async function startGlueWith(runs: LocalTaskRun[]): Promise<LocalGlue> {
  const glue = await LocalGlue.start();
  onTestFinished(() => glue.close());
  glue.addTaskRuns(runs);
  return glue;
}

const identity = (run: { TransformId?: string | undefined; TaskRunId?: string | undefined }) =>
  `${run.TransformId}/${run.TaskRunId}`;

const anyRun = fc.record({
  TransformId: fc.constantFrom("tfm-a", "tfm-b", "tfm-c"),
  StartedOn: fc.option(
    fc.integer({ min: 0, max: 12 }).map((second) => new Date(second * 1000)),
    { nil: undefined, freq: 8 },
  ),
  Status: fc.constantFrom("FAILED" as const, "TIMEOUT" as const, "SUCCEEDED" as const),
});
const anyHistory = fc
  .array(anyRun, { maxLength: 60 })
  .map((runs) => runs.map((run, index): LocalTaskRun => ({ ...run, TaskRunId: `tsk-${(index * 37) % 101}` })));
const anyQuery = fc.record({
  TransformId: fc.constantFrom("tfm-a", "tfm-b", "tfm-c"),
  Status: fc.option(fc.constantFrom("FAILED" as const, "TIMEOUT" as const), { nil: undefined }),
});
const anyOptions = fc.record({
  pageSize: fc.integer({ min: 1, max: 20 }),
  prefetch: fc.integer({ min: 0, max: 2 }),
  concurrency: fc.integer({ min: 1, max: 6 }),
});

describe("listAny", () => {
  it("is the set union of its queries, each run once, in STARTED order", async () => {
    let turn = 0;
    await using glue = await LocalGlue.start();
    const taskRuns = new MLTaskRuns(glue.client());
    await fc.assert(
      fc.asyncProperty(
        anyHistory,
        fc.array(anyQuery, { maxLength: 8 }),
        anyOptions,
        fc.constantFrom(undefined, oldest, newest),
        async (history, criteria, options, Sort) => {
          turn += 1;
          // Ids of its own for each turn, so that one endpoint serves them all.
          const id = (transformId: string) => `${transformId}-${turn}`;
          for (const transform of ["tfm-a", "tfm-b", "tfm-c"]) glue.addTransform({ TransformId: id(transform) });
          const runs = history.map((run) => ({ ...run, TransformId: id(run.TransformId) }));
          glue.addTaskRuns(runs);
          const queries = criteria.map(
            (query): TaskRunQuery => ({ TransformId: id(query.TransformId), Filter: { Status: query.Status }, Sort }),
          );
          const found = await collect(taskRuns.listAny(queries, options));

          const expected = runs.filter((run) =>
            queries.some((q) => q.TransformId === run.TransformId && (q.Filter?.Status ?? run.Status) === run.Status),
          );
          expect(found.map(identity).toSorted()).toEqual(expected.map(identity).toSorted());
          const sign = Sort?.SortDirection === "ASCENDING" ? 1 : -1;
          const key = (run: LocalTaskRun) =>
            run.StartedOn ? sign * run.StartedOn.getTime() : Number.POSITIVE_INFINITY;
          const inOrder = expected.toSorted(
            (a, b) =>
              (key(a) === key(b) ? 0 : key(a) - key(b)) ||
              Number(a.TransformId > b.TransformId) - Number(a.TransformId < b.TransformId) ||
              Number(a.TaskRunId > b.TaskRunId) - Number(a.TaskRunId < b.TaskRunId),
          );
          expect(found.map(identity)).toEqual(inOrder.map(identity));
        },
      ),
      { numRuns: 150 },
    );
  });

  it("of no queries has no runs; first() and limit ask for no more than they need", async () => {
    const glue = await startGlue(30);
    const taskRuns = new MLTaskRuns(glue.client());
    expect(await taskRuns.listAny([]).toArray()).toEqual([]);
    expect(await taskRuns.listAny([]).first()).toBeUndefined();
    expect(await taskRuns.listAny([{ TransformId }], { limit: 0 }).toArray()).toEqual([]);
    expect(glue.requests).toHaveLength(0);
    const queries = (["SUCCEEDED", "FAILED"] as const).map((Status) => ({
      TransformId,
      Filter: { Status },
      Sort: newest,
    }));
    const first = await taskRuns.listAny(queries).first();
    expect(first?.TaskRunId).toBe(ids(await taskRuns.listAny(queries).toArray())[0]);
    expect(glue.requests.slice(0, 2)).toMatchObject([{ input: { MaxResults: 1 } }, { input: { MaxResults: 1 } }]);
    const some = taskRuns.listAny(queries, { limit: 5 });
    expect(ids(await some.toArray())).toEqual(ids(await taskRuns.listAny(queries).toArray()).slice(0, 5));
    expect(ids(await collect(some))).toHaveLength(5);
  });

  it("gives pages with cursors, and tells onPage of each page that it receives", async () => {
    const glue = await startGlue(30);
    const seen: [number, number][] = [];
    const queries = (["SUCCEEDED", "FAILED"] as const).map((Status) => ({ TransformId, Filter: { Status } }));
    const list = new MLTaskRuns(glue.client()).listAny(queries, {
      pageSize: 10,
      onPage: ({ page, runs }) => seen.push([page, runs]),
    });
    const pages = await collect(list.pages());
    expect(pages.slice(0, -1).every((page) => page.cursor !== undefined)).toBe(true);
    expect("cursor" in (pages.at(-1) ?? {})).toBe(false);
    expect(seen.map(([page]) => page)).toEqual(seen.map((_, index) => index + 1));
    expect(seen.at(-1)?.[1]).toBe(pages.flatMap(({ runs }) => runs).length);
  });

  it.each([undefined, newest])("has at most `concurrency` requests in flight (sorted: %j)", async (Sort) => {
    const glue = await startGlueWith(
      Array.from({ length: 20 }, (_, index) => sampleTaskRuns({ transformId: `tfm-${index}`, count: 7 })).flat(),
    );
    const client = glue.client();
    const inFlight = countInFlight(client);
    const queries = Array.from({ length: 20 }, (_, index) => ({ TransformId: `tfm-${index}`, Sort }));
    for (const concurrency of [1, 3, undefined]) {
      inFlight.most = 0;
      expect(await new MLTaskRuns(client).listAny(queries, { concurrency, pageSize: 3 }).toArray()).toHaveLength(140);
      expect(inFlight.most).toBe(concurrency ?? 4);
    }
  });

  it.each([undefined, newest])("stops its requests while the consumer reads nothing (sorted: %j)", async (Sort) => {
    const glue = await startGlue(100);
    const queries = [0, 1, 2, 3, 4].map((day) => ({
      TransformId,
      Filter: taskRunFilter().startedAfter(day),
      Sort,
    }));
    const iterator = new MLTaskRuns(glue.client())
      .listAny(queries, { pageSize: 5, concurrency: 5 })
      [Symbol.asyncIterator]();
    await iterator.next();
    await quiet(glue);
    // A page of each in use, one read ahead, and one more where the first was taken up by the merge.
    expect(glue.requests.length).toBeLessThanOrEqual(15);
    await iterator.return?.();
  });

  it.each([undefined, newest])(
    "an error of one of ten queries comes once and aborts the others (sorted: %j)",
    async (Sort) => {
      const unhandled = vi.fn();
      process.on("unhandledRejection", unhandled);
      let closed = 0;
      const client = await startServer(
        (_request, response, body) => {
          if (body.includes("tfm-bad")) {
            response.statusCode = 400;
            setTimeout(() => response.end('{"__type":"AccessDeniedException","Message":"no"}'), 30);
          } else {
            response.on("close", () => {
              closed += 1;
            });
          }
        },
        { maxAttempts: 1 },
      );
      const queries = Array.from({ length: 10 }, (_, index) => ({
        TransformId: index === 4 ? "tfm-bad" : `tfm-${index}`,
        Sort,
      }));
      const iterator = new MLTaskRuns(client).listAny(queries, { concurrency: 10 })[Symbol.asyncIterator]();
      await expect(iterator.next()).rejects.toMatchObject({ name: "AccessDeniedException" });
      expect(await iterator.next()).toEqual({ done: true, value: undefined });
      await vi.waitFor(() => expect(closed).toBe(9));
      await new Promise((resolve) => setTimeout(resolve, 20));
      process.off("unhandledRejection", unhandled);
      expect(unhandled).not.toHaveBeenCalled();
    },
  );

  it.each([undefined, newest])(
    "an error comes after the pages that were there before it (sorted: %j)",
    async (Sort) => {
      const run = (TaskRunId: string, second: number) => ({ TaskRunId, Status: "FAILED", StartedOn: second });
      const client = await replyWith(
        { TaskRuns: [run("a", 9), run("b", 8)], NextToken: "more" },
        { TaskRuns: [run("c", 8), { TaskRunId: "d" }] },
      );
      const given: string[] = [];
      const loop = async () => {
        const list = new MLTaskRuns(client).listAny([{ TransformId, Sort }], { prefetch: 0 });
        for await (const { TaskRunId } of list) given.push(TaskRunId);
      };
      await expect(loop()).rejects.toMatchObject({ name: "UnexpectedResponseError", member: "Status" });
      expect(given).toEqual(["a", "b", "c"]);
    },
  );

  it("an error after as many runs as were asked for is none", async () => {
    const run = (TaskRunId: string, StartedOn: number) => ({ TaskRunId, Status: "FAILED", StartedOn });
    const listed = async (limit: number) => {
      const client = await replyWith({ TaskRuns: [run("c", 9)] }, { TaskRuns: [run("a", 5), { TaskRunId: "d" }] });
      const queries = ["tfm-a", "tfm-b"].map((id) => ({ TransformId: id, Sort: newest }));
      return new MLTaskRuns(client).listAny(queries, { concurrency: 1, limit }).toArray();
    };
    expect(ids(await listed(2))).toEqual(["c", "a"]);
    await expect(listed(3)).rejects.toMatchObject({ member: "Status" });
  });

  it("of an endpoint that fails within an instant gives the runs of that instant first", async () => {
    const run = { TaskRunId: "a", Status: "FAILED", StartedOn: 9 };
    const client = await replyWith({ TaskRuns: [run], NextToken: "more" }, { TaskRuns: "none" });
    const iterator = new MLTaskRuns(client)
      .listAny([{ TransformId, Sort: newest }], { prefetch: 0 })
      [Symbol.asyncIterator]();
    expect((await iterator.next()).value).toMatchObject({ TaskRunId: "a" });
    await expect(iterator.next()).rejects.toMatchObject({ member: "TaskRuns" });
  });

  it("of which one fails gives no run that others of that one's may come before", async () => {
    const run = (TaskRunId: string, StartedOn: number) => ({ TaskRunId, Status: "FAILED", StartedOn });
    const client = await startServer((_request, response, body) => {
      if (body.includes("tfm-a")) response.end(JSON.stringify({ TaskRuns: [run("1", 1), run("4", 4)] }));
      else if (body.includes("more")) response.end(JSON.stringify({ TaskRuns: "none" }));
      else response.end(JSON.stringify({ TaskRuns: [run("2", 2)], NextToken: "more" }));
    });
    const iterator = new MLTaskRuns(client)
      .listAny(
        [
          { TransformId: "tfm-a", Sort: oldest },
          { TransformId: "tfm-b", Sort: oldest },
        ],
        { prefetch: 0 },
      )
      [Symbol.asyncIterator]();
    expect((await iterator.next()).value).toMatchObject({ TaskRunId: "1" });
    expect((await iterator.next()).value).toMatchObject({ TaskRunId: "2" });
    await expect(iterator.next()).rejects.toMatchObject({ member: "TaskRuns" });
  });

  it("stays in its order where a page is empty, and others follow it", async () => {
    const glue = await startGlue(40);
    const taskRuns = new MLTaskRuns(glue.client());
    const queries = (["SUCCEEDED", "FAILED"] as const).map((Status) => ({
      TransformId,
      Filter: { Status },
      Sort: newest,
    }));
    const before = await taskRuns.listAny(queries, { pageSize: 3 }).toArray();
    for (const after of [0, 1, 2, 3]) {
      glue.fail("emptyPage", { after, times: 2 });
      expect(await taskRuns.listAny(queries, { pageSize: 3 }).toArray()).toEqual(before);
    }
  });

  it("leaving the loop, or the signal, aborts all requests", async () => {
    let [seen, closed] = [0, 0];
    const client = await startServer((_request, response) => {
      seen += 1;
      response.on("close", () => {
        closed += 1;
      });
    });
    const taskRuns = new MLTaskRuns(client);
    const queries = Array.from({ length: 6 }, (_, index) => ({ TransformId: `tfm-${index}` }));
    const list = taskRuns.listAny(queries, { concurrency: 6, abortSignal: AbortSignal.timeout(100) });
    await expect(list.toArray()).rejects.toMatchObject({ name: "TimeoutError" });
    await vi.waitFor(() => expect(closed).toBe(6));

    const iterator = taskRuns.listAny(queries, { concurrency: 6 })[Symbol.asyncIterator]();
    const next = iterator.next();
    await vi.waitFor(() => expect(seen).toBe(12));
    await iterator.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    await vi.waitFor(() => expect(closed).toBe(12));
  });

  it("refuses bad queries and options by itself", () => {
    const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));
    // @ts-expect-error
    expect(() => taskRuns.listAny([{ transformId: "x" }])).toThrow("Known keys: TransformId, Filter, Sort.");
    // @ts-expect-error
    expect(() => taskRuns.listAny("tfm-1")).toThrow("queries must be an iterable of queries, got ");
    // @ts-expect-error
    expect(() => taskRuns.listAny({ TransformId })).toThrow(InvalidQueryError);
    expect(() => taskRuns.listAny([], { concurrency: 65 })).toThrow("concurrency must be an integer from 1 to 64");
    expect(() => taskRuns.listAny([], { cursor: "x" })).toThrow('The cursor "x" was not made by this version');
    const fieldOf = (call: () => unknown) => {
      try {
        call();
      } catch (error) {
        return error instanceof InvalidQueryError ? error.field : error;
      }
      return undefined;
    };
    const good = { TransformId, Sort: newest };
    // @ts-expect-error there is no such status
    expect(fieldOf(() => taskRuns.listAny([good, { TransformId, Filter: { Status: "failed" } }]))).toBe(
      "queries[1].Filter.Status",
    );
    const byStatus = { TransformId, Sort: taskRunSort("STATUS").ascending() };
    expect(fieldOf(() => taskRuns.listAny([good, byStatus]))).toBe("queries[1].Sort.Column");
    expect(fieldOf(() => taskRuns.listAny([good, { TransformId }, { TransformId, Sort: oldest }]))).toBe(
      "queries[2].Sort.SortDirection",
    );
    expect(fieldOf(() => taskRuns.listAcrossTransforms({ Sort: taskRunSort("STATUS").ascending() }))).toBe(
      "Sort.Column",
    );
  });
});

describe("listAcrossTransforms", () => {
  const startMany = async () => {
    const runs = Array.from({ length: 12 }, (_, index) =>
      sampleTaskRuns({ transformId: `tfm-${index}`, count: 9, seed: index }),
    );
    const glue = await startGlueWith(runs.flat());
    return { glue, taskRuns: new MLTaskRuns(glue.client()), all: runs.flat() };
  };

  it("lists the runs of every transform, each transform found page by page", async () => {
    const { glue, taskRuns, all } = await startMany();
    const found = await taskRuns.listAcrossTransforms({}, { pageSize: 5 }).toArray();
    expect(found.map(identity).toSorted()).toEqual(all.map(identity).toSorted());
    expect(glue.requests.filter(({ operation }) => operation === "GetMLTransforms")).toHaveLength(3);
    expect(await taskRuns.listAcrossTransforms().toArray()).toHaveLength(all.length);
  });

  it("in the order of STARTED, of some runs of some transforms, with the types that the filter says", async () => {
    const { glue, taskRuns, all } = await startMany();
    glue.addTransform({ TransformId: "tfm-3", Status: "NOT_READY" });
    const Filter = taskRunFilter().taskRunType("FIND_MATCHES");
    const TransformFilter = { Status: "READY" } as const;
    const found = await taskRuns
      .listAcrossTransforms({ TransformFilter, Filter, Sort: newest }, { limit: 20 })
      .toArray();
    const expected = all
      .filter((run) => run.Properties.TaskType === "FIND_MATCHES" && run.TransformId !== "tfm-3")
      .toSorted((a, b) => Number(b.StartedOn) - Number(a.StartedOn));
    expect(found.map(identity)).toEqual(expected.slice(0, 20).map(identity));
    for (const run of found) expect(run.Properties.FindMatchesTaskRunProperties.JobRunId).toMatch(/^jr_/);
  });

  it.each([undefined, newest])("skips a transform that is deleted meanwhile (sorted: %j)", async (Sort) => {
    const { glue, all } = await startMany();
    const client = glue.client();
    client.middlewareStack.add(
      (next) => (args) => {
        // Between the listing of the transforms and that of its runs.
        if ((args.input as TaskRunQuery).TransformId === "tfm-5") glue.removeTransform("tfm-5");
        return next(args);
      },
      { step: "initialize" },
    );
    const found = await new MLTaskRuns(client).listAcrossTransforms({ Sort }).toArray();
    expect(found).toHaveLength(all.length - 9);
    await expect(new MLTaskRuns(client).list({ TransformId: "tfm-5" }).first()).rejects.toThrow(
      EntityNotFoundException,
    );
  });

  it.each([undefined, newest])("ends with any other error as it is (sorted: %j)", async (Sort) => {
    const { glue, taskRuns } = await startMany();
    for (const after of [0, 1, 7]) {
      glue.fail("expiredToken", { after });
      await expect(taskRuns.listAcrossTransforms({ Sort }).toArray()).rejects.toMatchObject({
        name: "ExpiredTokenException",
      });
    }
  });

  it.each<[unknown, string, string]>([
    [{ Transforms: 5 }, "Transforms", "Transforms in the response to GetMLTransforms must be a list, got 5."],
    [
      { Transforms: [{}] },
      "TransformId",
      "TransformId of Transforms[0] in the response to GetMLTransforms must be a string",
    ],
    [{ Transforms: ["x"] }, "Transforms[0]", "Transforms[0] in the response to GetMLTransforms must be a structure"],
  ])("refuses the odd reply %j", async (reply, member, message) => {
    const list = new MLTaskRuns(await replyWith(reply)).listAcrossTransforms();
    await expect(list.toArray()).rejects.toMatchObject({
      name: "UnexpectedResponseError",
      member,
      message: expect.stringContaining(message),
    });
  });

  it("refuses no reply at all, as of a client that is mocked without one", async () => {
    const client = new GlueClient({ region: "us-east-1" });
    mockClient(client);
    await expect(new MLTaskRuns(client).listAcrossTransforms().first()).rejects.toMatchObject({
      member: "GetMLTransformsResponse",
      message: expect.stringContaining("The client returned no response to GetMLTransforms."),
    });
  });

  it("aborts the search for transforms too when the loop is left", async () => {
    let [searches, closed] = [0, 0];
    const client = await startServer((request, response) => {
      if (request.headers["x-amz-target"] !== "AWSGlue.GetMLTransforms") {
        return void response.end('{"TaskRuns":[{"TaskRunId":"tsk-1","Status":"FAILED"}]}');
      }
      searches += 1;
      if (searches === 1) return void response.end('{"Transforms":[{"TransformId":"tfm-1"}],"NextToken":"more"}');
      response.on("close", () => {
        closed += 1;
      });
    });
    const runs = new MLTaskRuns(client).listAcrossTransforms()[Symbol.asyncIterator]();
    const next = runs.next();
    await vi.waitFor(() => expect(searches).toBe(2));
    await runs.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    await vi.waitFor(() => expect(closed).toBe(1));
  });

  it("takes a reply without transforms for none, and a repeated token for an error", async () => {
    expect(await new MLTaskRuns(await replyWith({})).listAcrossTransforms().toArray()).toEqual([]);
    const client = new GlueClient({ region: "us-east-1" });
    // Null, as JSON has it and the SDK's type has not.
    mockClient(client).resolves({ Transforms: null } as object);
    expect(await new MLTaskRuns(client).listAcrossTransforms().toArray()).toEqual([]);
    const looping = await replyWith({ NextToken: "a" }, { NextToken: "a" });
    await expect(new MLTaskRuns(looping).listAcrossTransforms().toArray()).rejects.toThrow(PaginationError);
  });

  it("asks for each transform once, also where the service names it twice", async () => {
    const one = { Transforms: [{ TransformId }, { TransformId }] };
    const runs = { TaskRuns: [{ TaskRunId: "tsk-1", Status: "FAILED" }] };
    const client = await replyWith(one, runs, runs);
    expect(await new MLTaskRuns(client).listAcrossTransforms({}, { concurrency: 1 }).toArray()).toHaveLength(1);
  });

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
    [{ Sort: { column: "STARTED" } }, "Sort.column", 'Unknown key "column" in the sort (Sort).'],
  ])("refuses the query %j by itself", (query, field, message) => {
    const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));
    expect.assertions(1);
    try {
      taskRuns.listAcrossTransforms(query as object);
    } catch (error) {
      expect(error).toMatchObject({ name: "InvalidQueryError", field, message: expect.stringContaining(message) });
    }
  });

  it("takes as many columns as the service does", () => {
    const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));
    const Schema = [{ DataType: "" }, ...Array(99).fill({ Name: "x".repeat(1024), DataType: "x".repeat(131_072) })];
    expect(() => taskRuns.listAcrossTransforms({ TransformFilter: { Schema, GlueVersion: "10.20.30" } })).not.toThrow();
  });

  it("passes the filter of the transforms on as it is", async () => {
    const { glue, taskRuns } = await startMany();
    const date = new Date("2026-11-01");
    const TransformFilter = {
      Name: "people",
      TransformType: "FIND_MATCHES",
      GlueVersion: "1.0",
      CreatedAfter: date,
      CreatedBefore: date,
      LastModifiedAfter: date,
      LastModifiedBefore: date,
      Schema: [{ Name: "id", DataType: "bigint" }],
    } as const;
    await taskRuns
      .listAcrossTransforms({ TransformFilter: { ...TransformFilter, Schema: [...TransformFilter.Schema] } })
      .toArray();
    expect(glue.requests).toMatchObject([{ input: { Filter: TransformFilter, MaxResults: 100 } }]);
  });
});
