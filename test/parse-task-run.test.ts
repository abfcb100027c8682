import { GetMLTaskRunsCommand, GlueClient, type TaskRun } from "@aws-sdk/client-glue";
import { mockClient } from "aws-sdk-client-mock";
import fc from "fast-check";
import {
  isTaskRunType,
  type MLTaskRun,
  type MLTaskRunList,
  MLTaskRuns,
  MLTaskRunsError,
  UnexpectedResponseError,
} from "glue-ml-task-runs";
import { describe, expect, it, vi } from "vitest";
import {
  createRun,
  fitsItsType,
  ids,
  type Reply,
  readToError,
  recordTaskRuns,
  replyWith,
  startServer,
  TransformId,
} from "./support.js";

const run = createRun("tsk-1", { Properties: { TaskType: "EVALUATION" } });

/** Lists the runs of a transform whose only response has these runs. */
async function listRuns(...runs: unknown[]): Promise<MLTaskRun[]> {
  return new MLTaskRuns(await replyWith({ TaskRuns: runs })).list({ TransformId }).toArray();
}

/** A mocked client, which returns values that no JSON has. */
function mockRuns(...runs: object[]): GlueClient {
  const client = new GlueClient({ region: "us-east-1" });
  // The runs may break the SDK's type: that is what is tested.
  mockClient(client)
    .on(GetMLTaskRunsCommand)
    .resolves({ TaskRuns: runs as TaskRun[] });
  return client;
}

describe("A response", () => {
  it.each<[Reply]>([[{}], [{ TaskRuns: null }], [{ TaskRuns: [] }], [null]])("%j has no runs", async (reply) => {
    expect(await new MLTaskRuns(await replyWith(reply)).list({ TransformId }).toArray()).toEqual([]);
  });

  it.each<[string, Reply, string]>([
    ["TaskRuns", { TaskRuns: "none" }, 'be a list, got "none".'],
    ["TaskRuns", { TaskRuns: { 0: run } }, "be a list, got an object."],
    ["TaskRuns[0]", { TaskRuns: ["run"] }, 'TaskRuns[0] in the response must be a structure, got "run".'],
    ["TaskRuns[1]", { TaskRuns: [run, 5] }, "be a structure, got 5. Request id: request-1."],
    ["TaskRuns[1]", { TaskRuns: [run, null] }, "TaskRuns[1] in the response must be a structure, got null."],
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
  ])("with a wrong %s is an UnexpectedResponseError that names it: %j", async (member, reply, message) => {
    const { error } = await readToError(new MLTaskRuns(await replyWith(reply)).list({ TransformId }));
    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(error).toMatchObject({ member, name: "UnexpectedResponseError", message: expect.stringContaining(message) });
    expect(error).toHaveProperty("message", expect.stringContaining(member));
  });

  it.each([
    ["LabelingSetGenerationTaskRunProperties", "OutputS3Path"],
    ["ImportLabelsTaskRunProperties", "InputS3Path"],
    ["ExportLabelsTaskRunProperties", "OutputS3Path"],
    ["FindMatchesTaskRunProperties", "JobId"],
    ["FindMatchesTaskRunProperties", "JobName"],
    ["FindMatchesTaskRunProperties", "JobRunId"],
  ])("whose %s.%s is not a string is an UnexpectedResponseError that names it", async (structure, member) => {
    const client = await replyWith({ TaskRuns: [{ ...run, Properties: { [structure]: { [member]: 5 } } }] });
    await expect(new MLTaskRuns(client).list({ TransformId }).toArray()).rejects.toMatchObject({
      member: `Properties.${structure}.${member}`,
    });
  });
});

it("An error of a getter of a mocked run reaches the caller as it is", async () => {
  const error = new Error("no status");
  const broken = {
    ...run,
    get Status(): string {
      throw error;
    },
  };
  await expect(new MLTaskRuns(mockRuns(broken)).list({ TransformId }).toArray()).rejects.toBe(error);
});

describe("A run that breaks its type", () => {
  const valid = { ...run, TaskRunId: "tsk-0" };
  const broken = { ...run, Status: null };
  const page = { TaskRuns: [valid, broken, run] };

  it("makes the listing reject after the runs before it", async () => {
    const { found, error } = await readToError(new MLTaskRuns(await replyWith(page)).list({ TransformId }));
    expect(found).toEqual(["tsk-0"]);
    expect(error).toMatchObject({ member: "Status" });
  });

  it("makes pages() reject after a page with the runs before it", async () => {
    const pages = new MLTaskRuns(await replyWith(page)).list({ TransformId }).pages();
    expect((await pages.next()).value).toMatchObject({ runs: [valid] });
    await expect(pages.next()).rejects.toMatchObject({ member: "Status" });
  });

  it("leaves a cursor after the runs before it", async () => {
    const client = await replyWith(page, { TaskRuns: [valid, run] });
    const runs = new MLTaskRuns(client).list({ TransformId })[Symbol.asyncIterator]();
    await runs.next();
    await expect(runs.next()).rejects.toMatchObject({ member: "Status" });
    const rest = new MLTaskRuns(client).list({ TransformId }, { cursor: runs.cursor });
    expect(ids(await rest.toArray())).toEqual(["tsk-1"]);
  });

  it("is ignored beyond the limit", async () => {
    const list = new MLTaskRuns(await replyWith(page)).list({ TransformId }, { limit: 1 });
    expect(await list.toArray()).toMatchObject([valid]);
  });

  it("ends the requests for further pages", async () => {
    const client = await replyWith({ TaskRuns: [{}], NextToken: "more" }, { TaskRuns: [] });
    const send = vi.spyOn(client, "send");
    await expect(new MLTaskRuns(client).list({ TransformId }, { prefetch: 4 }).toArray()).rejects.toThrow("TaskRunId");
    expect(send).toHaveBeenCalledOnce();
  });
});

describe("A run", () => {
  it("without TransformId gets the one of the query", async () => {
    expect(await listRuns({ ...run, TransformId: undefined })).toMatchObject([{ TransformId }]);
  });

  it.each([
    ["FIND_MATCHES", "FindMatchesTaskRunProperties"],
    ["IMPORT_LABELS", "ImportLabelsTaskRunProperties"],
    ["EXPORT_LABELS", "ExportLabelsTaskRunProperties"],
    ["LABELING_SET_GENERATION", "LabelingSetGenerationTaskRunProperties"],
  ])("of type %s whose %s is missing or null gets an empty structure", async (TaskType, structure) => {
    const runs = await listRuns(
      { ...run, Properties: { TaskType } },
      { ...run, Properties: { TaskType, [structure]: null } },
    );
    const Properties = { TaskType, [structure]: {} };
    expect(runs.map((found) => found.Properties)).toEqual([Properties, Properties]);
  });

  it("without Properties has the $unknown variant with undefined", async () => {
    const [found] = await listRuns({ ...run, Properties: undefined });
    expect(found?.Properties).toStrictEqual({ $unknown: undefined });
  });

  it("whose Properties have no TaskType has the $unknown variant with these Properties", async () => {
    const [found] = await listRuns({ ...run, Properties: {} });
    expect(found?.Properties).toEqual({ $unknown: {} });
  });

  it("of a task type that the library does not know keeps its properties in $unknown", async () => {
    const Properties = { TaskType: "TRAINING", FindMatchesTaskRunProperties: { JobId: "j" } };
    const [found] = await listRuns({ ...run, Properties });
    expect(found?.Properties).toEqual({ $unknown: Properties });
    expect(found?.Properties.TaskType).toBeUndefined();
    // The compiler accepts the new type when the SDK knows it.
    expect(found && isTaskRunType(found, "TRAINING" as "EVALUATION")).toBe(true);
    expect(found && isTaskRunType(found, "EVALUATION")).toBe(false);
  });

  it("keeps a status that the SDK does not know", async () => {
    expect(await listRuns({ ...run, Status: "PAUSED" })).toMatchObject([{ Status: "PAUSED" }]);
  });

  it.each([
    { TaskType: "EVALUATION" },
    { TaskType: "FIND_MATCHES", FindMatchesTaskRunProperties: { JobRunId: "jr_1" } },
  ])("that fits its type is the object of the client's output and not a copy: %j", async (Properties) => {
    const client = await replyWith({ TaskRuns: [{ ...run, Properties }] });
    const taskRuns = recordTaskRuns(client);
    const found = await new MLTaskRuns(client).list({ TransformId }).first();
    expect(taskRuns).toHaveLength(1);
    expect(found).toBe(taskRuns[0]);
  });

  it.each([
    ["a null member", { ErrorString: null }, run],
    ["a null time", { StartedOn: null }, run],
    [
      "a null task type",
      { Properties: { TaskType: null, FindMatchesTaskRunProperties: { JobId: null } } },
      { ...run, Properties: { $unknown: { FindMatchesTaskRunProperties: {} } } },
    ],
    [
      "a null member in its structure",
      { Properties: { TaskType: "FIND_MATCHES", FindMatchesTaskRunProperties: { JobId: null, JobName: "n" } } },
      { ...run, Properties: { TaskType: "FIND_MATCHES", FindMatchesTaskRunProperties: { JobName: "n" } } },
    ],
  ])(
    "of a mocked client with %s is copied without it, and the original is not written to",
    async (_, members, expected) => {
      const original = Object.freeze({ ...run, ...members });
      const [found] = await new MLTaskRuns(mockRuns(original)).list({ TransformId }).toArray();
      expect(found).toStrictEqual(expected);
      expect(found).not.toBe(original);
    },
  );

  it.each(
    ["StartedOn", "LastModifiedOn", "CompletedOn"].flatMap((member) =>
      [new Date(Number.NaN), "2026-11-01", 5].map((value) => [member, value] as const),
    ),
  )("of a mocked client with the %s %s is an UnexpectedResponseError", async (member, value) => {
    const list = new MLTaskRuns(mockRuns({ ...run, [member]: value })).list({ TransformId });
    await expect(list.toArray()).rejects.toMatchObject({
      member,
      message: expect.stringContaining(
        `${member} of TaskRuns[0] (TaskRunId "tsk-1") in the response must be a timestamp, got `,
      ),
    });
  });

  it("of another type than the filter's is left out, even if the endpoint returns it or it breaks its type", async () => {
    const exportRun = { ...run, Properties: { TaskType: "EXPORT_LABELS" } };
    const page = { TaskRuns: [exportRun, run, { ...exportRun, Status: undefined }], NextToken: "more" };
    const client = await replyWith(page, { TaskRuns: [{ ...run, TaskRunId: "tsk-2" }] });
    const list = new MLTaskRuns(client).list({ TransformId, Filter: { TaskRunType: "EVALUATION" } }, { limit: 2 });
    expect(ids(await list.toArray())).toEqual(["tsk-1", "tsk-2"]);
  });

  it("without Status is an error also where the query filters by Status", async () => {
    const client = await replyWith({ TaskRuns: [run, { ...run, Status: undefined }] });
    const list = new MLTaskRuns(client).list({ TransformId, Filter: { Status: "FAILED" } });
    const { found, error } = await readToError(list);
    expect(found).toEqual(["tsk-1"]);
    expect(error).toMatchObject({ name: "UnexpectedResponseError", member: "Status" });
  });

  it("that middleware of the client replaces by null is an error", async () => {
    const client = await replyWith({ TaskRuns: [run, run] });
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        // The output of GetMLTaskRuns, which the client cannot know.
        (result.output as { TaskRuns: unknown[] }).TaskRuns[1] = null;
        return result;
      },
      { step: "initialize" },
    );
    const { error } = await readToError(new MLTaskRuns(client).list({ TransformId }));
    expect(error).toMatchObject({ name: "UnexpectedResponseError", member: "TaskRuns[1]" });
  });
});

describe("With a filter by type, a run", () => {
  const Filter = { TaskRunType: "EVALUATION" } as const;
  const lists: [string, (taskRuns: MLTaskRuns) => MLTaskRunList][] = [
    ["list()", (taskRuns) => taskRuns.list({ TransformId, Filter })],
    ["list() in time windows", (taskRuns) => taskRuns.list({ TransformId, Filter }, { concurrency: 2 })],
    ["listAny()", (taskRuns) => taskRuns.listAny([{ TransformId, Filter }])],
  ];
  it.each(
    lists.flatMap(([name, list]) =>
      [undefined, {}, { TaskType: null }].map((Properties) => ({ name, list, Properties })),
    ),
  )("whose Properties are $Properties is an error of $name that names Properties.TaskType", async (row) => {
    const [first, second] = [
      { ...run, StartedOn: 2 },
      createRun("tsk-2", { Properties: row.Properties, StartedOn: 1 }),
    ];
    const client = await replyWith({ TaskRuns: [first, second] });
    const { found, error } = await readToError(row.list(new MLTaskRuns(client)));
    expect(found).toEqual(["tsk-1"]);
    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(error).toMatchObject({
      member: "Properties.TaskType",
      taskRunId: "tsk-2",
      message: expect.stringMatching(/^Properties.TaskType of TaskRuns\[1\] .* is missing, although the query filters/),
    });
  });

  it.each(["FIND_MATCHES", "NEW_TYPE"])("of the type %s, which is another one, is left out", async (TaskType) => {
    const client = await replyWith({ TaskRuns: [createRun("tsk-2", { Properties: { TaskType } }), run] });
    expect(ids(await new MLTaskRuns(client).list({ TransformId, Filter }).toArray())).toEqual(["tsk-1"]);
  });

  it("without a type that another criterion leaves out is no error", async () => {
    const client = await replyWith({ TaskRuns: [createRun("tsk-2", { Status: "RUNNING" }), run] });
    const query = { TransformId, Filter: { ...Filter, Status: "FAILED" } } as const;
    expect(ids(await new MLTaskRuns(client).list(query).toArray())).toEqual(["tsk-1"]);
  });
});

it("For any JSON response, each run fits its type, or the error is one of this library or of the SDK", async () => {
  let body = "";
  const client = await startServer(
    (_request, response) => {
      response.setHeader("Content-Type", "application/x-amz-json-1.1");
      response.end(body);
    },
    { maxAttempts: 1 },
  );
  /** Rarely any JSON value in place of the expected one. */
  const mostly = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 40, arbitrary: arbitrary as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: fc.jsonValue() });
  const member = (arbitrary: fc.Arbitrary<unknown>) => fc.option(mostly(arbitrary), { freq: 8, nil: undefined });
  const structure = member(
    fc.record({ JobRunId: member(fc.string()), OutputS3Path: member(fc.string()), Replace: member(fc.boolean()) }),
  );
  const types = ["EVALUATION", "FIND_MATCHES", "IMPORT_LABELS", "EXPORT_LABELS", "LABELING_SET_GENERATION", "NEW"];
  const taskRun = fc.record({
    TransformId: member(fc.string()),
    TaskRunId: mostly(fc.string()),
    Status: mostly(fc.constantFrom("FAILED", "SUCCEEDED", "NEW")),
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
  const reply = fc.record({ TaskRuns: mostly(fc.array(mostly(taskRun))), NextToken: fc.constant(undefined) });
  let validRuns = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof({ weight: 9, arbitrary: reply }, { weight: 1, arbitrary: fc.jsonValue() }),
      async (json) => {
        body = JSON.stringify(json);
        try {
          const runs = await new MLTaskRuns(client).list({ TransformId }, { limit: 1000 }).toArray();
          for (const each of runs) expect(each).toSatisfy(fitsItsType);
          validRuns += runs.length;
        } catch (error) {
          if (!(error instanceof MLTaskRunsError)) expect(error).toHaveProperty("$metadata");
        }
      },
    ),
  );
  // Otherwise the replies would test little.
  expect(validRuns).toBeGreaterThan(0);
});
