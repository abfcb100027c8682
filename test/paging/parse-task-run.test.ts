/** Replies that the service should not give: what comes out fits its type, or the error says what was wrong. */
import { GetMLTaskRunsCommand, GlueClient, type TaskRun } from "@aws-sdk/client-glue";
import { mockClient } from "aws-sdk-client-mock";
import fc from "fast-check";
import {
  isTaskRunType,
  type MLTaskRun,
  MLTaskRuns,
  MLTaskRunsError,
  PaginationError,
  UnexpectedResponseError,
} from "glue-ml-task-runs";
import { describe, expect, it, vi } from "vitest";
import { collect, fitsItsType, ids, replyWith, startServer, TransformId } from "./support.js";

const run = { TransformId, TaskRunId: "tsk-1", Status: "SUCCEEDED", Properties: { TaskType: "EVALUATION" } };

/** The runs of a listing whose only page holds these. */
async function listed(...runs: unknown[]): Promise<MLTaskRun[]> {
  return new MLTaskRuns(await replyWith({ TaskRuns: runs })).list({ TransformId }).toArray();
}

it("an empty token is none", async () => {
  const client = await replyWith({ TaskRuns: [], NextToken: "" });
  const pages = await collect(new MLTaskRuns(client).list({ TransformId }).pages());
  expect(pages.map(({ cursor }) => cursor)).toEqual([undefined]);
});

describe("a response", () => {
  it.each([[{}], [{ TaskRuns: null }], [{ TaskRuns: [] }], [null]])("%j has no runs", async (body) => {
    expect(await new MLTaskRuns(await replyWith(body)).list({ TransformId }).toArray()).toEqual([]);
  });

  it("with an empty NextToken is the last", async () => {
    const client = await replyWith({ TaskRuns: [run], NextToken: "" });
    expect(await new MLTaskRuns(client).list({ TransformId }).toArray()).toHaveLength(1);
  });

  it("without runs and with a token is followed", async () => {
    const bodies = [{ NextToken: "a" }, { TaskRuns: [], NextToken: "b" }, { TaskRuns: [run] }];
    const taskRuns = new MLTaskRuns(await replyWith(...bodies, ...bodies));
    expect(await taskRuns.list({ TransformId }).toArray()).toHaveLength(1);
    expect(await taskRuns.list({ TransformId }).first()).toMatchObject({ TaskRunId: "tsk-1" });
  });

  it("with a token that came before is a PaginationError, after all its runs", async () => {
    const client = await replyWith(
      { TaskRuns: [{ ...run, TaskRunId: "1" }], NextToken: "a" },
      { TaskRuns: [{ ...run, TaskRunId: "2" }], NextToken: "b" },
      { TaskRuns: [{ ...run, TaskRunId: "3" }], NextToken: "a" },
      { TaskRuns: [{ ...run, TaskRunId: "3" }, run] },
    );
    const iterator = new MLTaskRuns(client).list({ TransformId })[Symbol.asyncIterator]();
    const given: string[] = [];
    const loop = async () => {
      for await (const { TaskRunId } of iterator) given.push(TaskRunId);
    };
    await expect(loop()).rejects.toThrow(new PaginationError('The service returned the NextToken "a" a second time.'));
    expect(given).toEqual(["1", "2", "3"]);
    // Going on asks for the page again whose token was wrong, and takes up after its runs.
    const rest = new MLTaskRuns(client).list({ TransformId }, { cursor: iterator.cursor }).toArray();
    expect(ids(await rest)).toEqual(["tsk-1"]);
  });

  it.each([
    ["TaskRuns", { TaskRuns: "none" }, 'be a list, got "none".'],
    ["TaskRuns", { TaskRuns: { 0: run } }, "be a list, got an object."],
    ["TaskRuns[0]", { TaskRuns: ["run"] }, 'TaskRuns[0] in the response must be a structure, got "run".'],
    ["TaskRuns[1]", { TaskRuns: [run, 5] }, "be a structure, got 5. Request id: request-1."],
    ["TaskRuns[1]", { TaskRuns: [run, null] }, "TaskRuns[1] in the response must be a structure, got null."],
    ["NextToken", { TaskRuns: [run], NextToken: 5 }, "be a string, got 5. Request id: request-1."],
    ["TransformId", { TaskRuns: [{ ...run, TransformId: 5 }] }, "be a string, got 5."],
    [
      "TaskRunId",
      { TaskRuns: [{ ...run, TaskRunId: undefined }] },
      "TaskRunId of TaskRuns[0] in the response is missing. Request id: request-1.",
    ],
    [
      "TaskRunId",
      { TaskRuns: [{ ...run, TaskRunId: null }] },
      "TaskRunId of TaskRuns[0] in the response is missing. Request id: request-1.",
    ],
    ["TaskRunId", { TaskRuns: [{ ...run, TaskRunId: 5 }] }, "be a string, got 5."],
    [
      "Status",
      { TaskRuns: [{ ...run, Status: undefined }] },
      'Status of TaskRuns[0] (TaskRunId "tsk-1") in the response is missing. Request id: request-1.',
    ],
    ["Status", { TaskRuns: [{ ...run, Status: ["FAILED"] }] }, "be a string, got an array."],
    ["LogGroupName", { TaskRuns: [{ ...run, LogGroupName: 5 }] }, "be a string, got 5."],
    ["ErrorString", { TaskRuns: [{ ...run, ErrorString: 5 }] }, "be a string, got 5."],
    ["ExecutionTime", { TaskRuns: [{ ...run, ExecutionTime: "long" }] }, 'be a number, got "long".'],
    [
      "Properties",
      { TaskRuns: [{ ...run, Properties: "EVALUATION" }] },
      'Properties of TaskRuns[0] (TaskRunId "tsk-1") in the response must be a structure, got "EVALUATION".',
    ],
    ["Properties.TaskType", { TaskRuns: [{ ...run, Properties: { TaskType: 5 } }] }, "be a string, got 5."],
    [
      "Properties.FindMatchesTaskRunProperties",
      { TaskRuns: [{ ...run, Properties: { TaskType: "FIND_MATCHES", FindMatchesTaskRunProperties: "x" } }] },
      'be a structure, got "x".',
    ],
    [
      "Properties.ImportLabelsTaskRunProperties.Replace",
      {
        TaskRuns: [
          { ...run, Properties: { TaskType: "IMPORT_LABELS", ImportLabelsTaskRunProperties: { Replace: "yes" } } },
        ],
      },
      'be a boolean, got "yes".',
    ],
    [
      "Properties.ExportLabelsTaskRunProperties",
      { TaskRuns: [{ ...run, Properties: { TaskType: "NEW", ExportLabelsTaskRunProperties: 5 } }] },
      "be a structure, got 5.",
    ],
  ])("whose %s is wrong is an UnexpectedResponseError that names it: %j", async (member, body, message) => {
    const error = await new MLTaskRuns(await replyWith(body))
      .list({ TransformId })
      .toArray()
      .catch((reason) => reason);
    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(error).toMatchObject({ member, name: "UnexpectedResponseError" });
    expect(error.message).toContain(member);
    expect(error.message).toContain(message);
  });

  it.each([
    ["LabelingSetGenerationTaskRunProperties", "OutputS3Path"],
    ["ImportLabelsTaskRunProperties", "InputS3Path"],
    ["ExportLabelsTaskRunProperties", "OutputS3Path"],
    ["FindMatchesTaskRunProperties", "JobId"],
    ["FindMatchesTaskRunProperties", "JobName"],
    ["FindMatchesTaskRunProperties", "JobRunId"],
  ])("with %s whose %s is no string is an UnexpectedResponseError that names it", async (structure, member) => {
    const client = await replyWith({ TaskRuns: [{ ...run, Properties: { [structure]: { [member]: 5 } } }] });
    await expect(new MLTaskRuns(client).list({ TransformId }).toArray()).rejects.toMatchObject({
      member: `Properties.${structure}.${member}`,
    });
  });

  it("with a run that breaks its type gives the runs before it first, and the cursor stands there", async () => {
    const good = { ...run, TaskRunId: "tsk-0" };
    const bodies = [{ TaskRuns: [good, { ...run, Status: null }, run] }];
    const client = await replyWith(...bodies, ...bodies, { TaskRuns: [good, run] }, ...bodies);
    const list = new MLTaskRuns(client).list({ TransformId });
    const iterator = list[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toMatchObject(good);
    await expect(iterator.next()).rejects.toMatchObject({ member: "Status" });

    const pages = list.pages();
    expect((await pages.next()).value).toMatchObject({ runs: [good] });
    await expect(pages.next()).rejects.toMatchObject({ member: "Status" });

    const rest = new MLTaskRuns(client).list({ TransformId }, { cursor: iterator.cursor }).toArray();
    expect(ids(await rest)).toEqual(["tsk-1"]);
    // A listing that wants no more than the runs before it is no error.
    expect(await new MLTaskRuns(client).list({ TransformId }, { limit: 1 }).toArray()).toMatchObject([good]);
  });

  it("with a run that breaks its type is the last that is asked for", async () => {
    const client = await replyWith({ TaskRuns: [{}], NextToken: "more" }, { TaskRuns: [] });
    const sent = vi.spyOn(client, "send");
    await expect(new MLTaskRuns(client).list({ TransformId }, { prefetch: 4 }).toArray()).rejects.toThrow("TaskRunId");
    expect(sent).toHaveBeenCalledOnce();
  });
});

describe("a run", () => {
  it("without TransformId has the query's", async () => {
    expect(await listed({ ...run, TransformId: undefined }, run)).toMatchObject([{ TransformId }, { TransformId }]);
  });

  it.each([
    ["FIND_MATCHES", "FindMatchesTaskRunProperties"],
    ["IMPORT_LABELS", "ImportLabelsTaskRunProperties"],
    ["EXPORT_LABELS", "ExportLabelsTaskRunProperties"],
    ["LABELING_SET_GENERATION", "LabelingSetGenerationTaskRunProperties"],
  ])("of type %s without its structure, or with null for it, has an empty one", async (TaskType, structure) => {
    const [absent, nothing] = await listed(
      { ...run, Properties: { TaskType } },
      { ...run, Properties: { TaskType, [structure]: null } },
    );
    for (const found of [absent, nothing]) expect(found?.Properties).toEqual({ TaskType, [structure]: {} });
  });

  it("without Properties, or without a type, has an $unknown variant", async () => {
    const [none, untyped] = await listed({ ...run, Properties: undefined }, { ...run, Properties: {} });
    expect(none?.Properties).toEqual({ $unknown: undefined });
    expect(none?.Properties).toHaveProperty("$unknown");
    expect(untyped?.Properties).toEqual({ $unknown: {} });
  });

  it("of a type that this version does not know keeps its properties under $unknown", async () => {
    const Properties = { TaskType: "TRAINING", FindMatchesTaskRunProperties: { JobId: "j" } };
    const [found] = await listed({ ...run, Properties });
    expect(found?.Properties).toEqual({ $unknown: Properties });
    expect(found?.Properties.TaskType).toBeUndefined();
    // As it will be asked once the SDK knows the type.
    expect(found && isTaskRunType(found, "TRAINING" as "EVALUATION")).toBe(true);
    expect(found && isTaskRunType(found, "EVALUATION")).toBe(false);
  });

  it("with a status newer than the SDK keeps it", async () => {
    expect(await listed({ ...run, Status: "PAUSED" })).toMatchObject([{ Status: "PAUSED" }]);
  });

  it("that a mocked client gives passes through as it is, or is copied where it has to change", async () => {
    const good: TaskRun = { ...(run as TaskRun), StartedOn: new Date(5) };
    // Null, as JSON has it and the SDK's type has not.
    const nulls = { ...good, ErrorString: null } as unknown as TaskRun;
    const timeless = { ...good, StartedOn: null } as unknown as TaskRun;
    const structure = {
      ...good,
      Properties: { TaskType: null, FindMatchesTaskRunProperties: { JobId: null } },
    } as unknown as TaskRun;
    const member = {
      ...good,
      Properties: { TaskType: "FIND_MATCHES", FindMatchesTaskRunProperties: { JobId: null, JobName: "n" } },
    } as unknown as TaskRun;
    const TaskRuns = Object.freeze(
      [good, nulls, structure, member, timeless].map((each) => Object.freeze(each)),
    ) as TaskRun[];
    const client = new GlueClient({ region: "us-east-1" });
    mockClient(client).on(GetMLTaskRunsCommand).resolves({ TaskRuns });
    const list = new MLTaskRuns(client).list({ TransformId });
    for (const runs of [await list.toArray(), await collect(list)]) {
      expect(runs[0]).toBe(good);
      const [, second, third, fourth, fifth] = runs;
      expect(second).toEqual({ ...run, StartedOn: new Date(5) });
      expect(fifth).toEqual(run);
      expect(third?.Properties).toEqual({ $unknown: structure.Properties });
      expect(fourth?.Properties).toEqual({
        TaskType: "FIND_MATCHES",
        FindMatchesTaskRunProperties: { JobName: "n" },
      });
    }
  });

  it.each(
    ["StartedOn", "LastModifiedOn", "CompletedOn"].flatMap((member) =>
      [new Date(Number.NaN), "2026-11-01", 5].map((value) => [member, value] as const),
    ),
  )("with the %s %s from a mock is refused", async (member, value) => {
    const client = new GlueClient({ region: "us-east-1" });
    const odd = { ...run, [member]: value } as unknown as TaskRun;
    mockClient(client)
      .on(GetMLTaskRunsCommand)
      .resolves({ TaskRuns: [odd] });
    await expect(new MLTaskRuns(client).list({ TransformId }).toArray()).rejects.toMatchObject({
      member,
      message: expect.stringContaining(
        `${member} of TaskRuns[0] (TaskRunId "tsk-1") in the response must be a timestamp, got `,
      ),
    });
  });

  it("of another type than the query asks for is left out, also where the endpoint ignores the filter", async () => {
    const others = [
      { ...run, Properties: { TaskType: "EXPORT_LABELS" } },
      { ...run, Properties: undefined },
    ];
    const page = { TaskRuns: [...others, run, { ...others[0], Status: undefined }], NextToken: "more" };
    const client = await replyWith(page, { TaskRuns: [{ ...run, TaskRunId: "tsk-2" }] });
    const list = new MLTaskRuns(client).list({ TransformId, Filter: { TaskRunType: "EVALUATION" } }, { limit: 2 });
    expect(ids(await list.toArray())).toEqual(["tsk-1", "tsk-2"]);
  });
});

it("no reply at all, as of a client that is mocked without one, is an UnexpectedResponseError", async () => {
  const client = new GlueClient({ region: "us-east-1" });
  mockClient(client);
  await expect(new MLTaskRuns(client).list({ TransformId }).toArray()).rejects.toMatchObject({
    name: "UnexpectedResponseError",
    member: "GetMLTaskRunsResponse",
    message: expect.stringMatching(/^The client returned no response to GetMLTaskRuns\. If .* mocked/),
  });
});

it("for any JSON reply, what comes out fits its type, or the error is this library's or the SDK's", async () => {
  let body = "";
  const client = await startServer(
    (_request, response) => {
      response.setHeader("Content-Type", "application/x-amz-json-1.1");
      response.end(body);
    },
    { maxAttempts: 1 },
  );
  const odd = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 40, arbitrary: arbitrary as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: fc.jsonValue() });
  const member = (arbitrary: fc.Arbitrary<unknown>) => fc.option(odd(arbitrary), { freq: 8, nil: undefined });
  const structure = member(
    fc.record({ JobRunId: member(fc.string()), OutputS3Path: member(fc.string()), Replace: member(fc.boolean()) }),
  );
  const types = ["EVALUATION", "FIND_MATCHES", "IMPORT_LABELS", "EXPORT_LABELS", "LABELING_SET_GENERATION", "NEW"];
  const taskRun = fc.record({
    TransformId: member(fc.string()),
    TaskRunId: odd(fc.string()),
    Status: odd(fc.constantFrom("FAILED", "SUCCEEDED", "NEW")),
    ErrorString: member(fc.string()),
    ExecutionTime: member(fc.nat()),
    StartedOn: member(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 4e9 })),
    Properties: member(
      fc.record({
        TaskType: member(fc.constantFrom(...types)),
        FindMatchesTaskRunProperties: structure,
        ImportLabelsTaskRunProperties: structure,
        ExportLabelsTaskRunProperties: structure,
      }),
    ),
  });
  const reply = fc.record({ TaskRuns: odd(fc.array(odd(taskRun))), NextToken: fc.constant(undefined) });
  let fitting = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof({ weight: 9, arbitrary: reply }, { weight: 1, arbitrary: fc.jsonValue() }),
      async (json) => {
        body = JSON.stringify(json);
        try {
          const runs = await new MLTaskRuns(client).list({ TransformId }, { limit: 1000 }).toArray();
          for (const each of runs) expect(each).toSatisfy(fitsItsType);
          fitting += runs.length;
        } catch (error) {
          if (!(error instanceof MLTaskRunsError)) expect(error).toHaveProperty("$metadata");
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(fitting).toBeGreaterThan(50);
});
