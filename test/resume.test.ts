/** Every kind of listing can be read in parts, each with other options: each part returns exactly what follows. */
import fc from "fast-check";
import {
  type ListOptions,
  type MLTaskRun,
  type MLTaskRunList,
  MLTaskRuns,
  type TaskRunFilterCriteria,
  type TaskRunSort,
} from "glue-ml-task-runs";
import { LocalGlue, type LocalTaskRun } from "glue-ml-task-runs/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect, identityOf, newestFirst, oldestFirst, SERVICE_VARIANTS } from "./support.js";

const SECOND = 1000;
const transforms = ["tfm-a", "tfm-b", "tfm-c"];

interface Criteria {
  readonly Filter: TaskRunFilterCriteria;
  readonly Sort: TaskRunSort;
}

type MakeList = (taskRuns: MLTaskRuns, criteria: Criteria, options: ListOptions) => MLTaskRunList;

const plain: MakeList = (taskRuns, criteria, options) =>
  taskRuns.list({ TransformId: "tfm-a", ...criteria }, { ...options, concurrency: undefined });
const windows: MakeList = (taskRuns, criteria, options) =>
  taskRuns.list({ TransformId: "tfm-a", ...criteria }, { concurrency: 1, ...options });
const kinds: [name: string, list: MakeList][] = [
  ["A plain listing", plain],
  ["A listing in time windows", windows],
  [
    "A union of queries",
    (taskRuns, { Filter, Sort }, options) => {
      const queries = [
        { TransformId: "tfm-a", Filter, Sort },
        { TransformId: "tfm-b", Filter: { ...Filter, Status: "FAILED" as const }, Sort },
        { TransformId: "tfm-b", Filter, Sort },
      ];
      return taskRuns.listAny(queries, options);
    },
  ],
  ["A listing across transforms", (taskRuns, criteria, options) => taskRuns.listAcrossTransforms(criteria, options)],
  [
    "A listing across transforms with a limit per query",
    (taskRuns, criteria, options) => taskRuns.listAcrossTransforms(criteria, { ...options, limitPerQuery: 3 }),
  ],
];

/** Times with many ties, gaps of seconds, and gaps that are long enough for windows. */
const anyTime = fc
  .oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 6 }).map((time) => time * 300) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 40 }).map((time) => time * 30 * SECOND) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 3600 * SECOND }) },
  )
  .map((time) => new Date(1_790_000_000_000 + time));
const anyRun = fc.record({
  TransformId: fc.constantFrom(...transforms),
  StartedOn: fc.option(anyTime, { nil: undefined, freq: 9 }),
  Status: fc.constantFrom("FAILED" as const, "TIMEOUT" as const, "STARTING" as const),
});
const anyHistory = fc
  .array(anyRun, { maxLength: 70 })
  .map((runs) => runs.map((run, index): LocalTaskRun => ({ ...run, TaskRunId: `tsk-${(index * 37) % 101}` })));
const anyBound = fc.option(anyTime, { nil: undefined, freq: 1 });
const anyCriteria = fc.record<Criteria>({
  Filter: fc.oneof(fc.constant({}), fc.record({ StartedAfter: anyBound, StartedBefore: anyBound })),
  Sort: fc.constantFrom(oldestFirst, newestFirst),
});
const anyOptions = fc.record({
  pageSize: fc.integer({ min: 1, max: 25 }),
  prefetch: fc.integer({ min: 0, max: 3 }),
  concurrency: fc.integer({ min: 1, max: 6 }),
});

type Open = (options: ListOptions) => MLTaskRunList;
interface Part {
  readonly runs: readonly MLTaskRun[];
  /** Where the next part starts; undefined at the end of the listing. */
  readonly cursor: string | undefined;
}

/** The ways to read a part of a listing. */
const readers: ((open: Open, count: number) => Promise<Part>)[] = [
  async function stopAfterRuns(open, count) {
    const iterator = open({})[Symbol.asyncIterator]();
    const runs: MLTaskRun[] = [];
    while (runs.length < count) {
      const { done, value } = await iterator.next();
      if (done) break;
      runs.push(value);
    }
    const { cursor } = iterator;
    await iterator.return?.();
    return { runs, cursor };
  },
  async function stopAfterPages(open, count) {
    const pages = open({}).pages();
    const read = [];
    for await (const page of pages) if (read.push(page) === count) break;
    return { runs: read.flatMap(({ runs }) => runs), cursor: read.at(-1)?.cursor };
  },
  async function stopAtLimit(open, limit) {
    const pages = await collect(open({ limit }).pages());
    return { runs: pages.flatMap(({ runs }) => runs), cursor: pages.at(-1)?.cursor };
  },
];
const anyPart = fc.record({
  read: fc.constantFrom(...readers),
  count: fc.integer({ min: 1, max: 30 }),
  options: anyOptions,
});

describe.each(SERVICE_VARIANTS)("With %s of the service", (_, variant) => {
  let glue: LocalGlue;
  let taskRuns: MLTaskRuns;
  beforeAll(async () => {
    glue = await LocalGlue.start(variant);
    // One attempt: an error reaches the listing.
    taskRuns = new MLTaskRuns(glue.client({ maxAttempts: 1 }));
  });
  afterAll(() => glue.close());

  function setHistory(history: readonly LocalTaskRun[]): void {
    glue.failRandomly({ rate: 0 });
    for (const TransformId of transforms) {
      glue.removeTransform(TransformId);
      glue.addTransform({ TransformId });
    }
    glue.addTaskRuns(history);
  }

  it.each(kinds)("%s that is read in parts returns each run once, in order", async (_, list) => {
    const anyParts = fc.array(anyPart, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(anyHistory, anyCriteria, anyParts, anyOptions, async (history, criteria, parts, lastOptions) => {
        setHistory(history);
        const whole = (await list(taskRuns, criteria, {}).toArray()).map(identityOf);
        expect(new Set(whole).size).toBe(whole.length);
        const returned: string[] = [];
        let cursor: string | undefined;
        for (const { read, count, options } of parts) {
          const part = await read((others) => list(taskRuns, criteria, { ...options, ...others, cursor }), count);
          returned.push(...part.runs.map(identityOf));
          ({ cursor } = part);
          if (cursor === undefined) break;
        }
        if (cursor !== undefined) {
          const rest = await list(taskRuns, criteria, { ...lastOptions, cursor }).toArray();
          returned.push(...rest.map(identityOf));
        }
        expect(returned).toEqual(whole);
      }),
    );
  });

  it.each(kinds)("%s whose requests fail is resumed after each error", async (_, list) => {
    const anyFailures = fc.array(fc.record({ options: anyOptions, seed: fc.nat() }), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(
        anyHistory,
        anyCriteria,
        anyFailures,
        anyOptions,
        async (history, criteria, failures, options) => {
          setHistory(history);
          const whole = await list(taskRuns, criteria, {}).toArray();
          const returned: MLTaskRun[] = [];
          let cursor: string | undefined;
          /** Reads to the end or to an error. Returns whether there is more to read. */
          const read = async (options: ListOptions) => {
            const runs = list(taskRuns, criteria, { ...options, cursor })[Symbol.asyncIterator]();
            try {
              for await (const run of runs) returned.push(run);
            } catch (error) {
              expect(error).toHaveProperty("name", "InternalServiceException");
            }
            ({ cursor } = runs);
            return cursor !== undefined;
          };
          let hasMore = true;
          for (const { options, seed } of failures) {
            glue.failRandomly({ rate: 0.25, seed, faults: ["internalError"] });
            hasMore = await read(options);
            if (!hasMore) break;
          }
          glue.failRandomly({ rate: 0 });
          if (hasMore) await read(options);
          // If an error comes between runs of one start time, their order is not known yet.
          expect(returned.map(({ StartedOn }) => StartedOn)).toEqual(whole.map(({ StartedOn }) => StartedOn));
          expect(returned.map(identityOf).sort()).toEqual(whole.map(identityOf).sort());
        },
      ),
    );
  });

  it("A plain listing resumes at a cursor of time windows, and time windows at one of a plain listing", async () => {
    // A run that is STARTING may have no StartedOn, too.
    const isDated = ({ StartedOn, Status }: LocalTaskRun) => StartedOn !== undefined && Status !== "STARTING";
    const anyDatedHistory = anyHistory.map((history) => history.filter(isDated));
    await fc.assert(
      fc.asyncProperty(
        anyDatedHistory,
        anyCriteria,
        anyPart,
        fc.constantFrom([plain, windows] as const, [windows, plain] as const),
        anyOptions,
        async (history, criteria, { read, count, options }, [first, second], lastOptions) => {
          setHistory(history);
          const whole = (await plain(taskRuns, criteria, {}).toArray()).map(identityOf);
          const { runs, cursor } = await read((others) => first(taskRuns, criteria, { ...options, ...others }), count);
          const rest = cursor ? await second(taskRuns, criteria, { ...lastOptions, cursor }).toArray() : [];
          expect([...runs, ...rest].map(identityOf)).toEqual(whole);
        },
      ),
    );
  });
});
