/** Runs that start, finish or get a StartedOn during a listing: each run that matches all the time comes once. */
import fc from "fast-check";
import { type ListOptions, type MLTaskRunList, MLTaskRuns, type TaskRunSort } from "glue-ml-task-runs";
import type { LocalGlue, LocalTaskRun } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import {
  collect,
  createRun,
  ids,
  newestFirst,
  oldestFirst,
  startGlue,
  startGlueWith,
  TransformId,
  takeIds,
} from "./support.js";

const START = 1_790_000_000_000;
const transforms = ["tfm-a", "tfm-b"];
const [TRANSFORM = ""] = transforms;

interface Kind {
  readonly name: string;
  /** Whether it lists the runs of all transforms, and not only of the first. */
  readonly listsAllTransforms: boolean;
  readonly listsUndatedRuns: boolean;
  /** Whether it counts the runs without StartedOn that it has returned: a change of one then shifts this count. */
  readonly countsUndatedRuns: boolean;
  list(taskRuns: MLTaskRuns, Sort: TaskRunSort, options: ListOptions): MLTaskRunList;
}

const kinds: Kind[] = [
  {
    name: "a plain listing",
    listsAllTransforms: false,
    listsUndatedRuns: true,
    countsUndatedRuns: true,
    list: (taskRuns, Sort, options) =>
      taskRuns.list({ TransformId: TRANSFORM, Sort }, { ...options, concurrency: undefined }),
  },
  {
    name: "time windows",
    listsAllTransforms: false,
    listsUndatedRuns: false,
    countsUndatedRuns: false,
    list: (taskRuns, Sort, options) => taskRuns.list({ TransformId: TRANSFORM, Sort }, options),
  },
  {
    name: "a union",
    listsAllTransforms: true,
    listsUndatedRuns: true,
    countsUndatedRuns: false,
    list: (taskRuns, Sort, options) => {
      const queries = [...transforms, TRANSFORM].map((TransformId) => ({ TransformId, Sort }));
      return taskRuns.listAny(queries, options);
    },
  },
  {
    name: "a listing across transforms",
    listsAllTransforms: true,
    listsUndatedRuns: true,
    countsUndatedRuns: false,
    list: (taskRuns, Sort, options) => taskRuns.listAcrossTransforms({ Sort }, options),
  },
];

/** A change of the history: a run starts now, finishes, or gets its StartedOn. */
interface Change {
  readonly kind: "start" | "finish" | "setStartedOn";
  /** Which run of the history it is about. */
  readonly index: number;
}

const anyTime = fc.integer({ min: 0, max: 60 }).map((step) => new Date(START + step * 20_000));
/** Runs of which one of ten has no StartedOn. */
const anyHistory = fc
  .array(
    fc.record({
      TransformId: fc.constantFrom(...transforms),
      StartedOn: anyTime,
      isUndated: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((runs) =>
    runs.map(
      ({ TransformId, StartedOn, isUndated }, index): LocalTaskRun => ({
        TransformId,
        TaskRunId: `tsk-${index}`,
        Status: "RUNNING",
        ...(!isUndated && { StartedOn }),
      }),
    ),
  );
const anyChanges = fc.array(
  fc.record<Change>({
    kind: fc.constantFrom("start", "finish", "setStartedOn"),
    index: fc.nat({ max: 39 }),
  }),
  { maxLength: 12 },
);

/** Makes the changes of a history, one after another. */
function createChanger(glue: LocalGlue, history: readonly LocalTaskRun[], changes: readonly Change[]) {
  const remaining = [...changes];
  const idsWithNewTime = new Set<string>();
  let changesMade = 0;
  return {
    idsWithNewTime,
    makeNext(isAllowed: (kind: Change["kind"]) => boolean = () => true): void {
      const change = remaining.shift();
      const run = change && history[change.index];
      if (change === undefined || run === undefined || !isAllowed(change.kind)) return;
      changesMade += 1;
      const now = new Date(START + 3_600_000 + changesMade * 1000);
      if (change.kind === "start") {
        glue.addTaskRuns([{ ...run, TaskRunId: `tsk-new-${changesMade}`, StartedOn: now }]);
      } else if (change.kind === "finish") {
        if (!idsWithNewTime.has(run.TaskRunId)) glue.addTaskRuns([{ ...run, Status: "SUCCEEDED" }]);
      } else if (run.StartedOn === undefined && !idsWithNewTime.has(run.TaskRunId)) {
        idsWithNewTime.add(run.TaskRunId);
        glue.addTaskRuns([{ ...run, StartedOn: now }]);
      }
    },
  };
}

it.each(kinds)("$name returns each run whose time does not change once, and no run twice", async (kind) => {
  const glue = await startGlue();
  const taskRuns = new MLTaskRuns(glue.client());
  await fc.assert(
    fc.asyncProperty(
      anyHistory,
      anyChanges,
      fc.constantFrom(oldestFirst, newestFirst),
      fc.record({ pageSize: fc.integer({ min: 1, max: 10 }), concurrency: fc.integer({ min: 1, max: 3 }) }),
      fc.option(fc.nat({ max: 40 }), { nil: undefined }),
      async (history, changes, Sort, options, pauseAfter) => {
        for (const TransformId of transforms) {
          glue.removeTransform(TransformId);
          glue.addTransform({ TransformId });
        }
        glue.addTaskRuns(history);
        const undatedIds = ids(history.filter(({ StartedOn }) => StartedOn === undefined));
        const changer = createChanger(glue, history, changes);
        const found: string[] = [];
        const onPage = () =>
          changer.makeNext((change) => {
            const isAmongUndated = found.some((id) => undatedIds.includes(id));
            return change === "finish" || !(kind.countsUndatedRuns && isAmongUndated);
          });
        const read = async (cursor?: string) => {
          const runs = kind.list(taskRuns, Sort, { ...options, cursor, onPage })[Symbol.asyncIterator]();
          for await (const { TaskRunId } of runs) {
            found.push(TaskRunId);
            // An ascending listing is stopped once and resumed.
            if (Sort === oldestFirst && cursor === undefined && found.length === pauseAfter) break;
          }
          return runs.cursor;
        };
        const cursor = await read();
        if (Sort === oldestFirst && found.length === pauseAfter && cursor !== undefined) {
          onPage();
          await read(cursor);
        }
        expect(new Set(found).size).toBe(found.length);
        const expected = history.filter(
          (run) =>
            !changer.idsWithNewTime.has(run.TaskRunId) &&
            (kind.listsAllTransforms || run.TransformId === TRANSFORM) &&
            (kind.listsUndatedRuns || run.StartedOn !== undefined),
        );
        expect(found).toEqual(expect.arrayContaining(ids(expected)));
      },
    ),
  );
});

describe("A run that starts while a listing is stopped", () => {
  /** One run each minute. */
  const runAt = (index: number) =>
    createRun(`tsk-${index}`, { TransformId: TRANSFORM, StartedOn: new Date(START + index * 60_000) });
  const start = async () => {
    const glue = await startGlueWith(Array.from({ length: 20 }, (_, index) => runAt(index)));
    glue.addTransform({ TransformId: "tfm-b" });
    return { glue, taskRuns: new MLTaskRuns(glue.client(), { concurrency: 2 }) };
  };

  it.each(kinds)("is the last run of the rest if the listing is ascending ($name)", async ({ list }) => {
    const { glue, taskRuns } = await start();
    const runs = list(taskRuns, oldestFirst, { pageSize: 5 })[Symbol.asyncIterator]();
    await takeIds(runs, 7);
    const { cursor } = runs;
    await runs.return?.();
    glue.addTaskRuns([runAt(20)]);
    const rest = await list(taskRuns, oldestFirst, { cursor }).toArray();
    expect(ids(rest)).toEqual(Array.from({ length: 14 }, (_, index) => `tsk-${7 + index}`));
  });

  it.each(kinds)("is not part of the rest if the listing is descending ($name)", async ({ list }) => {
    for (const pageSize of [3, 5, 100]) {
      const { glue, taskRuns } = await start();
      const runs = list(taskRuns, newestFirst, { pageSize: 100 })[Symbol.asyncIterator]();
      await takeIds(runs, 8);
      const { cursor } = runs;
      await runs.return?.();
      glue.addTaskRuns([runAt(20)]);
      const rest = await list(taskRuns, newestFirst, { pageSize, cursor }).toArray();
      expect(ids(rest)).toEqual(Array.from({ length: 12 }, (_, index) => `tsk-${11 - index}`));
    }
  });
});

it("A resumed union returns the runs without StartedOn after a run that started when its narrowed query was read", async () => {
  const dated = (id: string, time: number) => createRun(id, { StartedOn: new Date(START + time) });
  const glue = await startGlueWith([dated("a", 0), dated("b", 60_000), createRun("undated")]);
  const list = (options: ListOptions) =>
    new MLTaskRuns(glue.client(), { pageSize: 1, prefetch: 0 }).listAny([{ TransformId, Sort: oldestFirst }], options);
  const first = list({})[Symbol.asyncIterator]();
  await first.next();
  // The narrowed query has two pages. The third page is the first of the whole query.
  const onPage = ({ page }: { page: number }) => {
    if (page === 3) glue.addTaskRuns([dated("new", 120_000)]);
  };
  const second = list({ cursor: first.cursor, onPage })[Symbol.asyncIterator]();
  expect(await takeIds(second, 2)).toEqual(["b", "new"]);
  expect(ids(await collect(list({ cursor: second.cursor })))).toEqual(["undated"]);
});
