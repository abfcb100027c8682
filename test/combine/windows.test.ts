import { GlueClient } from "@aws-sdk/client-glue";
import fc from "fast-check";
import { MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";
import { LocalGlue, type LocalTaskRun, sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import {
  collect,
  countInFlight,
  createRun,
  expectReturnToAbort,
  ids,
  idsNewestFirst,
  newestFirst,
  oldestFirst,
  type ReceivedRequest,
  type Reply,
  readToError,
  replyWith,
  SERVICE_VARIANTS,
  serviceError,
  startGlue,
  startHangingServer,
  TransformId,
  waitUntilIdle,
} from "../support.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = Date.parse("2026-11-01");

/** A history with these start times; a third of its runs failed. Ids are in no order. */
function createHistory(transformId: string, times: readonly number[]): LocalTaskRun[] {
  return times.map((time, index) => ({
    TransformId: transformId,
    TaskRunId: `tsk-${(index * 7919) % 10_007}`,
    Status: index % 3 === 0 ? "FAILED" : "SUCCEEDED",
    StartedOn: new Date(time),
  }));
}

/** Start times before now. */
const timesBeforeNow = (count: number, distanceOf: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => NOW - distanceOf(index));

/** Start times at even distances, in bursts, at single instants and after gaps. */
const anyTimes = fc
  .array(
    fc.record({
      count: fc.integer({ min: 0, max: 40 }),
      step: fc.constantFrom(0, 1, 700, MINUTE, 60 * MINUTE),
      gap: fc.constantFrom(0, 1000, 60 * MINUTE, DAY, 20 * 365 * DAY),
    }),
    { maxLength: 6 },
  )
  .map((groups) => {
    let time = Date.parse("1980-01-01");
    return groups.flatMap(({ count, step, gap }) => {
      time += gap;
      return Array.from({ length: count }, () => {
        time += step;
        return time;
      });
    });
  });

describe("A listing in time windows", () => {
  it.each(SERVICE_VARIANTS)(
    "returns the runs of a plain listing in the same order, with %s of the service",
    async (_, variant) => {
      await using glue = await LocalGlue.start(variant);
      const taskRuns = new MLTaskRuns(glue.client());
      let turn = 0;
      const anyOptions = fc.record({
        pageSize: fc.integer({ min: 1, max: 30 }),
        concurrency: fc.integer({ min: 1, max: 6 }),
        limit: fc.option(fc.nat({ max: 300 }), { nil: undefined }),
      });
      const anyFilter = fc.record({
        firstIndex: fc.nat({ max: 99 }),
        secondIndex: fc.nat({ max: 99 }),
        kind: fc.constantFrom("none", "after", "before", "both", "status"),
      });
      await fc.assert(
        fc.asyncProperty(
          anyTimes,
          anyOptions,
          fc.constantFrom(undefined, newestFirst, oldestFirst),
          anyFilter,
          async (times, options, Sort, { firstIndex, secondIndex, kind }) => {
            turn += 1;
            const id = `${TransformId}-${turn}`;
            glue.addTransform({ TransformId: id });
            glue.addTaskRuns(createHistory(id, times));
            const indexes = [times[firstIndex] ?? 0, (times[secondIndex] ?? 0) + 1];
            const [from = 0, to = 1] = indexes.toSorted((a, b) => a - b);
            const Filter = {
              none: undefined,
              after: { StartedAfter: new Date(from) },
              before: { StartedBefore: new Date(to) },
              both: { StartedAfter: new Date(from), StartedBefore: new Date(to) },
              status: { Status: "FAILED" as const },
            }[kind];
            const query = { TransformId: id, Filter };
            const { limit } = options;
            const plain = await taskRuns.list({ ...query, Sort: Sort ?? newestFirst }, { limit }).toArray();
            const windowed = await taskRuns.list({ ...query, Sort }, options).toArray();
            expect(ids(windowed)).toEqual(ids(plain));
          },
        ),
      );
    },
  );

  it.each([undefined, newestFirst, oldestFirst])(
    "has as many requests in flight as its concurrency, and no more (Sort: %j)",
    async (Sort) => {
      const glue = await startGlue(500);
      const client = glue.client();
      const inFlight = countInFlight(client);
      const concurrency = 5;
      const list = new MLTaskRuns(client).list({ TransformId, Sort }, { pageSize: 10, concurrency });
      expect(await list.toArray()).toHaveLength(500);
      expect(inFlight.maximum).toBe(concurrency);
    },
  );

  it.each([
    ["at even distances", timesBeforeNow(4000, (index) => index * 17 * MINUTE)],
    ["whose distances grow by and by", timesBeforeNow(5000, (index) => Math.exp((index / 5000) * 15) * 1000)],
    [
      "in a dense group each night",
      timesBeforeNow(9000, (index) => Math.floor(index / 300) * DAY + (index % 300) * 200),
    ],
    [
      "in two groups with five years between",
      timesBeforeNow(3000, (index) => (index < 1500 ? 0 : 5 * 365 * DAY) + index * MINUTE),
    ],
    ["at random distances", sampleTaskRuns({ count: 4000 }).map(({ StartedOn }) => Number(StartedOn))],
  ])(
    "sends at most 1.5 times the requests of its pages, and four more a concurrent request, for runs %s",
    async (_, times) => {
      await using glue = await LocalGlue.start();
      glue.addTaskRuns(createHistory(TransformId, times));
      const concurrency = 8;
      for (const pageSize of [100, 1000]) {
        const before = glue.requests.length;
        const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize, concurrency });
        expect(await list.toArray()).toHaveLength(times.length);
        const pages = times.length / pageSize;
        expect(glue.requests.length - before).toBeLessThanOrEqual(1.5 * pages + 4 * concurrency);
      }
    },
  );

  it("of 3,000 runs that all started at one time sends at most ten requests more than a plain listing", async () => {
    const glue = await startGlue();
    glue.addTaskRuns(createHistory(TransformId, Array(3000).fill(NOW)));
    const taskRuns = new MLTaskRuns(glue.client(), { pageSize: 100 });
    const plain = await taskRuns.list({ TransformId, Sort: newestFirst }).toArray();
    const plainRequests = glue.requests.length;
    const windowed = await taskRuns.list({ TransformId }, { concurrency: 16 }).toArray();
    expect(ids(windowed)).toEqual(ids(plain));
    expect(glue.requests.length - plainRequests).toBeLessThanOrEqual(plainRequests + 10);
  });

  it.each(["RUNNING", "SUCCEEDED"] as const)(
    "that filters by the status %s is no error where runs finish between the requests of two windows",
    async (Status) => {
      const glue = await startGlue();
      const runs = createHistory(
        TransformId,
        timesBeforeNow(400, (index) => index * 500),
      );
      glue.addTaskRuns(runs.map((run, index) => ({ ...run, Status: index % 2 ? "RUNNING" : "SUCCEEDED" })));
      const finishAll = () => glue.addTaskRuns(runs.map((run) => ({ ...run, Status: "SUCCEEDED" })));
      const onPage = ({ page }: { page: number }) => page === 6 && finishAll();
      const options = { pageSize: 10, concurrency: 2, onPage };
      const found = await new MLTaskRuns(glue.client()).list({ TransformId, Filter: { Status } }, options).toArray();
      expect(found.length).toBeGreaterThan(0);
      expect(new Set(ids(found)).size).toBe(found.length);
    },
  );

  it.each([
    ["in windows", { pageSize: 5, concurrency: 3 }],
    ["on a single page", { concurrency: 3 }],
  ])("leaves out runs without StartedOn %s", async (_, options) => {
    const glue = await startGlue();
    const dated = createHistory(
      TransformId,
      timesBeforeNow(50, (index) => index * MINUTE),
    );
    glue.addTaskRuns([...dated, { TransformId, TaskRunId: "tsk-undated", Status: "STARTING" }]);
    for (const Sort of [newestFirst, oldestFirst]) {
      const found = await new MLTaskRuns(glue.client()).list({ TransformId, Sort }, options).toArray();
      expect(ids(found).toSorted()).toEqual(ids(dated).toSorted());
    }
  });

  it("returns no run of a history in which no run has StartedOn", async () => {
    const glue = await startGlue();
    glue.addTaskRuns(Array.from({ length: 30 }, (_, index) => createRun(`tsk-${index}`)));
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 5, concurrency: 3 });
    expect(await list.toArray()).toEqual([]);
  });

  it.each([
    ["oldest first", oldestFirst],
    ["newest first", newestFirst],
  ])("returns runs at the limits of Date, %s", async (_, Sort) => {
    const glue = await startGlue();
    const limit = 8_640_000_000_000_000;
    const times = [-limit, -limit + MINUTE, 0, limit - MINUTE, limit];
    const runs = times.map((time, index) => createRun(`tsk-${index}`, { StartedOn: new Date(time) }));
    glue.addTaskRuns(runs);
    const list = new MLTaskRuns(glue.client()).list({ TransformId, Sort }, { concurrency: 2, pageSize: 1 });
    const expected = Sort === oldestFirst ? runs : runs.toReversed();
    expect(ids(await list.toArray())).toEqual(ids(expected));
  });

  it("sends no requests while the consumer reads nothing, beyond the windows that it opens ahead", async () => {
    const glue = await startGlue(20_000);
    const concurrency = 2;
    const pages = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 1000, concurrency }).pages();
    await pages.next();
    await pages.next();
    await vi.waitFor(() => expect(glue.requests.length).toBeGreaterThan(5));
    await waitUntilIdle(glue);
    const requestsForPlan = 2;
    const openWindows = 2 * concurrency;
    const pagesAheadOfWindow = 2;
    // The window that the consumer reads has returned one page more.
    expect(glue.requests.length).toBeLessThanOrEqual(requestsForPlan + openWindows * pagesAheadOfWindow + 1);
    await pages.return?.();
  });

  it("opens no windows beyond its limit", async () => {
    const glue = await startGlue(4000);
    const options = { pageSize: 200, concurrency: 8, limit: 500 };
    expect(await new MLTaskRuns(glue.client()).list({ TransformId }, options).toArray()).toHaveLength(500);
    await waitUntilIdle(glue);
    // Three pages of runs, the request for the farthest run, and two pages at the boundaries of windows.
    expect(glue.requests.length).toBeLessThanOrEqual(3 + 1 + 2);
  });

  it("sends one request for first()", async () => {
    const glue = await startGlue(4000);
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 200, concurrency: 8 });
    expect((await list.first())?.TaskRunId).toBe(idsNewestFirst(4000)[0]);
    expect(glue.requests).toHaveLength(1);
  });

  it("has a cursor on every page but the last", async () => {
    const glue = await startGlue(1000);
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 50, concurrency: 4 });
    const pages = await collect(list.pages());
    expect(pages.map((page) => "cursor" in page)).toEqual(pages.map((_, index) => index < pages.length - 1));
  });

  it("follows empty pages", async () => {
    const glue = await startGlue(1000);
    glue.failRandomly({ rate: 0.3, seed: 5, faults: ["emptyPage"] });
    for (const pageSize of [20, 250]) {
      const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize, concurrency: 4 });
      expect(ids(await list.toArray())).toEqual(idsNewestFirst(1000));
    }
  });

  it("reads page by page if the request for the farthest run fails", async () => {
    const glue = await startGlue(1000);
    glue.fail("expiredToken", { after: 1 });
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 100, concurrency: 4 });
    expect(await list.toArray()).toHaveLength(1000);
    const pages = 10;
    expect(glue.requests).toHaveLength(pages + 1);
  });

  it.each([0, 2, 3, 9])("rejects with an error of request %i after all runs before it", async (after) => {
    const glue = await startGlue(1000);
    glue.fail("expiredToken", { after });
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 50, concurrency: 4 });
    const { found, error } = await readToError(list);
    expect(error).toMatchObject({ name: "ExpiredTokenException" });
    expect(found).toEqual(idsNewestFirst(1000).slice(0, found.length));
  });

  it("has runs of the type that its filter asks for", async () => {
    const glue = await startGlue(300);
    const Filter = taskRunFilter().taskRunType("FIND_MATCHES");
    const list = new MLTaskRuns(glue.client()).list({ TransformId, Filter }, { concurrency: 3, pageSize: 20 });
    const found = await list.toArray();
    expect(found.length).toBeGreaterThan(0);
    for (const run of found) expect(run.Properties.FindMatchesTaskRunProperties.JobRunId).toMatch(/^jr_/);
  });

  it("rejects another Sort.Column than STARTED", () => {
    const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));
    const Sort = taskRunSort("STATUS").ascending();
    expect(() => taskRuns.list({ TransformId, Sort }, { concurrency: 2 })).toThrow("Sort.Column must be STARTED");
  });
});

describe("The concurrency of the default options", () => {
  const hasLowerBound = ({ input }: { input: object }) => "Filter" in input && "StartedAfter" in Object(input.Filter);

  it("makes list() read in time windows where the query sorts by STARTED", async () => {
    const glue = await startGlue(300);
    const taskRuns = new MLTaskRuns(glue.client(), { concurrency: 3, pageSize: 20 });
    expect(await taskRuns.list({ TransformId }).toArray()).toHaveLength(300);
    expect(glue.requests.some(hasLowerBound)).toBe(true);
  });

  it("is ignored by list() where the query sorts by another column", async () => {
    const glue = await startGlue(300);
    const taskRuns = new MLTaskRuns(glue.client(), { concurrency: 3, pageSize: 20 });
    const Sort = taskRunSort("STATUS").ascending();
    expect(await taskRuns.list({ TransformId, Sort }).toArray()).toHaveLength(300);
    expect(glue.requests.some(hasLowerBound)).toBe(false);
  });
});

describe("Time windows that wait for their pages", () => {
  const runAt = (StartedOn: number) => createRun(`tsk-${StartedOn}`, { StartedOn });
  const newestSecond = 1e9;
  const lastSecondOfFirstPage = newestSecond - 100;

  /** Replies to the first page and to the request for the farthest run, but not to the windows. */
  function replyBeforeWindows({ input: { Filter, Sort } }: ReceivedRequest): Reply | undefined {
    if (Filter !== undefined) return undefined;
    return Sort?.SortDirection === "ASCENDING"
      ? { TaskRuns: [runAt(0)] }
      : { TaskRuns: [runAt(newestSecond), runAt(lastSecondOfFirstPage)], NextToken: "more" };
  }

  const options = { pageSize: 2, concurrency: 4 };

  it("are aborted when one of them fails", async () => {
    let fail = () => {};
    const failure = new Promise<Reply>((resolve) => {
      fail = () => resolve(serviceError("ExpiredTokenException"));
    });
    const { client, requests } = await startHangingServer((request) => {
      const { StartedBefore = 0 } = request.input.Filter ?? {};
      const isFirstWindow = StartedBefore >= lastSecondOfFirstPage;
      return isFirstWindow ? failure : replyBeforeWindows(request);
    });
    const all = new MLTaskRuns(client).list({ TransformId }, options).toArray();
    // Two requests for the plan, and four windows.
    await vi.waitFor(() => expect(requests).toMatchObject({ received: 6, hanging: 3 }));
    fail();
    await expect(all).rejects.toMatchObject({ name: "ExpiredTokenException" });
    await vi.waitFor(() => expect(requests.closed).toBe(3));
  });

  it("are aborted when the loop is left", async () => {
    const { client, requests } = await startHangingServer(replyBeforeWindows);
    const runs = new MLTaskRuns(client).list({ TransformId }, options)[Symbol.asyncIterator]();
    // The first run is on the first page, the second one in the first window.
    await runs.next();
    await expectReturnToAbort(runs, requests, 4);
  });

  it("are aborted by the signal", async () => {
    const { client, requests } = await startHangingServer(replyBeforeWindows);
    const controller = new AbortController();
    const list = new MLTaskRuns(client).list({ TransformId }, { ...options, abortSignal: controller.signal });
    const all = list.toArray();
    await vi.waitFor(() => expect(requests.hanging).toBe(4));
    controller.abort("enough");
    await expect(all).rejects.toBe("enough");
    await vi.waitFor(() => expect(requests.closed).toBe(4));
  });
});

describe("A history that is too short for time windows", () => {
  const runAt = (second: number) => createRun(`tsk-${second}`, { StartedOn: 1e9 + second });
  const firstPage = { TaskRuns: [runAt(2), runAt(1)], NextToken: "more" };
  const farthestRun = { TaskRuns: [runAt(0)], NextToken: "more" };
  const list = (client: GlueClient, limit?: number) =>
    new MLTaskRuns(client).list({ TransformId }, { pageSize: 2, concurrency: 1, limit });

  it("is read page by page, and an error of a page is an error of the listing", async () => {
    const client = await replyWith(firstPage, farthestRun, { TaskRuns: [{}] });
    await expect(list(client).toArray()).rejects.toMatchObject({ member: "TaskRunId" });
  });

  it("is read up to the limit", async () => {
    const client = await replyWith(firstPage, farthestRun, { TaskRuns: [runAt(0)], NextToken: "end" });
    expect(ids(await list(client, 3).toArray())).toEqual(["tsk-2", "tsk-1", "tsk-0"]);
  });
});
