/** Faults during a listing: it returns each run once, or rejects with the right error after all runs before it. */
import { type GlueClient, OperationTimeoutException } from "@aws-sdk/client-glue";
import { MLTaskRuns, PaginationError } from "glue-ml-task-runs";
import type { LocalGlue, LocalGlueFault } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import { fastRetries, ids, idsNewestFirst, startGlue, TransformId } from "./support.js";

const retried: LocalGlueFault[] = ["throttling", "internalError", "operationTimeout", "connectionReset"];

describe.each([0, 1, 2])("with a prefetch of %i", (prefetch) => {
  it.each(retried)("%s at any page is retried", async (fault) => {
    for (const after of [0, 1, 2, 3, 4]) {
      const glue = await startGlue(45);
      glue.fail(fault, { after, times: 2 });
      const list = new MLTaskRuns(glue.client(fastRetries(3))).list({ TransformId }, { pageSize: 10, prefetch });
      expect(ids(await list.toArray())).toEqual(idsNewestFirst(45));
      expect(glue.requests).toHaveLength(7);
    }
  });

  it.each<[LocalGlueFault, number, Record<string, unknown>]>([
    ["throttling", 2, { name: "ThrottlingException", $metadata: { attempts: 2 } }],
    ["internalError", 2, { name: "InternalServiceException", $metadata: { attempts: 2 } }],
    ["operationTimeout", 2, { name: "OperationTimeoutException", $metadata: { attempts: 2 } }],
    ["expiredToken", 1, { name: "ExpiredTokenException", $metadata: { attempts: 1 } }],
    ["connectionReset", 2, { code: "ECONNRESET" }],
    ["truncatedBody", 2, { message: expect.stringMatching(/aborted/) }],
    ["garbageBody", 1, { name: "SyntaxError" }],
    ["noResponse", 2, { name: "TimeoutError" }],
  ])(
    "%s at any page is an error after all runs before it, and the cursor resumes after them",
    async (fault, times, error) => {
      for (const after of [0, 1, 3]) {
        const glue = await startGlue(45);
        const client = glue.client(fastRetries(2));
        if (fault === "noResponse") timeOutAfter(after, client, glue);
        const taskRuns = new MLTaskRuns(client, { pageSize: 10, prefetch });
        glue.fail(fault, { after, times });
        const iterator = taskRuns.list({ TransformId })[Symbol.asyncIterator]();
        const returned: string[] = [];
        const loop = async () => {
          for await (const { TaskRunId } of iterator) returned.push(TaskRunId);
        };
        await expect(loop()).rejects.toMatchObject(error);
        expect(returned).toEqual(idsNewestFirst(45).slice(0, after * 10));

        // No fault is left for the listing that follows.
        expect(glue.requests).toHaveLength(after + times);
        const rest = await new MLTaskRuns(glue.client()).list({ TransformId }, { cursor: iterator.cursor }).toArray();
        expect([...returned, ...ids(rest)]).toEqual(idsNewestFirst(45));
      }
    },
  );
});

/** Ends each request after the first ones with a timeout, as soon as the endpoint has received it. */
function timeOutAfter(count: number, client: GlueClient, glue: LocalGlue): void {
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  let requests = 0;
  requestHandler.handle = async (request, options) => {
    requests += 1;
    const response = handle(request, options);
    if (requests <= count) return response;
    // It is rejected when the endpoint closes.
    response.catch(() => {});
    await vi.waitFor(() => expect(glue.requests).toHaveLength(requests), { timeout: 20_000 });
    throw Object.assign(new Error("The request has timed out."), { name: "TimeoutError" });
  };
}

describe("an OperationTimeoutException", () => {
  it("is retried under the client's own maxAttempts", async () => {
    const glue = await startGlue(5);
    for (const maxAttempts of [1, 2, 4]) {
      glue.fail("operationTimeout", { times: maxAttempts });
      const before = glue.requests.length;
      const list = new MLTaskRuns(glue.client({ maxAttempts })).list({ TransformId });
      const error = await list.toArray().catch((reason) => reason);
      expect(error).toBeInstanceOf(OperationTimeoutException);
      expect(error).toMatchObject({ $metadata: { attempts: maxAttempts } });
      expect(glue.requests).toHaveLength(before + maxAttempts);
    }
  });

  it("is retried under the client's own strategy", async () => {
    const glue = await startGlue(5);
    glue.fail("operationTimeout", { times: 1 });
    const list = new MLTaskRuns(glue.client({ retryMode: "adaptive" })).list({ TransformId });
    expect(await list.toArray()).toHaveLength(5);
  });
});

it("200 pages with a quarter of the requests failing in ways that are retried: nothing lost, nothing twice", async () => {
  const glue = await startGlue(400);
  glue.failRandomly({ rate: 0.25, seed: 4, faults: retried });
  const list = new MLTaskRuns(glue.client(fastRetries(20))).list({ TransformId }, { pageSize: 2 });
  expect(ids(await list.toArray())).toEqual(idsNewestFirst(400));
  expect(glue.requests.length).toBeGreaterThan(240);
});

it("empty pages with a token are followed", async () => {
  const glue = await startGlue(45);
  glue.fail("emptyPage", { times: 3 });
  glue.fail("emptyPage", { after: 2, times: 2 });
  const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10 });
  expect(ids(await list.toArray())).toEqual(idsNewestFirst(45));
  expect(glue.requests).toHaveLength(10);
});

it("a repeated token is an error after all runs before it, and the cursor resumes without repeating a run", async () => {
  const glue = await startGlue(45);
  glue.fail("repeatedToken", { after: 2 });
  const taskRuns = new MLTaskRuns(glue.client(), { pageSize: 10 });
  const iterator = taskRuns.list({ TransformId })[Symbol.asyncIterator]();
  const returned: string[] = [];
  const loop = async () => {
    for await (const { TaskRunId } of iterator) returned.push(TaskRunId);
  };
  await expect(loop()).rejects.toBeInstanceOf(PaginationError);
  expect(returned).toHaveLength(30);
  returned.push(...ids(await taskRuns.list({ TransformId }, { cursor: iterator.cursor }).toArray()));
  expect(returned).toEqual(idsNewestFirst(45));
});
