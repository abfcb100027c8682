/** How the facade is called, and how it treats what callers pass in. */
import { type GetMLTaskRunsCommand, GlueClient } from "@aws-sdk/client-glue";
import { mockClient } from "aws-sdk-client-mock";
import { InvalidQueryError, MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it, vi } from "vitest";
import { collect, ids, idsNewestFirst, startGlue, TransformId } from "./support.js";

describe("methods", () => {
  it("work when they are taken off the object", async () => {
    const glue = await startGlue(5);
    const { list, listAny, listAcrossTransforms } = new MLTaskRuns(glue.client());
    const lists = [list({ TransformId }), listAny([{ TransformId }]), listAcrossTransforms()];
    for (const { toArray, first, pages } of lists) {
      expect(ids(await toArray()).toSorted()).toEqual(idsNewestFirst(5).toSorted());
      expect(await first()).toBeDefined();
      expect(await collect(pages())).not.toHaveLength(0);
    }
  });

  it("work through a Proxy of the object", async () => {
    const glue = await startGlue(5);
    const taskRuns = new Proxy(new MLTaskRuns(glue.client()), {});
    const list = new Proxy(taskRuns.list({ TransformId }), {});
    expect(ids(await collect(list))).toEqual(idsNewestFirst(5));
    const runs = new Proxy(list[Symbol.asyncIterator](), {});
    expect((await runs.next()).value?.TaskRunId).toBe(idsNewestFirst(5)[0]);
    expect(runs.cursor).toBeTypeOf("string");
    expect(await runs.return?.()).toEqual({ done: true, value: undefined });
  });

  it("can be spied on and replaced", () => {
    const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));
    const list = vi.spyOn(taskRuns, "list");
    taskRuns.list({ TransformId });
    expect(list).toHaveBeenCalledOnce();
  });
});

describe("options that are no object", () => {
  const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));

  it.each([null, 5, [], "x"])("%j are refused by every method", (options) => {
    const calls: (() => unknown)[] = [
      () => taskRuns.list({ TransformId }, options as object),
      () => taskRuns.listAny([{ TransformId }], options as object),
      () => taskRuns.listAcrossTransforms({}, options as object),
    ];
    for (const call of calls) expect(call).toThrow(InvalidQueryError);
    for (const call of calls) expect(call).toThrow("options must be an object, got ");
  });
});

describe("onPage", () => {
  it("is awaited, and what it rejects with ends the listing after the pages before", async () => {
    const glue = await startGlue(25);
    const taskRuns = new MLTaskRuns(glue.client());
    const options = {
      pageSize: 10,
      onPage: async ({ page }: { page: number }) => {
        await null;
        if (page === 2) throw new Error("no more");
      },
    };
    const pages = taskRuns.list({ TransformId }, options).pages();
    expect((await pages.next()).value?.runs).toHaveLength(10);
    await expect(pages.next()).rejects.toThrow("no more");
    await expect(taskRuns.listAny([{ TransformId }], options).toArray()).rejects.toThrow("no more");
    await expect(taskRuns.listAcrossTransforms({}, options).toArray()).rejects.toThrow("no more");
    await expect(taskRuns.list({ TransformId }, { ...options, concurrency: 2 }).toArray()).rejects.toThrow("no more");
  });

  it("that never resolves is ended by an abort", async () => {
    const glue = await startGlue(5);
    const controller = new AbortController();
    const onPage = () => {
      controller.abort("enough");
      return new Promise(() => {});
    };
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { onPage, abortSignal: controller.signal });
    await expect(list.toArray()).rejects.toBe("enough");
  });
});

it("a mocked client that answers at once lets timers fire", async () => {
  const client = new GlueClient({ region: "us-east-1" });
  let requests = 0;
  // Bounded, so that this test fails, and does not hang, where no timer fires.
  const answer = async () => {
    requests += 1;
    return { TaskRuns: [], ...(requests < 200_000 && { NextToken: `token-${requests}` }) };
  };
  const mocked = { send: (_: GetMLTaskRunsCommand) => answer() };
  // A client as tests write it: nothing but `send`.
  const taskRuns = new MLTaskRuns(mocked as unknown as GlueClient);
  const list = taskRuns.list({ TransformId }, { abortSignal: AbortSignal.timeout(1) });
  await expect(list.toArray()).rejects.toMatchObject({ name: "TimeoutError" });
  client.destroy();
});

it("where there is no setImmediate, as in jsdom, a listing works as well", async () => {
  vi.stubGlobal("setImmediate", undefined);
  vi.resetModules();
  try {
    const { MLTaskRuns } = await import("glue-ml-task-runs");
    const client = { send: async () => ({ TaskRuns: [{ TaskRunId: "tsk-1", Status: "FAILED" }] }) };
    // A client as tests write it: nothing but `send`.
    const list = new MLTaskRuns(client as unknown as GlueClient).list({ TransformId });
    expect(await list.toArray()).toHaveLength(1);
  } finally {
    vi.unstubAllGlobals();
  }
});

it("a TransformId of 30 million characters is refused without being read", () => {
  const client = new GlueClient({ region: "us-east-1" });
  mockClient(client);
  const spread = vi.spyOn(String.prototype, Symbol.iterator);
  const query = { TransformId: "x".repeat(30_000_000) };
  expect(() => new MLTaskRuns(client).list(query)).toThrow("(30000000 characters)");
  expect(spread).not.toHaveBeenCalled();
  spread.mockRestore();
});
