import { getEventListeners } from "node:events";
import type { ServerResponse } from "node:http";
import { MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it, vi } from "vitest";
import { collect, startGlue, startServer, TransformId } from "./support.js";

const page = (token?: string) =>
  JSON.stringify({
    TaskRuns: [
      { TaskRunId: "tsk-1", Status: "FAILED" },
      { TaskRunId: "tsk-2", Status: "FAILED" },
    ],
    NextToken: token,
  });

/** A client of a server that answers the first page and never the second; `closed` are the requests cut off. */
async function hangingServer() {
  const seen: ServerResponse[] = [];
  let closed = 0;
  const client = await startServer((_request, response) => {
    seen.push(response);
    response.on("close", () => {
      if (!response.writableFinished) closed += 1;
    });
    response.setHeader("Content-Type", "application/x-amz-json-1.1");
    if (seen.length === 1) response.end(page("more"));
  });
  return { client, seen, closed: () => closed };
}

describe("abortSignal", () => {
  it("that is aborted already ends the listing with its reason, and nothing is sent", async () => {
    const glue = await startGlue(5);
    const reason = new Error("not today");
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { abortSignal: AbortSignal.abort(reason) });
    await expect(list.toArray()).rejects.toBe(reason);
    await expect(list.first()).rejects.toBe(reason);
    expect(glue.requests).toHaveLength(0);
  });

  it("ends a request that hangs, with whatever reason, down to the socket", async () => {
    const { client, seen, closed } = await hangingServer();
    const controller = new AbortController();
    const list = new MLTaskRuns(client).list({ TransformId }, { abortSignal: controller.signal });
    const given: string[] = [];
    const loop = (async () => {
      for await (const { TaskRunId } of list) given.push(TaskRunId);
    })();
    await vi.waitFor(() => expect(seen).toHaveLength(2));
    controller.abort("enough");
    await expect(loop).rejects.toBe("enough");
    expect(given).toEqual(["tsk-1", "tsk-2"]);
    await vi.waitFor(() => expect(closed()).toBe(1));
  });

  it("ends a listing that waits for something else than a reply, such as credentials", async () => {
    const glue = await startGlue(5);
    const client = glue.client({ credentials: () => new Promise(() => {}) });
    const list = new MLTaskRuns(client).list({ TransformId }, { abortSignal: AbortSignal.timeout(20) });
    await expect(list.toArray()).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it("counts between two runs of a page that is there already", async () => {
    const glue = await startGlue(5);
    const controller = new AbortController();
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { abortSignal: controller.signal });
    const iterator = list[Symbol.asyncIterator]();
    await iterator.next();
    controller.abort();
    await expect(iterator.next()).rejects.toMatchObject({ name: "AbortError" });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    // Where it stood is still known.
    const rest = await new MLTaskRuns(glue.client()).list({ TransformId }, { cursor: iterator.cursor }).toArray();
    expect(rest).toHaveLength(4);
  });

  it("counts between two pages that are there already", async () => {
    const glue = await startGlue(5);
    const controller = new AbortController();
    const arrived = vi.fn();
    const options = { abortSignal: controller.signal, pageSize: 2, onPage: arrived };
    const pages = new MLTaskRuns(glue.client()).list({ TransformId }, options).pages();
    await pages.next();
    await vi.waitFor(() => expect(arrived).toHaveBeenCalledTimes(2));
    controller.abort("enough");
    await expect(pages.next()).rejects.toBe("enough");
  });

  it("keeps no listener, however many listings it ends or sees end", async () => {
    const glue = await startGlue(5);
    const controller = new AbortController();
    const taskRuns = new MLTaskRuns(glue.client(), { abortSignal: controller.signal, pageSize: 2 });
    await collect(taskRuns.list({ TransformId }));
    for await (const _ of taskRuns.list({ TransformId })) break;
    const left = taskRuns.list({ TransformId }).pages();
    await left.next();
    await vi.waitFor(() => expect(getEventListeners(controller.signal, "abort")).toHaveLength(0));
    glue.fail("expiredToken");
    await expect(taskRuns.list({ TransformId }).toArray()).rejects.toThrow();
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("has one listener for all that is in flight, of which Node does not warn", async () => {
    const glue = await startGlue();
    const queries = Array.from({ length: 20 }, (_, index) => ({ TransformId: `tfm-${index}` }));
    for (const query of queries) glue.addTransform(query);
    const warned = vi.fn();
    process.on("warning", warned);
    const controller = new AbortController();
    let most = 0;
    const client = glue.client();
    client.middlewareStack.add((next) => (args) => {
      most = Math.max(most, getEventListeners(controller.signal, "abort").length);
      return next(args);
    });
    const options = { concurrency: 20, abortSignal: controller.signal };
    await new MLTaskRuns(client).listAny(queries, options).toArray();
    await new Promise(setImmediate);
    process.off("warning", warned);
    expect(warned).not.toHaveBeenCalled();
    expect(most).toBe(1);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("keeps no memory of 10,000 listings", { timeout: 120_000 }, async () => {
    const run = { TransformId, TaskRunId: "tsk-1", Status: "FAILED" };
    const client = await startServer((_request, response) => response.end(JSON.stringify({ TaskRuns: [run] })));
    const controller = new AbortController();
    const taskRuns = new MLTaskRuns(client, { abortSignal: controller.signal });
    const lists: WeakRef<object>[] = [];
    for (let count = 0; count < 10_000; count += 1) {
      const list = taskRuns.list({ TransformId });
      await list.first();
      lists.push(new WeakRef(list));
    }
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    // Only a signal, or a client, that holds on to them keeps what nobody else refers to; a closed turn lets go of it.
    const { default: v8 } = await import("node:v8");
    const { default: vm } = await import("node:vm");
    v8.setFlagsFromString("--expose-gc");
    await new Promise(setImmediate);
    vm.runInNewContext("gc")();
    expect(lists.filter((list) => list.deref() !== undefined).length).toBeLessThan(100);
  });
});

describe("leaving the loop", () => {
  it.each(["break", "throw"])("by %s aborts the request in flight, and leaves no open handle", async (how) => {
    const { client, seen, closed } = await hangingServer();
    const loop = async () => {
      for await (const _ of new MLTaskRuns(client).list({ TransformId })) {
        await vi.waitFor(() => expect(seen).toHaveLength(2));
        if (how === "break") break;
        throw new Error("left");
      }
    };
    if (how === "break") await loop();
    else await expect(loop()).rejects.toThrow("left");
    await vi.waitFor(() => expect(closed()).toBe(1));
  });

  it("of pages() too", async () => {
    const { client, seen, closed } = await hangingServer();
    for await (const { runs } of new MLTaskRuns(client).list({ TransformId }).pages()) {
      expect(runs).toHaveLength(2);
      await vi.waitFor(() => expect(seen).toHaveLength(2));
      break;
    }
    await vi.waitFor(() => expect(closed()).toBe(1));
  });

  it("after first() leaves nothing in flight", async () => {
    const { client, seen } = await hangingServer();
    expect(await new MLTaskRuns(client).list({ TransformId }).first()).toMatchObject({ TaskRunId: "tsk-1" });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(seen).toHaveLength(1);
  });
});
