/** The operations behind the server: latency, the request log and the page size. */
import { GetMLTaskRunsCommand, GetMLTransformsCommand, ListJobsCommand } from "@aws-sdk/client-glue";
import {
  LocalGlue,
  type LocalGlueOptions,
  type LocalGlueRequest,
  type LocalGlueResponse,
} from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import { startGlue, TransformId } from "../support.js";
import { allPages, post, throwError } from "./support.js";

it("The endpoint rejects an unknown operation", async () => {
  const glue = await startGlue();
  const response = glue.client().send(new ListJobsCommand({}));
  await expect(response).rejects.toMatchObject({
    name: "UnknownOperationException",
    message: "This endpoint has no operation ListJobs.",
  });
});

describe("The request log", () => {
  it("contains the operation, input and time of a request", async () => {
    const glue = await startGlue();
    const before = new Date();
    const Filter = { StartedAfter: new Date(1_760_000_000_123) };
    await glue.client().send(new GetMLTaskRunsCommand({ TransformId, Filter }));
    expect(glue.requests).toEqual([
      { operation: "GetMLTaskRuns", input: { TransformId, Filter }, at: expect.any(Date) },
    ]);
    expect(glue.requests[0]?.at.getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  it("contains copies: changing one does not change the response", async () => {
    let respond = (_latency: number) => {};
    const latency = () => new Promise<number>((resolve) => (respond = resolve));
    const glue = await startGlue(3, { latency });
    const response = post(glue, { TransformId });
    await vi.waitFor(() => expect(glue.requests).toHaveLength(1));
    Object.assign(glue.requests[0]?.input ?? {}, { TransformId: "tfm-gone" });
    respond(0);
    expect(await response).toMatchObject({ status: 200, body: { TaskRuns: [{ TransformId }, {}, {}] } });
  });

  it("contains requests that are refused because of maxPageSize", async () => {
    const glue = await startGlue(0, { maxPageSize: 10 });
    expect(await post(glue, { TransformId, MaxResults: 11 })).toMatchObject({ status: 400 });
    expect(glue.requests).toMatchObject([{ operation: "GetMLTaskRuns", input: { TransformId, MaxResults: 11 } }]);
  });
});

describe("The latency option", () => {
  it("delays each response", async () => {
    const glue = await startGlue(1, { latency: 100 });
    const order: string[] = [];
    const slow = allPages(glue.client(), { TransformId }).then(() => order.push("slow"));
    await vi.waitFor(() => expect(glue.requests).toHaveLength(1));
    // A request without an operation is rejected without a delay.
    await (await fetch(glue.endpoint)).text();
    order.push("rejected");
    await slow;
    expect(order).toEqual(["rejected", "slow"]);
  });

  it("may be a function, which is called with each request", async () => {
    const operations: string[] = [];
    const latency = (request: LocalGlueRequest) => {
      operations.push(request.operation);
      if (request.operation === "GetMLTransforms") throw new Error("a bug in the test");
      return 1;
    };
    const glue = await startGlue(1, { latency });
    await allPages(glue.client(), { TransformId });
    const failed = glue.client({ maxAttempts: 1 }).send(new GetMLTransformsCommand({}));
    await expect(failed).rejects.toMatchObject({ name: "InternalServiceException" });
    expect(operations).toEqual(["GetMLTaskRuns", "GetMLTransforms"]);
  });

  it("passes the function a copy of the request: changing it does not change the response", async () => {
    const latency = (request: LocalGlueRequest) => {
      Object.assign(request, { operation: "GetMLTransforms", at: undefined });
      Object.assign(request.input, { TransformId: "tfm-gone", MaxResults: 1 });
      return 0;
    };
    const glue = await startGlue(3, { latency });
    expect((await allPages(glue.client(), { TransformId })).flat()).toHaveLength(3);
    expect(glue.requests).toEqual([{ operation: "GetMLTaskRuns", input: { TransformId }, at: expect.any(Date) }]);
  });

  const failed = (reason: string) => ({
    status: 500,
    body: {
      __type: "InternalServiceException",
      Message: `The local endpoint failed: ${reason}`,
    },
  });
  const invalid = (value: string) => failed(`The result of latency must be a number from 0 to 3600000, got ${value}.`);

  it.each<[string, () => unknown, object]>([
    ["throws", () => throwError(new Error("a bug")), failed("a bug")],
    ["throws a string", () => throwError("a bug"), failed("a bug")],
    [
      "throws an object without a message",
      () => throwError(Object.create(null)),
      failed("an error without a readable message"),
    ],
    ["rejects", async () => throwError(new Error("a bug")), failed("a bug")],
    ["returns NaN", () => Number.NaN, invalid("NaN")],
    ["returns a negative number", () => -1, invalid("-1")],
    ["returns Infinity", () => Infinity, invalid("Infinity")],
    ["returns more than an hour", () => 3e9, invalid("3000000000")],
    ["returns a string", () => "5", invalid('"5"')],
    ["returns nothing", () => {}, invalid("undefined")],
    ["returns a BigInt", async () => 5n, invalid("5n")],
  ])(
    "causes an InternalServiceException, and the endpoint continues, if the function %s",
    async (_, result, expected) => {
      const results = [result, () => 0];
      // The types allow a number or a promise of one.
      const glue = await startGlue(0, { latency: () => results.shift()?.() as number });
      expect(await post(glue, { TransformId })).toEqual(expected);
      expect(await post(glue, { TransformId })).toMatchObject({ status: 200 });
    },
  );

  it("may be a function that returns a promise", async () => {
    let respond = (_latency: number) => {};
    const latency = () => new Promise<number>((resolve) => (respond = resolve));
    const responses: LocalGlueResponse[] = [];
    const glue = await startGlue(1, { latency, onResponse: (response) => responses.push(response) });
    const response = post(glue, { TransformId });
    await vi.waitFor(() => expect(glue.requests).toHaveLength(1));
    expect(responses).toEqual([]);
    respond(0.5);
    expect(await response).toMatchObject({ status: 200 });
  });
});

describe("The option maxPageSize", () => {
  const sizes = async (glue: LocalGlue, MaxResults?: number) => {
    const pages = await allPages(glue.client(), { TransformId, MaxResults });
    return pages.map((page) => page.length);
  };

  it.each(["GetMLTaskRuns", "GetMLTransforms"])("rejects larger pages of %s by default", async (operation) => {
    const glue = await startGlue(25, { maxPageSize: 10 });
    expect(await post(glue, { TransformId, MaxResults: 10 }, operation)).toMatchObject({ status: 200 });
    expect(await post(glue, { TransformId, MaxResults: 11 }, operation)).toEqual({
      status: 400,
      body: {
        __type: "InvalidInputException",
        Message: "MaxResults size must be between 1 and 10",
      },
    });
  });

  it("limits larger pages of GetMLTaskRuns with largerPages: cap", async () => {
    const glue = await startGlue(25, { maxPageSize: 10, largerPages: "cap" });
    expect(await sizes(glue, 1000)).toEqual([10, 10, 5]);
    expect(await sizes(glue, 9)).toEqual([9, 9, 7]);
  });

  it("limits larger pages of GetMLTransforms with largerPages: cap", async () => {
    const glue = await startGlue(0, { maxPageSize: 1, largerPages: "cap" });
    glue.addTransform({ TransformId: "tfm-2" });
    const { Transforms, NextToken } = await glue.client().send(new GetMLTransformsCommand({ MaxResults: 50 }));
    expect(Transforms).toHaveLength(1);
    expect(NextToken).toBeDefined();
  });

  it("does not allow MaxResults of 1001 with largerPages: cap", async () => {
    const glue = await startGlue(0, { maxPageSize: 10, largerPages: "cap" });
    expect(await post(glue, { TransformId, MaxResults: 1001 })).toMatchObject({ status: 400 });
  });

  it.each<[LocalGlueOptions, number]>([
    [{}, 100],
    [{ maxPageSize: 101 }, 100],
    [{ maxPageSize: 10 }, 10],
    [{ maxPageSize: 10, defaultPageSize: 10 }, 10],
    [{ maxPageSize: 10, defaultPageSize: 3 }, 3],
  ])("in the options %j results in pages of %i runs without MaxResults", async (options, size) => {
    expect((await sizes(await startGlue(101, options)))[0]).toBe(size);
  });

  it("is the maximum of defaultPageSize", async () => {
    const started = LocalGlue.start({ maxPageSize: 10, defaultPageSize: 11 });
    await expect(started).rejects.toThrow("defaultPageSize must be an integer from 1 to 10, got 11.");
  });
});
