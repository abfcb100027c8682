/** Unions that fail between runs of one start time, of which their cursors name those that were returned. */
import { type ListOptions, MLTaskRuns } from "glue-ml-task-runs";
import { expect, it } from "vitest";
import { createRun, identityOf, startGlueWith } from "./support.js";

const runsOfOneTime = (TransformId: string, count: number) =>
  Array.from({ length: count }, (_, index) =>
    createRun(`tsk-${index}`, { TransformId, StartedOn: new Date("2026-11-01") }),
  );

it.each([
  { count: 2, returned: ["tfm-b/tsk-1"] },
  // More runs than a cursor names.
  { count: 30, returned: [] },
])(
  "A union that fails between $count runs of one time for each query has a cursor that returns each run once",
  async ({ count, returned }) => {
    const glue = await startGlueWith(["tfm-a", "tfm-b"].flatMap((TransformId) => runsOfOneTime(TransformId, count)));
    const taskRuns = new MLTaskRuns(glue.client({ maxAttempts: 1 }));
    // The first query is the one whose runs come last.
    const queries = [{ TransformId: "tfm-b" }, { TransformId: "tfm-a" }];
    const whole = (await taskRuns.listAny(queries).toArray()).map(identityOf);
    expect(new Set(whole).size).toBe(2 * count);
    glue.fail("internalError", { after: 2 });
    const iterator = taskRuns.listAny(queries, { pageSize: count === 2 ? 1 : 29, prefetch: 0 })[Symbol.asyncIterator]();
    const seen: string[] = [];
    const read = async () => {
      for await (const run of iterator) seen.push(identityOf(run));
    };
    await expect(read()).rejects.toThrow("Dependency failure.");
    expect(seen).toEqual(returned);
    const rest = (await taskRuns.listAny(queries, { cursor: iterator.cursor }).toArray()).map(identityOf);
    expect(rest).toEqual(whole.filter((id) => !seen.includes(id)));
  },
);

it("A cursor names at most 20 runs, also if a union fails again and again within runs of one time", async () => {
  const runs = runsOfOneTime("tfm-a", 60);
  const glue = await startGlueWith(runs);
  const taskRuns = new MLTaskRuns(glue.client({ maxAttempts: 1 }));
  const list = (options: ListOptions) => taskRuns.listAny([{ TransformId: "tfm-a" }], { ...options, pageSize: 10 });
  const returned: string[] = [];
  let cursor: string | undefined;
  for (const pagesBeforeError of [1, 2, 3, 4]) {
    glue.fail("internalError", { after: pagesBeforeError });
    const iterator = list({ cursor, prefetch: 0 })[Symbol.asyncIterator]();
    const read = async () => {
      for await (const run of iterator) returned.push(identityOf(run));
    };
    await expect(read()).rejects.toThrow("Dependency failure.");
    ({ cursor } = iterator);
  }
  // The first two listings return a page each; no more runs fit into the cursor.
  expect(returned).toHaveLength(20);
  returned.push(...(await list({ cursor }).toArray()).map(identityOf));
  expect(returned.toSorted()).toEqual(runs.map(identityOf).toSorted());
});
