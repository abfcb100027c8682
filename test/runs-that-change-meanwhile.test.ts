/** Runs that start or finish, or get their time, while a listing is under way: what matched throughout comes once. */
import fc from "fast-check";
import { type ListOptions, type MLTaskRunList, MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import type { LocalTaskRun } from "glue-ml-task-runs/local";
import { expect, it } from "vitest";
import { startGlue } from "./support.js";

const START = 1_790_000_000_000;
const ids = ["tfm-a", "tfm-b"];
const anyTime = fc.integer({ min: 0, max: 60 }).map((step) => new Date(START + step * 20_000));
const anyRun = fc.record({
  TransformId: fc.constantFrom(...ids),
  StartedOn: anyTime,
  isUndated: fc.integer({ min: 0, max: 9 }),
});
/** A change after some page: a new run that starts now, a run that finishes, or one that gets its time. */
const anyChange = fc.record({ kind: fc.constantFrom("start", "finish", "date"), index: fc.nat({ max: 39 }) });

const kinds: [
  string,
  (taskRuns: MLTaskRuns, Sort: ReturnType<typeof sortOf>, options: ListOptions) => MLTaskRunList,
][] = [
  [
    "plain",
    (taskRuns, Sort, options) => taskRuns.list({ TransformId: "tfm-a", Sort }, { ...options, concurrency: undefined }),
  ],
  ["windowed", (taskRuns, Sort, options) => taskRuns.list({ TransformId: "tfm-a", Sort }, options)],
  [
    "union",
    (taskRuns, Sort, options) =>
      taskRuns.listAny(
        [...ids, "tfm-a"].map((TransformId) => ({ TransformId, Sort })),
        options,
      ),
  ],
  ["across transforms", (taskRuns, Sort, options) => taskRuns.listAcrossTransforms({ Sort }, options)],
];

const sortOf = (isAscending: boolean) =>
  isAscending ? taskRunSort("STARTED").ascending() : taskRunSort("STARTED").descending();

it.each(kinds)(
  "a %s listing gives each run that does not change its time once, and no run twice",
  async (kind, list) => {
    const glue = await startGlue();
    const taskRuns = new MLTaskRuns(glue.client());
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRun, { minLength: 1, maxLength: 40 }),
        fc.array(anyChange, { maxLength: 12 }),
        fc.boolean(),
        fc.record({ pageSize: fc.integer({ min: 1, max: 10 }), concurrency: fc.integer({ min: 1, max: 3 }) }),
        fc.option(fc.nat({ max: 40 }), { nil: undefined }),
        async (runs, changes, isAscending, options, pause) => {
          const history = runs.map(
            ({ TransformId, StartedOn, isUndated }, index): LocalTaskRun => ({
              TransformId,
              TaskRunId: `tsk-${index}`,
              Status: "RUNNING",
              ...(isUndated > 0 && { StartedOn }),
            }),
          );
          for (const TransformId of ids) {
            glue.removeTransform(TransformId);
            glue.addTransform({ TransformId });
          }
          glue.addTaskRuns(history);
          const changed = new Set<string>();
          const found: string[] = [];
          const undated = history.filter(({ StartedOn }) => StartedOn === undefined).map(({ TaskRunId }) => TaskRunId);
          const hasReachedUndated = () => found.some((id) => undated.includes(id));
          let started = 0;
          const change = () => {
            const next = changes.shift();
            const run = next && history[next.index];
            if (next === undefined || run === undefined) return;
            // A position among runs without StartedOn is one by count, which a new time shifts.
            if (kind === "plain" && next.kind !== "finish" && hasReachedUndated()) return;
            started += 1;
            const now = new Date(START + 3_600_000 + started * 1000);
            if (next.kind === "start") {
              glue.addTaskRuns([{ ...run, TaskRunId: `tsk-new-${started}`, StartedOn: now }]);
            } else if (next.kind === "finish") {
              if (!changed.has(run.TaskRunId)) glue.addTaskRuns([{ ...run, Status: "SUCCEEDED" }]);
            } else if (run.StartedOn === undefined) {
              changed.add(run.TaskRunId);
              glue.addTaskRuns([{ ...run, StartedOn: now }]);
            }
          };
          const Sort = sortOf(isAscending);
          const read = async (cursor?: string) => {
            const iterator = list(taskRuns, Sort, { ...options, cursor, onPage: change })[Symbol.asyncIterator]();
            for await (const { TaskRunId } of iterator) {
              found.push(TaskRunId);
              // An ascending listing is paused once, and resumed.
              if (isAscending && cursor === undefined && found.length === pause) break;
            }
            return iterator.cursor;
          };
          const cursor = await read();
          if (isAscending && found.length === pause && cursor !== undefined) {
            change();
            await read(cursor);
          }
          expect(new Set(found).size).toBe(found.length);
          const listed = history.filter(
            (run) =>
              !changed.has(run.TaskRunId) &&
              (kind === "union" || kind === "across transforms" || run.TransformId === "tfm-a") &&
              (kind !== "windowed" || run.StartedOn !== undefined),
          );
          expect(found).toEqual(expect.arrayContaining(listed.map(({ TaskRunId }) => TaskRunId)));
        },
      ),
      { numRuns: 150 },
    );
  },
);

it("a run that starts while an ascending listing is paused is part of the rest", async () => {
  const glue = await startGlue(20);
  const taskRuns = new MLTaskRuns(glue.client());
  for (const options of [{}, { concurrency: 2 }]) {
    const query = { TransformId: "tfm-0123", Sort: sortOf(true) };
    const runs = taskRuns.list(query, { ...options, pageSize: 5 })[Symbol.asyncIterator]();
    for (let count = 0; count < 7; count += 1) await runs.next();
    const { cursor } = runs;
    await runs.return?.();
    const TaskRunId = `tsk-${Object.keys(options).length}`;
    glue.addTaskRuns([{ TransformId: "tfm-0123", TaskRunId, Status: "RUNNING", StartedOn: new Date() }]);
    const rest = await taskRuns.list(query, { ...options, cursor }).toArray();
    expect(rest.at(-1)?.TaskRunId).toBe(TaskRunId);
  }
});

it("a run that starts while a descending listing is paused is not part of the rest, and repeats none", async () => {
  for (const [, list] of kinds) {
    const glue = await startGlue();
    const run = (index: number) => ({
      TransformId: "tfm-a",
      TaskRunId: `tsk-${index}`,
      Status: "RUNNING" as const,
      StartedOn: new Date(START + index * 60_000),
    });
    glue.addTaskRuns(Array.from({ length: 20 }, (_, index) => run(index)));
    glue.addTransform({ TransformId: "tfm-b" });
    const listing = (options: ListOptions) =>
      list(new MLTaskRuns(glue.client()), sortOf(false), { ...options, concurrency: 2 });
    for (const pageSize of [3, 5, 100]) {
      const runs = listing({ pageSize: 100 })[Symbol.asyncIterator]();
      let last: string | undefined;
      while (last !== "tsk-12") last = (await runs.next()).value?.TaskRunId;
      const { cursor } = runs;
      await runs.return?.();
      glue.addTaskRuns([run(100 + pageSize)]);
      const rest = await listing({ pageSize, cursor }).toArray();
      expect(rest.map(({ TaskRunId }) => TaskRunId)).toEqual(
        Array.from({ length: 12 }, (_, index) => `tsk-${11 - index}`),
      );
    }
  }
});

it("a cursor from the end of a resumed union still knows that runs without StartedOn may follow", async () => {
  const glue = await startGlue();
  const run = (TaskRunId: string) => ({ TransformId: "tfm-0123", TaskRunId, Status: "RUNNING" as const });
  const dated = (TaskRunId: string, time: number) => ({ ...run(TaskRunId), StartedOn: new Date(START + time) });
  glue.addTaskRuns([dated("a", 0), dated("b", 60_000), run("u")]);
  const options = { pageSize: 1, prefetch: 0 };
  const listing = (more: ListOptions) =>
    new MLTaskRuns(glue.client()).listAny([{ TransformId: "tfm-0123", Sort: sortOf(true) }], { ...options, ...more });
  const start = listing({})[Symbol.asyncIterator]();
  await start.next();
  // It starts after the narrowed query was read to its end, and is found when the whole query is read.
  let pages = 0;
  const onPage = () => {
    pages += 1;
    if (pages === 3) glue.addTaskRuns([dated("n", 120_000)]);
  };
  const resumed = listing({ cursor: start.cursor, onPage })[Symbol.asyncIterator]();
  const found: (string | undefined)[] = [];
  while (found.at(-1) !== "n") found.push((await resumed.next()).value?.TaskRunId);
  expect(found).toEqual(["b", "n"]);
  const rest = await listing({ cursor: resumed.cursor }).toArray();
  expect(rest.map(({ TaskRunId }) => TaskRunId)).toEqual(["u"]);
});

it("time windows work at the limits of Date", async () => {
  const glue = await startGlue();
  const limit = 8_640_000_000_000_000;
  const runs = [-limit, -limit + 60_000, 0, limit - 60_000, limit].map((time, index) => ({
    TransformId: "tfm-0123",
    TaskRunId: `tsk-${index}`,
    Status: "FAILED" as const,
    StartedOn: new Date(time),
  }));
  glue.addTaskRuns(runs);
  const taskRuns = new MLTaskRuns(glue.client());
  for (const isAscending of [true, false]) {
    const query = { TransformId: "tfm-0123", Sort: sortOf(isAscending) };
    const found = await taskRuns.list(query, { concurrency: 2, pageSize: 1 }).toArray();
    const expected = isAscending ? runs : runs.toReversed();
    expect(found.map(({ TaskRunId }) => TaskRunId)).toEqual(expected.map(({ TaskRunId }) => TaskRunId));
  }
});
