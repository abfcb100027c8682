import { getEventListeners } from "node:events";
import { createRequire } from "node:module";
import v8 from "node:v8";
import vm from "node:vm";
import { AbortController as SmithyAbortController } from "@smithy/abort-controller";
import { ConfiguredRetryStrategy } from "@smithy/core/retry";
import { AbortController as EventTargetAbortController } from "abort-controller";
import { type AbortSignalLike, MLTaskRuns } from "glue-ml-task-runs";
import { AbortController as NodeAbortController } from "node-abort-controller";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { delay } from "../src/abort.js";
import {
  collect,
  createFakeClient,
  createRun,
  ids,
  idsNewestFirst,
  replyToFirstRequest,
  startGlue,
  startHangingServer,
  TransformId,
  takeIds,
} from "./support.js";

interface Controller {
  readonly signal: AbortSignalLike;
  abort(): void;
}

/** The package has no declarations. */
const { AbortController: PolyfillAbortController }: { AbortController: new () => Controller } = createRequire(
  import.meta.url,
)("abortcontroller-polyfill/dist/cjs-ponyfill.js");

/** Creates a controller whose signal has only the property `aborted`: the SDK sets its `onabort`. */
function createFlagController(): Controller {
  const signal: AbortSignalLike & { aborted: boolean } = { aborted: false };
  const abort = () => {
    signal.aborted = true;
    if (typeof signal.onabort === "function") signal.onabort();
  };
  return { signal, abort };
}

type Implementation = [name: string, create: () => Controller];
const withReason: Implementation[] = [
  ["the platform's AbortSignal", () => new AbortController()],
  ["the signal of node-abort-controller", () => new NodeAbortController()],
  ["the signal of abortcontroller-polyfill", () => new PolyfillAbortController()],
];
const withoutReason: Implementation[] = [
  ["the signal of abort-controller", () => new EventTargetAbortController()],
  ["the signal of @smithy/abort-controller, which has only onabort", () => new SmithyAbortController()],
  ["an object with only the property aborted", createFlagController],
];

describe.each([...withReason, ...withoutReason])("With %s", (_, createController) => {
  it("a listing whose signal is already aborted rejects and sends no request", async () => {
    const glue = await startGlue(5);
    const controller = createController();
    controller.abort();
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { abortSignal: controller.signal });
    await expect(list.toArray()).rejects.toBeInstanceOf(Error);
    await expect(list.first()).rejects.toBeInstanceOf(Error);
    expect(glue.requests).toHaveLength(0);
  });

  it("an abort between two runs of one page ends the listing", async () => {
    const glue = await startGlue(5);
    const controller = createController();
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { abortSignal: controller.signal });
    const runs = list[Symbol.asyncIterator]();
    await runs.next();
    controller.abort();
    await expect(runs.next()).rejects.toBeInstanceOf(Error);
    expect(await runs.next()).toEqual({ done: true, value: undefined });
  });

  it("an abort during a request closes its connection", async () => {
    const { client, requests } = await startHangingServer(replyToFirstRequest);
    const controller = createController();
    const list = new MLTaskRuns(client).list({ TransformId }, { abortSignal: controller.signal });
    const all = list.toArray();
    await vi.waitFor(() => expect(requests.hanging).toBe(1));
    controller.abort();
    await expect(all).rejects.toBeInstanceOf(Error);
    await vi.waitFor(() => expect(requests.closed).toBe(1));
  });

  it("an abort during the pause before a retry ends the listing", async () => {
    const glue = await startGlue(5);
    const hourInMilliseconds = 3_600_000;
    const client = glue.client({ retryStrategy: new ConfiguredRetryStrategy(3, hourInMilliseconds) });
    onTestFinished(() => client.destroy());
    glue.fail("internalError", { times: 9 });
    const controller = createController();
    const all = new MLTaskRuns(client).list({ TransformId }, { abortSignal: controller.signal }).toArray();
    await vi.waitFor(() => expect(glue.requests).toHaveLength(1));
    controller.abort();
    await expect(all).rejects.toBeInstanceOf(Error);
    expect(glue.requests).toHaveLength(1);
  });
});

describe("The reason of an aborted listing", () => {
  it.each(withoutReason)("is an AbortError if the signal has no reason: %s", async (_, createController) => {
    const glue = await startGlue(5);
    const controller = createController();
    controller.abort();
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { abortSignal: controller.signal });
    await expect(list.toArray()).rejects.toMatchObject({ name: "AbortError" });
  });

  it.each([new Error("not today"), "enough", "consumer stopped", "union ended", null])(
    "is the reason of its signal: %s",
    async (reason) => {
      const glue = await startGlue(5);
      const taskRuns = new MLTaskRuns(glue.client(), { abortSignal: AbortSignal.abort(reason) });
      for (const list of [taskRuns.list({ TransformId }), taskRuns.listAny([{ TransformId }])]) {
        expect(await list.toArray().catch((error) => ({ rejectedWith: error }))).toEqual({ rejectedWith: reason });
      }
    },
  );

  it("comes after the runs that were returned before the abort", async () => {
    const { client, requests } = await startHangingServer(replyToFirstRequest);
    const controller = new AbortController();
    const list = new MLTaskRuns(client).list({ TransformId }, { abortSignal: controller.signal });
    const found: string[] = [];
    const loop = (async () => {
      for await (const { TaskRunId } of list) found.push(TaskRunId);
    })();
    await vi.waitFor(() =>
      expect({ found, hanging: requests.hanging }).toEqual({ found: ["tsk-1", "tsk-2"], hanging: 1 }),
    );
    controller.abort("enough");
    await expect(loop).rejects.toBe("enough");
  });
});

describe("An abort", () => {
  it("ends a listing that waits for credentials", async () => {
    const glue = await startGlue(5);
    const controller = new AbortController();
    const credentials = () => {
      controller.abort("enough");
      return new Promise<never>(() => {});
    };
    const list = new MLTaskRuns(glue.client({ credentials })).list({ TransformId }, { abortSignal: controller.signal });
    await expect(list.toArray()).rejects.toBe("enough");
  });

  it("ends a listing between two pages that have arrived", async () => {
    const glue = await startGlue(5);
    const controller = new AbortController();
    const onPage = vi.fn();
    const options = { abortSignal: controller.signal, pageSize: 2, onPage };
    const pages = new MLTaskRuns(glue.client()).list({ TransformId }, options).pages();
    await pages.next();
    await vi.waitFor(() => expect(onPage).toHaveBeenCalledTimes(2));
    controller.abort("enough");
    await expect(pages.next()).rejects.toBe("enough");
  });

  it("leaves the cursor after the last run that was returned", async () => {
    const glue = await startGlue(5);
    const controller = new AbortController();
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { abortSignal: controller.signal });
    const runs = list[Symbol.asyncIterator]();
    await takeIds(runs, 1);
    controller.abort();
    await expect(runs.next()).rejects.toMatchObject({ name: "AbortError" });
    const rest = await new MLTaskRuns(glue.client()).list({ TransformId }, { cursor: runs.cursor }).toArray();
    expect(ids(rest)).toEqual(idsNewestFirst(5).slice(1));
  });
});

describe("A signal", () => {
  it("has no listener after a listing that is read to its end, left early or failed", async () => {
    const glue = await startGlue(5);
    const { signal } = new AbortController();
    const taskRuns = new MLTaskRuns(glue.client(), { abortSignal: signal, pageSize: 2 });
    await collect(taskRuns.list({ TransformId }));
    for await (const _ of taskRuns.list({ TransformId })) break;
    await vi.waitFor(() => expect(getEventListeners(signal, "abort")).toHaveLength(0));
    glue.fail("expiredToken");
    await expect(taskRuns.list({ TransformId }).toArray()).rejects.toThrow();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("has no listener while an iteration waits for its consumer and no request is in flight", async () => {
    const glue = await startGlue(5);
    const { signal } = new AbortController();
    const pages = new MLTaskRuns(glue.client(), { abortSignal: signal, pageSize: 2 }).list({ TransformId }).pages();
    await pages.next();
    await vi.waitFor(() => expect(getEventListeners(signal, "abort")).toHaveLength(0));
  });

  it("has one listener for 20 requests in flight, so that Node does not warn of a leak", async () => {
    const glue = await startGlue();
    const queries = Array.from({ length: 20 }, (_, index) => ({ TransformId: `tfm-${index}` }));
    for (const query of queries) glue.addTransform(query);
    const onWarning = vi.fn();
    process.on("warning", onWarning);
    onTestFinished(() => void process.off("warning", onWarning));
    const { signal } = new AbortController();
    let maximumListeners = 0;
    const client = glue.client();
    client.middlewareStack.add((next) => (args) => {
      maximumListeners = Math.max(maximumListeners, getEventListeners(signal, "abort").length);
      return next(args);
    });
    await new MLTaskRuns(client).listAny(queries, { concurrency: 20, abortSignal: signal }).toArray();
    // Node emits warnings in a later turn of the event loop.
    await new Promise(setImmediate);
    expect(onWarning).not.toHaveBeenCalled();
    expect(maximumListeners).toBe(1);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("does not keep 10,000 listings in memory", async () => {
    const { signal } = new AbortController();
    const client = createFakeClient(() => ({ TaskRuns: [createRun("tsk-1")] }));
    const taskRuns = new MLTaskRuns(client, { abortSignal: signal });
    const lists: WeakRef<object>[] = [];
    for (let count = 0; count < 10_000; count += 1) {
      const list = taskRuns.list({ TransformId });
      await list.first();
      lists.push(new WeakRef(list));
    }
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    v8.setFlagsFromString("--expose-gc");
    // A WeakRef keeps its object until the end of the turn that created it.
    await new Promise(setImmediate);
    vm.runInNewContext("gc")();
    expect(lists.filter((list) => list.deref() !== undefined).length).toBeLessThan(100);
  });

  it("with an onabort handler of the caller calls it on abort, and has it back after each listing", async () => {
    const glue = await startGlue(5);
    const controller = new SmithyAbortController();
    const handler = vi.fn();
    controller.signal.onabort = handler;
    const taskRuns = new MLTaskRuns(glue.client(), { abortSignal: controller.signal });
    await taskRuns.list({ TransformId }).toArray();
    expect(controller.signal.onabort).toBe(handler);
    glue.fail("noResponse");
    const all = taskRuns.list({ TransformId }).toArray();
    await vi.waitFor(() => expect(glue.requests).toHaveLength(2));
    controller.abort();
    await expect(all).rejects.toMatchObject({ name: "AbortError" });
    expect(handler).toHaveBeenCalledOnce();
  });

  it("keeps an onabort handler that the caller sets while a request is in flight", async () => {
    const glue = await startGlue(5);
    const controller = new SmithyAbortController();
    const handler = vi.fn();
    const onPage = () => {
      controller.signal.onabort = handler;
    };
    await new MLTaskRuns(glue.client()).list({ TransformId }, { abortSignal: controller.signal, onPage }).toArray();
    expect(controller.signal.onabort).toBe(handler);
  });
});

describe("delay", () => {
  it("resolves after its time and leaves no timer and no listener", async () => {
    vi.useFakeTimers();
    const { signal } = new AbortController();
    const onElapsed = vi.fn();
    const elapsed = delay(1000, [signal]).then(onElapsed);
    await vi.advanceTimersByTimeAsync(999);
    expect(onElapsed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await elapsed;
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("rejects with the reason of an abort at once and clears its timer", async () => {
    vi.useFakeTimers();
    const controller = new AbortController();
    const elapsed = delay(1000, [controller.signal]);
    controller.abort("enough");
    await expect(elapsed).rejects.toBe("enough");
    expect(vi.getTimerCount()).toBe(0);
  });
});
