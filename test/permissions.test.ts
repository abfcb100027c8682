/** The permissions that `docs/permissions.md` names, compared with the operations that each method sends. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isFinished, MLTaskRuns } from "glue-ml-task-runs";
import { expect, it } from "vitest";
import { createRun, startGlue, TransformId } from "./support.js";

const page = await readFile(fileURLToPath(new URL("../docs/permissions.md", import.meta.url)), "utf8");
/** The actions of each method in the table. */
const table = [...page.matchAll(/^\| (`\w.*?) \| (`glue:.*?) \|/gm)].flatMap(([, methods = "", actions = ""]) =>
  [...methods.matchAll(/`(\w+)`/g)].map(([, method = ""]) => [method, actions.match(/\w+:\w+/g)?.sort()] as const),
);
const policies = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, block = ""]) => JSON.parse(block));

/** Uses a method in a way that sends each of its operations. */
const USES: Readonly<Record<string, (taskRuns: MLTaskRuns, TaskRunId: string) => Promise<unknown>>> = {
  list: (taskRuns) => taskRuns.list({ TransformId }, { concurrency: 2 }).toArray(),
  listAny: (taskRuns) => taskRuns.listAny([{ TransformId }]).toArray(),
  get: (taskRuns, TaskRunId) => taskRuns.get({ TransformId, TaskRunId }),
  waitUntilFinished: (taskRuns, TaskRunId) =>
    taskRuns.waitUntilFinished({ TransformId, TaskRunId }, { maxWaitTime: 60 }),
  watch: async (taskRuns) => {
    const { cursor } = await taskRuns.watch({ TransformId }).poll();
    await taskRuns.watch({ TransformId }, { cursor }).poll();
  },
  listAcrossTransforms: (taskRuns) => taskRuns.listAcrossTransforms().toArray(),
  watchAcrossTransforms: async (taskRuns) => {
    const { cursor } = await taskRuns.watchAcrossTransforms().poll();
    await taskRuns.watchAcrossTransforms({}, { cursor }).poll();
  },
};

it("The page names every method that sends requests", () => {
  const methods = Object.getOwnPropertyNames(MLTaskRuns.prototype).filter((name) => name !== "constructor");
  expect(table.map(([method]) => method).sort()).toEqual(methods.sort());
});

it.each(table)("%s sends the operations of its permissions, and no other", async (method, actions) => {
  const glue = await startGlue(1200);
  // An unfinished run that started long ago.
  glue.addTaskRuns([createRun("tsk-old", { Status: "RUNNING", StartedOn: new Date("2026-01-01") } as const)]);
  const taskRuns = new MLTaskRuns(glue.client());
  const finished = (await taskRuns.list({ TransformId }, { limit: 10 }).toArray()).find(isFinished);
  const before = glue.requests.length;
  await USES[method]?.(taskRuns, finished?.TaskRunId ?? "");
  const sent = glue.requests.slice(before).map(({ operation }) => `glue:${operation}`);
  expect([...new Set(sent)].sort()).toEqual(actions);
});

it("The first policy allows the actions of every method, and the second those for one transform", () => {
  const allowed = policies.map(({ Statement: [{ Action }] }) => Action.toSorted());
  const all = [...new Set(table.flatMap(([, actions]) => actions))].sort();
  expect(allowed).toEqual([all, all.filter((action) => action !== "glue:GetMLTransforms")].map((each) => each.sort()));
});
