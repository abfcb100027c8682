/** How a listing is read: ahead, overlapping, to its end, or left early. */
import fc from "fast-check";
import { MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it, vi } from "vitest";
import { ids, idsNewestFirst, quiet, replyWith, startGlue, startServer, TransformId } from "./support.js";

describe("read-ahead", () => {
  it.each([0, 1, 2, 5, 16])(
    "of %i pages sends just as many requests more than the consumer needs",
    async (prefetch) => {
      const glue = await startGlue(40);
      const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 2, prefetch });
      const iterator = list[Symbol.asyncIterator]();
      await iterator.next();
      await vi.waitFor(() => expect(glue.requests).toHaveLength(1 + prefetch));
      await iterator.next();
      await quiet(glue);
      expect(glue.requests).toHaveLength(1 + prefetch);
      await iterator.next();
      await vi.waitFor(() => expect(glue.requests).toHaveLength(2 + prefetch));
      await iterator.return?.();
    },
  );

  it("is one page where nothing else is said", async () => {
    const glue = await startGlue(40);
    const pages = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 2 }).pages();
    await pages.next();
    await vi.waitFor(() => expect(glue.requests).toHaveLength(2));
    await quiet(glue);
    expect(glue.requests).toHaveLength(2);
  });

  it("never goes beyond limit", async () => {
    const glue = await startGlue(300);
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 100, limit: 100, prefetch: 16 });
    const pages = list.pages();
    await pages.next();
    await quiet(glue);
    expect(glue.requests).toHaveLength(1);
  });

  it("that fails surfaces when the consumer gets there, and is nobody's unhandled rejection", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const glue = await startGlue(30);
    glue.fail("expiredToken", { after: 1 });
    const iterator = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10 })[Symbol.asyncIterator]();
    await iterator.next();
    await vi.waitFor(() => expect(glue.requests).toHaveLength(2));
    await quiet(glue);
    for (let count = 2; count <= 10; count += 1) expect((await iterator.next()).done).toBe(false);
    await expect(iterator.next()).rejects.toMatchObject({ name: "ExpiredTokenException" });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    // What is left alone after its read-ahead failed does not complain either.
    glue.fail("expiredToken", { after: 1 });
    await new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10, prefetch: 4 }).pages().next();
    await quiet(glue);
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe("calls that overlap", () => {
  it("of next() are answered in order, each with its own run", async () => {
    const glue = await startGlue(25);
    const taskRuns = new MLTaskRuns(glue.client());
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.nat({ max: 3 }), async (pageSize, prefetch) => {
        const iterator = taskRuns.list({ TransformId }, { pageSize, prefetch })[Symbol.asyncIterator]();
        const order: number[] = [];
        const results = await Promise.all(
          Array.from({ length: 27 }, async (_, index) => {
            const result = await iterator.next();
            order.push(index);
            return result;
          }),
        );
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect(ids(results.flatMap(({ value }) => value ?? []))).toEqual(idsNewestFirst(25));
        expect(results.slice(25)).toEqual([
          { done: true, value: undefined },
          { done: true, value: undefined },
        ]);
      }),
      { numRuns: 25 },
    );
  });

  it("get their runs in that order, also where one comes when the first is answered", async () => {
    const glue = await startGlue(5);
    const iterator = new MLTaskRuns(glue.client()).list({ TransformId })[Symbol.asyncIterator]();
    const later: Promise<unknown>[] = [];
    const first = iterator.next().then((result) => {
      later.push(iterator.next().then(({ value }) => value?.TaskRunId));
      return result.value?.TaskRunId;
    });
    const second = iterator.next().then(({ value }) => value?.TaskRunId);
    const given = [await first, await second, ...(await Promise.all(later))];
    expect(given).toEqual(idsNewestFirst(5).slice(0, 3));
  });

  it("of pages().next() too", async () => {
    const glue = await startGlue(25);
    const pages = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10 }).pages();
    const results = await Promise.all(Array.from({ length: 4 }, () => pages.next()));
    expect(results.map(({ value }) => value?.runs.length)).toEqual([10, 10, 5, undefined]);
  });
});

describe("return() and throw()", () => {
  const start = async () => {
    const glue = await startGlue(25);
    const iterator = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10 })[Symbol.asyncIterator]();
    return { glue, iterator };
  };

  it("end the iteration with the value, also a promised one", async () => {
    const { iterator } = await start();
    await iterator.next();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await iterator.return?.(Promise.resolve(5))).toEqual({ done: true, value: 5 });
    await expect(iterator.return?.(Promise.reject(new Error("no value")))).rejects.toThrow("no value");
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it("end it with the error", async () => {
    const { iterator } = await start();
    await expect(iterator.throw?.(new Error("over"))).rejects.toThrow("over");
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    await expect(iterator.throw?.(new Error("still over"))).rejects.toThrow("still over");
  });

  it("before the first next() send nothing", async () => {
    const { glue, iterator } = await start();
    await iterator.return?.();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(glue.requests).toHaveLength(0);
  });

  it("end a next() that waits, and are answered after it", async () => {
    const client = await startServer(() => {});
    const iterator = new MLTaskRuns(client).list({ TransformId })[Symbol.asyncIterator]();
    const order: string[] = [];
    const next = iterator.next().finally(() => order.push("next"));
    const returned = iterator.return?.(1).finally(() => order.push("return"));
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await returned).toEqual({ done: true, value: 1 });
    expect(order).toEqual(["next", "return"]);
  });
});

it("an iterator is iterable itself, and goes on where it stands", async () => {
  const glue = await startGlue(25);
  const iterator = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10 })[Symbol.asyncIterator]();
  const { value } = await iterator.next();
  const given = [value?.TaskRunId];
  for await (const { TaskRunId } of iterator) given.push(TaskRunId);
  expect(given).toEqual(idsNewestFirst(25));
});

it.each([{ TaskType: "EVALUATION" }, { TaskType: "FIND_MATCHES", FindMatchesTaskRunProperties: { JobRunId: "jr_1" } }])(
  "runs reach the consumer uncopied: %j",
  async (Properties) => {
    const run = { TransformId, TaskRunId: "tsk-1", Status: "FAILED", Properties };
    const client = await replyWith({ TaskRuns: [run] });
    const raw: unknown[] = [];
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        raw.push(...((result.output as { TaskRuns?: unknown[] }).TaskRuns ?? []));
        return result;
      },
      { step: "initialize" },
    );
    const found = await new MLTaskRuns(client).list({ TransformId }).first();
    expect(found).toBe(raw[0]);
  },
);
