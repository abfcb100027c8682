/** The SDK's module replaced by Jest's automock: its classes are there, and their methods return undefined. */
import { beforeAll, expect, it, jest } from "@jest/globals";

const TransformId = "tfm-0123";
// The first is for `require`. The second is for `import`, which has no automocks of its own.
jest.mock("@aws-sdk/client-glue");
jest.unstable_mockModule("@aws-sdk/client-glue", () => jest.createMockFromModule("@aws-sdk/client-glue"));

let client;
let taskRuns;
beforeAll(async () => {
  const { GlueClient } = await import("@aws-sdk/client-glue");
  const { MLTaskRuns } = await import("glue-ml-task-runs");
  client = new GlueClient({});
  taskRuns = new MLTaskRuns(client);
});

it("rejects with an error that says that the client returned no response", async () => {
  await expect(taskRuns.list({ TransformId }).toArray()).rejects.toMatchObject({
    name: "UnexpectedResponseError",
    message: expect.stringMatching(/no response.*mock/),
  });
});

it("lists what the mocked client returns", async () => {
  const run = { TransformId, TaskRunId: "tsk-1", Status: "FAILED", Properties: { TaskType: "EVALUATION" } };
  client.send.mockResolvedValueOnce({ TaskRuns: [run] });
  expect(await taskRuns.list({ TransformId }).toArray()).toEqual([run]);
});
