/** The history: filtering, sorting and paging of runs and transforms, and the cache of results. */
import {
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
import { describe, expect, it } from "vitest";
import { History } from "../../src/local/history.js";
import { checkOptions } from "../../src/local/options.js";
import { ids, startGlue, TransformId } from "../support.js";
import { allPages, expectedRuns, history, query } from "./support.js";

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
        { numRuns: 150 },
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

  it("returns the right runs for each of 40 queries in a row", async () => {
    const glue = await startGlue(50);
    const client = glue.client();
    const started = ids(expectedRuns(sampleTaskRuns({ transformId: TransformId, count: 50 }), { TransformId }));
    for (let second = 0; second < 40; second += 1) {
      const Filter = { StartedAfter: new Date(second * 1000) };
      expect(ids((await allPages(client, { TransformId, Filter, MaxResults: 30 })).flat())).toEqual(started);
    }
  });
});

describe("The cache of results", () => {
  function createHistory(count: number, maxCacheBytes?: number): History {
    const history = new History(checkOptions({}), maxCacheBytes);
    for (const transformId of [TransformId, "tfm-2"]) history.addTaskRuns(sampleTaskRuns({ transformId, count }));
    return history;
  }

  it("creates a result of runs once for all pages of a query", () => {
    const history = createHistory(10);
    expect(history.taskRuns({ TransformId }, "key")).toBe(history.taskRuns({ TransformId }, "key"));
  });

  it("creates a result of transforms once for all pages of a query", () => {
    const history = createHistory(10);
    expect(history.transforms({}, "key")).toBe(history.transforms({}, "key"));
  });

  it("creates a result of runs again only when runs of the transform were added or removed", () => {
    const history = createHistory(10);
    const before = history.taskRuns({ TransformId }, "key");
    history.addTaskRuns([{ TransformId: "tfm-2", TaskRunId: "tsk-1" }]);
    history.removeTaskRuns("tfm-2", ["tsk-1"]);
    history.addTransform({ TransformId });
    expect(history.taskRuns({ TransformId }, "key")).toBe(before);
    history.addTaskRuns([{ TransformId, TaskRunId: "tsk-1" }]);
    const after = history.taskRuns({ TransformId }, "key");
    expect(after.entries).toHaveLength(11);
    history.removeTaskRuns(TransformId, ["tsk-1"]);
    expect(history.taskRuns({ TransformId }, "key").entries).toHaveLength(10);
  });

  it("creates a result of transforms again only when a transform was added, replaced or removed", () => {
    const history = createHistory(10);
    const before = history.transforms({}, "key");
    history.addTaskRuns([{ TransformId, TaskRunId: "tsk-1" }]);
    history.removeTransform("tfm-gone");
    expect(history.transforms({}, "key")).toBe(before);
    history.addTransform({ TransformId });
    const replaced = history.transforms({}, "key");
    expect(replaced).not.toBe(before);
    history.addTaskRuns([{ TransformId: "tfm-3", TaskRunId: "tsk-1" }]);
    expect(history.transforms({}, "key").entries).toHaveLength(3);
    history.removeTransform("tfm-3");
    expect(history.transforms({}, "key").entries).toHaveLength(2);
  });

  it("creates a result of runs again for a transform that was removed and added again", () => {
    const history = createHistory(10);
    expect(history.taskRuns({ TransformId }, "key").entries).toHaveLength(10);
    history.removeTransform(TransformId);
    history.addTransform({ TransformId });
    expect(history.taskRuns({ TransformId }, "key").entries).toHaveLength(0);
  });

  it("limits all results together to 8 bytes per entry", () => {
    // Two results of 4,000 runs take 64,000 bytes.
    const history = createHistory(4000, 64_100);
    const [first, second] = [TransformId, "tfm-2"].map((id) => history.taskRuns({ TransformId: id }, id));
    expect(history.taskRuns({ TransformId }, TransformId)).toBe(first);
    expect(history.taskRuns({ TransformId: "tfm-2" }, "tfm-2")).toBe(second);
    history.taskRuns({ TransformId, Sort: { Column: "STATUS", SortDirection: "ASCENDING" } }, "by status");
    expect(history.taskRuns({ TransformId: "tfm-2" }, "tfm-2")).toBe(second);
    expect(history.taskRuns({ TransformId }, TransformId)).not.toBe(first);
  });

  it("holds the runs themselves in a result that is sorted by a column, not copies", () => {
    const history = createHistory(10);
    const plain = new Set(history.taskRuns({ TransformId }, "plain").entries);
    const Sort = { Column: "TASK_RUN_TYPE", SortDirection: "DESCENDING" } as const;
    expect(history.taskRuns({ TransformId, Sort }, "sorted").entries.every((entry) => plain.has(entry))).toBe(true);
  });

  it("adds the length of a query to the size of its result", () => {
    const history = createHistory(1, 100_000);
    const long = "x".repeat(40_000);
    const first = history.taskRuns({ TransformId }, long);
    history.taskRuns({ TransformId }, `${long}y`);
    expect(history.taskRuns({ TransformId }, long)).not.toBe(first);
  });
});
