import { GlueClient } from "@aws-sdk/client-glue";
import fc from "fast-check";
import { type MLTaskRunList, MLTaskRuns, MLTaskRunsError, taskRunSort } from "glue-ml-task-runs";
import { describe, expect, it, vi } from "vitest";
import {
  collect,
  fitsItsType,
  ids,
  idsNewestFirst,
  replyToFirstRequest,
  startGlue,
  startHangingServer,
  TransformId,
  takeIds,
  thrownBy,
  waitUntilIdle,
} from "./support.js";

describe("A listing", () => {
  it("returns each run once, in the order of the service", async () => {
    const glue = await startGlue(2345);
    const runs = await collect(new MLTaskRuns(glue.client()).list({ TransformId }));
    expect(ids(runs)).toEqual(idsNewestFirst(2345));
    expect(runs.every(fitsItsType)).toBe(true);
  });

  it("returns each run once for any sort, page size and prefetch", async () => {
    const glue = await startGlue(60);
    const taskRuns = new MLTaskRuns(glue.client());
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("STARTED" as const, "STATUS" as const, "TASK_RUN_TYPE" as const),
        fc.constantFrom("ascending" as const, "descending" as const),
        fc.record({ pageSize: fc.integer({ min: 1, max: 70 }), prefetch: fc.integer({ min: 0, max: 4 }) }),
        async (column, direction, options) => {
          const Sort = taskRunSort(column)[direction]();
          const runs = await taskRuns.list({ TransformId, Sort }, options).toArray();
          expect(ids(runs).toSorted()).toEqual(idsNewestFirst(60).toSorted());
        },
      ),
    );
  });

  it("sends no request before the first call of next()", async () => {
    const glue = await startGlue(5);
    const list = new MLTaskRuns(glue.client()).list({ TransformId });
    list[Symbol.asyncIterator]();
    list.pages();
    await waitUntilIdle(glue);
    expect(glue.requests).toHaveLength(0);
  });

  it("starts again with each loop", async () => {
    const glue = await startGlue(25);
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10 });
    expect(ids(await collect(list))).toEqual(idsNewestFirst(25));
    expect(ids(await collect(list))).toEqual(idsNewestFirst(25));
  });

  it("can be read by two loops at the same time", async () => {
    const glue = await startGlue(25);
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10 });
    const [first, second] = await Promise.all([collect(list), list.toArray()]);
    expect(ids(first)).toEqual(idsNewestFirst(25));
    expect(ids(second)).toEqual(idsNewestFirst(25));
  });

  it("of a transform without runs has no runs and one empty page", async () => {
    const glue = await startGlue(0);
    const list = new MLTaskRuns(glue.client()).list({ TransformId });
    expect(await list.toArray()).toEqual([]);
    expect(await list.first()).toBeUndefined();
    expect(await collect(list.pages())).toMatchObject([{ runs: [] }]);
  });
});

describe("first()", () => {
  it("requests one run with any page size and prefetch", async () => {
    const glue = await startGlue(10);
    const run = await new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 7, prefetch: 4 }).first();
    expect(run?.TaskRunId).toBe(idsNewestFirst(10)[0]);
    await waitUntilIdle(glue);
    expect(glue.requests).toMatchObject([{ input: { MaxResults: 1 } }]);
  });

  it("sends no request with the limit 0", async () => {
    const glue = await startGlue(5);
    expect(await new MLTaskRuns(glue.client()).list({ TransformId }, { limit: 0 }).first()).toBeUndefined();
    expect(glue.requests).toEqual([]);
  });
});

describe("pages()", () => {
  it("returns the pages of the service with their request ids", async () => {
    const glue = await startGlue(25);
    const pages = await collect(new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10 }).pages());
    expect(pages.map(({ runs }) => runs.length)).toEqual([10, 10, 5]);
    for (const { requestId } of pages) expect(requestId).toMatch(/^[\da-f-]{36}$/);
    expect(new Set(pages.map(({ requestId }) => requestId)).size).toBe(pages.length);
  });

  it("has a cursor on every page but the last", async () => {
    const glue = await startGlue(25);
    const pages = await collect(new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10 }).pages());
    expect(pages.map((page) => "cursor" in page)).toEqual([true, true, false]);
  });
});

describe("Calls of next() that overlap", () => {
  it("are answered in order, each with its own run", async () => {
    const glue = await startGlue(25);
    const taskRuns = new MLTaskRuns(glue.client());
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.nat({ max: 3 }), async (pageSize, prefetch) => {
        const runs = taskRuns.list({ TransformId }, { pageSize, prefetch })[Symbol.asyncIterator]();
        const order: number[] = [];
        const results = await Promise.all(
          Array.from({ length: 27 }, async (_, index) => {
            const result = await runs.next();
            order.push(index);
            return result;
          }),
        );
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect(ids(results.flatMap(({ value }) => value ?? []))).toEqual(idsNewestFirst(25));
        expect(results.slice(25)).toEqual(Array(2).fill({ done: true, value: undefined }));
      }),
    );
  });

  it("are answered in order if one of them is made when the first is answered", async () => {
    const glue = await startGlue(5);
    const runs = new MLTaskRuns(glue.client()).list({ TransformId })[Symbol.asyncIterator]();
    let third: Promise<string[]> | undefined;
    const first = takeIds(runs, 1).then((found) => {
      third = takeIds(runs, 1);
      return found;
    });
    const second = takeIds(runs, 1);
    const found = [await first, await second, await third].flat();
    expect(found).toEqual(idsNewestFirst(5).slice(0, 3));
  });

  it("are answered in order by pages() as well", async () => {
    const glue = await startGlue(25);
    const pages = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10 }).pages();
    const results = await Promise.all(Array.from({ length: 4 }, () => pages.next()));
    expect(results.map(({ value }) => value?.runs.length)).toEqual([10, 10, 5, undefined]);
  });
});

describe("An iterator of runs", () => {
  const start = async () => {
    const glue = await startGlue(25);
    const runs = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10 })[Symbol.asyncIterator]();
    return { glue, runs };
  };

  it("is iterable and continues after the runs that it has returned", async () => {
    const { runs } = await start();
    const found = await takeIds(runs, 1);
    for await (const { TaskRunId } of runs) found.push(TaskRunId);
    expect(found).toEqual(idsNewestFirst(25));
  });

  it("ends by return(), which resolves with its value", async () => {
    const { runs } = await start();
    await runs.next();
    expect(await runs.return?.()).toEqual({ done: true, value: undefined });
    // @ts-expect-error The type has no value for return().
    expect(await runs.return?.(Promise.resolve(5))).toEqual({ done: true, value: 5 });
    expect(await runs.next()).toEqual({ done: true, value: undefined });
  });

  it("rejects return() with the error of the promise in its argument", async () => {
    const { runs } = await start();
    await expect(runs.return?.(Promise.reject(new Error("no value")))).rejects.toThrow("no value");
  });

  it("of pages ends by throw(), which rejects with its error", async () => {
    const glue = await startGlue(3);
    const pages = new MLTaskRuns(glue.client()).list({ TransformId }).pages();
    await expect(pages.throw?.(new Error("over"))).rejects.toThrow("over");
    expect(await pages.next()).toEqual({ done: true, value: undefined });
    expect(glue.requests).toEqual([]);
  });

  it("ends by throw(), which rejects with its error also after the end", async () => {
    const { runs } = await start();
    await expect(runs.throw?.(new Error("over"))).rejects.toThrow("over");
    expect(await runs.next()).toEqual({ done: true, value: undefined });
    await expect(runs.throw?.(new Error("still over"))).rejects.toThrow("still over");
  });

  it("sends no request if return() comes before the first next()", async () => {
    const { glue, runs } = await start();
    await runs.return?.();
    expect(await runs.next()).toEqual({ done: true, value: undefined });
    expect(glue.requests).toHaveLength(0);
  });

  it("ends a next() that waits when return() is called, and answers it first", async () => {
    const { client } = await startHangingServer();
    const runs = new MLTaskRuns(client).list({ TransformId })[Symbol.asyncIterator]();
    const order: string[] = [];
    const next = runs.next().finally(() => order.push("next"));
    // @ts-expect-error The type has no value for return().
    const returned = runs.return?.(1).finally(() => order.push("return"));
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await returned).toEqual({ done: true, value: 1 });
    expect(order).toEqual(["next", "return"]);
  });
});

describe("A loop that is left early", () => {
  it("by break closes the connection of the request in flight", async () => {
    const { client, requests } = await startHangingServer(replyToFirstRequest);
    for await (const _ of new MLTaskRuns(client).list({ TransformId })) {
      await vi.waitFor(() => expect(requests.hanging).toBe(1));
      break;
    }
    await vi.waitFor(() => expect(requests.closed).toBe(1));
  });

  it("by an error closes the connection of the request in flight and rejects with the error", async () => {
    const { client, requests } = await startHangingServer(replyToFirstRequest);
    const loop = async () => {
      for await (const _ of new MLTaskRuns(client).list({ TransformId })) {
        await vi.waitFor(() => expect(requests.hanging).toBe(1));
        throw new Error("left");
      }
    };
    await expect(loop()).rejects.toThrow("left");
    await vi.waitFor(() => expect(requests.closed).toBe(1));
  });

  it("over pages() closes the connection of the request in flight", async () => {
    const { client, requests } = await startHangingServer(replyToFirstRequest);
    for await (const { runs } of new MLTaskRuns(client).list({ TransformId }).pages()) {
      expect(ids(runs)).toEqual(["tsk-1", "tsk-2"]);
      await vi.waitFor(() => expect(requests.hanging).toBe(1));
      break;
    }
    await vi.waitFor(() => expect(requests.closed).toBe(1));
  });
});

describe.runIf(Symbol.asyncDispose)("Symbol.asyncDispose", () => {
  it.each([
    ["runs", (list: MLTaskRunList) => list[Symbol.asyncIterator]()],
    ["pages", (list: MLTaskRunList) => list.pages()],
  ])("of an iterator of %s closes the connection of the request in flight", async (_, open) => {
    const { client, requests } = await startHangingServer();
    const iterator = open(new MLTaskRuns(client).list({ TransformId }));
    const next = iterator.next();
    await vi.waitFor(() => expect(requests.hanging).toBe(1));
    const dispose: unknown = Reflect.get(iterator, Symbol.asyncDispose);
    if (typeof dispose !== "function") throw new Error("The iterator has no Symbol.asyncDispose.");
    await dispose();
    expect(await next).toEqual({ done: true, value: undefined });
    await vi.waitFor(() => expect(requests.closed).toBe(1));
  });
});

describe("JSON.stringify", () => {
  const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));
  it.each([
    ["a list", taskRuns.list({ TransformId }), "toArray()"],
    ["a list in a result", { runs: taskRuns.listAcrossTransforms() }, "toArray()"],
    ["an iterator of a list", taskRuns.list({ TransformId })[Symbol.asyncIterator](), "for await"],
    ["pages", taskRuns.list({ TransformId }).pages(), "for await"],
    ["a watch", taskRuns.watch({ TransformId }), "for await"],
  ])("of %s throws an error that says how to read the runs", (_, value, use) => {
    const error = thrownBy(() => JSON.stringify(value));
    expect(error).toBeInstanceOf(MLTaskRunsError);
    expect(error).toMatchObject({ message: expect.stringContaining(use) });
  });
});
