/** Every kind of listing can be stopped anywhere and resumed with other options: exactly the rest follows. */
import fc from "fast-check";
import { type ListOptions, type MLTaskRun, type MLTaskRunList, MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import { LocalGlue, type LocalTaskRun } from "glue-ml-task-runs/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect, SERVICE_VARIANTS } from "./support.js";

const identity = (run: { TransformId: string; TaskRunId: string }) => `${run.TransformId}/${run.TaskRunId}`;
const SECOND = 1000;

/** Times with many ties, gaps of seconds, and gaps that are long enough for windows. */
const anyTime = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 6 }).map((time) => time * 300) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 40 }).map((time) => time * 30 * SECOND) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 3600 * SECOND }) },
);
const anyRun = fc.record({
  TransformId: fc.constantFrom("tfm-a", "tfm-b", "tfm-c"),
  StartedOn: fc.option(
    anyTime.map((time) => new Date(1_790_000_000_000 + time)),
    { nil: undefined, freq: 9 },
  ),
  Status: fc.constantFrom("FAILED" as const, "TIMEOUT" as const, "STARTING" as const),
});
const anyHistory = fc
  .array(anyRun, { maxLength: 70 })
  .map((runs) => runs.map((run, index): LocalTaskRun => ({ ...run, TaskRunId: `tsk-${(index * 37) % 101}` })));
const anyBounds = fc.record({
  StartedAfter: fc.option(
    anyTime.map((time) => new Date(1_790_000_000_000 + time)),
    { nil: undefined, freq: 1 },
  ),
  StartedBefore: fc.option(
    anyTime.map((time) => new Date(1_790_000_000_000 + time)),
    { nil: undefined, freq: 1 },
  ),
});
const anyOptions = fc.record({
  pageSize: fc.integer({ min: 1, max: 25 }),
  prefetch: fc.integer({ min: 0, max: 3 }),
  concurrency: fc.integer({ min: 1, max: 6 }),
});
const anySort = fc.constantFrom(taskRunSort("STARTED").ascending(), taskRunSort("STARTED").descending());

const kinds = ["plain", "windows", "union", "across", "across with a limit per query"] as const;

describe.each(SERVICE_VARIANTS)("with %s of the service", (_, options) => {
  let glue: LocalGlue;
  let taskRuns: MLTaskRuns;
  beforeAll(async () => {
    glue = await LocalGlue.start(options);
    // One attempt: an error reaches the listing.
    taskRuns = new MLTaskRuns(glue.client({ maxAttempts: 1 }));
  });
  afterAll(() => glue.close());

  function addHistory(history: readonly LocalTaskRun[]): void {
    for (const TransformId of ["tfm-a", "tfm-b", "tfm-c"]) {
      glue.removeTransform(TransformId);
      glue.addTransform({ TransformId });
    }
    glue.addTaskRuns(history);
  }

  const anyCase = fc.record({
    history: anyHistory,
    Filter: fc.oneof(fc.constant({}), anyBounds),
    Sort: anySort,
    first: anyOptions,
    second: anyOptions,
  });

  type Case = typeof anyCase extends fc.Arbitrary<infer C> ? C : never;

  /** Makes a listing of a kind. */
  function listOf(kind: (typeof kinds)[number], { Filter, Sort }: Case, options: ListOptions): MLTaskRunList {
    const { concurrency: _, ...plain } = options;
    switch (kind) {
      case "plain":
        return taskRuns.list({ TransformId: "tfm-a", Filter, Sort }, plain);
      case "windows":
        return taskRuns.list({ TransformId: "tfm-a", Filter, Sort }, options);
      case "union":
        return taskRuns.listAny(
          [
            { TransformId: "tfm-a", Filter, Sort },
            { TransformId: "tfm-b", Filter: { ...Filter, Status: "FAILED" }, Sort },
            { TransformId: "tfm-b", Filter, Sort },
          ],
          options,
        );
      case "across":
        return taskRuns.listAcrossTransforms({ Filter, Sort }, options);
      case "across with a limit per query":
        return taskRuns.listAcrossTransforms({ Filter, Sort }, { ...options, limitPerQuery: 3 });
    }
  }

  it.each(kinds)("a %s listing that is stopped at any run is resumed after it", async (kind) => {
    await fc.assert(
      fc.asyncProperty(anyCase, fc.double({ min: 0, max: 1, noNaN: true }), async (listing, share) => {
        addHistory(listing.history);
        const whole = (await listOf(kind, listing, { concurrency: 1 }).toArray()).map(identity);
        expect(new Set(whole).size).toBe(whole.length);
        const runs = listOf(kind, listing, listing.first)[Symbol.asyncIterator]();
        const returned: string[] = [];
        const stop = Math.floor(share * (whole.length + 1));
        for (let count = 0; count < stop; count += 1) {
          const { value } = await runs.next();
          if (value !== undefined) returned.push(identity(value));
        }
        const { cursor } = runs;
        await runs.return?.();
        if (cursor !== undefined) {
          returned.push(...(await listOf(kind, listing, { ...listing.second, cursor }).toArray()).map(identity));
        }
        expect(returned).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it.each(kinds)("a chain of limits and cursors gives a %s listing whole", async (kind) => {
    await fc.assert(
      fc.asyncProperty(anyCase, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (listing, limits) => {
        addHistory(listing.history);
        const whole = (await listOf(kind, listing, { concurrency: 1 }).toArray()).map(identity);
        const returned: string[] = [];
        let cursor: string | undefined;
        let turn = 0;
        do {
          const limit = limits[turn % limits.length] ?? 1;
          const options = turn % 2 === 0 ? listing.first : listing.second;
          const pages = await collect(listOf(kind, listing, { ...options, limit, cursor }).pages());
          returned.push(...pages.flatMap(({ runs }) => runs.map(identity)));
          cursor = pages.at(-1)?.cursor;
          turn += 1;
        } while (cursor !== undefined);
        expect(returned).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it.each(kinds)(
    "a %s listing that is stopped after any page, also an empty one, is resumed after it",
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(
          anyCase,
          fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }),
          async (listing, counts) => {
            addHistory(listing.history);
            const whole = (await listOf(kind, listing, { concurrency: 1 }).toArray()).map(identity);
            const returned: string[] = [];
            let cursor: string | undefined;
            let turn = 0;
            do {
              // The pages of the first listing are larger, so that the second listing skips whole pages.
              const options = {
                ...(turn % 2 === 0 ? listing.first : listing.second),
                pageSize: turn % 2 === 0 ? 25 : 2,
              };
              let pagesLeft = counts[turn % counts.length] ?? 1;
              // Part of a page first: a cursor inside of it.
              if (turn % 2 === 0) {
                const runs = listOf(kind, listing, { ...options, cursor })[Symbol.asyncIterator]();
                const { value } = await runs.next();
                if (value !== undefined) returned.push(identity(value));
                ({ cursor } = runs);
                await runs.return?.();
              } else {
                for await (const page of listOf(kind, listing, { ...options, cursor }).pages()) {
                  returned.push(...page.runs.map(identity));
                  ({ cursor } = page);
                  pagesLeft -= 1;
                  if (pagesLeft === 0) break;
                }
              }
              turn += 1;
            } while (cursor !== undefined);
            expect(returned).toEqual(whole);
          },
        ),
        { numRuns: 40 },
      );
    },
  );

  it.each(kinds)("a %s listing whose requests fail is resumed after each error", async (kind) => {
    const seed = fc.integer({ min: 0, max: 0xffff_ffff });
    await fc.assert(
      fc.asyncProperty(anyCase, seed, async (listing, seed) => {
        glue.failRandomly({ rate: 0 });
        addHistory(listing.history);
        const whole = await listOf(kind, listing, { concurrency: 1 }).toArray();
        const returned: MLTaskRun[] = [];
        let cursor: string | undefined;
        let turn = 0;
        do {
          // From the tenth listing on nothing fails, so that the test ends.
          glue.failRandomly({ rate: turn < 10 ? 0.25 : 0, seed: (seed + turn) >>> 0, faults: ["internalError"] });
          const options = turn % 2 === 0 ? listing.first : listing.second;
          const runs = listOf(kind, listing, { ...options, cursor })[Symbol.asyncIterator]();
          try {
            for (let next = await runs.next(); !next.done; next = await runs.next()) returned.push(next.value);
          } catch (error) {
            expect(error).toHaveProperty("name", "InternalServiceException");
          }
          ({ cursor } = runs);
          turn += 1;
        } while (cursor !== undefined);
        // If an error comes between runs of one start time, their order is not known yet.
        expect(returned.map(({ StartedOn }) => StartedOn)).toEqual(whole.map(({ StartedOn }) => StartedOn));
        expect(returned.map(identity).sort()).toEqual(whole.map(identity).sort());
      }),
      { numRuns: 40 },
    );
    glue.failRandomly({ rate: 0 });
  });

  it("a plain cursor resumes in windows, and a cursor of windows in a plain listing", async () => {
    // A run that is STARTING may have no StartedOn, too.
    const isDated = ({ StartedOn, Status }: LocalTaskRun) => StartedOn !== undefined && Status !== "STARTING";
    const dated = anyHistory.map((history) => history.filter(isDated));
    await fc.assert(
      fc.asyncProperty(
        anyCase,
        dated,
        fc.nat({ max: 70 }),
        fc.boolean(),
        async (listing, history, stop, isPlainFirst) => {
          addHistory(history);
          const whole = (await listOf("plain", listing, {}).toArray()).map(identity);
          const [from, to] = isPlainFirst ? (["plain", "windows"] as const) : (["windows", "plain"] as const);
          const runs = listOf(from, listing, listing.first)[Symbol.asyncIterator]();
          const returned: string[] = [];
          while (returned.length < Math.min(stop, whole.length)) {
            const { value } = await runs.next();
            if (value !== undefined) returned.push(identity(value));
          }
          const { cursor } = runs;
          await runs.return?.();
          if (cursor !== undefined) {
            returned.push(...(await listOf(to, listing, { ...listing.second, cursor }).toArray()).map(identity));
          }
          expect(returned).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("the requests of a resumed listing", () => {
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
        Array.from({ length: TIMES }, (_, number) => ({
          TransformId,
          TaskRunId: `tsk-${number}`,
          Status: "SUCCEEDED" as const,
          StartedOn: new Date(start + (number * 3 + index) * 60_000),
        })),
      );
    }
  });
  afterAll(() => glue.close());

  const Sort = taskRunSort("STARTED").descending();
  const bounded = { StartedAfter: new Date("2026-09-01") };
  type ListOf = (options: ListOptions) => MLTaskRunList;
  const listings: Record<string, { list: ListOf; queries: number }> = {
    "a plain listing": { queries: 1, list: (options) => taskRuns.list({ TransformId: "tfm-a" }, options) },
    "a plain listing by STARTED": {
      queries: 1,
      list: (options) => taskRuns.list({ TransformId: "tfm-a", Sort }, options),
    },
    "a union of one query with a time bound": {
      queries: 1,
      list: (options) => taskRuns.listAny([{ TransformId: "tfm-a", Filter: bounded }], options),
    },
    "a union of three queries with a time bound": {
      queries: 3,
      list: (options) =>
        taskRuns.listAny(
          ["tfm-a", "tfm-b", "tfm-c"].map((TransformId) => ({ TransformId, Filter: bounded })),
          options,
        ),
    },
  };

  /** The number of requests that reading takes. */
  async function countRequests(read: () => Promise<unknown>): Promise<number> {
    const before = glue.requests.length;
    await read();
    return glue.requests.length - before;
  }

  it.each(Object.keys(listings))(
    "of %s are at most two more for each query than those of a listing that continues",
    async (name) => {
      const listing = listings[name];
      if (listing === undefined) throw new Error(name);
      const { list, queries } = listing;
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

it.each([
  { count: 2, returned: ["tfm-b/tsk-1"] },
  // More runs than a cursor names.
  { count: 30, returned: [] },
])(
  "A union that fails between $count runs of one time for each query has a cursor that returns each run once",
  async ({ count, returned }) => {
    await using glue = await LocalGlue.start();
    const taskRuns = new MLTaskRuns(glue.client({ maxAttempts: 1 }));
    const StartedOn = new Date("2026-11-01");
    const ids = ["tfm-a", "tfm-b"].flatMap((TransformId) =>
      Array.from({ length: count }, (_, number) => ({ TransformId, number })),
    );
    glue.addTaskRuns(
      ids.map(({ TransformId, number }) => ({ TransformId, TaskRunId: `tsk-${number}`, Status: "FAILED", StartedOn })),
    );
    // The first query is the one whose runs come last.
    const queries = [{ TransformId: "tfm-b" }, { TransformId: "tfm-a" }];
    const whole = (await taskRuns.listAny(queries).toArray()).map(identity);
    expect(new Set(whole).size).toBe(2 * count);
    glue.fail("internalError", { after: 2 });
    const runs = taskRuns.listAny(queries, { pageSize: count === 2 ? 1 : 29, prefetch: 0 })[Symbol.asyncIterator]();
    const seen: string[] = [];
    const read = async () => {
      for (let next = await runs.next(); !next.done; next = await runs.next()) seen.push(identity(next.value));
    };
    await expect(read()).rejects.toThrow("Dependency failure.");
    expect(seen).toEqual(returned);
    const rest = (await taskRuns.listAny(queries, { cursor: runs.cursor }).toArray()).map(identity);
    expect(rest).toEqual(whole.filter((id) => !seen.includes(id)));
  },
);

it("A cursor names at most 20 runs, also if a union fails again and again within runs of one time", async () => {
  await using glue = await LocalGlue.start();
  const taskRuns = new MLTaskRuns(glue.client({ maxAttempts: 1 }));
  const [count, StartedOn] = [60, new Date("2026-11-01")];
  const numbers = Array.from({ length: count }, (_, number) => number);
  glue.addTaskRuns(
    numbers.map((number) => ({ TransformId: "tfm-a", TaskRunId: `tsk-${number}`, Status: "FAILED", StartedOn })),
  );
  const list = (options: ListOptions) => taskRuns.listAny([{ TransformId: "tfm-a" }], { ...options, pageSize: 10 });
  const returned: string[] = [];
  let cursor: string | undefined;
  for (const pagesBeforeError of [1, 2, 3, 4]) {
    glue.fail("internalError", { after: pagesBeforeError });
    const runs = list({ cursor, prefetch: 0 })[Symbol.asyncIterator]();
    const read = async () => {
      for (let next = await runs.next(); !next.done; next = await runs.next()) returned.push(identity(next.value));
    };
    await expect(read()).rejects.toThrow("Dependency failure.");
    ({ cursor } = runs);
  }
  // The first two listings return a page each; no more runs fit into the cursor.
  expect(returned).toHaveLength(20);
  returned.push(...(await list({ cursor }).toArray()).map(identity));
  expect(returned.toSorted()).toEqual(numbers.map((number) => `tfm-a/tsk-${number}`).toSorted());
});
