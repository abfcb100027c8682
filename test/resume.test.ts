/** Every kind of listing can be stopped anywhere and resumed, in a listing with other options: exactly the rest follows. */
import fc from "fast-check";
import { type ListOptions, type MLTaskRunList, MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import { LocalGlue, type LocalTaskRun } from "glue-ml-task-runs/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "./support.js";

const identity = (run: { TransformId: string; TaskRunId: string }) => `${run.TransformId}/${run.TaskRunId}`;
const SECOND = 1000;

/** Times with many ties, gaps of seconds, and gaps that make windows worth while. */
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
  Status: fc.constantFrom("FAILED" as const, "TIMEOUT" as const, "RUNNING" as const),
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

describe.each(["exclusive", "inclusive"] as const)("with %s bounds of the service", (bounds) => {
  let glue: LocalGlue;
  let taskRuns: MLTaskRuns;
  beforeAll(async () => {
    glue = await LocalGlue.start({ bounds });
    taskRuns = new MLTaskRuns(glue.client());
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
      { numRuns: 100 },
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
      { numRuns: 100 },
    );
  });

  it("a plain cursor resumes in windows, and a cursor of windows in a plain listing", async () => {
    const dated = anyHistory.map((history) => history.filter(({ StartedOn }) => StartedOn !== undefined));
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
      { numRuns: 100 },
    );
  });
});
