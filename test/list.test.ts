import { EntityNotFoundException } from "@aws-sdk/client-glue";
import fc from "fast-check";
import {
  isFinished,
  isTaskRunType,
  MLTaskRunList,
  MLTaskRuns,
  type PageProgress,
  taskRunSort,
} from "glue-ml-task-runs";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import { collect, fitsItsType, ids, idsNewestFirst, startGlue, TransformId } from "./support.js";

describe("a listing", () => {
  it("of 2,345 runs in pages of 1000 takes three requests, and each run comes once, in the service's order", async () => {
    const glue = await startGlue(2345);
    const runs = await collect(new MLTaskRuns(glue.client()).list({ TransformId }));
    expect(ids(runs)).toEqual(idsNewestFirst(2345));
    expect(glue.requests).toHaveLength(3);
    expect(runs.every(fitsItsType)).toBe(true);
  });

  it("can be looped over again, each time from the start", async () => {
    const glue = await startGlue(25);
    const list = new MLTaskRuns(glue.client()).list(Object.freeze({ TransformId }), { pageSize: 10 });
    expect(ids(await collect(list))).toEqual(idsNewestFirst(25));
    expect(ids(await collect(list))).toEqual(idsNewestFirst(25));
    const [both, alsoBoth] = await Promise.all([collect(list), list.toArray()]);
    expect(ids(both)).toEqual(ids(alsoBoth));
  });

  it("sends nothing before its first run is asked for", async () => {
    const glue = await startGlue(5);
    const list = new MLTaskRuns(glue.client()).list({ TransformId });
    list[Symbol.asyncIterator]();
    list.pages();
    await new Promise(setImmediate);
    expect(glue.requests).toHaveLength(0);
    expect(list).toBeInstanceOf(MLTaskRunList);
  });

  it("of a transform without runs has none, and one empty page", async () => {
    const glue = await startGlue(0);
    const list = new MLTaskRuns(glue.client()).list({ TransformId });
    expect(await list.toArray()).toEqual([]);
    expect(await list.first()).toBeUndefined();
    expect(await collect(list.pages())).toMatchObject([{ runs: [] }]);
  });

  it("in any order and with any page size has every run once", async () => {
    const glue = await LocalGlue.start();
    const history = sampleTaskRuns({ transformId: TransformId, count: 60 });
    glue.addTaskRuns(history);
    const taskRuns = new MLTaskRuns(glue.client());
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("STARTED" as const, "STATUS" as const, "TASK_RUN_TYPE" as const),
        fc.boolean(),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 0, max: 4 }),
        async (column, ascends, pageSize, prefetch) => {
          const sort = taskRunSort(column);
          const Sort = ascends ? sort.ascending() : sort.descending();
          const runs = await taskRuns.list({ TransformId, Sort }, { pageSize, prefetch }).toArray();
          expect(new Set(ids(runs))).toEqual(new Set(ids(history)));
          expect(runs).toHaveLength(60);
        },
      ),
      { numRuns: 40 },
    );
    await glue.close();
  });

  it("rejects with the service's own error, as the SDK threw it", async () => {
    const glue = await startGlue();
    const list = new MLTaskRuns(glue.client()).list({ TransformId: "tfm-gone" });
    await expect(list.toArray()).rejects.toBeInstanceOf(EntityNotFoundException);
    await expect(list.first()).rejects.toMatchObject({ name: "EntityNotFoundException", $metadata: { attempts: 1 } });
  });
});

describe("first()", () => {
  it("sends one request, for one run, whatever the page size", async () => {
    const glue = await startGlue(10);
    const run = await new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 7 }).first();
    expect(run?.TaskRunId).toBe(idsNewestFirst(10)[0]);
    expect(glue.requests).toMatchObject([{ input: { MaxResults: 1 } }]);
  });
});

describe("limit", () => {
  it.each([
    { limit: 0, requests: 0 },
    { limit: 1, requests: 1 },
    { limit: 10, requests: 1 },
    { limit: 11, requests: 2 },
    { limit: 20, requests: 2 },
    { limit: 25, requests: 3 },
    { limit: 99, requests: 3 },
  ])("$limit with pages of 10 takes $requests requests", async ({ limit, requests }) => {
    const glue = await startGlue(25);
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { limit, pageSize: 10, prefetch: 4 });
    expect(ids(await list.toArray())).toEqual(idsNewestFirst(25).slice(0, limit));
    await new Promise(setImmediate);
    expect(glue.requests).toHaveLength(requests);
  });

  it("asks for no more runs than it wants, where no page size is given", async () => {
    const glue = await startGlue(25);
    await new MLTaskRuns(glue.client()).list({ TransformId }, { limit: 7 }).toArray();
    expect(glue.requests).toMatchObject([{ input: { MaxResults: 7 } }]);
  });

  it("0 sends nothing for first() either", async () => {
    const glue = await startGlue(5);
    expect(await new MLTaskRuns(glue.client()).list({ TransformId }, { limit: 0 }).first()).toBeUndefined();
    expect(glue.requests).toEqual([]);
  });
});

describe("pages()", () => {
  it("gives the pages as the service cut them, with their request ids, and a cursor on all but the last", async () => {
    const glue = await startGlue(25);
    const pages = await collect(new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10 }).pages());
    expect(pages.map(({ runs }) => runs.length)).toEqual([10, 10, 5]);
    expect(pages.map((page) => "cursor" in page)).toEqual([true, true, false]);
    expect(new Set(pages.map(({ requestId }) => requestId)).size).toBe(3);
    for (const { requestId } of pages) expect(requestId).toMatch(/^[\da-f-]{36}$/);
  });

  it("keeps MaxResults the same for the whole listing", async () => {
    const glue = await startGlue(25);
    await collect(new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10, limit: 15 }).pages());
    expect(glue.requests).toMatchObject([{ input: { MaxResults: 10 } }, { input: { MaxResults: 10 } }]);
  });
});

describe("onPage", () => {
  it("is told the number of each page, the runs so far and the request id, as the page arrives", async () => {
    const glue = await startGlue(25);
    const progress: PageProgress[] = [];
    const onPage = (page: PageProgress) => void progress.push(page);
    const pages = await collect(new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10, onPage }).pages());
    expect(progress).toEqual([
      { page: 1, runs: 10, requestId: pages[0]?.requestId },
      { page: 2, runs: 20, requestId: pages[1]?.requestId },
      { page: 3, runs: 25, requestId: pages[2]?.requestId },
    ]);
  });

  it("ends the listing with what it throws, after the pages before", async () => {
    const glue = await startGlue(25);
    const onPage = ({ page }: PageProgress) => {
      if (page === 2) throw new Error("enough");
    };
    const iterator = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10, onPage }).pages();
    expect(await iterator.next()).toMatchObject({ done: false });
    await expect(iterator.next()).rejects.toThrow("enough");
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });
});

it("the client's own logger is told of every request, as of any other", async () => {
  const glue = await startGlue(25);
  const info = vi.fn();
  const logger = { debug() {}, info, warn() {}, error() {} };
  await new MLTaskRuns(glue.client({ logger })).list({ TransformId }, { pageSize: 10 }).toArray();
  expect(info.mock.calls).toMatchObject([
    [
      {
        commandName: "GetMLTaskRunsCommand",
        input: { TransformId, MaxResults: 10 },
        output: { TaskRuns: { length: 10 } },
      },
    ],
    [{ output: { TaskRuns: { length: 10 } } }],
    [{ output: { TaskRuns: { length: 5 } } }],
  ]);
});

describe("guards", () => {
  it("isTaskRunType tells the type of a run", async () => {
    const glue = await startGlue(200);
    const runs = await new MLTaskRuns(glue.client()).list({ TransformId }).toArray();
    const matches = runs.filter((run) => isTaskRunType(run, "FIND_MATCHES"));
    expect(matches.length).toBeGreaterThan(50);
    for (const run of matches) expect(run.Properties.FindMatchesTaskRunProperties.JobRunId).toMatch(/^jr_/);
    expect(runs.filter((run) => run.Properties.TaskType === "FIND_MATCHES")).toEqual(matches);
  });

  it("isFinished is true of the four statuses that do not change, and false of a newer one", () => {
    const finished = ["STARTING", "RUNNING", "STOPPING", "STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT", "PAUSED"].filter(
      (status) => isFinished({ Status: status as "FAILED" }),
    );
    expect(finished).toEqual(["STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT"]);
    expect(isFinished({})).toBe(false);
  });
});
