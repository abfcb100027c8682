/** The module of the SDK is replaced by a factory with only two classes. */
import { expect, it, jest } from "@jest/globals";

const TransformId = "tfm-0123";
const run = { TransformId, TaskRunId: "tsk-1", Status: "FAILED", Properties: { TaskType: "EVALUATION" } };
const factory = () => ({
  GlueClient: class {
    send = async ({ input }) => ({ TaskRuns: input.TransformId === TransformId ? [run] : [] });
  },
  GetMLTaskRunsCommand: class {
    constructor(input) {
      this.input = input;
    }
  },
});
// The first call is for `require`, the second for `import`.
jest.mock("@aws-sdk/client-glue", factory);
jest.unstable_mockModule("@aws-sdk/client-glue", factory);

it("A listing returns the runs of a client from a factory without enumerations", async () => {
  const { GlueClient } = await import("@aws-sdk/client-glue");
  const { MLTaskRuns, taskRunFilter } = await import("glue-ml-task-runs");
  const Filter = taskRunFilter().taskRunType("EVALUATION").status("FAILED");
  expect(await new MLTaskRuns(new GlueClient({})).list({ TransformId, Filter }).toArray()).toEqual([run]);
});
