/** Getting one run: typed like the runs of a listing. */
import {
  InvalidQueryError,
  type MLTaskRun,
  MLTaskRuns,
  type TaskRunReference,
  UnexpectedResponseError,
} from "glue-ml-task-runs";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replyWith } from "./support.js";

const reference = { TransformId: "tfm-a", TaskRunId: "tsk-1" };

describe("get", () => {
  let glue: LocalGlue;
  let taskRuns: MLTaskRuns;
  beforeAll(async () => {
    glue = await LocalGlue.start();
    taskRuns = new MLTaskRuns(glue.client());
  });
  afterAll(() => glue.close());

  it("returns the same run as a listing", async () => {
    glue.addTaskRuns(sampleTaskRuns({ transformId: "tfm-a", count: 50 }));
    for await (const { TransformId, TaskRunId, ...run } of taskRuns.list({ TransformId: "tfm-a" })) {
      expect(await taskRuns.get({ TransformId, TaskRunId })).toEqual({ TransformId, TaskRunId, ...run });
    }
  });

  it("takes a run of a listing", async () => {
    const ids = { TransformId: "tfm-b", TaskRunId: "tsk-1" };
    glue.addTaskRuns([{ ...ids, Status: "RUNNING" }]);
    const run = await taskRuns.list({ TransformId: "tfm-b" }).first();
    glue.addTaskRuns([{ ...ids, Status: "SUCCEEDED" }]);
    if (run === undefined) throw new Error("There is no run.");
    expect(await taskRuns.get(run)).toMatchObject({ ...ids, Status: "SUCCEEDED" });
    expect(await taskRuns.waitUntilFinished(run, { maxWaitTime: 9 })).toMatchObject({ Status: "SUCCEEDED" });
  });

  it("rejects a run with a member of a wrong type with an error that names the member", async () => {
    const client = await replyWith({ ...reference, Status: "FAILED", ErrorString: 5 });
    await expect(new MLTaskRuns(client).get(reference)).rejects.toMatchObject({
      name: "UnexpectedResponseError",
      member: "ErrorString",
      taskRunId: "tsk-1",
    });
  });

  it("of a run of a known type rejects a response of another type, and one without a type", async () => {
    const run = { ...reference, Status: "RUNNING", Properties: { TaskType: "EVALUATION" } } as const;
    const options = { maxWaitTime: 1 };
    const other = { ...run, Properties: { TaskType: "EXPORT_LABELS", ExportLabelsTaskRunProperties: {} } };
    for (const [response, found] of [
      [other, '"EXPORT_LABELS"'],
      [{ ...run, Properties: undefined }, "undefined"],
    ] as const) {
      const error = {
        member: "Properties.TaskType",
        message: expect.stringContaining(`must be EVALUATION, got ${found}.`),
        taskRunId: "tsk-1",
      };
      await expect(new MLTaskRuns(await replyWith(response)).get(run)).rejects.toMatchObject(error);
      const wait = new MLTaskRuns(await replyWith(response)).waitUntilFinished(run, options);
      await expect(wait).rejects.toMatchObject(error);
      expect(await new MLTaskRuns(await replyWith(response)).get(reference)).toMatchObject(reference);
    }
  });

  it("of a run of an unknown type accepts a response of any type", async () => {
    const run: MLTaskRun = { ...reference, Status: "RUNNING", Properties: { $unknown: { TaskType: undefined } } };
    const client = await replyWith({ ...reference, Status: "FAILED", Properties: { TaskType: "EVALUATION" } });
    expect((await new MLTaskRuns(client).get(run)).Properties).toEqual({ TaskType: "EVALUATION" });
  });

  it("rejects with the SDK's error if there is no such run", async () => {
    await expect(taskRuns.get(reference)).rejects.toMatchObject({ name: "EntityNotFoundException", $fault: "client" });
  });

  it("retries an OperationTimeoutException as a listing does", async () => {
    const ids = { TransformId: "tfm-b", TaskRunId: "tsk-2" };
    glue.addTaskRuns([{ ...ids, Status: "FAILED" }]);
    glue.fail("operationTimeout");
    expect(await taskRuns.get(ids)).toMatchObject({ Status: "FAILED" });
  });

  it("rejects with the reason of the signal, of the call or of the defaults", async () => {
    const abortSignal = AbortSignal.abort("too late");
    await expect(taskRuns.get(reference, { abortSignal })).rejects.toBe("too late");
    await expect(new MLTaskRuns(glue.client(), { abortSignal }).get(reference)).rejects.toBe("too late");
  });

  it.each([
    [{ TransformId: "tfm-a" }, "TaskRunId is required."],
    [{ ...reference, TransformId: "" }, "TransformId must be a string of 1 to 255 characters"],
    ["tsk-1", 'run must be an object, got "tsk-1".'],
  ])("throws an InvalidQueryError for %j, before anything is sent", (run, message) => {
    // What JavaScript can pass.
    const anyRun = run as TaskRunReference;
    const { length } = glue.requests;
    expect(() => taskRuns.get(anyRun)).toThrow(InvalidQueryError);
    expect(() => taskRuns.get(anyRun)).toThrow(message);
    expect(glue.requests).toHaveLength(length);
  });
});

describe("The response to get", () => {
  it("gets the TransformId of the call where it has none", async () => {
    const client = await replyWith({ TaskRunId: "tsk-1", Status: "FAILED" });
    expect(await new MLTaskRuns(client).get(reference)).toEqual({
      ...reference,
      Status: "FAILED",
      Properties: { $unknown: undefined },
    });
  });

  it.each([
    [{ TransformId: "tfm-a", Status: "FAILED" }, "TaskRunId", "TaskRunId in the response is missing."],
    [{ ...reference }, "Status", 'Status of TaskRunId "tsk-1" in the response is missing.'],
  ])("%j is an UnexpectedResponseError", async (response, member, message) => {
    const get = new MLTaskRuns(await replyWith(response)).get(reference);
    await expect(get).rejects.toBeInstanceOf(UnexpectedResponseError);
    const again = new MLTaskRuns(await replyWith(response)).get(reference);
    await expect(again).rejects.toMatchObject({ member, message: expect.stringContaining(message) });
  });
});
