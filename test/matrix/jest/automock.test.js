/** The module of the SDK is replaced by Jest's automock: its classes exist, and their methods return undefined. */
import { beforeAll, expect, it, jest } from "@jest/globals";

const TransformId = "tfm-0123";
// The first call is for `require`. The second call is for `import`, which has no automocks.
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

it("A listing rejects with an error that says that the client returned no response", async () => {
  await expect(taskRuns.list({ TransformId }).toArray()).rejects.toMatchObject({
    name: "UnexpectedResponseError",
    message: expect.stringMatching(/no response.*mock/),
  });
});

it("A listing returns the runs of the mocked client", async () => {
  const run = { TransformId, TaskRunId: "tsk-1", Status: "FAILED", Properties: { TaskType: "EVALUATION" } };
  client.send.mockResolvedValueOnce({ TaskRuns: [run] });
  expect(await taskRuns.list({ TransformId }).toArray()).toEqual([run]);
});
