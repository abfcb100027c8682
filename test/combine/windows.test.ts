/** One query in time windows side by side: the same runs in the same order as a plain listing. */
import type { ServerResponse } from "node:http";
import { GlueClient } from "@aws-sdk/client-glue";
import fc from "fast-check";
import { MLTaskRuns, type PageProgress, taskRunFilter, taskRunSort } from "glue-ml-task-runs";
import { LocalGlue, type LocalTaskRun, sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { collect, countInFlight, ids, quiet, replyWith, startGlue, startServer, TransformId } from "./support.js";

const newest = taskRunSort("STARTED").descending();
const oldest = taskRunSort("STARTED").ascending();
const MINUTE = 60_000;

/** Even stretches, bursts, single instants and gaps, one after another. */
const anyTimes = fc
  .array(
    fc.record({
      count: fc.integer({ min: 0, max: 40 }),
      step: fc.constantFrom(0, 1, 700, MINUTE, 60 * MINUTE),
      gap: fc.constantFrom(0, 1000, 60 * MINUTE, 24 * 60 * MINUTE, 20 * 365 * 24 * 60 * MINUTE),
    }),
    { maxLength: 6 },
  )
  .map((stretches) => {
    let time = Date.parse("1980-01-01");
    return stretches.flatMap(({ count, step, gap }) => {
      time += gap;
      return Array.from({ length: count }, () => {
        time += step;
        return time;
      });
    });
  });

function historyOf(transformId: string, times: number[]): LocalTaskRun[] {
  return times.map((time, index) => ({
    TransformId: transformId,
    TaskRunId: `tsk-${(index * 7919) % 10_007}`,
    Status: index % 3 === 0 ? "FAILED" : "SUCCEEDED",
    StartedOn: new Date(time),
  }));
}

const NOW = Date.parse("2026-11-01");
const DAY = 24 * 60 * MINUTE;
const times = (length: number, ago: (index: number) => number) =>
  Array.from({ length }, (_, index) => NOW - ago(index));
const HISTORIES = {
  even: times(3000, (index) => index * 17 * MINUTE),
  thinning: times(5000, (index) => Math.exp((index / 5000) * 15) * 1000),
  nightly: times(9000, (index) => Math.floor(index / 300) * DAY + (index % 300) * 200),
  clusters: times(3000, (index) => (index < 1500 ? 0 : 5 * 365 * DAY) + index * MINUTE),
  instant: times(1000, () => 0),
};

describe("windows", () => {
  it.each(["exclusive", "inclusive"] as const)(
    "give what a plain listing gives, for any history, page size and direction, with %s bounds",
    async (bounds) => {
      await using glue = await LocalGlue.start({ bounds });
      const taskRuns = new MLTaskRuns(glue.client());
      let turn = 0;
      await fc.assert(
        fc.asyncProperty(
          anyTimes,
          fc.integer({ min: 1, max: 30 }),
          fc.integer({ min: 1, max: 6 }),
          fc.constantFrom(undefined, newest, oldest),
          fc.option(fc.nat({ max: 300 }), { nil: undefined }),
          fc.tuple(
            fc.nat({ max: 99 }),
            fc.nat({ max: 99 }),
            fc.constantFrom("none", "after", "before", "both", "status"),
          ),
          async (times, pageSize, concurrency, Sort, limit, [one, other, part]) => {
            turn += 1;
            const id = `${TransformId}-${turn}`;
            glue.addTransform({ TransformId: id });
            glue.addTaskRuns(historyOf(id, times));
            const [from = 0, to = 1] = [times[one] ?? 0, (times[other] ?? 0) + 1].toSorted((a, b) => a - b);
            const Filter = {
              none: undefined,
              after: { StartedAfter: new Date(from) },
              before: { StartedBefore: new Date(to) },
              both: { StartedAfter: new Date(from), StartedBefore: new Date(to) },
              status: { Status: "FAILED" as const },
            }[part];
            const query = { TransformId: id, Filter };
            const plain = await taskRuns.list({ ...query, Sort: Sort ?? newest }, { limit }).toArray();
            const windowed = await taskRuns.list({ ...query, Sort }, { pageSize, concurrency, limit }).toArray();
            expect(ids(windowed)).toEqual(ids(plain));
          },
        ),
        { numRuns: 120 },
      );
    },
    60_000,
  );

  it.each([
    [8000, 100],
    [8000, 1000],
    [3000, 10],
  ])(
    "of an even history of %i runs in pages of %i need at most 1.5 times the requests, and two per window in flight",
    async (count, pageSize) => {
      const glue = await LocalGlue.start();
      onTestFinished(() => glue.close());
      glue.addTaskRuns(
        historyOf(
          "tfm-even",
          Array.from({ length: count }, (_, index) => index * 17 * MINUTE),
        ),
      );
      glue.addTaskRuns(sampleTaskRuns({ transformId: "tfm-random", count }));
      for (const id of ["tfm-even", "tfm-random"]) {
        const before = glue.requests.length;
        const list = new MLTaskRuns(glue.client()).list({ TransformId: id }, { pageSize, concurrency: 8 });
        expect(await list.toArray()).toHaveLength(count);
        expect(glue.requests.length - before).toBeLessThanOrEqual(1.5 * (count / pageSize) + 2 * 8);
      }
    },
  );

  it("of a history that is dense here and sparse there soon find out, and do not waste many requests", async () => {
    await using glue = await LocalGlue.start();
    const { thinning, nightly, clusters } = HISTORIES;
    const taskRuns = new MLTaskRuns(glue.client());
    for (const [id, times] of Object.entries({ thinning, nightly, clusters })) {
      glue.addTaskRuns(historyOf(id, times));
      for (const pageSize of [100, 1000]) {
        const before = glue.requests.length;
        expect(await taskRuns.list({ TransformId: id }, { pageSize, concurrency: 8 }).toArray()).toHaveLength(
          times.length,
        );
        expect(glue.requests.length - before).toBeLessThanOrEqual(1.5 * (times.length / pageSize) + 4 * 8);
      }
    }
  });

  // One request at a time, so that it is known of the same runs each time. What changes these numbers changes the plan.
  it.each<[keyof typeof HISTORIES, number, number | undefined, number]>([
    ["even", 100, undefined, 35],
    ["even", 1000, undefined, 5],
    ["thinning", 100, undefined, 71],
    ["thinning", 500, undefined, 15],
    ["nightly", 100, undefined, 101],
    ["nightly", 1000, undefined, 11],
    ["clusters", 100, undefined, 40],
    ["instant", 100, undefined, 11],
    ["instant", 100, 300, 4],
  ])(
    "of a history that is %s, in pages of %i up to %s, take so many requests: %i",
    async (name, pageSize, limit, count) => {
      await using glue = await LocalGlue.start();
      glue.addTaskRuns(historyOf(TransformId, HISTORIES[name]));
      const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize, limit, concurrency: 1 });
      expect(await list.toArray()).toHaveLength(limit ?? HISTORIES[name].length);
      await quiet(glue);
      expect(glue.requests).toHaveLength(count);
    },
  );

  it("of a history in one instant are a plain listing, and at most ten requests more", async () => {
    const glue = await startGlue();
    glue.addTaskRuns(historyOf(TransformId, Array(3000).fill(Date.parse("2026-11-01"))));
    const taskRuns = new MLTaskRuns(glue.client());
    const plain = await taskRuns.list({ TransformId, Sort: newest }, { pageSize: 100 }).toArray();
    const before = glue.requests.length;
    const windowed = await taskRuns.list({ TransformId }, { pageSize: 100, concurrency: 16 }).toArray();
    expect(ids(windowed)).toEqual(ids(plain));
    expect(glue.requests.length - before).toBeLessThanOrEqual(before + 10);
  });

  it("leave out runs without StartedOn, also where they are a plain listing", async () => {
    const glue = await startGlue();
    const times = Array.from({ length: 50 }, (_, index) => index * MINUTE);
    glue.addTaskRuns([...historyOf(TransformId, times), { TransformId, TaskRunId: "tsk-never", Status: "STARTING" }]);
    const taskRuns = new MLTaskRuns(glue.client());
    for (const options of [{ pageSize: 5, concurrency: 3 }, { concurrency: 3 }]) {
      for (const Sort of [newest, oldest]) {
        expect(await taskRuns.list({ TransformId, Sort }, options).toArray()).toHaveLength(50);
      }
    }
  });

  it("are not cut where all the runs are without StartedOn", async () => {
    const runs = Array.from(
      { length: 30 },
      (_, index): LocalTaskRun => ({ TransformId, TaskRunId: `tsk-${index}`, Status: "STARTING" }),
    );
    const glue = await startGlue();
    glue.addTaskRuns(runs);
    expect(
      await new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 5, concurrency: 3 }).toArray(),
    ).toEqual([]);
  });

  it.each([undefined, newest, oldest])("have so many requests in flight, and no more (sorted: %j)", async (Sort) => {
    const glue = await startGlue(500);
    const client = glue.client();
    const inFlight = countInFlight(client);
    const list = new MLTaskRuns(client).list({ TransformId, Sort }, { pageSize: 10, concurrency: 5 });
    expect(await list.toArray()).toHaveLength(500);
    expect(inFlight.most).toBe(5);
  });

  it("stop their requests while the consumer reads nothing, and go no further than limit", async () => {
    const glue = await startGlue(20_000);
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 1000, concurrency: 2 });
    const iterator = list.pages();
    await iterator.next();
    await iterator.next();
    await vi.waitFor(() => expect(glue.requests.length).toBeGreaterThan(5));
    await quiet(glue);
    expect(glue.requests.length).toBeLessThanOrEqual(2 + 2 * (3 * 2 + 1));
    await iterator.return?.();

    const before = glue.requests.length;
    const limited = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 200, concurrency: 8, limit: 500 });
    expect(await limited.toArray()).toHaveLength(500);
    expect(await limited.first()).toBeDefined();
    expect(glue.requests.length - before).toBeLessThanOrEqual(7);
  });

  it("tell onPage of their own runs, and give pages with cursors", async () => {
    const glue = await startGlue(1000);
    const seen: PageProgress[] = [];
    const onPage = (progress: PageProgress) => seen.push(progress);
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 50, concurrency: 4, onPage });
    const pages = await collect(list.pages());
    expect(pages.slice(0, -1).every((page) => page.cursor !== undefined)).toBe(true);
    expect("cursor" in (pages.at(-1) ?? {})).toBe(false);
    expect(seen.at(-1)?.runs).toBe(1000);
    expect(seen.map(({ page }) => page)).toEqual(seen.map((_, index) => index + 1));
    expect(seen.every(({ requestId }) => requestId !== undefined)).toBe(true);
  });

  it("follow empty pages", async () => {
    const glue = await startGlue(1000);
    glue.failRandomly({ rate: 0.3, seed: 5, faults: ["emptyPage"] });
    const taskRuns = new MLTaskRuns(glue.client());
    const plain = ids(await taskRuns.list({ TransformId, Sort: newest }).toArray());
    for (const pageSize of [20, 250]) {
      const windowed = await taskRuns.list({ TransformId }, { pageSize, concurrency: 4 }).toArray();
      expect(ids(windowed)).toEqual(plain);
    }
  });

  it("are a plain listing where the look from the other end fails", async () => {
    const glue = await startGlue(1000);
    glue.fail("expiredToken", { after: 1 });
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 100, concurrency: 4 });
    expect(await list.toArray()).toHaveLength(1000);
    expect(glue.requests).toHaveLength(11);
  });

  it("surface an error once, after all runs before it", async () => {
    for (const after of [0, 2, 3, 9]) {
      const glue = await startGlue(1000);
      glue.fail("expiredToken", { after });
      const given: string[] = [];
      const loop = async () => {
        const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 50, concurrency: 4 });
        for await (const { TaskRunId } of list) given.push(TaskRunId);
      };
      await expect(loop()).rejects.toMatchObject({ name: "ExpiredTokenException" });
      const plain = ids(await new MLTaskRuns(glue.client()).list({ TransformId, Sort: newest }).toArray());
      expect(given).toEqual(plain.slice(0, given.length));
    }
  });

  it("abort what is in flight when one of them fails", async () => {
    let [hanging, closed] = [0, 0];
    let failing: ServerResponse | undefined;
    const client = await startServer((_request, response, body) => {
      const { Sort, Filter } = JSON.parse(body);
      const run = (StartedOn: number) => ({ TaskRunId: `tsk-${StartedOn}`, Status: "FAILED", StartedOn });
      if (Filter?.StartedBefore >= 1e9 - 100) failing = response;
      else if (Filter !== undefined) {
        hanging += 1;
        response.on("close", () => (closed += 1));
      } else if (Sort.SortDirection === "ASCENDING") response.end(JSON.stringify({ TaskRuns: [run(0)] }));
      else response.end(JSON.stringify({ TaskRuns: [run(1e9), run(1e9 - 100)], NextToken: "more" }));
    });
    const listed = new MLTaskRuns(client).list({ TransformId }, { pageSize: 2, concurrency: 4 }).toArray();
    await vi.waitFor(() => expect({ hanging, isAsked: failing !== undefined }).toEqual({ hanging: 3, isAsked: true }));
    failing?.writeHead(400).end(JSON.stringify({ __type: "ExpiredTokenException" }));
    await expect(listed).rejects.toMatchObject({ name: "ExpiredTokenException" });
    await vi.waitFor(() => expect(closed).toBe(hanging));
  });

  it("surface an error of a plain listing that they fell back to, and go no further than its limit", async () => {
    const run = (second: number) => ({ TaskRunId: `tsk-${second}`, Status: "FAILED", StartedOn: 1e9 + second });
    const first = { TaskRuns: [run(2), run(1)], NextToken: "more" };
    const probe = { TaskRuns: [run(0)], NextToken: "more" };
    const list = (client: GlueClient, limit?: number) =>
      new MLTaskRuns(client).list({ TransformId }, { pageSize: 2, concurrency: 1, limit }).toArray();
    await expect(list(await replyWith(first, probe, { TaskRuns: [{}] }))).rejects.toMatchObject({
      member: "TaskRunId",
    });
    expect(await list(await replyWith(first, probe, { TaskRuns: [run(0)], NextToken: "end" }), 3)).toHaveLength(3);
  });

  it("end with the loop, and with the signal", async () => {
    let [seen, closed] = [0, 0];
    const client = await startServer((_request, response, body) => {
      seen += 1;
      const { Sort, Filter } = JSON.parse(body);
      const run = (StartedOn: number) => ({ TaskRunId: `tsk-${StartedOn}`, Status: "FAILED", StartedOn });
      if (Filter !== undefined) response.on("close", () => (closed += 1));
      else if (Sort.SortDirection === "ASCENDING") response.end(JSON.stringify({ TaskRuns: [run(0)] }));
      else response.end(JSON.stringify({ TaskRuns: [run(1e9), run(1e9 - 100)], NextToken: "more" }));
    });
    const taskRuns = new MLTaskRuns(client);
    for await (const _ of taskRuns.list({ TransformId }, { pageSize: 2, concurrency: 4 })) {
      await vi.waitFor(() => expect(seen).toBe(2));
      break;
    }
    const abortSignal = AbortSignal.timeout(200);
    const list = taskRuns.list({ TransformId }, { pageSize: 2, concurrency: 4, abortSignal });
    await expect(list.toArray()).rejects.toMatchObject({ name: "TimeoutError" });
    await vi.waitFor(() => expect(closed).toBe(4));
  });

  it("are cut from time: another column is refused", async () => {
    const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));
    const Sort = taskRunSort("STATUS").ascending();
    expect(() => taskRuns.list({ TransformId, Sort }, { concurrency: 2 })).toThrow("Sort.Column must be STARTED");
    expect(() => taskRuns.list({ TransformId }, { concurrency: 0 })).toThrow(
      "concurrency must be an integer from 1 to 64",
    );
    const Filter = taskRunFilter().taskRunType("FIND_MATCHES");
    const glue = await startGlue(300);
    const found = await new MLTaskRuns(glue.client())
      .list({ TransformId, Filter }, { concurrency: 3, pageSize: 20 })
      .toArray();
    for (const run of found) expect(run.Properties.FindMatchesTaskRunProperties.JobRunId).toMatch(/^jr_/);
  });
});
