import fc from "fast-check";
import { MLTaskRuns, type TaskRunQuery } from "glue-ml-task-runs";
import { LocalGlue, type LocalTaskRun, sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import {
  collect,
  countInFlight,
  createFakeClient,
  createRun,
  expectReturnToAbort,
  identityOf,
  ids,
  idsNewestFirst,
  newestFirst,
  oldestFirst,
  readToError,
  recordUnhandledRejections,
  replyWith,
  SERVICE_VARIANTS,
  serviceError,
  startGlue,
  startGlueWith,
  startHangingServer,
  TransformId,
  takeIds,
  waitUntilIdle,
} from "../support.js";

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

/** Two queries of one transform that match no run in common. */
const twoStatuses = (["SUCCEEDED", "FAILED"] as const).map((Status) => ({ TransformId, Filter: { Status } }));
const countOfTwoStatuses = (count: number) =>
  sampleTaskRuns({ transformId: TransformId, count }).filter(
    ({ Status }) => Status === "SUCCEEDED" || Status === "FAILED",
  ).length;

/** A run of a response: `StartedOn` is in seconds. */
const runAt = (TaskRunId: string, StartedOn: number) => createRun(TaskRunId, { StartedOn });

describe("A union of queries", () => {
  it.each(SERVICE_VARIANTS)(
    "returns each run that one of its queries matches once, in order, with %s",
    async (_, variant) => {
      let turn = 0;
      await using glue = await LocalGlue.start(variant);
      const taskRuns = new MLTaskRuns(glue.client());
      await fc.assert(
        fc.asyncProperty(
          anyHistory,
          fc.array(anyQuery, { maxLength: 8 }),
          anyOptions,
          fc.constantFrom(undefined, oldestFirst, newestFirst),
          async (history, criteria, options, Sort) => {
            turn += 1;
            // Each turn creates new transforms, so that all turns can use one endpoint.
            const idOf = (transformId: string) => `${transformId}-${turn}`;
            for (const transform of ["tfm-a", "tfm-b", "tfm-c"]) glue.addTransform({ TransformId: idOf(transform) });
            const runs = history.map((run) => ({ ...run, TransformId: idOf(run.TransformId) }));
            glue.addTaskRuns(runs);
            const queries = criteria.map(
              (query): TaskRunQuery => ({
                TransformId: idOf(query.TransformId),
                Filter: { Status: query.Status },
                Sort,
              }),
            );
            const found = await collect(taskRuns.listAny(queries, options));

            const expected = runs.filter((run) =>
              queries.some((q) => q.TransformId === run.TransformId && (q.Filter?.Status ?? run.Status) === run.Status),
            );
            expect(found.map(identityOf).toSorted()).toEqual(expected.map(identityOf).toSorted());
            const sign = Sort?.SortDirection === "ASCENDING" ? 1 : -1;
            const key = (run: LocalTaskRun) =>
              run.StartedOn ? sign * run.StartedOn.getTime() : Number.POSITIVE_INFINITY;
            const inOrder = expected.toSorted(
              (a, b) =>
                (key(a) === key(b) ? 0 : key(a) - key(b)) ||
                Number(a.TransformId > b.TransformId) - Number(a.TransformId < b.TransformId) ||
                Number(a.TaskRunId > b.TaskRunId) - Number(a.TaskRunId < b.TaskRunId),
            );
            expect(found.map(identityOf)).toEqual(inOrder.map(identityOf));
          },
        ),
      );
    },
  );

  it("of no queries has no runs and sends no request", async () => {
    const glue = await startGlue(30);
    const list = new MLTaskRuns(glue.client()).listAny([]);
    expect(await list.toArray()).toEqual([]);
    expect(await list.first()).toBeUndefined();
    expect(glue.requests).toEqual([]);
  });

  it("with the limit 0 sends no request", async () => {
    const glue = await startGlue(30);
    expect(await new MLTaskRuns(glue.client()).listAny([{ TransformId }], { limit: 0 }).toArray()).toEqual([]);
    expect(glue.requests).toEqual([]);
  });

  it("requests one run of each query for first()", async () => {
    const glue = await startGlue(30);
    const list = new MLTaskRuns(glue.client()).listAny(twoStatuses);
    const first = await list.first();
    expect(glue.requests).toMatchObject([{ input: { MaxResults: 1 } }, { input: { MaxResults: 1 } }]);
    expect(first).toEqual((await list.toArray())[0]);
  });

  it("returns with first() the first run of the loop, also if a query has a run without StartedOn first", async () => {
    const runAt = (id: string, minute: number) => createRun(id, { StartedOn: new Date(minute * 60_000) });
    const runs = { "tfm-a": [createRun("undated"), runAt("5", 5)], "tfm-b": [runAt("3", 3)] };
    const client = createFakeClient(({ input }) => {
      const {
        TransformId,
        NextToken = "0",
        MaxResults,
      } = input as {
        TransformId: keyof typeof runs;
        NextToken?: string;
        MaxResults: number;
      };
      const end = Number(NextToken) + MaxResults;
      const TaskRuns = runs[TransformId].slice(Number(NextToken), end).map((run) => ({ ...run, TransformId }));
      return { TaskRuns, ...(end < runs[TransformId].length && { NextToken: String(end) }) };
    });
    const queries = ["tfm-a", "tfm-b"].map((TransformId) => ({ TransformId }));
    const list = new MLTaskRuns(client).listAny(queries);
    expect(ids(await list.toArray())).toEqual(["5", "3", "undated"]);
    expect((await list.first())?.TaskRunId).toBe("5");
    expect(await new MLTaskRuns(client).listAny(queries.slice(0, 1), { limit: 0 }).first()).toBeUndefined();
  });

  it("requests the runs of a query that is given twice once", async () => {
    const glue = await startGlue(30);
    const list = new MLTaskRuns(glue.client()).listAny([{ TransformId }, { TransformId, Sort: newestFirst }]);
    expect(ids(await list.toArray())).toEqual(idsNewestFirst(30));
    expect(glue.requests).toHaveLength(1);
  });

  it("ends at its limit", async () => {
    const glue = await startGlue(30);
    const taskRuns = new MLTaskRuns(glue.client());
    const all = await taskRuns.listAny(twoStatuses).toArray();
    expect(await taskRuns.listAny(twoStatuses, { limit: 5 }).toArray()).toEqual(all.slice(0, 5));
  });

  it("that is resumed ends at its limit", async () => {
    const glue = await startGlue(30);
    const taskRuns = new MLTaskRuns(glue.client());
    const all = await taskRuns.listAny(twoStatuses).toArray();
    const runs = taskRuns.listAny(twoStatuses)[Symbol.asyncIterator]();
    await takeIds(runs, 4);
    const rest = await taskRuns.listAny(twoStatuses, { cursor: runs.cursor, limit: 3 }).toArray();
    expect(rest).toEqual(all.slice(4, 4 + 3));
  });

  it("has a cursor on every page but the last", async () => {
    const glue = await startGlue(30);
    const pages = await collect(new MLTaskRuns(glue.client()).listAny(twoStatuses, { pageSize: 10 }).pages());
    expect(pages.map((page) => "cursor" in page)).toEqual(pages.map((_, index) => index < pages.length - 1));
    expect(pages.flatMap(({ runs }) => runs)).toHaveLength(countOfTwoStatuses(30));
  });

  it("merges two histories into pages of 1,000 runs while more pages are ready", async () => {
    const histories = ["tfm-a", "tfm-b"].map((transformId, seed) => sampleTaskRuns({ transformId, count: 900, seed }));
    const glue = await startGlueWith(histories.flat());
    const queries = [{ TransformId: "tfm-a" }, { TransformId: "tfm-b" }];
    const pages = await collect(new MLTaskRuns(glue.client()).listAny(queries).pages());
    expect(pages[0]?.runs).toHaveLength(1000);
    expect(pages.flatMap(({ runs }) => runs)).toHaveLength(1800);
  });

  it.each([1, 3, undefined])(
    "has at most %s requests in flight as its concurrency, 4 by default",
    async (concurrency) => {
      const transforms = Array.from({ length: 20 }, (_, index) => `tfm-${index}`);
      const glue = await startGlueWith(transforms.flatMap((transformId) => sampleTaskRuns({ transformId, count: 7 })));
      const client = glue.client();
      const inFlight = countInFlight(client);
      const queries = transforms.map((id) => ({ TransformId: id }));
      const runs = await new MLTaskRuns(client).listAny(queries, { concurrency, pageSize: 3 }).toArray();
      expect(runs).toHaveLength(20 * 7);
      expect(inFlight.maximum).toBe(concurrency ?? 4);
    },
  );

  it("requests at most three pages of each query while the consumer reads nothing", async () => {
    const glue = await startGlue(100);
    const queries = [0, 1, 2, 3, 4].map((day) => ({ TransformId, Filter: { StartedAfter: new Date(day) } }));
    const runs = new MLTaskRuns(glue.client())
      .listAny(queries, { pageSize: 5, concurrency: 5 })
      [Symbol.asyncIterator]();
    await runs.next();
    await waitUntilIdle(glue);
    // The page in use, one read ahead, and one more where the merge has used up the first page.
    expect(glue.requests.length).toBeLessThanOrEqual(3 * queries.length);
    await runs.return?.();
  });

  it("of 60 transforms returns its first run after one page of each, and reads at most one page ahead of each", async () => {
    const transforms = Array.from({ length: 60 }, (_, index) => `tfm-${index}`);
    const glue = await startGlueWith(
      transforms.flatMap((transformId, seed) => sampleTaskRuns({ transformId, count: 50, seed })),
    );
    const onPage = vi.fn();
    const list = new MLTaskRuns(glue.client()).listAcrossTransforms({}, { pageSize: 5, onPage });
    const runs = list[Symbol.asyncIterator]();
    await runs.next();
    expect(onPage.mock.calls.length).toBeGreaterThanOrEqual(60);
    expect(onPage.mock.calls.length).toBeLessThanOrEqual(60 * 2);
    await runs.return?.();
  });

  it("keeps its order where a page is empty and others follow", async () => {
    const glue = await startGlue(40);
    const taskRuns = new MLTaskRuns(glue.client());
    const before = await taskRuns.listAny(twoStatuses, { pageSize: 3 }).toArray();
    for (const after of [0, 1, 2, 3]) {
      glue.fail("emptyPage", { after, times: 2 });
      expect(await taskRuns.listAny(twoStatuses, { pageSize: 3 }).toArray()).toEqual(before);
    }
  });

  it("returns a run once whose StartedOn appears between two pages", async () => {
    const started = (TaskRunId: string, second: number) =>
      createRun(TaskRunId, { Status: "RUNNING" as const, StartedOn: new Date(second * 1000) });
    const starting = createRun("tsk-new", { Status: "STARTING" as const });
    const glue = await startGlueWith([started("tsk-1", 1), started("tsk-2", 2), starting]);
    const queries = [{ TransformId }, { TransformId, Filter: { Status: "RUNNING" } as const }];
    const onPage = ({ page }: { page: number }) => {
      if (page === 1) glue.addTaskRuns([started("tsk-new", 3)]);
    };
    const found = await new MLTaskRuns(glue.client()).listAny(queries, { concurrency: 1, onPage }).toArray();
    expect(ids(found).toSorted()).toEqual(["tsk-1", "tsk-2", "tsk-new"]);
  });
});

describe("An error of one query of a union", () => {
  it("ends the union once and aborts the other queries", async () => {
    const rejections = recordUnhandledRejections();
    let fail = () => {};
    const failure = new Promise<object | null>((resolve) => {
      fail = () => resolve(serviceError("AccessDeniedException"));
    });
    const { client, requests } = await startHangingServer(({ input }) =>
      input.TransformId === "tfm-4" ? failure : undefined,
    );
    const queries = Array.from({ length: 10 }, (_, index) => ({ TransformId: `tfm-${index}` }));
    const runs = new MLTaskRuns(client).listAny(queries, { concurrency: 10 })[Symbol.asyncIterator]();
    const next = runs.next();
    await vi.waitFor(() => expect(requests).toMatchObject({ received: 10, hanging: 9 }));
    fail();
    await expect(next).rejects.toMatchObject({ name: "AccessDeniedException" });
    expect(await runs.next()).toEqual({ done: true, value: undefined });
    await vi.waitFor(() => expect(requests.closed).toBe(9));
    expect(rejections).toEqual([]);
  });

  it("comes after the runs before it", async () => {
    const client = await replyWith(
      { TaskRuns: [runAt("a", 9), runAt("b", 8)], NextToken: "more" },
      { TaskRuns: [runAt("c", 8), { TaskRunId: "d" }] },
    );
    const { found, error } = await readToError(new MLTaskRuns(client).listAny([{ TransformId }], { prefetch: 0 }));
    expect(found).toEqual(["a", "b", "c"]);
    expect(error).toMatchObject({ name: "UnexpectedResponseError", member: "Status" });
  });

  it("comes after the runs of the start time at which it occurs", async () => {
    const client = await replyWith({ TaskRuns: [runAt("a", 9)], NextToken: "more" }, { TaskRuns: "none" });
    const { found, error } = await readToError(new MLTaskRuns(client).listAny([{ TransformId }], { prefetch: 0 }));
    expect(found).toEqual(["a"]);
    expect(error).toMatchObject({ member: "TaskRuns" });
  });

  it("comes before the runs of other queries that may follow the missing runs", async () => {
    const { client } = await startHangingServer(({ input }) => {
      if (input.TransformId === "tfm-a") return { TaskRuns: [runAt("1", 1), runAt("4", 4)] };
      if (input.NextToken === "more") return { TaskRuns: "none" };
      return { TaskRuns: [runAt("2", 2)], NextToken: "more" };
    });
    const queries = ["tfm-a", "tfm-b"].map((id) => ({ TransformId: id, Sort: oldestFirst }));
    const { found, error } = await readToError(new MLTaskRuns(client).listAny(queries, { prefetch: 0 }));
    expect(found).toEqual(["1", "2"]);
    expect(error).toMatchObject({ member: "TaskRuns" });
  });

  it("is ignored beyond the limit", async () => {
    const queries = ["tfm-a", "tfm-b"].map((id) => ({ TransformId: id }));
    const list = async (limit: number) => {
      const pages = [{ TaskRuns: [runAt("c", 9)] }, { TaskRuns: [runAt("a", 5), { TaskRunId: "d" }] }];
      return new MLTaskRuns(await replyWith(...pages)).listAny(queries, { concurrency: 1, limit });
    };
    expect(ids(await (await list(2)).toArray())).toEqual(["c", "a"]);
    await expect((await list(3)).toArray()).rejects.toMatchObject({ member: "Status" });
  });
});

describe("The requests of a union", () => {
  const queries = Array.from({ length: 6 }, (_, index) => ({ TransformId: `tfm-${index}` }));

  it("are aborted by the signal", async () => {
    const { client, requests } = await startHangingServer();
    const controller = new AbortController();
    const options = { concurrency: 6, abortSignal: controller.signal };
    const all = new MLTaskRuns(client).listAny(queries, options).toArray();
    await vi.waitFor(() => expect(requests.hanging).toBe(6));
    controller.abort("enough");
    await expect(all).rejects.toBe("enough");
    await vi.waitFor(() => expect(requests.closed).toBe(6));
  });

  it("are aborted when the loop is left", async () => {
    const { client, requests } = await startHangingServer();
    const list = new MLTaskRuns(client).listAny(queries, { concurrency: 6 });
    await expectReturnToAbort(list[Symbol.asyncIterator](), requests, 6);
  });
});

describe("limitPerQuery", () => {
  const transforms = ["tfm-a", "tfm-b", "tfm-c"];
  const start = async () => {
    const histories = transforms.map((transformId, index) =>
      sampleTaskRuns({ transformId, count: 20, seed: index + 1 }),
    );
    const glue = await startGlueWith(histories.flat());
    return { glue, taskRuns: new MLTaskRuns(glue.client()), histories };
  };

  it("of 1 returns the latest run of each transform and requests one run of each", async () => {
    const { glue, taskRuns, histories } = await start();
    const latest = await taskRuns.listAcrossTransforms({}, { limitPerQuery: 1 }).toArray();
    const expected = histories.map((runs) => runs.at(-1)?.TaskRunId);
    expect(new Set(ids(latest))).toEqual(new Set(expected));
    const requests = glue.requests.filter(({ operation }) => operation === "GetMLTaskRuns");
    expect(requests.map(({ input }) => input)).toMatchObject(Array(3).fill({ MaxResults: 1 }));
  });

  it("is part of the query that a cursor belongs to", async () => {
    const { taskRuns } = await start();
    const runs = taskRuns.listAcrossTransforms({}, { limitPerQuery: 2 })[Symbol.asyncIterator]();
    await takeIds(runs, 1);
    const { cursor } = runs;
    expect(() => taskRuns.listAcrossTransforms({}, { limitPerQuery: 3, cursor })).toThrow("another query");
    const rest = await taskRuns.listAcrossTransforms({}, { limitPerQuery: 2, cursor }).toArray();
    expect(rest).toHaveLength(2 * transforms.length - 1);
  });

  it("of 2 returns the next run as the first run of a resumed listing", async () => {
    const { taskRuns } = await start();
    const options = { limitPerQuery: 2 };
    const all = ids(await taskRuns.listAcrossTransforms({}, options).toArray());
    const runs = taskRuns.listAcrossTransforms({}, options)[Symbol.asyncIterator]();
    for (const id of all.slice(1)) {
      await runs.next();
      const next = await taskRuns.listAcrossTransforms({}, { ...options, cursor: runs.cursor }).first();
      expect(next?.TaskRunId).toBe(id);
    }
  });

  it("counts the same runs in a resumed listing after new runs have started", async () => {
    const { glue, taskRuns } = await start();
    const options = { limitPerQuery: 2 };
    const all = ids(await taskRuns.listAcrossTransforms({}, options).toArray());
    const runs = taskRuns.listAcrossTransforms({}, options)[Symbol.asyncIterator]();
    const found = await takeIds(runs, 1);
    glue.addTaskRuns(transforms.map((id) => createRun("tsk-new", { TransformId: id, StartedOn: new Date() })));
    found.push(...ids(await taskRuns.listAcrossTransforms({}, { ...options, cursor: runs.cursor }).toArray()));
    expect(found).toEqual(all);
  });
});
