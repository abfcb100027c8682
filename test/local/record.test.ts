/** The stored form of runs and transforms: the checks of `addTaskRuns`, `addTransform` and `removeTaskRuns`. */
import vm from "node:vm";
import {
  GetMLTaskRunCommand,
  GetMLTransformCommand,
  GetMLTransformsCommand,
  type TransformFilterCriteria,
} from "@aws-sdk/client-glue";
import { type LocalGlue, type LocalTaskRun, type LocalTransform, sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import { ids, startGlue, TransformId } from "../support.js";
import { allPages, throwError } from "./support.js";

describe("addTaskRuns", () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const deep = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  const throws = () => throwError(new Error("a bug"));
  const serializable = (member: string, reason: string) =>
    `${member} must be serializable as JSON, got an error: ${reason}`;

  it.each<[string, unknown, string]>([
    ["null", null, "taskRuns[1] must be an object, got null."],
    ["a string", "tsk-bad", 'taskRuns[1] must be an object, got "tsk-bad".'],
    ["no TransformId", { TransformId: undefined }, "taskRuns[1].TransformId must not be null, got null."],
    ["an empty TransformId", { TransformId: "" }, "taskRuns[1].TransformId must be a string that is not empty"],
    ["no TaskRunId", { TaskRunId: undefined }, "taskRuns[1].TaskRunId must not be null, got null."],
    ["an empty TaskRunId", { TaskRunId: "" }, 'taskRuns[1].TaskRunId must be a string that is not empty, got "".'],
    ["a Status that is a number", { Status: 5 }, "taskRuns[1].Status must be a string, got 5."],
    [
      "a TaskType that is a number",
      { Properties: { TaskType: 5 } },
      "taskRuns[1].Properties.TaskType must be a string",
    ],
    ["Properties that are a list", { Properties: [] }, "taskRuns[1].Properties must be a structure, got an array."],
    ["a StartedOn that is a string", { StartedOn: "2026-11-01" }, "taskRuns[1].StartedOn must be a valid Date"],
    ["a LastModifiedOn that is a number", { LastModifiedOn: 5 }, "taskRuns[1].LastModifiedOn must be a valid Date"],
    ["an invalid CompletedOn", { CompletedOn: new Date(Number.NaN) }, "taskRuns[1].CompletedOn must be a valid"],
    ["a proxied StartedOn", { StartedOn: new Proxy(new Date(), {}) }, "taskRuns[1].StartedOn must be a valid Date"],
    [
      "a BigInt",
      { ExecutionTime: 5n },
      serializable("taskRuns[1].ExecutionTime", "Do not know how to serialize a BigInt"),
    ],
    [
      "a circular member",
      { Properties: circular },
      serializable("taskRuns[1].Properties", "Converting circular structure"),
    ],
    ["10,000 levels", { Extra: deep(10_000) }, "taskRuns[1]"],
    ["33 levels", { Extra: deep(32) }, "taskRuns[1] must be an object with at most 32 levels"],
    ["a member whose toJSON throws", { Extra: { toJSON: throws } }, serializable("taskRuns[1].Extra", "a bug")],
  ])("adds no run and no transform when a run has %s", async (_, members, message) => {
    const glue = await startGlue();
    const invalid = typeof members === "object" && members !== null ? { ...bad, ...members } : members;
    // The types exclude these values, but JSON and JavaScript callers can pass them.
    expect(() => glue.addTaskRuns([good, invalid as LocalTaskRun])).toThrow(message);
    await expectNothingAdded(glue);
  });

  const good: LocalTaskRun = { TransformId: "tfm-new", TaskRunId: "tsk-good" };
  const bad: LocalTaskRun = { TransformId, TaskRunId: "tsk-bad" };

  async function expectNothingAdded(glue: LocalGlue) {
    const { Transforms } = await glue.client().send(new GetMLTransformsCommand({}));
    expect(Transforms?.map((transform) => transform.TransformId)).toEqual([TransformId]);
    expect(await allPages(glue.client(), { TransformId })).toEqual([[]]);
  }

  it("names the run of which a getter throws", async () => {
    const glue = await startGlue();
    const invalid = Object.defineProperty({ ...bad }, "ErrorString", { enumerable: true, get: throws });
    expect(() => glue.addTaskRuns([good, invalid])).toThrow("taskRuns[1] must be readable, got an error: a bug");
    await expectNothingAdded(glue);
  });

  it("rejects a Proxy that cannot be read", async () => {
    const glue = await startGlue();
    const invalid = new Proxy({ ...bad }, { ownKeys: throws });
    expect(() => glue.addTaskRuns([good, invalid])).toThrow("taskRuns[1] must be readable, got an error: a bug");
    await expectNothingAdded(glue);
  });

  it("throws an InvalidQueryError with the path, and the id of the run in its message", async () => {
    const glue = await startGlue();
    const error = expect.objectContaining({
      name: "InvalidQueryError",
      field: "taskRuns[1].StartedOn",
      message: 'taskRuns[1].StartedOn must be a valid Date, got 5. The TaskRunId is "tsk-bad".',
    });
    // @ts-expect-error not a Date
    expect(() => glue.addTaskRuns([good, { ...bad, StartedOn: 5 }])).toThrow(error);
  });

  it("adds no run and no transform when the iterable throws", async () => {
    const glue = await startGlue();
    function* runs() {
      yield good;
      throws();
    }
    expect(() => glue.addTaskRuns(runs())).toThrow("a bug");
    await expectNothingAdded(glue);
  });

  it("accepts 32 levels, and null for optional members", async () => {
    const glue = await startGlue();
    const absent = { Status: null, Properties: null, StartedOn: null };
    // JSON of the service may contain null, and members that the types do not have.
    glue.addTaskRuns([{ ...bad, ...absent, Extra: deep(31) } as unknown as LocalTaskRun]);
    expect(ids((await allPages(glue.client(), { TransformId })).flat())).toEqual(["tsk-bad"]);
  });

  it("reads each member once and uses that value everywhere", async () => {
    const glue = await startGlue();
    let reads = 0;
    const changing = (values: unknown[]) => ({
      enumerable: true,
      get: () => {
        reads += 1;
        return values.shift();
      },
    });
    const run = Object.defineProperties({} as LocalTaskRun, {
      TransformId: changing([TransformId, "tfm-other"]),
      TaskRunId: changing(["tsk-1", "tsk-2"]),
      Status: changing(["FAILED", "RUNNING"]),
      StartedOn: changing([new Date(5000), new Date(9000)]),
    });
    glue.addTaskRuns([run]);
    expect(reads).toBe(4);
    const served = { TransformId, TaskRunId: "tsk-1", Status: "FAILED", StartedOn: new Date(5000) };
    const client = glue.client();
    expect(await client.send(new GetMLTaskRunCommand({ TransformId, TaskRunId: "tsk-1" }))).toMatchObject(served);
    const Filter = { Status: "FAILED", StartedBefore: new Date(6000) } as const;
    expect((await allPages(client, { TransformId, Filter })).flat()).toEqual([served]);
  });

  it("accepts a Date of another realm", async () => {
    const glue = await startGlue();
    glue.addTaskRuns([{ ...bad, StartedOn: vm.runInNewContext("new Date(1_760_000_000_123)") }]);
    const [run] = (await allPages(glue.client(), { TransformId })).flat();
    expect(run?.StartedOn).toEqual(new Date(1_760_000_000_123));
  });

  it("accepts an iterable that itself adds runs to the endpoint", async () => {
    const glue = await startGlue();
    function* runs() {
      glue.addTaskRuns([{ TransformId, TaskRunId: "tsk-1" }]);
      yield { TransformId, TaskRunId: "tsk-2" };
    }
    glue.addTaskRuns(runs());
    expect(ids((await allPages(glue.client(), { TransformId })).flat())).toEqual(["tsk-2", "tsk-1"]);
  });
});

it("removeTaskRuns removes no run when the iterable of ids throws", async () => {
  const glue = await startGlue(1);
  const [run] = sampleTaskRuns({ transformId: TransformId, count: 1 });
  function* taskRunIds() {
    yield run?.TaskRunId ?? "";
    throw new Error("a bug");
  }
  expect(() => glue.removeTaskRuns(TransformId, taskRunIds())).toThrow("a bug");
  expect((await allPages(glue.client(), { TransformId })).flat()).toHaveLength(1);
});

describe("addTransform", () => {
  it.each<[string, unknown, string]>([
    ["null", null, "transform must be an object, got null."],
    ["an empty TransformId", { TransformId: "" }, "transform.TransformId must be a string that is not empty"],
    ["a RecordCount that is a BigInt", { RecordCount: 5n }, "transform.RecordCount must be serializable as JSON"],
    ["a Name that is a number", { Name: 5 }, 'transform.Name must be a string, got 5. The TransformId is "tfm-bad".'],
    ["a Status that is a number", { Status: 5 }, "transform.Status must be a string, got 5."],
    ["a GlueVersion that is a number", { GlueVersion: 1.0 }, "transform.GlueVersion must be a string, got 1."],
    ["a CreatedOn that is a number", { CreatedOn: 5 }, "transform.CreatedOn must be a valid Date, got 5."],
    ["a LastModifiedOn that is a string", { LastModifiedOn: "" }, "transform.LastModifiedOn must be a valid Date"],
    ["Parameters that are a string", { Parameters: "x" }, "transform.Parameters must be a structure, got"],
    [
      "a TransformType that is a number",
      { Parameters: { TransformType: 5 } },
      "transform.Parameters.TransformType must",
    ],
    ["a Schema that is an object", { Schema: {} }, "transform.Schema must be a list, got an object."],
    ["a column that is a string", { Schema: ["id"] }, "transform.Schema[0] must be a structure"],
    ["a column Name that is a number", { Schema: [{}, { Name: 5 }] }, "transform.Schema[1].Name must be a string"],
    ["a DataType that is a number", { Schema: [{ DataType: 5 }] }, "transform.Schema[0].DataType must be a string"],
    [
      "33 levels",
      { Extra: JSON.parse("[".repeat(32) + "]".repeat(32)) },
      "transform must be an object with at most 32",
    ],
  ])("rejects %s and does not change the transforms", async (_, members, message) => {
    const glue = await startGlue();
    const invalid = typeof members === "object" && members !== null ? { TransformId: "tfm-bad", ...members } : members;
    // The types exclude these values, but JSON and JavaScript callers can pass them.
    expect(() => glue.addTransform(invalid as LocalTransform)).toThrow(message);
    const { Transforms } = await glue.client().send(new GetMLTransformsCommand({}));
    expect(Transforms?.map((transform) => transform.TransformId)).toEqual([TransformId]);
  });

  it("accepts null for optional members", async () => {
    const glue = await startGlue();
    const absent = { Name: null, Status: null, Parameters: null, Schema: [{ Name: null }], CreatedOn: null };
    // JSON of the service may contain null.
    glue.addTransform({ TransformId, ...absent } as unknown as LocalTransform);
    const countTransforms = async (Filter?: TransformFilterCriteria) =>
      (await glue.client().send(new GetMLTransformsCommand({ Filter }))).Transforms?.length;
    expect(await countTransforms()).toBe(1);
    expect(await countTransforms({ Schema: [{ Name: "id" }] })).toBe(0);
  });
});

it("A transform is converted to JSON once, when it is added", async () => {
  const glue = await startGlue();
  const toJSON = vi.fn(() => ({ KmsKeyId: "key" }));
  for (const id of ["tfm-1", "tfm-2", "tfm-3"]) {
    // The type does not have `toJSON`.
    glue.addTransform({ TransformId: id, TransformEncryption: { toJSON } as object });
  }
  expect(toJSON).toHaveBeenCalledTimes(3);
  let NextToken: string | undefined;
  do {
    ({ NextToken } = await glue.client().send(new GetMLTransformsCommand({ MaxResults: 1, NextToken })));
  } while (NextToken !== undefined);
  expect(toJSON).toHaveBeenCalledTimes(3);
});

it("An error for a member that cannot be read or serialized has the original error as its cause", async () => {
  const glue = await startGlue();
  const cause = new Error("a bug");
  const run = { TransformId, TaskRunId: "tsk-1" };
  const unreadable = Object.defineProperty({ ...run }, "ErrorString", {
    enumerable: true,
    get: () => throwError(cause),
  });
  const unserializable = { ...run, Extra: { toJSON: () => throwError(cause) } };
  for (const invalid of [unreadable, unserializable]) {
    expect(() => glue.addTaskRuns([invalid])).toThrow(expect.objectContaining({ cause }));
  }
});

it("GetMLTransform returns all members of a transform", async () => {
  const glue = await startGlue();
  const transform = {
    TransformId,
    Name: "people",
    Status: "READY" as const,
    CreatedOn: new Date(0),
    LastModifiedOn: new Date(1),
    Parameters: { TransformType: "FIND_MATCHES" as const },
    EvaluationMetrics: { TransformType: "FIND_MATCHES" as const, FindMatchesMetrics: { F1: 0.9 } },
    Schema: [{ Name: "id", DataType: "bigint" }],
    LabelCount: 5,
    MaxRetries: 1,
  };
  glue.addTransform(transform);
  const { $metadata, ...output } = await glue.client().send(new GetMLTransformCommand({ TransformId }));
  expect(output).toEqual(transform);
});
