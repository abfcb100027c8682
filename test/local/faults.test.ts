/** The faults of the local endpoint: `fail` and `failRandomly`. */
import {
  GetMLTaskRunsCommand,
  GetMLTransformCommand,
  GetMLTransformsCommand,
  StartMLEvaluationTaskRunCommand,
  ThrottlingException,
} from "@aws-sdk/client-glue";
import type { LocalGlue, LocalGlueFault, LocalGlueResponse } from "glue-ml-task-runs/local";
import { expect, it, vi } from "vitest";
import { ids, startGlue, TransformId } from "../support.js";

/** Sends requests one after another and returns the name of the error of each, or "ok". */
const outcomes = async (glue: LocalGlue, count: number) => {
  const client = glue.client({ maxAttempts: 1 });
  const all: string[] = [];
  for (let request = 0; request < count; request += 1) {
    const output = client.send(new GetMLTaskRunsCommand({ TransformId }));
    all.push(
      await output.then(
        () => "ok",
        (error) => error.name,
      ),
    );
  }
  return all;
};

it("A planned fault takes effect after the faults that were planned before it", async () => {
  const glue = await startGlue(1);
  glue.fail("throttling", { after: 1, times: 2 });
  glue.fail("expiredToken");
  glue.fail("internalError", { after: 1 });
  expect(await outcomes(glue, 7)).toEqual([
    "ok",
    "ThrottlingException",
    "ThrottlingException",
    "ExpiredTokenException",
    "ok",
    "InternalServiceException",
    "ok",
  ]);
});

const send = (glue: LocalGlue, input: object = {}) =>
  fetch(glue.endpoint, {
    method: "POST",
    headers: { "X-Amz-Target": "AWSGlue.GetMLTaskRuns" },
    body: JSON.stringify({ TransformId, MaxResults: 10, ...input }),
  });

it.each<[LocalGlueFault, number, string, string]>([
  ["throttling", 400, "ThrottlingException", "Rate exceeded"],
  ["internalError", 500, "InternalServiceException", "Dependency failure."],
  ["operationTimeout", 400, "OperationTimeoutException", "The operation timed out."],
  ["expiredToken", 400, "ExpiredTokenException", "The security token included in the request is expired"],
])("The fault %s is an error of the service", async (fault, status, type, message) => {
  const glue = await startGlue(1);
  glue.fail(fault);
  const response = await send(glue);
  expect(response.status).toBe(status);
  expect(response.headers.get("x-amzn-ErrorType")).toBe(type);
  expect(await response.json()).toEqual({ __type: type, Message: message });
});

it("Faults of the connection and the body break the response, empty it or leave it out, and onResponse names them", async () => {
  const responses: LocalGlueResponse[] = [];
  const glue = await startGlue(30, { onResponse: (response) => responses.push(response) });
  for (const fault of ["connectionReset", "truncatedBody", "garbageBody", "emptyBody", "noResponse"] as const) {
    glue.fail(fault);
  }

  await expect(send(glue)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });

  const truncated = await send(glue);
  expect(truncated.status).toBe(200);
  expect(Number(truncated.headers.get("Content-Length"))).toBeGreaterThan(1000);
  await expect(truncated.text()).rejects.toThrow("terminated");

  const garbage = await send(glue);
  expect(garbage.status).toBe(200);
  expect(await garbage.text()).toMatch(/^<html>\{"TaskRuns":\[/);

  const empty = await send(glue);
  expect(empty.status).toBe(200);
  expect(empty.headers.get("Content-Length")).toBe("0");
  expect(empty.headers.get("Content-Type")).toBe("application/x-amz-json-1.1");
  expect(empty.headers.get("x-amzn-RequestId")).toMatch(/^[\da-f-]{36}$/);
  expect(await empty.text()).toBe("");

  let isSettled = false;
  const unanswered = send(glue).finally(() => {
    isSettled = true;
  });
  unanswered.catch(() => {});
  await vi.waitFor(() => expect(responses).toHaveLength(5));
  expect((await send(glue)).status).toBe(200);
  expect(isSettled).toBe(false);
  await glue.close();
  await expect(unanswered).rejects.toThrow("fetch failed");

  expect(responses.map(({ errorType, statusCode }) => [errorType, statusCode])).toEqual([
    ["connectionReset", 0],
    ["truncatedBody", 0],
    ["garbageBody", 200],
    ["emptyBody", 200],
    ["noResponse", 0],
    [undefined, 200],
  ]);
});

it("The fault emptyPage returns a token for the requested page", async () => {
  const glue = await startGlue(30);
  const runsOf = async (input: object) =>
    (await send(glue, input)).json() as Promise<{ TaskRuns: []; NextToken: string }>;
  const first = await runsOf({});
  for (const input of [{}, { NextToken: first.NextToken }]) {
    const requested = await runsOf(input);
    glue.fail("emptyPage");
    const empty = await runsOf(input);
    expect(empty.TaskRuns).toEqual([]);
    expect((await runsOf({ NextToken: empty.NextToken })).TaskRuns).toEqual(requested.TaskRuns);
  }
});

it("Random faults are the same for the same seed, and end when the rate is 0", async () => {
  const run = async (seed?: number) => {
    const glue = await startGlue(1);
    glue.failRandomly({ rate: 0.5, ...(seed !== undefined && { seed }) });
    const results = await outcomes(glue, 30);
    glue.failRandomly({ rate: 0 });
    expect(await outcomes(glue, 5)).toEqual(Array(5).fill("ok"));
    return results;
  };
  const first = await run();
  // The SDK reports a connection reset as a TimeoutError.
  expect(new Set(first)).toEqual(
    new Set(["ok", "ThrottlingException", "InternalServiceException", "OperationTimeoutException", "TimeoutError"]),
  );
  expect(await run(1)).toEqual(first);
  expect(await run(2)).not.toEqual(first);
  expect(first.filter((name) => name !== "ok").length).toBeGreaterThan(5);
});

it("The fault repeatedToken waits for a request with a token", async () => {
  const glue = await startGlue(30);
  glue.fail("repeatedToken");
  glue.failRandomly({ rate: 1, faults: ["repeatedToken"] });
  const client = glue.client();
  const first = await client.send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 10 }));
  const { NextToken } = first;
  const second = await client.send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 10, NextToken }));
  expect(second.NextToken).toBe(NextToken);
  const again = await client.send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 10 }));
  expect(again.NextToken).toBeDefined();
  // An empty token is the same as none.
  const empty = await client.send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 10, NextToken: "" }));
  expect(empty.NextToken).not.toBe("");
  expect(ids(second.TaskRuns ?? [])).not.toEqual(ids(first.TaskRuns ?? []));
});

it("Unknown faults and invalid options are rejected", async () => {
  const glue = await startGlue();
  // @ts-expect-error an unknown fault
  expect(() => glue.fail("fire")).toThrow("fault must be one of throttling, ");
  expect(() => glue.fail("throttling", { times: 0 })).toThrow("times must be an integer of at least 1, got 0.");
  for (const rate of [2, -0.1, Number.NaN]) {
    expect(() => glue.failRandomly({ rate })).toThrow(`rate must be a number from 0 to 1, got ${rate}.`);
  }
  // @ts-expect-error a text
  expect(() => glue.failRandomly({ rate: "1" })).toThrow('rate must be a number from 0 to 1, got "1".');
  // @ts-expect-error no options
  expect(() => glue.failRandomly(5)).toThrow("options must be an object, got 5.");
  // @ts-expect-error no options
  expect(() => glue.fail("throttling", 5)).toThrow("options must be an object, got 5.");
  expect(() => glue.failRandomly({ rate: 0, faults: [] })).toThrow("faults must be a list of faults");
  // @ts-expect-error an unknown fault
  expect(() => glue.failRandomly({ rate: 1, faults: ["fire"] })).toThrow("faults must be one of throttling, ");
});

it("A fault for an operation counts only the requests for that operation", async () => {
  const glue = await startGlue(1);
  const client = glue.client({ maxAttempts: 1 });
  glue.fail("throttling", { operation: "GetMLTransforms", after: 1, times: 2 });
  glue.fail("expiredToken", { operation: "GetMLTransform" });
  const getTransforms = () => client.send(new GetMLTransformsCommand({}));
  expect(await outcomes(glue, 3)).toEqual(["ok", "ok", "ok"]);
  await getTransforms();
  await expect(getTransforms()).rejects.toBeInstanceOf(ThrottlingException);
  const response = client.send(new GetMLTransformCommand({ TransformId }));
  await expect(response).rejects.toMatchObject({ name: "ExpiredTokenException" });
  expect(await outcomes(glue, 1)).toEqual(["ok"]);
  await expect(getTransforms()).rejects.toBeInstanceOf(ThrottlingException);
  await getTransforms();
});

it("A fault for all operations does not wait for the faults for other operations", async () => {
  const glue = await startGlue(1);
  glue.fail("throttling", { operation: "GetMLTransform" });
  glue.fail("internalError");
  expect(await outcomes(glue, 2)).toEqual(["InternalServiceException", "ok"]);
});

it("The fault emptyPage waits for a request for a page", async () => {
  const glue = await startGlue(1);
  const client = glue.client();
  glue.fail("emptyPage");
  expect(await client.send(new GetMLTransformCommand({ TransformId }))).toMatchObject({ TransformId });
  const { Transforms } = await client.send(new GetMLTransformsCommand({}));
  expect(Transforms).toEqual([]);
});

it("A fault of the service prevents a run from starting, and a fault of the connection does not", async () => {
  const glue = await startGlue();
  const client = glue.client({ maxAttempts: 1 });
  for (const fault of ["throttling", "connectionReset"] as const) {
    glue.fail(fault);
    await expect(client.send(new StartMLEvaluationTaskRunCommand({ TransformId }))).rejects.toThrow();
  }
  const { TaskRuns } = await client.send(new GetMLTaskRunsCommand({ TransformId }));
  expect(TaskRuns).toHaveLength(1);
});

it("The operation of a fault must be supported, and must return pages if the fault is about pages", async () => {
  const glue = await startGlue();
  // @ts-expect-error an unsupported operation
  expect(() => glue.fail("throttling", { operation: "ListJobs" })).toThrow("operation must be one of GetMLTaskRuns, ");
  for (const fault of ["emptyPage", "repeatedToken"] as const) {
    expect(() => glue.fail(fault, { operation: "GetMLTaskRun" })).toThrow(
      'operation must be one of GetMLTaskRuns, GetMLTransforms, got "GetMLTaskRun".',
    );
  }
});
