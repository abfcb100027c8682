/** What the local endpoint stores, and that it stores all of a call or nothing. */
import vm from "node:vm";
import { GetMLTaskRunCommand, GetMLTaskRunsCommand, GetMLTransformsCommand } from "@aws-sdk/client-glue";
import { InvalidQueryError } from "glue-ml-task-runs";
import type { LocalTaskRun, LocalTransform } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import { History } from "../src/local/history.js";
import { startGlue, TransformId } from "./support.js";

const good: LocalTaskRun = { TransformId: "tfm-new", TaskRunId: "tsk-1", Status: "FAILED" };
const circular: Record<string, unknown> = {};
circular.self = circular;
let deep: unknown = 1;
for (let level = 0; level < 40; level += 1) deep = [deep];
let deepest: unknown = 1;
for (let level = 0; level < 100_000; level += 1) deepest = [deepest];

const bad: [name: string, run: object, field: string][] = [
  ["a BigInt", { ...good, ExecutionTime: 5n }, "taskRuns[1]"],
  ["a circular structure", { ...good, Properties: circular }, "taskRuns[1]"],
  ["a deep structure", { ...good, Properties: deep }, "taskRuns[1]"],
  ["a very deep structure", { ...good, Properties: deepest }, "taskRuns[1]"],
  [
    "a getter that throws",
    Object.defineProperty({ ...good }, "LogGroupName", {
      enumerable: true,
      get() {
        throw new Error("no");
      },
    }),
    "taskRuns[1]",
  ],
  [
    "a toJSON that throws",
    {
      ...good,
      toJSON() {
        throw new Error("no");
      },
    },
    "taskRuns[1]",
  ],
  ["a toJSON that returns no object", { ...good, toJSON: () => 5 }, "taskRuns[1]"],
  ["a Status that is no string", { ...good, Status: 5 }, "taskRuns[1].Status"],
  ["a TaskType that is no string", { ...good, Properties: { TaskType: {} } }, "taskRuns[1].Properties.TaskType"],
  ["a StartedOn that is no Date", { ...good, StartedOn: "2026-11-01" }, "taskRuns[1].StartedOn"],
  ["an invalid Date", { ...good, CompletedOn: new Date(Number.NaN) }, "taskRuns[1].CompletedOn"],
  ["a proxied Date", { ...good, StartedOn: new Proxy(new Date(), {}) }, "taskRuns[1].StartedOn"],
  ["no object", [], "taskRuns[1]"],
];

describe("addTaskRuns", () => {
  it.each(bad)("refuses a batch with %s, and adds none of it", async (_, run, field) => {
    const glue = await startGlue(2);
    const batch = [{ ...good, TransformId, TaskRunId: "tsk-first" }, run as LocalTaskRun];
    expect(() => glue.addTaskRuns(batch)).toThrow(expect.objectContaining({ name: "InvalidQueryError", field }));
    const client = glue.client();
    const { TaskRuns } = await client.send(new GetMLTaskRunsCommand({ TransformId }));
    expect(TaskRuns).toHaveLength(2);
    const first = client.send(new GetMLTaskRunCommand({ TransformId, TaskRunId: "tsk-first" }));
    await expect(first).rejects.toThrow("was not found");
    const { Transforms } = await client.send(new GetMLTransformsCommand({}));
    expect(Transforms).toHaveLength(1);
  });

  it("adds none of an iterable that throws half-way", async () => {
    const glue = await startGlue(2);
    function* runs() {
      yield good;
      throw new Error("no more");
    }
    expect(() => glue.addTaskRuns(runs())).toThrow("no more");
    expect((await glue.client().send(new GetMLTransformsCommand({}))).Transforms).toHaveLength(1);
  });

  it("serves a run with Dates of another realm with its times", async () => {
    const glue = await startGlue();
    glue.addTaskRuns([{ ...good, StartedOn: vm.runInNewContext("new Date(1_790_000_000_123)") }]);
    const { TaskRuns } = await glue.client().send(new GetMLTaskRunsCommand({ TransformId: "tfm-new" }));
    expect(TaskRuns?.[0]?.StartedOn).toEqual(new Date(1_790_000_000_123));
  });

  it("takes one snapshot of a run whose getters change", async () => {
    const glue = await startGlue();
    let reads = 0;
    const run = Object.defineProperty({ ...good }, "TaskRunId", {
      enumerable: true,
      get() {
        reads += 1;
        return `tsk-${reads}`;
      },
    });
    glue.addTaskRuns([run]);
    const client = glue.client();
    const { TaskRuns } = await client.send(new GetMLTaskRunsCommand({ TransformId: "tfm-new" }));
    const TaskRunId = TaskRuns?.[0]?.TaskRunId;
    const found = await client.send(new GetMLTaskRunCommand({ TransformId: "tfm-new", TaskRunId }));
    expect(found.TaskRunId).toBe(TaskRunId);
  });
});

describe("addTransform", () => {
  it.each<[object, string]>([
    [{ RecordCount: 5n }, "transform"],
    [{ Name: 5 }, "transform.Name"],
    [{ Status: {} }, "transform.Status"],
    [{ GlueVersion: 1 }, "transform.GlueVersion"],
    [{ Parameters: { TransformType: 5 } }, "transform.Parameters.TransformType"],
    [{ Schema: "id" }, "transform.Schema"],
    [{ Schema: ["id"] }, "transform.Schema"],
    [{ CreatedOn: 5 }, "transform.CreatedOn"],
    [{ TransformId: 5 }, "transform.TransformId"],
  ])("refuses the transform %o at once", async (members, field) => {
    const glue = await startGlue();
    const transform = { TransformId: "tfm-bad", ...members } as LocalTransform;
    expect(() => glue.addTransform(transform)).toThrow(InvalidQueryError);
    expect(() => glue.addTransform(transform)).toThrow(expect.objectContaining({ field }));
    expect((await glue.client().send(new GetMLTransformsCommand({}))).Transforms).toHaveLength(1);
  });

  it("serialises a transform once, not for each page that lists it", async () => {
    const glue = await startGlue();
    const toJSON = vi.fn(() => "described");
    for (let index = 0; index < 5; index += 1) {
      const InputRecordTables = { toJSON } as unknown as [];
      glue.addTransform({ TransformId: `tfm-${index}`, InputRecordTables });
    }
    expect(toJSON).toHaveBeenCalledTimes(5);
    const client = glue.client();
    const first = await client.send(new GetMLTransformsCommand({ MaxResults: 2 }));
    await client.send(new GetMLTransformsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    expect(toJSON).toHaveBeenCalledTimes(5);
  });
});

describe("sorted views", () => {
  it("are kept, up to a number of entries in total, the newest in any case", () => {
    const history = new History("exclusive", 25);
    const runs = Array.from({ length: 10 }, (_, index) => ({ ...good, TaskRunId: `tsk-${index}` }));
    history.addTaskRuns(runs);
    const query = { TransformId: "tfm-new" };
    const first = history.taskRuns(query, "first");
    expect(history.taskRuns(query, "first")).toBe(first);
    history.taskRuns(query, "second");
    expect(history.taskRuns(query, "first")).toBe(first);
    history.taskRuns(query, "third");
    // The second was used the longest time ago.
    expect(history.taskRuns(query, "first")).toBe(first);
    const small = new History("exclusive", 5);
    small.addTaskRuns(runs);
    const large = small.taskRuns(query, "large");
    expect(small.taskRuns(query, "large")).toBe(large);
    expect(large.entries).toHaveLength(10);
  });

  it("of the transforms are made once, and anew after a change", () => {
    const history = new History("exclusive");
    history.addTransform({ TransformId: "tfm-1" });
    const view = history.transforms({}, "all");
    expect(history.transforms({}, "all")).toBe(view);
    history.addTransform({ TransformId: "tfm-2" });
    expect(history.transforms({}, "all").entries).toHaveLength(2);
    history.removeTransform("tfm-1");
    expect(history.transforms({}, "all").entries).toHaveLength(1);
    history.addTaskRuns([good]);
    expect(history.transforms({}, "all").entries).toHaveLength(2);
  });
});
