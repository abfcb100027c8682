/** The local endpoint, asked with the SDK's own commands. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import vm from "node:vm";
import {
  EntityNotFoundException,
  GetMLTaskRunCommand,
  GetMLTaskRunsCommand,
  type GetMLTaskRunsCommandInput,
  GetMLTransformsCommand,
  type GetMLTransformsCommandInput,
  type GlueClient,
  InvalidInputException,
  ListJobsCommand,
  type SortDirectionType,
  type TaskRun,
  type TransformFilterCriteria,
  type TransformSortColumnType,
} from "@aws-sdk/client-glue";
import fc from "fast-check";
import { MLTaskRuns } from "glue-ml-task-runs";
import {
  LocalGlue,
  type LocalGlueFault,
  type LocalGlueOptions,
  type LocalGlueRequest,
  type LocalGlueResponse,
  type LocalTaskRun,
  type LocalTransform,
  sampleTaskRuns,
} from "glue-ml-task-runs/local";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { collect, ids, startGlue, TransformId } from "./support.js";

/** All pages of a request, as the SDK's user would ask for them. */
async function allPages(client: GlueClient, input: GetMLTaskRunsCommandInput): Promise<TaskRun[][]> {
  const pages: TaskRun[][] = [];
  let NextToken: string | undefined;
  do {
    const output = await client.send(new GetMLTaskRunsCommand({ ...input, NextToken }));
    pages.push(output.TaskRuns ?? []);
    NextToken = output.NextToken;
  } while (NextToken !== undefined);
  return pages;
}

/** The same as the endpoint should find, written in another way. */
function expected(history: readonly TaskRun[], { Filter = {}, Sort }: GetMLTaskRunsCommandInput, inclusive = false) {
  const time = (date: Date | undefined) => date?.getTime();
  const wanted = history.filter((run) => {
    const started = time(run.StartedOn);
    const [after, before] = [time(Filter.StartedAfter), time(Filter.StartedBefore)];
    if (Filter.TaskRunType && run.Properties?.TaskType !== Filter.TaskRunType) return false;
    if (Filter.Status && run.Status !== Filter.Status) return false;
    if (after !== undefined && !(started !== undefined && (inclusive ? started >= after : started > after)))
      return false;
    return before === undefined || (started !== undefined && (inclusive ? started <= before : started < before));
  });
  const sign = Sort?.SortDirection === "ASCENDING" ? 1 : -1;
  const by = (a: string | number, b: string | number) => (a === b ? 0 : a < b ? -sign : sign);
  const primary = (run: TaskRun) =>
    Sort?.Column === "STATUS" ? run.Status : Sort?.Column === "TASK_RUN_TYPE" ? run.Properties?.TaskType : undefined;
  return wanted.sort((a, b) => {
    const [pa, pb] = [primary(a), primary(b)];
    if (pa !== pb) return pa === undefined ? 1 : pb === undefined ? -1 : by(pa, pb);
    const [ta, tb] = [time(a.StartedOn), time(b.StartedOn)];
    if (ta !== tb) return ta === undefined ? 1 : tb === undefined ? -1 : by(ta, tb);
    return by(a.TaskRunId ?? "", b.TaskRunId ?? "");
  });
}

const instant = fc.integer({ min: 0, max: 20 }).map((second) => new Date(1_760_000_000_000 + second * 500));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const taskType = fc.constantFrom("EVALUATION" as const, "FIND_MATCHES" as const, "EXPORT_LABELS" as const);
const status = fc.constantFrom("FAILED" as const, "SUCCEEDED" as const, "RUNNING" as const);
const history = fc
  .array(fc.record({ StartedOn: optional(instant), TaskType: optional(taskType), Status: optional(status) }), {
    maxLength: 40,
  })
  .map((runs) =>
    runs.map(
      ({ StartedOn, TaskType, Status }, index): LocalTaskRun => ({
        TransformId,
        TaskRunId: `tsk-${(index * 7919) % 1000}`,
        Properties: { TaskType },
        StartedOn,
        Status,
      }),
    ),
  );
const query = fc.record({
  TransformId: fc.constant(TransformId),
  MaxResults: fc.integer({ min: 1, max: 12 }),
  Filter: optional(
    fc.record({
      TaskRunType: optional(taskType),
      Status: optional(status),
      StartedAfter: optional(instant),
      StartedBefore: optional(instant),
    }),
  ),
  Sort: optional(
    fc.record({
      Column: fc.constantFrom("STARTED" as const, "STATUS" as const, "TASK_RUN_TYPE" as const),
      SortDirection: fc.constantFrom("ASCENDING" as const, "DESCENDING" as const),
    }),
  ),
});

describe("GetMLTaskRuns", () => {
  it.each(["exclusive", "inclusive"] as const)(
    "filters, sorts and pages any history, with %s bounds",
    async (bounds) => {
      await using glue = await LocalGlue.start({ bounds });
      const client = glue.client();
      let transforms = 0;
      await fc.assert(
        fc.asyncProperty(history, query, async (runs, input) => {
          transforms += 1;
          const id = `${TransformId}-${transforms}`;
          glue.addTransform({ TransformId: id });
          glue.addTaskRuns(runs.map((run) => ({ ...run, TransformId: id })));
          const pages = await allPages(client, { ...input, TransformId: id });
          expect(ids(pages.flat())).toEqual(ids(expected(runs, input, bounds === "inclusive")));
          // Every page but the last is full, and none but that of no runs at all is empty.
          expect(pages.slice(0, -1).every((page) => page.length === input.MaxResults)).toBe(true);
          expect(pages.length === 1 || pages.at(-1)?.length !== 0).toBe(true);
        }),
        { numRuns: 150 },
      );
    },
  );

  it("keeps every member, and times to the millisecond, both ways", async () => {
    const glue = await startGlue();
    const StartedOn = new Date("2026-11-01T08:30:15.123Z");
    const run: LocalTaskRun = {
      TransformId,
      TaskRunId: "tsk-1",
      Status: "TIMEOUT",
      LogGroupName: "/aws-glue/x",
      Properties: {
        TaskType: "IMPORT_LABELS",
        ImportLabelsTaskRunProperties: { InputS3Path: "s3://b", Replace: false },
      },
      ErrorString: "late",
      StartedOn,
      LastModifiedOn: new Date(StartedOn.getTime() + 1),
      CompletedOn: new Date(StartedOn.getTime() + 2),
      ExecutionTime: 7,
    };
    glue.addTaskRuns([run]);
    const just = { StartedAfter: new Date(StartedOn.getTime() - 1), StartedBefore: new Date(StartedOn.getTime() + 1) };
    const { TaskRuns, $metadata } = await glue.client().send(new GetMLTaskRunsCommand({ TransformId, Filter: just }));
    expect(TaskRuns).toEqual([run]);
    expect($metadata.requestId).toMatch(/^[\da-f-]{36}$/);
  });

  it("has pages of defaultPageSize where MaxResults is not given", async () => {
    const glue = await startGlue(25, { defaultPageSize: 10 });
    const pages = await allPages(glue.client(), { TransformId });
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
  });

  it("serves a run as it was when it was added, until it is replaced", async () => {
    const glue = await startGlue();
    const run: LocalTaskRun = { TransformId, TaskRunId: "tsk-1", Status: "RUNNING" };
    const status = async () => (await allPages(glue.client(), { TransformId })).flat().map(({ Status }) => Status);
    glue.addTaskRuns([run]);
    run.Status = "FAILED";
    expect(await status()).toEqual(["RUNNING"]);
    glue.addTaskRuns([run]);
    expect(await status()).toEqual(["FAILED"]);
  });

  it("remembers what it was asked", async () => {
    const glue = await startGlue();
    const before = new Date();
    const Filter = { StartedAfter: new Date(1_760_000_000_123) };
    await glue.client().send(new GetMLTaskRunsCommand({ TransformId, Filter }));
    expect(glue.requests).toEqual([
      { operation: "GetMLTaskRuns", input: { TransformId, Filter }, at: expect.any(Date) },
    ]);
    expect(glue.requests[0]?.at.getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  it("does not know the runs of a transform that is not there", async () => {
    const glue = await startGlue();
    const asked = glue.client().send(new GetMLTaskRunsCommand({ TransformId: "tfm-gone" }));
    await expect(asked).rejects.toBeInstanceOf(EntityNotFoundException);
  });
});

describe("the documented constraints", () => {
  const date = new Date();
  const sort = { Column: "STARTED", SortDirection: "ASCENDING" } as const;
  it.each<[string, Record<string, unknown>]>([
    ["a TransformId of 1 character", { TransformId: "x" }],
    ["a TransformId of 255 characters", { TransformId: "\u{1f600}".repeat(255) }],
    ["a TransformId with a tab", { TransformId: "\t" }],
    ["MaxResults of 1", { TransformId, MaxResults: 1 }],
    ["MaxResults of 1000", { TransformId, MaxResults: 1000 }],
    ["an empty NextToken, which is the documented default", { TransformId, NextToken: "" }],
    ["an empty filter", { TransformId, Filter: {} }],
    ["a filter", { TransformId, Filter: { Status: "TIMEOUT", TaskRunType: "EVALUATION", StartedBefore: date } }],
    ["a sort", { TransformId, Sort: sort }],
    ["null for what may be absent", { TransformId, Filter: null, MaxResults: null }],
    ["members that are not documented", { TransformId, Colour: "red", constructor: 5 }],
  ])("allow %s", async (_, body) => {
    const glue = await startGlue();
    if (typeof body.TransformId === "string") glue.addTransform({ TransformId: body.TransformId });
    expect(await post(glue, body)).toMatchObject({ status: 200, body: { TaskRuns: [] } });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["no TransformId", {}, "'TransformId'"],
    ["null for it", { TransformId: null }, "Member must not be null"],
    ["an empty TransformId", { TransformId: "" }, "length greater than or equal to 1"],
    ["a TransformId of 256 characters", { TransformId: "x".repeat(256) }, "length less than or equal to 255"],
    ["a TransformId with a line break", { TransformId: "a\nb" }, "regular expression pattern"],
    ["a TransformId with a lone surrogate", { TransformId: "\ud800" }, "regular expression pattern"],
    ["a number for it", { TransformId: 5 }, "a string"],
    ["MaxResults of 0", { TransformId, MaxResults: 0 }, "greater than or equal to 1"],
    ["MaxResults of 1001", { TransformId, MaxResults: 1001 }, "less than or equal to 1000"],
    ["MaxResults of 1.5", { TransformId, MaxResults: 1.5 }, "an integer"],
    ["an unknown Status", { TransformId, Filter: { Status: "failed" } }, "'Filter.Status'"],
    ["an unknown TaskRunType", { TransformId, Filter: { TaskRunType: 5 } }, "'Filter.TaskRunType'"],
    ["a text for a time", { TransformId, Filter: { StartedAfter: "2026-11-01" } }, "a timestamp"],
    ["a number in a text for a time", { TransformId, Filter: { StartedAfter: "1761955200" } }, "a timestamp"],
    ["a time beyond all Dates", { TransformId, Filter: { StartedBefore: 1e300 } }, "a timestamp"],
    ["a filter that is a list", { TransformId, Filter: [] }, "a structure"],
    ["a sort without a direction", { TransformId, Sort: { Column: "STARTED" } }, "'Sort.SortDirection'"],
    ["a sort without a column", { TransformId, Sort: { SortDirection: "ASCENDING" } }, "'Sort.Column'"],
    ["an unknown column", { TransformId, Sort: { ...sort, Column: "NAME" } }, "[STARTED, STATUS, TASK_RUN_TYPE]"],
    ["an unknown direction", { TransformId, Sort: { ...sort, SortDirection: "UP" } }, "'Sort.SortDirection'"],
    ["a token that is a number", { TransformId, NextToken: 5 }, "'NextToken'"],
    ["a token of nobody's", { TransformId, NextToken: "abc" }, "NextToken is not valid"],
  ])("refuse %s", async (_, body, message) => {
    const glue = await startGlue();
    const reply = await post(glue, body);
    expect(reply).toMatchObject({ status: 400, body: { __type: "InvalidInputException" } });
    expect(reply.body).toMatchObject({ Message: expect.stringContaining(message) });
  });
});

it.each<[string, "GetMLTransforms" | "GetMLTaskRun", Record<string, unknown>, string]>([
  ["a schema that is no list", "GetMLTransforms", { Filter: { Schema: {} } }, "Member must be a list"],
  [
    "a schema of 101 columns",
    "GetMLTransforms",
    { Filter: { Schema: Array(101).fill({}) } },
    "less than or equal to 100",
  ],
  ["a column that is null", "GetMLTransforms", { Filter: { Schema: [null] } }, "'Filter.Schema.1.member'"],
  ["a column that is a text", "GetMLTransforms", { Filter: { Schema: ["id"] } }, "Member must be a structure"],
  ["a column without a name", "GetMLTransforms", { Filter: { Schema: [{ Name: "" }] } }, "Schema.1.member.Name'"],
  ["a type that is a number", "GetMLTransforms", { Filter: { Schema: [{ DataType: 5 }] } }, "Member must be a string"],
  ["a type of two lines", "GetMLTransforms", { Filter: { Schema: [{ DataType: "a\nb" }] } }, "regular expression"],
  ["a version without a dot", "GetMLTransforms", { Filter: { GlueVersion: "1" } }, "regular expression"],
  ["a version with a space before it", "GetMLTransforms", { Filter: { GlueVersion: " 1.0" } }, "regular expression"],
  ["a version with a space behind it", "GetMLTransforms", { Filter: { GlueVersion: "1.0 " } }, "regular expression"],
  ["a sort without a direction", "GetMLTransforms", { Sort: { Column: "NAME" } }, "'Sort.SortDirection'"],
  ["a sort without a column", "GetMLTransforms", { Sort: { SortDirection: "ASCENDING" } }, "'Sort.Column'"],
  ["no run", "GetMLTaskRun", { TransformId }, "Value null at 'TaskRunId'"],
  ["no transform", "GetMLTaskRun", { TaskRunId: "tsk-1" }, "Value null at 'TransformId'"],
])("%s is refused by %s", async (_, operation, body, message) => {
  const glue = await startGlue();
  const reply = await post(glue, body, operation);
  expect(reply).toMatchObject({ status: 400, body: { __type: "InvalidInputException" } });
  expect(reply.body).toMatchObject({ Message: expect.stringContaining(message) });
});

it("GetMLTransforms takes a version of several parts, and a schema of 100 columns", async () => {
  const glue = await startGlue();
  const Filter = { GlueVersion: "10.11.12", Schema: Array(100).fill({ DataType: "" }) };
  expect(await post(glue, { Filter }, "GetMLTransforms")).toMatchObject({ status: 200 });
});

describe("a token", () => {
  const firstToken = async (client: GlueClient, input: Partial<GetMLTaskRunsCommandInput> = {}) => {
    const output = await client.send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 10, ...input }));
    return output.NextToken ?? "";
  };

  it("is refused when any of its characters is altered", async () => {
    const glue = await startGlue(30);
    const client = glue.client();
    const token = await firstToken(client);
    for (let at = 0; at < token.length; at += 1) {
      const NextToken = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
      const asked = client.send(new GetMLTaskRunsCommand({ TransformId, NextToken }));
      await expect(asked).rejects.toBeInstanceOf(InvalidInputException);
    }
  });

  it("is refused when it is written in another way", async () => {
    const glue = await startGlue(30);
    const client = glue.client();
    const token = await firstToken(client);
    for (const NextToken of [`${token}=`, ` ${token}`, `${token}\n`]) {
      const asked = client.send(new GetMLTaskRunsCommand({ TransformId, NextToken }));
      await expect(asked).rejects.toThrow("The NextToken is not valid for this request.");
    }
  });

  it("is good for as long as it is told to be", async () => {
    const glue = await startGlue(30, { tokenLifetime: 60_000 });
    const NextToken = await firstToken(glue.client());
    const { TaskRuns } = await glue.client().send(new GetMLTaskRunsCommand({ TransformId, NextToken }));
    expect(TaskRuns).toHaveLength(20);
  });

  it("expires, if it is told so", async () => {
    const glue = await startGlue(30, { tokenLifetime: 0 });
    const client = glue.client();
    const NextToken = await firstToken(client);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const asked = client.send(new GetMLTaskRunsCommand({ TransformId, NextToken }));
    await expect(asked).rejects.toThrow(/has expired/);
  });

  it("holds a place and no offset: what is added, changed or removed repeats and hides no other run", async () => {
    const action = fc.record({
      kind: fc.constantFrom("add", "change", "remove"),
      index: fc.nat({ max: 39 }),
      started: instant,
    });
    let transforms = 0;
    await using glue = await LocalGlue.start();
    const client = glue.client();
    await fc.assert(
      fc.asyncProperty(history, fc.array(fc.array(action, { maxLength: 4 })), query, async (runs, actions, input) => {
        transforms += 1;
        const id = `tfm-moving-${transforms}`;
        glue.addTransform({ TransformId: id });
        const current = new Map(runs.map((run) => [run.TaskRunId, { ...run, TransformId: id }]));
        glue.addTaskRuns(current.values());
        const throughout = new Map(current);
        const given: string[] = [];
        let NextToken: string | undefined;
        let turn = 0;
        do {
          const output = await client.send(new GetMLTaskRunsCommand({ ...input, TransformId: id, NextToken }));
          given.push(...ids(output.TaskRuns ?? []));
          NextToken = output.NextToken;
          for (const { kind, index, started } of actions[turn] ?? []) {
            const run = [...current.values()][index % Math.max(1, current.size)];
            const added: LocalTaskRun = { TransformId: id, TaskRunId: `new-${turn}-${index}`, StartedOn: started };
            if (kind === "add" || run === undefined) glue.addTaskRuns([added]);
            if (run === undefined) continue;
            // What a change of a run's own place or selection does to it is not said; its neighbours are the question.
            if (kind === "change") glue.addTaskRuns([{ ...run, Status: "STOPPED", StartedOn: started }]);
            if (kind === "remove") glue.removeTaskRuns(id, [run.TaskRunId]);
            if (kind !== "add") throughout.delete(run.TaskRunId);
          }
          turn += 1;
        } while (NextToken !== undefined);
        const stayed = ids(expected([...throughout.values()], input));
        expect(given.filter((each) => throughout.has(each))).toEqual(stayed);
      }),
      { numRuns: 150 },
    );
  });

  it("is refused for another query, and by another endpoint, but not with another page size", async () => {
    const glue = await startGlue(30);
    const client = glue.client();
    const NextToken = await firstToken(client);
    const refused = [
      client.send(new GetMLTaskRunsCommand({ TransformId, NextToken, Filter: { Status: "FAILED" } })),
      client.send(new GetMLTransformsCommand({ NextToken })),
      (await startGlue(30)).client().send(new GetMLTaskRunsCommand({ TransformId, NextToken })),
    ];
    for (const asked of refused) await expect(asked).rejects.toThrow("NextToken is not valid");
    const { TaskRuns } = await client.send(new GetMLTaskRunsCommand({ TransformId, NextToken, MaxResults: 3 }));
    expect(TaskRuns).toHaveLength(3);
  });
});

describe("other operations", () => {
  it("GetMLTaskRun gives one run", async () => {
    const glue = await startGlue(5);
    const [run] = sampleTaskRuns({ transformId: TransformId, count: 5 });
    const client = glue.client();
    expect(await client.send(new GetMLTaskRunCommand({ TransformId, TaskRunId: run?.TaskRunId }))).toMatchObject({
      ...run,
    });
    const asked = client.send(new GetMLTaskRunCommand({ TransformId, TaskRunId: "tsk-gone" }));
    await expect(asked).rejects.toThrow(`Task run tsk-gone of transform ${TransformId} was not found.`);
    await expect(asked).rejects.toBeInstanceOf(EntityNotFoundException);
  });

  const at = (created: number, changed: number) => ({
    CreatedOn: new Date(created),
    LastModifiedOn: new Date(changed),
  });
  const by = (Column: TransformSortColumnType, SortDirection: SortDirectionType = "ASCENDING") => ({
    Sort: { Column, SortDirection },
  });

  it.each<[string, GetMLTransformsCommandInput, string[]]>([
    ["all", {}, ["a", "b", "c"]],
    ["by name", { Filter: { Name: "beta" } }, ["b"]],
    ["by status", { Filter: { Status: "NOT_READY" } }, ["a"]],
    ["by Glue version", { Filter: { GlueVersion: "1.0" } }, ["c"]],
    ["by type", { Filter: { TransformType: "FIND_MATCHES" } }, ["a", "b"]],
    ["by creation", { Filter: { CreatedAfter: new Date(100), CreatedBefore: new Date(300) } }, ["a"]],
    ["by change", { Filter: { LastModifiedAfter: new Date(100), LastModifiedBefore: new Date(300) } }, ["a"]],
    ["by one column of their schema", { Filter: { Schema: [{ Name: "id", DataType: "bigint" }] } }, ["c"]],
    ["by columns by name or type", { Filter: { Schema: [{ Name: "zip" }, { DataType: "bigint" }] } }, ["c"]],
    ["by a column that is there in parts only", { Filter: { Schema: [{ Name: "id", DataType: "string" }] } }, []],
    ["sorted by name", by("NAME", "DESCENDING"), ["a", "b", "c"]],
    ["sorted by status", by("STATUS"), ["b", "a", "c"]],
    ["sorted by status, the other way", by("STATUS", "DESCENDING"), ["c", "a", "b"]],
    ["sorted by type, those without last", by("TRANSFORM_TYPE", "DESCENDING"), ["b", "a", "c"]],
    ["sorted by creation", by("CREATED"), ["c", "a", "b"]],
    ["sorted by change", by("LAST_MODIFIED"), ["b", "a", "c"]],
  ])("GetMLTransforms lists transforms: %s", async (_, input, expectedIds) => {
    await using glue = await LocalGlue.start();
    glue.addTransform({ TransformId: "a", Name: "gamma", Status: "NOT_READY", ...at(200, 200) });
    glue.addTransform({ TransformId: "b" });
    glue.addTransform({
      TransformId: "c",
      Name: "alpha",
      GlueVersion: "1.0",
      ...at(100, 300),
      Schema: [
        { Name: "id", DataType: "bigint" },
        { Name: "zip", DataType: "string" },
      ],
      Parameters: undefined,
    });
    glue.addTransform({
      TransformId: "b",
      Name: "beta",
      Status: "DELETING",
      ...at(300, 100),
      Schema: [{ Name: "key", DataType: "int" }],
    });
    const client = glue.client();
    const found: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const output = await client.send(new GetMLTransformsCommand({ ...input, NextToken, MaxResults: 1 }));
      found.push(...(output.Transforms ?? []).map((transform) => transform.TransformId));
      NextToken = output.NextToken;
    } while (NextToken !== undefined);
    expect(found).toEqual(expectedIds);
  });

  it("GetMLTransforms lists what is known last of a transform, whose runs stay", async () => {
    const glue = await startGlue(5);
    glue.addTransform({ TransformId, Name: "renamed" });
    const client = glue.client();
    expect(await client.send(new GetMLTransformsCommand({}))).toMatchObject({ Transforms: [{ Name: "renamed" }] });
    expect((await allPages(client, { TransformId })).flat()).toHaveLength(5);
  });

  it("GetMLTransforms leaves out those without a time where it is asked for one, and sorts them last", async () => {
    await using glue = await LocalGlue.start();
    glue.addTransform({ TransformId: "a", CreatedOn: undefined, LastModifiedOn: undefined });
    glue.addTransform({ TransformId: "b", ...at(5, 5) });
    const client = glue.client();
    const listed = async (input: GetMLTransformsCommandInput) =>
      (await client.send(new GetMLTransformsCommand(input))).Transforms?.map(({ TransformId: id }) => id);
    const [early, late] = [new Date(0), new Date(10)];
    for (const Filter of [
      { CreatedAfter: early },
      { CreatedBefore: late },
      { LastModifiedAfter: early },
      { LastModifiedBefore: late },
    ]) {
      expect(await listed({ Filter })).toEqual(["b"]);
    }
    expect(await listed(by("CREATED"))).toEqual(["b", "a"]);
    expect(await listed(by("LAST_MODIFIED", "DESCENDING"))).toEqual(["b", "a"]);
  });

  it("are unknown to it", async () => {
    const glue = await startGlue();
    const asked = glue.client().send(new ListJobsCommand({}));
    await expect(asked).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: "This endpoint has no operation ListJobs.",
    });
  });
});

describe("a request that is no request of AWS JSON", () => {
  const [noOperation, noObject] = [
    "This endpoint answers POST requests for operations of AWSGlue.",
    "The body of the request is not a JSON object.",
  ];
  const target = (name: string) => ({ headers: { "X-Amz-Target": name }, body: "{}" });
  it.each<[string, RequestInit, number, string, string]>([
    ["GET", { method: "GET" }, 400, "UnknownOperationException", noOperation],
    ["another service", target("DynamoDB_20120810.ListTables"), 400, "UnknownOperationException", noOperation],
    ["no target", { headers: {} }, 400, "UnknownOperationException", noOperation],
    ["a target with more before it", target("xAWSGlue.GetMLTransforms"), 400, "UnknownOperationException", noOperation],
    [
      "a target with more behind it",
      target("AWSGlue.GetMLTransforms.x"),
      400,
      "UnknownOperationException",
      noOperation,
    ],
    [
      "a target from the prototype",
      target("AWSGlue.constructor"),
      400,
      "UnknownOperationException",
      "This endpoint has no operation constructor.",
    ],
    ["broken JSON", { body: "{" }, 400, "SerializationException", noObject],
    ["a JSON list", { body: "[]" }, 400, "SerializationException", noObject],
    ["a JSON text", { body: '"{}"' }, 400, "SerializationException", noObject],
    ["null", { body: "null" }, 400, "SerializationException", noObject],
    [
      "invalid UTF-8",
      { body: Buffer.concat([Buffer.from('{"TransformId":"'), Buffer.from([0xff]), Buffer.from('"}')]) },
      400,
      "SerializationException",
      noObject,
    ],
    [
      "a body over 1 MiB",
      { body: " ".repeat(1024 * 1024 + 1) },
      413,
      "RequestEntityTooLargeException",
      "A request has at most 1048576 bytes.",
    ],
  ])("%s", async (_, init, status, type, message) => {
    const glue = await startGlue();
    const headers = { "X-Amz-Target": "AWSGlue.GetMLTaskRuns" };
    const response = await fetch(glue.endpoint, { method: "POST", headers, ...init });
    expect(response.status).toBe(status);
    expect(response.headers.get("Content-Type")).toBe("application/x-amz-json-1.1");
    expect(response.headers.get("x-amzn-RequestId")).toMatch(/^[\da-f-]{36}$/);
    expect(response.headers.get("x-amzn-ErrorType")).toBe(type);
    expect(await response.json()).toEqual({ __type: type, Message: message });
  });

  it("does not mean one of 1 MiB", async () => {
    const glue = await startGlue();
    const body = `${" ".repeat(1024 * 1024 - 2)}{}`;
    const headers = { "X-Amz-Target": "AWSGlue.GetMLTransforms" };
    // With its length before it, and without.
    for (const init of [{ body }, { body: new Blob([body]).stream(), duplex: "half" as const }]) {
      const response = await fetch(glue.endpoint, { method: "POST", headers, ...init });
      expect(response.status).toBe(200);
      expect(response.headers.has("x-amzn-ErrorType")).toBe(false);
    }
  });
});

describe("a client", () => {
  const head = "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSGlue.GetMLTransforms\r\n";

  it("that sends more than 1 MiB without saying so is told, and cut off", async () => {
    const glue = await startGlue();
    const socket = connect(Number(new URL(glue.endpoint).port), "127.0.0.1");
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    // It may be cut off while it still sends.
    socket.on("error", () => {});
    const chunk = " ".repeat(0x10000);
    for (let sent = 0; sent <= 17; sent += 1) socket.write(`10000\r\n${chunk}\r\n`);
    const answer = (await collect<Buffer>(socket)).join("");
    expect(answer).toContain("HTTP/1.1 413 Payload Too Large");
    expect(answer).toContain("Connection: close");
  });

  it("that announces more than 1 MiB is told before it sends any of it", async () => {
    const glue = await startGlue();
    const socket = connect(Number(new URL(glue.endpoint).port), "127.0.0.1");
    socket.write(`${head}Content-Length: ${1024 * 1024 + 1}\r\n\r\n`);
    expect((await collect<Buffer>(socket)).join("")).toContain("HTTP/1.1 413 Payload Too Large");
  });

  it("that goes away before its answer, or amid its request, harms nobody", async () => {
    const glue = await startGlue(0, { latency: 20 });
    for (const rest of ["Content-Length: 2\r\n\r\n{}", "Content-Length: 2\r\n\r\n{"]) {
      const socket = connect(Number(new URL(glue.endpoint).port), "127.0.0.1");
      await once(socket.end(`${head}${rest}`), "connect");
      socket.destroy();
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(await post(glue, {}, "GetMLTransforms")).toMatchObject({ status: 200 });
  });
});

describe("faults", () => {
  const outcomes = async (glue: LocalGlue, count: number) => {
    const client = glue.client({ maxAttempts: 1 });
    const all: string[] = [];
    for (let asked = 0; asked < count; asked += 1) {
      const output = client.send(new GetMLTaskRunsCommand({ TransformId }));
      all.push(
        await output.then(
          () => "ok",
          (error) => error.name,
        ),
      );
    }
    return all;
  };

  it("come when they are planned, one plan after another", async () => {
    const glue = await startGlue(1);
    glue.fail("throttling", { after: 1, times: 2 });
    glue.fail("expiredToken");
    glue.fail("internalError", { after: 1 });
    expect(await outcomes(glue, 7)).toEqual([
      "ok",
      "ThrottlingException",
      "ThrottlingException",
      "ExpiredTokenException",
      "ok",
      "InternalServiceException",
      "ok",
    ]);
  });

  const ask = (glue: LocalGlue, input: object = {}) =>
    fetch(glue.endpoint, {
      method: "POST",
      headers: { "X-Amz-Target": "AWSGlue.GetMLTaskRuns" },
      body: JSON.stringify({ TransformId, MaxResults: 10, ...input }),
    });

  it.each<[LocalGlueFault, number, string, string]>([
    ["throttling", 400, "ThrottlingException", "Rate exceeded"],
    ["internalError", 500, "InternalServiceException", "An internal service error occurred."],
    ["operationTimeout", 400, "OperationTimeoutException", "The operation timed out."],
    ["expiredToken", 400, "ExpiredTokenException", "The security token included in the request is expired"],
  ])("%s is an error as the service words it", async (fault, status, type, message) => {
    const glue = await startGlue(1);
    glue.fail(fault);
    const response = await ask(glue);
    expect(response.status).toBe(status);
    expect(response.headers.get("x-amzn-ErrorType")).toBe(type);
    expect(await response.json()).toEqual({ __type: type, Message: message });
  });

  it("of the connection break it before the answer, amid it, or leave it open; and the log tells them", async () => {
    const answers: LocalGlueResponse[] = [];
    const glue = await startGlue(30, { onResponse: (answer) => answers.push(answer) });
    for (const fault of ["connectionReset", "truncatedBody", "garbageBody", "noResponse"] as const) glue.fail(fault);

    await expect(ask(glue)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });

    const truncated = await ask(glue);
    expect(truncated.status).toBe(200);
    expect(Number(truncated.headers.get("Content-Length"))).toBeGreaterThan(1000);
    await expect(truncated.text()).rejects.toThrow("terminated");

    const garbage = await ask(glue);
    expect(garbage.status).toBe(200);
    expect(await garbage.text()).toMatch(/^<html>\{"TaskRuns":\[/);

    let isSettled = false;
    const unanswered = ask(glue).finally(() => {
      isSettled = true;
    });
    unanswered.catch(() => {});
    await vi.waitFor(() => expect(answers).toHaveLength(4));
    expect((await ask(glue)).status).toBe(200);
    expect(isSettled).toBe(false);
    await glue.close();
    await expect(unanswered).rejects.toThrow("fetch failed");

    expect(answers.map(({ errorType, statusCode }) => [errorType, statusCode])).toEqual([
      ["connectionReset", 0],
      ["truncatedBody", 0],
      ["garbageBody", 200],
      ["noResponse", 0],
      [undefined, 200],
    ]);
  });

  it("with an empty page give a token for the page that was asked for", async () => {
    const glue = await startGlue(30);
    const runsOf = async (input: object) =>
      (await ask(glue, input)).json() as Promise<{ TaskRuns: []; NextToken: string }>;
    const first = await runsOf({});
    for (const input of [{}, { NextToken: first.NextToken }]) {
      const asked = await runsOf(input);
      glue.fail("emptyPage");
      const empty = await runsOf(input);
      expect(empty.TaskRuns).toEqual([]);
      expect((await runsOf({ NextToken: empty.NextToken })).TaskRuns).toEqual(asked.TaskRuns);
    }
  });

  it("are logged with how long they took", async () => {
    const answers: LocalGlueResponse[] = [];
    const glue = await startGlue(1, { onResponse: (answer) => answers.push(answer) });
    const [at, start] = [Date.now(), performance.now()];
    glue.fail("throttling");
    await ask(glue);
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    const [answer] = answers;
    expect(answer).toMatchObject({ operation: "GetMLTaskRuns", statusCode: 400, errorType: "ThrottlingException" });
    expect(answer?.input).toEqual({ TransformId, MaxResults: 10 });
    expect(answer?.at.getTime()).toBeGreaterThanOrEqual(at);
    expect(answer?.duration).toBeGreaterThan(0);
    expect(answer?.duration).toBeLessThanOrEqual(performance.now() - start);
  });

  it("come at random, the same for the same seed, until the rate is 0", async () => {
    const run = async (seed?: number) => {
      const glue = await startGlue(1);
      glue.failRandomly({ rate: 0.5, ...(seed !== undefined && { seed }) });
      const before = await outcomes(glue, 30);
      glue.failRandomly({ rate: 0 });
      expect(await outcomes(glue, 5)).toEqual(Array(5).fill("ok"));
      return before;
    };
    const first = await run();
    // A connection that is reset is a TimeoutError to the SDK.
    expect(new Set(first)).toEqual(
      new Set(["ok", "ThrottlingException", "InternalServiceException", "OperationTimeoutException", "TimeoutError"]),
    );
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
    expect(first.filter((name) => name !== "ok").length).toBeGreaterThan(5);
  });

  it("with a repeated token wait for a request that has one", async () => {
    const glue = await startGlue(30);
    glue.fail("repeatedToken");
    glue.failRandomly({ rate: 1, faults: ["repeatedToken"] });
    const client = glue.client();
    const first = await client.send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 10 }));
    const { NextToken } = first;
    const second = await client.send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 10, NextToken }));
    expect(second.NextToken).toBe(NextToken);
    const again = await client.send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 10 }));
    expect(again.NextToken).toBeDefined();
    // Empty is no token.
    const empty = await client.send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 10, NextToken: "" }));
    expect(empty.NextToken).not.toBe("");
    expect(ids(second.TaskRuns ?? [])).not.toEqual(ids(first.TaskRuns ?? []));
  });
});

describe("LocalGlue", () => {
  it("listens on loopback, until it is closed, which may be said twice", async () => {
    const glue = await LocalGlue.start();
    expect(glue.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await glue.close();
    await glue.close();
    await expect(fetch(glue.endpoint)).rejects.toThrow();
  });

  it("is closed at the end of its `await using` block", async () => {
    let endpoint = "";
    {
      await using glue = await LocalGlue.start();
      endpoint = glue.endpoint;
    }
    await expect(fetch(endpoint)).rejects.toThrow();
  });

  it("has clients that sign with made-up credentials, unless they are told otherwise", async () => {
    const glue = await startGlue();
    const made = { accessKeyId: "local", secretAccessKey: "local" };
    expect(await glue.client().config.credentials()).toMatchObject(made);
    expect(await glue.client({ region: "eu-west-1" }).config.region()).toBe("eu-west-1");
  });

  it("listens where it is told", async () => {
    await using glue = await LocalGlue.start({ host: "::1" });
    expect(glue.endpoint).toMatch(/^http:\/\/\[::1\]:\d+$/);
    await using other = await LocalGlue.start();
    const port = Number(new URL(other.endpoint).port);
    await expect(LocalGlue.start({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("takes its time, if told so", async () => {
    const glue = await startGlue(1, { latency: 100 });
    const order: string[] = [];
    const slow = allPages(glue.client(), { TransformId }).then(() => order.push("slow"));
    await vi.waitFor(() => expect(glue.requests).toHaveLength(1));
    // Refused at once, since no operation is asked for.
    await (await fetch(glue.endpoint)).text();
    order.push("refused");
    await slow;
    expect(order).toEqual(["refused", "slow"]);
  });

  it("takes as long as a function says for each request", async () => {
    const asked: string[] = [];
    const latency = (request: LocalGlueRequest) => {
      asked.push(request.operation);
      if (request.operation === "GetMLTransforms") throw new Error("a bug in the test");
      return 1;
    };
    const glue = await startGlue(1, { latency });
    await allPages(glue.client(), { TransformId });
    const failed = glue.client({ maxAttempts: 1 }).send(new GetMLTransformsCommand({}));
    await expect(failed).rejects.toMatchObject({ name: "InternalServiceException" });
    expect(asked).toEqual(["GetMLTaskRuns", "GetMLTransforms"]);
  });

  it("forgets runs and transforms that are removed", async () => {
    const glue = await startGlue(3);
    const [run] = sampleTaskRuns({ transformId: TransformId, count: 3 });
    glue.removeTaskRuns(TransformId, [run?.TaskRunId ?? "", "tsk-gone"]);
    glue.removeTaskRuns("tfm-gone", ["tsk-gone"]);
    expect((await allPages(glue.client(), { TransformId })).flat()).toHaveLength(2);
    glue.removeTransform(TransformId);
    await expect(allPages(glue.client(), { TransformId })).rejects.toBeInstanceOf(EntityNotFoundException);
  });

  it("remembers as many queries as it needs, and serves any of them", async () => {
    const glue = await startGlue(50);
    const client = glue.client();
    const started = ids(expected(sampleTaskRuns({ transformId: TransformId, count: 50 }), { TransformId }));
    for (let second = 0; second < 40; second += 1) {
      const Filter = { StartedAfter: new Date(second * 1000) };
      expect(ids((await allPages(client, { TransformId, Filter, MaxResults: 30 })).flat())).toEqual(started);
    }
  });

  it("refuses bad options and ids", async () => {
    await expect(LocalGlue.start({ port: 65_536 })).rejects.toThrow("port must be an integer from 0 to 65535");
    // @ts-expect-error a misspelt option
    await expect(LocalGlue.start({ latncy: 5 })).rejects.toThrow('Unknown key "latncy" in the options.');
    await expect(LocalGlue.start({ latency: -1 })).rejects.toThrow("latency must be an integer");
    const glue = await startGlue();
    // @ts-expect-error an unknown fault
    expect(() => glue.fail("fire")).toThrow("fault must be one of throttling, ");
    expect(() => glue.fail("throttling", { times: 0 })).toThrow("times must be an integer of at least 1, got 0.");
    for (const rate of [2, -0.1, Number.NaN]) {
      expect(() => glue.failRandomly({ rate })).toThrow(`rate must be a number from 0 to 1, got ${rate}.`);
    }
    // @ts-expect-error a text
    expect(() => glue.failRandomly({ rate: "1" })).toThrow('rate must be a number from 0 to 1, got "1".');
    // @ts-expect-error no options
    expect(() => glue.failRandomly(5)).toThrow("options must be an object, got 5.");
    // @ts-expect-error no options
    expect(() => glue.fail("throttling", 5)).toThrow("options must be an object, got 5.");
    // @ts-expect-error no options
    await expect(LocalGlue.start(5)).rejects.toThrow("options must be an object, got 5.");
    expect(() => glue.failRandomly({ rate: 0, faults: [] })).toThrow("faults must be a list of faults");
    // @ts-expect-error an unknown fault
    expect(() => glue.failRandomly({ rate: 1, faults: ["fire"] })).toThrow("faults must be one of throttling, ");
  });

  it("answers from its own copy of a request that the latency function changes", async () => {
    const latency = (request: LocalGlueRequest) => {
      Object.assign(request, { operation: "GetMLTransforms", at: undefined });
      Object.assign(request.input, { TransformId: "tfm-gone", MaxResults: 1 });
      return 0;
    };
    const glue = await startGlue(3, { latency });
    expect((await allPages(glue.client(), { TransformId })).flat()).toHaveLength(3);
    expect(glue.requests).toEqual([{ operation: "GetMLTaskRuns", input: { TransformId }, at: expect.any(Date) }]);
  });

  it("answers from its own copy of a request that is changed in the log", async () => {
    let respond = (_latency: number) => {};
    const latency = () => new Promise<number>((resolve) => (respond = resolve));
    const glue = await startGlue(3, { latency });
    const asked = post(glue, { TransformId });
    await vi.waitFor(() => expect(glue.requests).toHaveLength(1));
    Object.assign(glue.requests[0]?.input ?? {}, { TransformId: "tfm-gone" });
    respond(0);
    expect(await asked).toMatchObject({ status: 200, body: { TaskRuns: [{ TransformId }, {}, {}] } });
  });

  const failed = (reason: string) => ({
    status: 500,
    body: {
      __type: "InternalServiceException",
      Message: `The latency function of the local endpoint failed: ${reason}`,
    },
  });
  const invalid = (value: string) => failed(`its result must be a number from 0 to 3600000, got ${value}.`);

  it.each<[string, () => unknown, object]>([
    ["throws", () => fail(new Error("a bug")), failed("a bug")],
    ["throws a string", () => fail("a bug"), failed("a bug")],
    [
      "throws an object without a message",
      () => fail(Object.create(null)),
      failed("an error without a readable message"),
    ],
    ["rejects", async () => fail(new Error("a bug")), failed("a bug")],
    ["returns NaN", () => Number.NaN, invalid("NaN")],
    ["returns a negative number", () => -1, invalid("-1")],
    ["returns Infinity", () => Infinity, invalid("Infinity")],
    ["returns more than an hour", () => 3e9, invalid("3000000000")],
    ["returns a string", () => "5", invalid('"5"')],
    ["returns nothing", () => {}, invalid("undefined")],
    ["returns a BigInt", async () => 5n, invalid("5n")],
  ])(
    "answers with an InternalServiceException when the latency function %s, and goes on",
    async (_, result, expected) => {
      const results = [result, () => 0];
      // The types allow a number or a promise of one.
      const glue = await startGlue(0, { latency: () => results.shift()?.() as number });
      expect(await post(glue, { TransformId })).toEqual(expected);
      expect(await post(glue, { TransformId })).toMatchObject({ status: 200 });
    },
  );

  it("waits for the promise that the latency function returns", async () => {
    let respond = (_latency: number) => {};
    const latency = () => new Promise<number>((resolve) => (respond = resolve));
    const responses: LocalGlueResponse[] = [];
    const glue = await startGlue(1, { latency, onResponse: (response) => responses.push(response) });
    const asked = post(glue, { TransformId });
    await vi.waitFor(() => expect(glue.requests).toHaveLength(1));
    expect(responses).toEqual([]);
    respond(0.5);
    expect(await asked).toMatchObject({ status: 200 });
  });

  it.each<[string, () => unknown, string]>([
    ["throws", () => fail(new Error("a bug")), "a bug"],
    ["throws null", () => fail(null), "null"],
    ["throws an object without a message", () => fail(Object.create(null)), "an error without a readable message"],
    ["rejects", async () => fail(new Error("a bug")), "a bug"],
  ])("goes on and emits a process warning when onResponse %s", async (_, onResponse, reason) => {
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    onTestFinished(() => warnings.mockRestore());
    const glue = await startGlue(0, { onResponse });
    for (let count = 0; count < 2; count += 1) expect(await post(glue, { TransformId })).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(warnings).toHaveBeenCalledTimes(2));
    expect(warnings).toHaveBeenCalledWith(`The onResponse function of the local Glue endpoint failed: ${reason}`);
  });

  it("calls onResponse no more after close", async () => {
    let respond = (_latency: number) => {};
    const latency = () => new Promise<number>((resolve) => (respond = resolve));
    const onResponse = vi.fn();
    const glue = await startGlue(0, { latency, onResponse });
    const asked = post(glue, { TransformId }).catch(() => "no response");
    await vi.waitFor(() => expect(glue.requests).toHaveLength(1));
    await glue.close();
    respond(0);
    expect(await asked).toBe("no response");
    await new Promise(setImmediate);
    expect(onResponse).not.toHaveBeenCalled();
  });

  it("leaves no timer behind when it is closed while responses are delayed by an hour", async () => {
    const script = `
      import { LocalGlue } from ${JSON.stringify(new URL("../dist/local.js", import.meta.url))};
      const glue = await LocalGlue.start({ latency: 3_600_000, onResponse: () => console.log("response") });
      const headers = { "X-Amz-Target": "AWSGlue.GetMLTransforms" };
      const ask = () => fetch(glue.endpoint, { method: "POST", headers, body: "{}" }).catch(() => {});
      const asked = Array.from({ length: 20 }, ask);
      while (glue.requests.length < 20) await new Promise(setImmediate);
      await glue.close();
      await Promise.all(asked);
      console.log("closed");`;
    const child = spawn("node", ["--input-type=module", "--eval", script]);
    onTestFinished(() => void child.kill("SIGKILL"));
    const [out, err] = [collect<Buffer>(child.stdout), collect<Buffer>(child.stderr)];
    expect(await once(child, "exit")).toEqual([0, null]);
    expect((await out).join("")).toBe("closed\n");
    // The SDK may print a notice about Node 20, and nothing else is printed.
    expect((await err).join("")).not.toContain("MaxListeners");
  });
});

describe("maxPageSize", () => {
  const sizes = async (glue: LocalGlue, MaxResults?: number) => {
    const pages = await allPages(glue.client(), { TransformId, MaxResults });
    return pages.map((page) => page.length);
  };

  it.each(["GetMLTaskRuns", "GetMLTransforms"])("refuses larger pages of %s by default", async (operation) => {
    const glue = await startGlue(25, { maxPageSize: 10 });
    expect(await post(glue, { TransformId, MaxResults: 10 }, operation)).toMatchObject({ status: 200 });
    expect(await post(glue, { TransformId, MaxResults: 11 }, operation)).toEqual({
      status: 400,
      body: {
        __type: "InvalidInputException",
        Message:
          "1 validation error detected: Value at 'MaxResults' failed to satisfy constraint: " +
          "Member must have value less than or equal to 10",
      },
    });
  });

  it("is in the library's error with the option that sets MaxResults", async () => {
    const glue = await startGlue(25, { maxPageSize: 10 });
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 11 });
    await expect(list.toArray()).rejects.toThrow("less than or equal to 10 (The option pageSize sets MaxResults.)");
  });

  it("caps larger pages of GetMLTaskRuns if largerPages says so", async () => {
    const glue = await startGlue(25, { maxPageSize: 10, largerPages: "cap" });
    expect(await sizes(glue, 1000)).toEqual([10, 10, 5]);
    expect(await sizes(glue, 9)).toEqual([9, 9, 7]);
  });

  it("caps larger pages of GetMLTransforms if largerPages says so", async () => {
    const glue = await startGlue(0, { maxPageSize: 1, largerPages: "cap" });
    glue.addTransform({ TransformId: "tfm-2" });
    const { Transforms, NextToken } = await glue.client().send(new GetMLTransformsCommand({ MaxResults: 50 }));
    expect(Transforms).toHaveLength(1);
    expect(NextToken).toBeDefined();
  });

  it("leaves MaxResults of 1001 refused when larger pages are capped", async () => {
    const glue = await startGlue(0, { maxPageSize: 10, largerPages: "cap" });
    expect(await post(glue, { TransformId, MaxResults: 1001 })).toMatchObject({ status: 400 });
  });

  it.each<[LocalGlueOptions, number]>([
    [{}, 100],
    [{ maxPageSize: 101 }, 100],
    [{ maxPageSize: 10 }, 10],
    [{ maxPageSize: 10, defaultPageSize: 10 }, 10],
    [{ maxPageSize: 10, defaultPageSize: 3 }, 3],
  ])("with the options %j a request without MaxResults gets %i runs", async (options, size) => {
    expect((await sizes(await startGlue(101, options)))[0]).toBe(size);
  });

  it("is the upper limit of defaultPageSize", async () => {
    const started = LocalGlue.start({ maxPageSize: 10, defaultPageSize: 11 });
    await expect(started).rejects.toThrow("defaultPageSize must be an integer from 1 to 10, got 11.");
  });
});

describe("addTaskRuns", () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const deep = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  const throws = () => fail(new Error("a bug"));
  const serializable = (member: string, reason: string) =>
    `${member} must be serializable as JSON, got an error: ${reason}`;

  it.each<[string, unknown, string]>([
    ["null", null, "taskRuns[1] must be an object, got null."],
    ["a string", "tsk-bad", 'taskRuns[1] must be an object, got "tsk-bad".'],
    ["no TransformId", { TransformId: undefined }, "taskRuns[1].TransformId must be a string that is not empty"],
    ["an empty TransformId", { TransformId: "" }, "taskRuns[1].TransformId must be a string that is not empty"],
    [
      "no TaskRunId",
      { TaskRunId: undefined },
      "taskRuns[1].TaskRunId must be a string that is not empty, got undefined.",
    ],
    ["an empty TaskRunId", { TaskRunId: "" }, 'taskRuns[1].TaskRunId must be a string that is not empty, got "".'],
    ["a Status that is a number", { Status: 5 }, "taskRuns[1].Status must be a string, got 5."],
    [
      "a TaskType that is a number",
      { Properties: { TaskType: 5 } },
      "taskRuns[1].Properties.TaskType must be a string",
    ],
    ["Properties that are a list", { Properties: [] }, "taskRuns[1].Properties must be an object, got an array."],
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
    ["a toJSON that throws", { toJSON: throws }, serializable("taskRuns[1]", "a bug")],
    ["a toJSON without a result", { toJSON: () => {} }, "taskRuns[1] must be an object, got null."],
    [
      "a toJSON that changes StartedOn",
      { toJSON: () => ({ ...bad, StartedOn: "" }) },
      "taskRuns[1].StartedOn must be a valid",
    ],
  ])("adds no run and no transform when a run has %s", async (_, members, message) => {
    const glue = await startGlue();
    const wrong = typeof members === "object" && members !== null ? { ...bad, ...members } : members;
    // What the types rule out may come from JSON or from JavaScript.
    expect(() => glue.addTaskRuns([good, wrong as LocalTaskRun])).toThrow(message);
    await expectNothingAdded(glue);
  });

  const good: LocalTaskRun = { TransformId: "tfm-new", TaskRunId: "tsk-good" };
  const bad: LocalTaskRun = { TransformId, TaskRunId: "tsk-bad" };

  async function expectNothingAdded(glue: LocalGlue) {
    const { Transforms } = await glue.client().send(new GetMLTransformsCommand({}));
    expect(Transforms?.map((transform) => transform.TransformId)).toEqual([TransformId]);
    expect(await allPages(glue.client(), { TransformId })).toEqual([[]]);
  }

  it("names the member and the run whose getter throws", async () => {
    const glue = await startGlue();
    const wrong = Object.defineProperty({ ...bad }, "ErrorString", { enumerable: true, get: throws });
    expect(() => glue.addTaskRuns([good, wrong])).toThrow(
      "taskRuns[1].ErrorString must be readable, got an error: a bug",
    );
    await expectNothingAdded(glue);
  });

  it("refuses a Proxy that cannot be read", async () => {
    const glue = await startGlue();
    const wrong = new Proxy({ ...bad }, { ownKeys: throws });
    expect(() => glue.addTaskRuns([good, wrong])).toThrow("taskRuns[1] must be readable, got an error: a bug");
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

  it("takes 32 levels, and null for a member that may be absent", async () => {
    const glue = await startGlue();
    const absent = { Status: null, Properties: null, StartedOn: null };
    // The service's own JSON may have null, and members that the types do not know.
    glue.addTaskRuns([{ ...bad, ...absent, Extra: deep(31) } as unknown as LocalTaskRun]);
    expect(ids((await allPages(glue.client(), { TransformId })).flat())).toEqual(["tsk-bad"]);
  });

  it("reads each member once, and serves that value everywhere", async () => {
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

  it("serves a Date of another realm as the StartedOn that it is", async () => {
    const glue = await startGlue();
    glue.addTaskRuns([{ ...bad, StartedOn: vm.runInNewContext("new Date(1_760_000_000_123)") }]);
    const [run] = (await allPages(glue.client(), { TransformId })).flat();
    expect(run?.StartedOn).toEqual(new Date(1_760_000_000_123));
  });

  it("may add runs to the endpoint from within its own iterable", async () => {
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
    ["Parameters that are a string", { Parameters: "x" }, "transform.Parameters must be an object"],
    [
      "a TransformType that is a number",
      { Parameters: { TransformType: 5 } },
      "transform.Parameters.TransformType must",
    ],
    ["a Schema that is an object", { Schema: {} }, "transform.Schema must be an array, got an object."],
    ["a column that is a string", { Schema: ["id"] }, "transform.Schema[0] must be an object"],
    ["a column Name that is a number", { Schema: [{}, { Name: 5 }] }, "transform.Schema[1].Name must be a string"],
    ["a DataType that is a number", { Schema: [{ DataType: 5 }] }, "transform.Schema[0].DataType must be a string"],
    [
      "33 levels",
      { Extra: JSON.parse("[".repeat(32) + "]".repeat(32)) },
      "transform must be an object with at most 32",
    ],
  ])("refuses %s and leaves the transforms as they are", async (_, members, message) => {
    const glue = await startGlue();
    const wrong = typeof members === "object" && members !== null ? { TransformId: "tfm-bad", ...members } : members;
    // What the types rule out may come from JSON or from JavaScript.
    expect(() => glue.addTransform(wrong as LocalTransform)).toThrow(message);
    const { Transforms } = await glue.client().send(new GetMLTransformsCommand({}));
    expect(Transforms?.map((transform) => transform.TransformId)).toEqual([TransformId]);
  });

  it("takes null for members that may be absent", async () => {
    const glue = await startGlue();
    const absent = { Name: null, Status: null, Parameters: null, Schema: [null, { Name: null }], CreatedOn: null };
    // The service's own JSON may have null.
    glue.addTransform({ TransformId, ...absent } as unknown as LocalTransform);
    const listed = async (Filter?: TransformFilterCriteria) =>
      (await glue.client().send(new GetMLTransformsCommand({ Filter }))).Transforms?.length;
    expect(await listed()).toBe(1);
    expect(await listed({ Schema: [{ Name: "id" }] })).toBe(0);
  });
});

it("GetMLTransforms writes each transform as JSON once, when it is added", async () => {
  const glue = await startGlue();
  const toJSON = vi.fn(() => ({ KmsKeyId: "key" }));
  for (const id of ["tfm-1", "tfm-2", "tfm-3"]) {
    // The member is of no interest to the types.
    glue.addTransform({ TransformId: id, TransformEncryption: { toJSON } as object });
  }
  expect(toJSON).toHaveBeenCalledTimes(3);
  let NextToken: string | undefined;
  do {
    ({ NextToken } = await glue.client().send(new GetMLTransformsCommand({ MaxResults: 1, NextToken })));
  } while (NextToken !== undefined);
  expect(toJSON).toHaveBeenCalledTimes(3);
});

function fail(error: unknown): never {
  throw error;
}

async function post(
  glue: LocalGlue,
  body: unknown,
  operation = "GetMLTaskRuns",
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(glue.endpoint, {
    method: "POST",
    headers: { "X-Amz-Target": `AWSGlue.${operation}`, "Content-Type": "application/x-amz-json-1.1" },
    // A Date as the wire has it.
    body: JSON.stringify(body, (_, value) =>
      typeof value === "string" && /^\d{4}-.*Z$/.test(value) ? Date.parse(value) / 1000 : value,
    ),
  });
  return { status: response.status, body: await response.json() };
}
