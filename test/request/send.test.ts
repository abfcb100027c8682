import { EntityNotFoundException, GlueClient } from "@aws-sdk/client-glue";
import { mockClient } from "aws-sdk-client-mock";
import { MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it, vi } from "vitest";
import { fastRetries, replyWith, startGlue, TransformId } from "../support.js";

describe("An error of the service", () => {
  it("reaches the caller as the SDK threw it", async () => {
    const glue = await startGlue();
    const list = new MLTaskRuns(glue.client()).list({ TransformId: "tfm-gone" });
    await expect(list.toArray()).rejects.toBeInstanceOf(EntityNotFoundException);
    await expect(list.first()).rejects.toMatchObject({ name: "EntityNotFoundException", $metadata: { attempts: 1 } });
  });

  it("stays as it is, also where it is frozen", async () => {
    const members = { name: "OperationTimeoutException", $metadata: {} };
    const error = Object.freeze(Object.assign(new Error("timed out"), members));
    const client = await replyWith();
    client.middlewareStack.add(() => () => Promise.reject(error), { step: "deserialize", priority: "low" });
    await expect(new MLTaskRuns(client).list({ TransformId }).toArray()).rejects.toBe(error);
  });
});

describe("An OperationTimeoutException", () => {
  it.each([
    ["is retried within the attempts of the client", 2, expect.any(Array)],
    ["ends the listing after the last attempt of the client", 3, "OperationTimeoutException"],
  ])("%s: of three attempts %i fail", async (_, failures, expected) => {
    const glue = await startGlue(3);
    glue.fail("operationTimeout", { times: failures });
    const list = new MLTaskRuns(glue.client(fastRetries(3))).list({ TransformId });
    const result = await list.toArray().catch(({ name }: Error) => name);
    expect(result).toEqual(expected);
    expect(glue.requests).toHaveLength(3);
  });
});

describe("A mocked client without a response", () => {
  const client = () => {
    const glueClient = new GlueClient({ region: "us-east-1" });
    mockClient(glueClient);
    return glueClient;
  };

  it.each([
    ["GetMLTaskRuns", () => new MLTaskRuns(client()).list({ TransformId })],
    ["GetMLTransforms", () => new MLTaskRuns(client()).listAcrossTransforms()],
  ])("makes a listing reject with an UnexpectedResponseError that names %s", async (operation, list) => {
    await expect(list().toArray()).rejects.toMatchObject({
      name: "UnexpectedResponseError",
      member: `${operation}Response`,
      message: expect.stringMatching(
        new RegExp(`^The client returned no response to ${operation}\\. If the client or the SDK is mocked, `),
      ),
    });
  });
});

it("The client's logger is called for each request of a listing", async () => {
  const glue = await startGlue(25);
  const info = vi.fn();
  const logger = { debug() {}, info, warn() {}, error() {} };
  await new MLTaskRuns(glue.client({ logger })).list({ TransformId }, { pageSize: 10 }).toArray();
  const entry = (length: number) => [
    {
      commandName: "GetMLTaskRunsCommand",
      input: { TransformId, MaxResults: 10 },
      output: { TaskRuns: { length } },
    },
  ];
  expect(info.mock.calls).toMatchObject([entry(10), entry(10), entry(5)]);
});
