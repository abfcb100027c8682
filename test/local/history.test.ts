/** The history: filtering, sorting and paging of runs and transforms, and the limit of unfinished runs. */
import {
  ConcurrentRunsExceededException,
  EntityNotFoundException,
  GetMLTaskRunCommand,
  GetMLTaskRunsCommand,
  GetMLTransformsCommand,
  type GetMLTransformsCommandInput,
  type SortDirectionType,
  type TransformSortColumnType,
} from "@aws-sdk/client-glue";
import fc from "fast-check";
import { LocalGlue, type LocalTaskRun, sampleTaskRuns } from "glue-ml-task-runs/local";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { History } from "../../src/local/history.js";
import { checkLocalGlueOptions } from "../../src/local/options.js";
import { ids, startGlue, TransformId } from "../support.js";
import { allPages, cancel, expectedRuns, history, query, startEvaluation } from "./support.js";

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
          expect(ids(pages.flat())).toEqual(ids(expectedRuns(runs, input, bounds === "inclusive")));
          // All pages but the last are full. A page is empty only if the listing has no runs.
          expect(pages.slice(0, -1).every((page) => page.length === input.MaxResults)).toBe(true);
          expect(pages.length === 1 || pages.at(-1)?.length !== 0).toBe(true);
        }),
      );
    },
  );

  it("returns every member of a run, with timestamps to the millisecond", async () => {
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
    const aroundStart = {
      StartedAfter: new Date(StartedOn.getTime() - 1),
      StartedBefore: new Date(StartedOn.getTime() + 1),
    };
    const { TaskRuns, $metadata } = await glue
      .client()
      .send(new GetMLTaskRunsCommand({ TransformId, Filter: aroundStart }));
    expect(TaskRuns).toEqual([run]);
    expect($metadata.requestId).toMatch(/^[\da-f-]{36}$/);
  });

  it("returns pages of defaultPageSize without MaxResults", async () => {
    const glue = await startGlue(25, { defaultPageSize: 10 });
    const pages = await allPages(glue.client(), { TransformId });
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
  });

  it("returns a run as it was when it was added, until it is replaced", async () => {
    const glue = await startGlue();
    const run: LocalTaskRun = { TransformId, TaskRunId: "tsk-1", Status: "RUNNING" };
    const status = async () => (await allPages(glue.client(), { TransformId })).flat().map(({ Status }) => Status);
    glue.addTaskRuns([run]);
    run.Status = "FAILED";
    expect(await status()).toEqual(["RUNNING"]);
    glue.addTaskRuns([run]);
    expect(await status()).toEqual(["FAILED"]);
  });

  it("rejects an unknown transform with an EntityNotFoundException", async () => {
    const glue = await startGlue();
    const response = glue.client().send(new GetMLTaskRunsCommand({ TransformId: "tfm-gone" }));
    await expect(response).rejects.toBeInstanceOf(EntityNotFoundException);
  });
});

describe("GetMLTaskRun", () => {
  it("returns one run", async () => {
    const glue = await startGlue(5);
    const [run] = sampleTaskRuns({ transformId: TransformId, count: 5 });
    const client = glue.client();
    expect(await client.send(new GetMLTaskRunCommand({ TransformId, TaskRunId: run?.TaskRunId }))).toMatchObject({
      ...run,
    });
  });

  it("rejects an unknown run with an EntityNotFoundException", async () => {
    const client = (await startGlue()).client();
    const response = client.send(new GetMLTaskRunCommand({ TransformId, TaskRunId: "tsk-gone" }));
    await expect(response).rejects.toThrow(
      `No ML Task Run found for tsk-gone: in account 123456789012 for transform ${TransformId}.`,
    );
    await expect(response).rejects.toBeInstanceOf(EntityNotFoundException);
  });
});

describe("GetMLTransforms", () => {
  const times = (created: number, changed: number) => ({
    CreatedOn: new Date(created),
    LastModifiedOn: new Date(changed),
  });
  const sortBy = (Column: TransformSortColumnType, SortDirection: SortDirectionType = "ASCENDING") => ({
    Sort: { Column, SortDirection },
  });

  it.each<[string, GetMLTransformsCommandInput, string[]]>([
    ["all transforms in order of their ids", {}, ["a", "b", "c"]],
    ["transforms by name", { Filter: { Name: "beta" } }, ["b"]],
    ["transforms by status", { Filter: { Status: "NOT_READY" } }, ["a"]],
    ["transforms by Glue version", { Filter: { GlueVersion: "1.0" } }, ["c"]],
    ["transforms by type", { Filter: { TransformType: "FIND_MATCHES" } }, ["a", "b"]],
    ["transforms by creation time", { Filter: { CreatedAfter: new Date(100), CreatedBefore: new Date(300) } }, ["a"]],
    [
      "transforms by modification time",
      { Filter: { LastModifiedAfter: new Date(100), LastModifiedBefore: new Date(300) } },
      ["a"],
    ],
    [
      "transforms with a column of a name and type",
      { Filter: { Schema: [{ Name: "id", DataType: "bigint" }] } },
      ["c"],
    ],
    ["transforms with several columns", { Filter: { Schema: [{ Name: "zip" }, { DataType: "bigint" }] } }, ["c"]],
    [
      "no transform whose name and type are of different columns",
      { Filter: { Schema: [{ Name: "id", DataType: "string" }] } },
      [],
    ],
    ["transforms sorted by name, descending", sortBy("NAME", "DESCENDING"), ["a", "b", "c"]],
    ["transforms sorted by status, ascending", sortBy("STATUS"), ["b", "a", "c"]],
    ["transforms sorted by status, descending", sortBy("STATUS", "DESCENDING"), ["c", "a", "b"]],
    ["transforms sorted by type, those without a type last", sortBy("TRANSFORM_TYPE", "DESCENDING"), ["b", "a", "c"]],
    ["transforms sorted by creation time", sortBy("CREATED"), ["c", "a", "b"]],
    ["transforms sorted by modification time", sortBy("LAST_MODIFIED"), ["b", "a", "c"]],
  ])("lists %s", async (_, input, expectedIds) => {
    await using glue = await LocalGlue.start();
    glue.addTransform({ TransformId: "a", Name: "gamma", Status: "NOT_READY", ...times(200, 200) });
    glue.addTransform({ TransformId: "b" });
    glue.addTransform({
      TransformId: "c",
      Name: "alpha",
      GlueVersion: "1.0",
      ...times(100, 300),
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
      ...times(300, 100),
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

  it("returns a transform as it was last added, and its runs stay", async () => {
    const glue = await startGlue(5);
    glue.addTransform({ TransformId, Name: "renamed" });
    const client = glue.client();
    expect(await client.send(new GetMLTransformsCommand({}))).toMatchObject({ Transforms: [{ Name: "renamed" }] });
    expect((await allPages(client, { TransformId })).flat()).toHaveLength(5);
  });

  it("excludes transforms without a time from a filter by that time, and sorts them last", async () => {
    await using glue = await LocalGlue.start();
    glue.addTransform({ TransformId: "a", CreatedOn: undefined, LastModifiedOn: undefined });
    glue.addTransform({ TransformId: "b", ...times(5, 5) });
    const client = glue.client();
    const listIds = async (input: GetMLTransformsCommandInput) =>
      (await client.send(new GetMLTransformsCommand(input))).Transforms?.map(({ TransformId: id }) => id);
    const [early, late] = [new Date(0), new Date(10)];
    for (const Filter of [
      { CreatedAfter: early },
      { CreatedBefore: late },
      { LastModifiedAfter: early },
      { LastModifiedBefore: late },
    ]) {
      expect(await listIds({ Filter })).toEqual(["b"]);
    }
    expect(await listIds(sortBy("CREATED"))).toEqual(["b", "a"]);
    expect(await listIds(sortBy("LAST_MODIFIED", "DESCENDING"))).toEqual(["b", "a"]);
  });
});

describe("The history", () => {
  it("rejects one id in place of a list of ids to remove", async () => {
    const glue = await startGlue(1);
    expect(() => glue.removeTaskRuns(TransformId, "tsk-1")).toThrow("taskRunIds must be an iterable of ids");
  });

  it("does not return removed runs and transforms", async () => {
    const glue = await startGlue(3);
    const [run] = sampleTaskRuns({ transformId: TransformId, count: 3 });
    glue.removeTaskRuns(TransformId, [run?.TaskRunId ?? "", "tsk-gone"]);
    glue.removeTaskRuns("tfm-gone", ["tsk-gone"]);
    expect((await allPages(glue.client(), { TransformId })).flat()).toHaveLength(2);
    glue.removeTransform(TransformId);
    await expect(allPages(glue.client(), { TransformId })).rejects.toBeInstanceOf(EntityNotFoundException);
  });

  it("returns the right runs for each of 40 queries in turn, page by page", async () => {
    const glue = await startGlue(40);
    const runs = sampleTaskRuns({ transformId: TransformId, count: 40 });
    const queries = runs.map((run, index) => {
      const SortDirection = index % 2 === 0 ? ("ASCENDING" as const) : ("DESCENDING" as const);
      const Filter = { StartedAfter: run.StartedOn };
      return { TransformId, Filter, Sort: { Column: "STARTED" as const, SortDirection }, MaxResults: 7 };
    });
    const listings = await Promise.all(queries.map((input) => allPages(glue.client(), input)));
    expect(listings.map((pages) => ids(pages.flat()))).toEqual(queries.map((input) => ids(expectedRuns(runs, input))));
    expect(new Set(listings.map((pages) => pages.flat().length)).size).toBe(40);
  });
});

describe("The history sorts", () => {
  function createHistory(): { history: History; countSorts: () => number } {
    const history = new History(checkLocalGlueOptions({ runTime: 1000 }));
    for (const transformId of [TransformId, "tfm-2"]) history.addTaskRuns(sampleTaskRuns({ transformId, count: 10 }));
    const sort = vi.spyOn(Array.prototype, "sort");
    return { history, countSorts: () => sort.mock.calls.length };
  }
  const countRuns = (history: History, query = {}) => {
    const first = history.taskRuns({ TransformId, ...query }, [], 6);
    return first.page.length + history.taskRuns({ TransformId, ...query }, first.end ?? [], 10).page.length;
  };

  it("the runs of a transform once in each order, for all pages and filters, until one of them changes", () => {
    const { history, countSorts } = createHistory();
    expect(countRuns(history)).toBe(10);
    countRuns(history, { Filter: { StartedAfter: new Date(0) } });
    expect(countSorts()).toBe(1);
    countRuns(history, { Sort: { Column: "STARTED", SortDirection: "ASCENDING" } });
    countRuns(history, { Sort: { Column: "STATUS", SortDirection: "ASCENDING" } });
    expect(countSorts()).toBe(3);
    history.addTaskRuns([{ TransformId: "tfm-2", TaskRunId: "tsk-1" }]);
    history.removeTaskRuns("tfm-2", ["tsk-1"]);
    history.addTransform({ TransformId });
    countRuns(history);
    expect(countSorts()).toBe(3);
    history.addTaskRuns([{ TransformId, TaskRunId: "tsk-1" }]);
    expect(countRuns(history)).toBe(11);
    history.removeTaskRuns(TransformId, ["tsk-1"]);
    expect(countRuns(history)).toBe(10);
    expect(countSorts()).toBe(5);
  });

  it("the runs again when a change of an unfinished run is due, and not before", () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 0 });
    const { history, countSorts } = createHistory();
    history.startTaskRun("StartMLEvaluationTaskRun", TransformId, { TaskType: "EVALUATION" });
    countRuns(history);
    vi.setSystemTime(999);
    countRuns(history);
    expect(countSorts()).toBe(1);
    vi.setSystemTime(1000);
    countRuns(history);
    expect(countSorts()).toBe(2);
  });

  it("no runs of a transform that was removed and added again", () => {
    const { history } = createHistory();
    expect(countRuns(history)).toBe(10);
    history.removeTransform(TransformId);
    history.addTransform({ TransformId });
    expect(countRuns(history)).toBe(0);
  });

  it("the transforms once in each order, until one of them is added, replaced or removed", () => {
    const { history, countSorts } = createHistory();
    const namesOf = () => {
      const { end } = history.transforms({}, [], 1);
      return end === undefined ? 1 : 1 + history.transforms({}, end, 10).page.length;
    };
    expect(namesOf()).toBe(2);
    history.addTaskRuns([{ TransformId, TaskRunId: "tsk-1" }]);
    expect(namesOf()).toBe(2);
    expect(countSorts()).toBe(1);
    history.addTransform({ TransformId, Name: "renamed" });
    expect(String(history.transforms({}, [], 1).page[0]?.json)).toContain("renamed");
    history.addTaskRuns([{ TransformId: "tfm-3", TaskRunId: "tsk-1" }]);
    expect(namesOf()).toBe(3);
    history.removeTransform("tfm-3");
    expect(namesOf()).toBe(2);
    expect(countSorts()).toBe(4);
  });
});

describe("maxConcurrentRuns", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: 0 }));

  const fill = async (glue: LocalGlue, count: number) => {
    const started: string[] = [];
    while (started.length < count) started.push(await startEvaluation(glue));
    return started;
  };

  it("is 3 by default, and runs that finish make room for others", async () => {
    const glue = await startGlue(0, { runTime: Infinity });
    const [first = "", second = ""] = await fill(glue, 3);
    await expect(startEvaluation(glue)).rejects.toMatchObject({
      name: "ConcurrentRunsExceededException",
      message: "ML Task Runs count 4 has exceeded the transform limit of 3 task runs.",
    });
    glue.finishTaskRun({ TransformId, TaskRunId: first }, { Status: "SUCCEEDED" });
    await startEvaluation(glue);
    await cancel(glue, second);
    await expect(startEvaluation(glue)).rejects.toBeInstanceOf(ConcurrentRunsExceededException);
    vi.setSystemTime(100);
    await startEvaluation(glue);
  });

  it("is the maximum of each transform", async () => {
    const glue = await startGlue(0, { maxConcurrentRuns: 1 });
    glue.addTransform({ TransformId: "tfm-2" });
    await startEvaluation(glue);
    await startEvaluation(glue, "tfm-2");
    await expect(startEvaluation(glue)).rejects.toBeInstanceOf(ConcurrentRunsExceededException);
  });

  it("counts added runs, also while they are STOPPING, until they are finished", async () => {
    const glue = await startGlue(0, { maxConcurrentRuns: 1 });
    glue.addTaskRuns([
      { TransformId, TaskRunId: "tsk-1", Status: "RUNNING" },
      { TransformId, TaskRunId: "tsk-2", Status: "FAILED" },
      { TransformId, TaskRunId: "tsk-3" },
    ]);
    await cancel(glue, "tsk-1");
    await expect(startEvaluation(glue)).rejects.toBeInstanceOf(ConcurrentRunsExceededException);
    vi.setSystemTime(100);
    await startEvaluation(glue);
  });

  it("leaves room for one more run beside those of a sample history", async () => {
    const glue = await startGlue();
    glue.addTaskRuns(sampleTaskRuns({ transformId: TransformId, count: 200 }));
    await startEvaluation(glue);
    await expect(startEvaluation(glue)).rejects.toBeInstanceOf(ConcurrentRunsExceededException);
  });

  it.each([0, 1.5, Number.NaN])("must not be %d", async (maxConcurrentRuns) => {
    await expect(LocalGlue.start({ maxConcurrentRuns })).rejects.toThrow(
      `maxConcurrentRuns must be an integer of at least 1 or Infinity, got ${maxConcurrentRuns}.`,
    );
  });
});
