/** What it costs to resume a listing: its requests, compared with those of a listing that continues. */
import { type ListOptions, type MLTaskRunList, MLTaskRuns } from "glue-ml-task-runs";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createRun,
  ids,
  idsNewestFirst,
  newestFirst,
  oldestFirst,
  startGlue,
  startGlueWith,
  TransformId,
  takeIds,
} from "./support.js";

describe("The requests of a resumed listing", () => {
  it("with a limit per query are one for each transform that has fewer runs", async () => {
    const transforms = ["tfm-a", "tfm-b", "tfm-c"];
    const history = transforms.flatMap((transformId) => sampleTaskRuns({ transformId, count: 3 }));
    const glue = await startGlueWith(history);
    const list = (options: ListOptions) =>
      new MLTaskRuns(glue.client()).listAcrossTransforms({}, { limitPerQuery: 5, ...options });
    const runs = list({})[Symbol.asyncIterator]();
    await takeIds(runs, 4);
    const before = glue.requests.length;
    expect(await list({ cursor: runs.cursor }).toArray()).toHaveLength(5);
    expect(glue.requests.slice(before).filter(({ operation }) => operation === "GetMLTaskRuns")).toHaveLength(3);
  });

  it("of a query with a time bound ask for its limit and the runs to skip, not for those of the first page again", async () => {
    const glue = await startGlue(50);
    const query = { TransformId, Sort: oldestFirst, Filter: { StartedAfter: new Date(0) } };
    const taskRuns = new MLTaskRuns(glue.client());
    const runs = taskRuns.list(query)[Symbol.asyncIterator]();
    await takeIds(runs, 40);
    const rest = taskRuns.list(query, { cursor: runs.cursor, limit: 5 });
    expect(ids(await rest.toArray())).toEqual(idsNewestFirst(50).reverse().slice(40, 45));
    expect(glue.requests.at(-1)?.input).toMatchObject({ MaxResults: 6 });
  });

  const TIMES = 300;
  const PAGE_SIZE = 20;
  let glue: LocalGlue;
  let taskRuns: MLTaskRuns;
  beforeAll(async () => {
    glue = await LocalGlue.start();
    taskRuns = new MLTaskRuns(glue.client());
    const start = Date.UTC(2026, 9, 1);
    // Minutes apart, so that few runs are within the margin of a position.
    for (const [index, TransformId] of ["tfm-a", "tfm-b", "tfm-c"].entries()) {
      glue.addTaskRuns(
        Array.from({ length: TIMES }, (_, number) =>
          createRun(`tsk-${number}`, { TransformId, StartedOn: new Date(start + (number * 3 + index) * 60_000) }),
        ),
      );
    }
  });
  afterAll(() => glue.close());

  const Sort = newestFirst;
  const bounded = { StartedAfter: new Date("2026-09-01") };
  type ListOf = (options: ListOptions) => MLTaskRunList;
  const listings: { name: string; queries: number; list: ListOf }[] = [
    { name: "a plain listing", queries: 1, list: (options) => taskRuns.list({ TransformId: "tfm-a" }, options) },
    {
      name: "a plain listing by STARTED",
      queries: 1,
      list: (options) => taskRuns.list({ TransformId: "tfm-a", Sort }, options),
    },
    {
      name: "a union of one query with a time bound",
      queries: 1,
      list: (options) => taskRuns.listAny([{ TransformId: "tfm-a", Filter: bounded }], options),
    },
    {
      name: "a union of three queries with a time bound",
      queries: 3,
      list: (options) =>
        taskRuns.listAny(
          ["tfm-a", "tfm-b", "tfm-c"].map((TransformId) => ({ TransformId, Filter: bounded })),
          options,
        ),
    },
  ];

  /** The number of requests that reading takes. */
  async function countRequests(read: () => Promise<unknown>): Promise<number> {
    const before = glue.requests.length;
    await read();
    return glue.requests.length - before;
  }

  it.each(listings)(
    "of $name are at most two more for each query than those of a listing that continues",
    async ({ list, queries }) => {
      const options = { pageSize: PAGE_SIZE, prefetch: 0 };
      for (const stop of [1, PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 95, 100, 150, 299]) {
        const runs = list(options)[Symbol.asyncIterator]();
        for (let count = 0; count < stop; count += 1) await runs.next();
        const { cursor } = runs;
        const resumed = await countRequests(() => list({ ...options, cursor }).toArray());
        const continued = await countRequests(async () => {
          while (!(await runs.next()).done);
        });
        expect({ stop, more: resumed - continued }).toSatisfy(({ more }) => more <= 2 * queries);
      }
    },
  );

  it("of a union without a time bound are those of a listing that continues, and those of every query once for runs without StartedOn", async () => {
    const union = (options: ListOptions) =>
      taskRuns.listAny([{ TransformId: "tfm-a" }, { TransformId: "tfm-b" }], { ...options, pageSize: PAGE_SIZE });
    const whole = (2 * TIMES) / PAGE_SIZE;
    for (const stop of [1, PAGE_SIZE, 100, 450]) {
      const runs = union({ prefetch: 0 })[Symbol.asyncIterator]();
      for (let count = 0; count < stop; count += 1) await runs.next();
      const { cursor } = runs;
      const resumed = await countRequests(() => union({ cursor }).toArray());
      const continued = await countRequests(async () => {
        while (!(await runs.next()).done);
      });
      expect({ stop, more: resumed - continued }).toSatisfy(({ more }) => more <= whole + 4);
    }
  });

  it("of time windows are at most two more than those of a listing of the rest", async () => {
    const windows = (options: ListOptions, Filter = {}) =>
      taskRuns.list({ TransformId: "tfm-a", Sort, Filter }, { ...options, pageSize: PAGE_SIZE, concurrency: 4 });
    for (const stop of [1, PAGE_SIZE, 100, 150, 299]) {
      const runs = windows({})[Symbol.asyncIterator]();
      let StartedBefore: Date | undefined;
      for (let count = 0; count < stop; count += 1) StartedBefore = (await runs.next()).value?.StartedOn;
      const { cursor } = runs;
      await runs.return?.();
      const resumed = await countRequests(() => windows({ cursor }).toArray());
      const rest = await countRequests(() => windows({}, { StartedBefore }).toArray());
      expect({ stop, more: resumed - rest }).toSatisfy(({ more }) => more <= 2);
    }
  });
});
