/** Runs that change over time: starting, finishing and cancelling them, with a fake clock. */
import {
  GetMLTaskRunsCommand,
  StartExportLabelsTaskRunCommand,
  StartImportLabelsTaskRunCommand,
  StartMLEvaluationTaskRunCommand,
  StartMLLabelingSetGenerationTaskRunCommand,
  type TaskStatusType,
} from "@aws-sdk/client-glue";
import fc from "fast-check";
import type { LocalTaskRunOutcome } from "glue-ml-task-runs/local";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { TASK_STATUSES } from "../../src/criteria/enumerations.js";
import { ids, startGlue, TransformId } from "../support.js";
import { allPages, cancel, getRun, startEvaluation } from "./support.js";

const START = Date.parse("2026-11-01T08:00:00.250Z");
const OutputS3Path = "s3://bucket/output/";
const InputS3Path = "s3://bucket/labels.csv";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: START }));

/** Sets the clock to a number of milliseconds after the start of the test. */
function setClock(milliseconds: number): void {
  vi.setSystemTime(START + milliseconds);
}

describe("A started run", () => {
  it.each([
    [0, "STARTING", 0],
    [999, "STARTING", 0],
    [1000, "RUNNING", 1000],
    [5999, "RUNNING", 1000],
  ] as const)(
    "has, %i ms after its start, the status %s and a LastModifiedOn %i ms after its start",
    async (elapsed, Status, modified) => {
      const glue = await startGlue(0, { startingTime: 1000, runTime: 5000 });
      const TaskRunId = await startEvaluation(glue);
      setClock(elapsed);
      expect(await getRun(glue, TaskRunId)).toEqual({
        TransformId,
        TaskRunId,
        Status,
        LogGroupName: `/aws-glue/mltransforms/${TransformId}`,
        Properties: { TaskType: "EVALUATION" },
        StartedOn: new Date(START),
        LastModifiedOn: new Date(START + modified),
        ExecutionTime: 0,
      });
    },
  );

  it.each([6000, 6001, 1e12])("is SUCCEEDED after %i ms, with the times at which it finished", async (elapsed) => {
    const glue = await startGlue(0, { startingTime: 1000, runTime: 5000 });
    const TaskRunId = await startEvaluation(glue);
    setClock(elapsed);
    expect(await getRun(glue, TaskRunId)).toMatchObject({
      Status: "SUCCEEDED",
      LastModifiedOn: new Date(START + 6000),
      CompletedOn: new Date(START + 6000),
      ExecutionTime: 5,
    });
  });

  it("is RUNNING at once and SUCCEEDED after 100 ms by default", async () => {
    const glue = await startGlue();
    const TaskRunId = await startEvaluation(glue);
    expect(await getRun(glue, TaskRunId)).toMatchObject({ Status: "RUNNING" });
    setClock(99);
    expect(await getRun(glue, TaskRunId)).toMatchObject({ Status: "RUNNING" });
    setClock(100);
    expect(await getRun(glue, TaskRunId)).toMatchObject({ Status: "SUCCEEDED" });
  });

  it("stays finished when the clock is set back", async () => {
    const glue = await startGlue();
    const TaskRunId = await startEvaluation(glue);
    setClock(100);
    await getRun(glue, TaskRunId);
    setClock(0);
    expect(await getRun(glue, TaskRunId)).toMatchObject({ Status: "SUCCEEDED" });
  });

  it("has a distinct id of 40 hexadecimal digits", async () => {
    const glue = await startGlue();
    const started = [await startEvaluation(glue), await startEvaluation(glue)];
    for (const id of started) expect(id).toMatch(/^tsk-[\da-f]{40}$/);
    expect(new Set(started).size).toBe(2);
  });

  it("has the properties of its type", async () => {
    const glue = await startGlue(0, { maxConcurrentRuns: Infinity });
    const client = glue.client();
    const outputs = [
      await client.send(new StartMLEvaluationTaskRunCommand({ TransformId })),
      await client.send(new StartMLLabelingSetGenerationTaskRunCommand({ TransformId, OutputS3Path })),
      await client.send(new StartImportLabelsTaskRunCommand({ TransformId, InputS3Path })),
      await client.send(new StartImportLabelsTaskRunCommand({ TransformId, InputS3Path, ReplaceAllLabels: true })),
      await client.send(new StartExportLabelsTaskRunCommand({ TransformId, OutputS3Path })),
    ];
    const runs = await Promise.all(outputs.map(({ TaskRunId = "" }) => getRun(glue, TaskRunId)));
    expect(runs.map(({ Properties }) => Properties)).toEqual([
      { TaskType: "EVALUATION" },
      { TaskType: "LABELING_SET_GENERATION", LabelingSetGenerationTaskRunProperties: { OutputS3Path } },
      { TaskType: "IMPORT_LABELS", ImportLabelsTaskRunProperties: { InputS3Path, Replace: false } },
      { TaskType: "IMPORT_LABELS", ImportLabelsTaskRunProperties: { InputS3Path, Replace: true } },
      { TaskType: "EXPORT_LABELS", ExportLabelsTaskRunProperties: { OutputS3Path } },
    ]);
  });

  it("is listed once when the clock advances between the pages of a listing", async () => {
    const glue = await startGlue(0, { startingTime: 10 });
    const started: string[] = [];
    for (const elapsed of [0, 5, 10]) {
      setClock(elapsed);
      started.push(await startEvaluation(glue));
    }
    const listed: string[] = [];
    let NextToken: string | undefined;
    do {
      const input = { TransformId, MaxResults: 1, NextToken };
      const output = await glue.client().send(new GetMLTaskRunsCommand(input));
      listed.push(...ids(output.TaskRuns ?? []));
      ({ NextToken } = output);
      setClock(Date.now() - START + 60);
    } while (NextToken !== undefined);
    expect(listed).toEqual(started.toReversed());
  });

  it("does not change any more after it was replaced or removed", async () => {
    const glue = await startGlue();
    const [replaced, removed] = [await startEvaluation(glue), await startEvaluation(glue)];
    glue.addTaskRuns([{ TransformId, TaskRunId: replaced, Status: "STOPPING" }]);
    glue.removeTaskRuns(TransformId, [removed]);
    setClock(1000);
    expect((await allPages(glue.client(), { TransformId })).flat()).toEqual([
      { TransformId, TaskRunId: replaced, Status: "STOPPING" },
    ]);
  });
});

describe("finishTaskRun", () => {
  it("finishes a run that would run for ever", async () => {
    const glue = await startGlue(0, { runTime: Infinity });
    const TaskRunId = await startEvaluation(glue);
    setClock(90_500);
    expect(await getRun(glue, TaskRunId)).toMatchObject({ Status: "RUNNING" });
    glue.finishTaskRun({ TransformId, TaskRunId }, { Status: "FAILED", ErrorString: "No labels." });
    setClock(100_000);
    expect(await getRun(glue, TaskRunId)).toMatchObject({
      Status: "FAILED",
      ErrorString: "No labels.",
      LastModifiedOn: new Date(START + 90_500),
      CompletedOn: new Date(START + 90_500),
      ExecutionTime: 90,
    });
  });

  it.each(["FAILED", "STOPPED", "SUCCEEDED", "TIMEOUT"] as const)("sets the final status %s", async (Status) => {
    const glue = await startGlue();
    const TaskRunId = await startEvaluation(glue);
    glue.finishTaskRun({ TransformId, TaskRunId }, { Status });
    setClock(1000);
    const run = await getRun(glue, TaskRunId);
    expect(run).toMatchObject({ Status, CompletedOn: new Date(START) });
    expect(run.ErrorString).toBeUndefined();
  });

  it("finishes an added run", async () => {
    const glue = await startGlue();
    const Properties = { TaskType: "FIND_MATCHES" } as const;
    const StartedOn = new Date(START - 7000);
    glue.addTaskRuns([{ TransformId, TaskRunId: "tsk-1", Status: "RUNNING", StartedOn, Properties }]);
    glue.finishTaskRun({ TransformId, TaskRunId: "tsk-1" }, { Status: "SUCCEEDED" });
    expect(await getRun(glue, "tsk-1")).toEqual({
      TransformId,
      TaskRunId: "tsk-1",
      Status: "SUCCEEDED",
      Properties,
      StartedOn,
      LastModifiedOn: new Date(START),
      CompletedOn: new Date(START),
      ExecutionTime: 7,
    });
  });

  it("rejects unknown and finished runs, and statuses that are not final", async () => {
    const glue = await startGlue();
    const TaskRunId = await startEvaluation(glue);
    const finish =
      (key: object, outcome: object = { Status: "SUCCEEDED" }) =>
      () =>
        // The types exclude some of these values, but JavaScript callers can pass them.
        glue.finishTaskRun({ TransformId, TaskRunId, ...key }, outcome as LocalTaskRunOutcome);
    expect(finish({ TransformId: "tfm-2" })).toThrow('TransformId must be the id of an added transform, got "tfm-2".');
    expect(finish({ TaskRunId: "tsk-2" })).toThrow('TaskRunId must be the id of a run of the transform, got "tsk-2".');
    expect(finish({ TaskRunId: undefined })).toThrow("TaskRunId is required.");
    expect(finish({}, {})).toThrow("Status is required.");
    expect(finish({}, { Status: "STOPPING" })).toThrow("Status must be one of FAILED, STOPPED, SUCCEEDED, TIMEOUT,");
    expect(finish({}, { Status: "FAILED", ErrorString: 5 })).toThrow("ErrorString must be a string, got 5.");
    expect(await getRun(glue, TaskRunId)).toMatchObject({ Status: "RUNNING" });
    setClock(100);
    expect(finish({})).toThrow(
      `TaskRunId must be the id of an unfinished run (this run is SUCCEEDED), got ${JSON.stringify(TaskRunId)}`,
    );
  });
});

describe("CancelMLTaskRun", () => {
  it.each([
    [Infinity, 100],
    [40, 40],
  ])("with a runTime of %i makes a run STOPPING for %i ms, then STOPPED", async (runTime, stoppingTime) => {
    const glue = await startGlue(0, { startingTime: 1000, runTime });
    const TaskRunId = await startEvaluation(glue);
    setClock(1020);
    expect(await cancel(glue, TaskRunId)).toEqual({ TransformId, TaskRunId, Status: "STOPPING" });
    setClock(1020 + stoppingTime - 1);
    const run = await getRun(glue, TaskRunId);
    expect(run).toMatchObject({ Status: "STOPPING", LastModifiedOn: new Date(START + 1020) });
    expect(run.CompletedOn).toBeUndefined();
    setClock(1020 + stoppingTime);
    const stopped = new Date(START + 1020 + stoppingTime);
    expect(await getRun(glue, TaskRunId)).toMatchObject({
      Status: "STOPPED",
      LastModifiedOn: stopped,
      CompletedOn: stopped,
      ExecutionTime: 0,
    });
  });

  it("stops a run that is STARTING, which then has an ExecutionTime of 0", async () => {
    const glue = await startGlue(0, { startingTime: 60_000 });
    const TaskRunId = await startEvaluation(glue);
    setClock(5000);
    await cancel(glue, TaskRunId);
    setClock(70_000);
    expect(await getRun(glue, TaskRunId)).toMatchObject({ Status: "STOPPED", ExecutionTime: 0 });
  });

  it("does not stop a run later when it is sent again", async () => {
    const glue = await startGlue(0, { runTime: Infinity });
    const TaskRunId = await startEvaluation(glue);
    await cancel(glue, TaskRunId);
    setClock(99);
    expect(await cancel(glue, TaskRunId)).toMatchObject({ Status: "STOPPING" });
    setClock(100);
    expect(await getRun(glue, TaskRunId)).toMatchObject({ Status: "STOPPED" });
  });

  it("returns the status of a finished run and does not change the run", async () => {
    const glue = await startGlue();
    const TaskRunId = await startEvaluation(glue);
    setClock(5000);
    const before = await getRun(glue, TaskRunId);
    expect(await cancel(glue, TaskRunId)).toEqual({ TransformId, TaskRunId, Status: "SUCCEEDED" });
    setClock(10_000);
    expect(await getRun(glue, TaskRunId)).toEqual(before);
  });

  it("stops an added run", async () => {
    const glue = await startGlue();
    glue.addTaskRuns([{ TransformId, TaskRunId: "tsk-1", Status: "RUNNING" }]);
    expect(await cancel(glue, "tsk-1")).toMatchObject({ Status: "STOPPING" });
    setClock(100);
    const times = { LastModifiedOn: new Date(START + 100), CompletedOn: new Date(START + 100) };
    expect(await getRun(glue, "tsk-1")).toEqual({ TransformId, TaskRunId: "tsk-1", Status: "STOPPED", ...times });
  });

  it("returns no status for an added run without one", async () => {
    const glue = await startGlue();
    glue.addTaskRuns([{ TransformId, TaskRunId: "tsk-1" }]);
    expect(await cancel(glue, "tsk-1")).toEqual({ TransformId, TaskRunId: "tsk-1" });
  });
});

describe("At any time", () => {
  const [startingTime, runTime, stoppingTime] = [20, 70, 70];
  const step = fc.record({
    action: fc.constantFrom("start", "cancel", "finish", "wait"),
    index: fc.nat({ max: 9 }),
    pause: fc.nat({ max: 40 }),
  });

  /** What a run of the model went through. Times are those of the clock. */
  interface ModelRun {
    readonly startedAt: number;
    cancelledAt?: number;
    finishedAt?: number;
  }

  function expectedStatus({ startedAt, cancelledAt, finishedAt }: ModelRun, now: number): TaskStatusType {
    if (finishedAt !== undefined) return "FAILED";
    if (cancelledAt !== undefined) return now < cancelledAt + stoppingTime ? "STOPPING" : "STOPPED";
    if (now < startedAt + startingTime) return "STARTING";
    return now < startedAt + startingTime + runTime ? "RUNNING" : "SUCCEEDED";
  }

  const isUnfinished = (status: TaskStatusType) => ["STARTING", "RUNNING", "STOPPING"].includes(status);

  it("listings, filters by status and GetMLTaskRun agree with each other and with a model", async () => {
    const glue = await startGlue(0, { startingTime, runTime, maxConcurrentRuns: Infinity });
    const client = glue.client();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        glue.removeTransform(TransformId);
        glue.addTransform({ TransformId });
        const model = new Map<string, ModelRun>();
        for (const { action, index, pause } of steps) {
          const now = Date.now();
          const [id, run] = [...model][index % Math.max(1, model.size)] ?? [];
          if (action === "start") model.set(await startEvaluation(glue), { startedAt: now });
          else if (id !== undefined && run !== undefined && isUnfinished(expectedStatus(run, now))) {
            if (action === "cancel" && expectedStatus(run, now) !== "STOPPING") run.cancelledAt = now;
            if (action === "cancel") await cancel(glue, id);
            if (action === "finish") run.finishedAt = now;
            if (action === "finish") glue.finishTaskRun({ TransformId, TaskRunId: id }, { Status: "FAILED" });
          }
          vi.setSystemTime(now + pause);
          const listed = (await allPages(client, { TransformId, MaxResults: 5 })).flat();
          const statuses = Object.fromEntries(listed.map(({ TaskRunId, Status }) => [TaskRunId, Status]));
          const expected = [...model].map(([key, value]) => [key, expectedStatus(value, now + pause)]);
          expect(statuses).toEqual(Object.fromEntries(expected));
          for (const Status of TASK_STATUSES) {
            const filtered = (await allPages(client, { TransformId, Filter: { Status } })).flat();
            expect(filtered).toEqual(listed.filter((each) => each.Status === Status));
          }
          for (const each of listed) expect(await getRun(glue, each.TaskRunId ?? "")).toEqual(each);
        }
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
