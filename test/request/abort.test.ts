/** Every implementation of an abort signal that the SDK takes, at every point of a listing. */
import { createRequire } from "node:module";
import { AbortController as SmithyAbortController } from "@smithy/abort-controller";
import { ConfiguredRetryStrategy } from "@smithy/core/retry";
import { AbortController as EventTargetAbortController } from "abort-controller";
import { type AbortSignalLike, MLTaskRuns } from "glue-ml-task-runs";
import { AbortController as NodeAbortController } from "node-abort-controller";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startGlue, startServer, TransformId } from "./support.js";

interface Controller {
  readonly signal: AbortSignalLike;
  abort(): void;
}

/** It has no declarations. */
const { AbortController: PolyfillAbortController }: { AbortController: new () => Controller } = createRequire(
  import.meta.url,
)("abortcontroller-polyfill/dist/cjs-ponyfill.js");

/** A signal that has nothing but a flag: the SDK sets its `onabort`. */
function flagOnly(): Controller {
  const signal: AbortSignalLike & { aborted: boolean } = { aborted: false };
  const abort = () => {
    signal.aborted = true;
    if (typeof signal.onabort === "function") signal.onabort();
  };
  return { signal, abort };
}

const implementations: [name: string, create: () => Controller][] = [
  ["the platform's signal", () => new AbortController()],
  ["node-abort-controller", () => new NodeAbortController()],
  ["abortcontroller-polyfill", () => new PolyfillAbortController()],
  ["abort-controller, which has no reason", () => new EventTargetAbortController()],
  ["@smithy/abort-controller, which has only onabort", () => new SmithyAbortController()],
  ["an object with a flag", flagOnly],
];

const pageWithToken = JSON.stringify({
  TaskRuns: [{ TransformId, TaskRunId: "tsk-1", Status: "FAILED" }],
  NextToken: "more",
});

describe.each(implementations)("%s", (_, create) => {
  it("ends a listing with an error before the first request when it is aborted already", async () => {
    const glue = await startGlue(5);
    const controller = create();
    controller.abort();
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { abortSignal: controller.signal });
    await expect(list.toArray()).rejects.toBeInstanceOf(Error);
    expect(glue.requests).toHaveLength(0);
  });

  it("ends a listing between two runs of one page", async () => {
    const glue = await startGlue(5);
    const controller = create();
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { abortSignal: controller.signal });
    const runs = list[Symbol.asyncIterator]();
    await runs.next();
    controller.abort();
    await expect(runs.next()).rejects.toBeInstanceOf(Error);
    expect(await runs.next()).toEqual({ done: true, value: undefined });
  });

  it("ends a request that hangs, down to the socket", async () => {
    let requests = 0;
    let closed = 0;
    const client = await startServer((_request, response) => {
      requests += 1;
      if (requests === 1) return void response.end(pageWithToken);
      response.on("close", () => {
        closed += 1;
      });
    });
    const controller = create();
    const list = new MLTaskRuns(client).list({ TransformId }, { abortSignal: controller.signal, prefetch: 0 });
    const whole = list.toArray();
    await vi.waitFor(() => expect(requests).toBe(2));
    controller.abort();
    await expect(whole).rejects.toBeInstanceOf(Error);
    await vi.waitFor(() => expect(closed).toBe(1));
  });

  it("ends a pause between two attempts", async () => {
    const glue = await startGlue(5);
    const anHour = 3_600_000;
    const client = glue.client({ retryStrategy: new ConfiguredRetryStrategy(3, anHour) });
    onTestFinished(() => client.destroy());
    glue.fail("internalError", { times: 9 });
    const controller = create();
    const whole = new MLTaskRuns(client).list({ TransformId }, { abortSignal: controller.signal }).toArray();
    await vi.waitFor(() => expect(glue.requests).toHaveLength(1));
    controller.abort();
    await expect(whole).rejects.toBeInstanceOf(Error);
    expect(glue.requests).toHaveLength(1);
  });
});

it.each(implementations.slice(3))("a listing that %s ends rejects with an AbortError", async (_, create) => {
  const glue = await startGlue(5);
  const controller = create();
  controller.abort();
  const list = new MLTaskRuns(glue.client()).list({ TransformId }, { abortSignal: controller.signal });
  await expect(list.toArray()).rejects.toMatchObject({ name: "AbortError" });
});

it("a reason of null is the reason, and not an AbortError", async () => {
  const glue = await startGlue(5);
  const list = new MLTaskRuns(glue.client()).list({ TransformId }, { abortSignal: AbortSignal.abort(null) });
  expect(await list.toArray().catch((reason) => ({ reason }))).toEqual({ reason: null });
});

it("an onabort handler of the caller is called as well, and is back when the listing has ended", async () => {
  const glue = await startGlue(5);
  const controller = new SmithyAbortController();
  const handler = vi.fn();
  controller.signal.onabort = handler;
  const taskRuns = new MLTaskRuns(glue.client(), { abortSignal: controller.signal });
  await taskRuns.list({ TransformId }).toArray();
  expect(controller.signal.onabort).toBe(handler);
  glue.fail("noResponse");
  const whole = taskRuns.list({ TransformId }).toArray();
  await vi.waitFor(() => expect(glue.requests).toHaveLength(2));
  controller.abort();
  await expect(whole).rejects.toMatchObject({ name: "AbortError" });
  expect(handler).toHaveBeenCalledOnce();
});

it("an onabort handler that is replaced while a request is in flight stays", async () => {
  const glue = await startGlue(5);
  const controller = new SmithyAbortController();
  const replaced = vi.fn();
  const onPage = () => {
    controller.signal.onabort = replaced;
  };
  await new MLTaskRuns(glue.client()).list({ TransformId }, { abortSignal: controller.signal, onPage }).toArray();
  expect(controller.signal.onabort).toBe(replaced);
});
