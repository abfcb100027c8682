/** The example of an AWS Lambda handler, bundled into one file as it is deployed. */
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import { afterAll, expect, it, vi } from "vitest";
import type { handler } from "../../examples/lambda/handler.js";
import { ids, startGlue, TransformId } from "../support.js";
import { configureFor, createFolder, root, runExample, runsOfExample } from "./support.js";

/** The command in the comment of the handler, without the name of the file that it writes. */
const source = await readFile(join(root, "examples/lambda/handler.ts"), "utf8");
const [, options = ""] = /npx esbuild (.*) --outfile=/.exec(source.replaceAll(/ \\\n \* +/g, " ")) ?? [];
const bundleFolder = await mkdtemp(join(tmpdir(), "lambda-"));
afterAll(() => rm(bundleFolder, { recursive: true }));
const bundle = join(bundleFolder, "handler.cjs");
const command = [...options.split(" "), `--outfile=${bundle}`, "--log-level=warning"];
const { stderr } = await promisify(execFile)(join(root, "node_modules/.bin/esbuild"), command, { cwd: root });

it("The command in the comment of the handler makes a bundle of the size that the comment says", async () => {
  expect(stderr).toBe("");
  const kilobytes = Number(/The file has (\d+) kB/.exec(source)?.[1]);
  const { size } = await stat(bundle);
  expect(size / 1000).toBeLessThan(kilobytes * 1.05);
  expect(size / 1000).toBeGreaterThan(kilobytes * 0.95);
});

/** Loads the bundled handler as Lambda does, with an environment that configures the endpoint. */
async function load(glue: LocalGlue): Promise<typeof handler> {
  for (const [name, value] of Object.entries(configureFor(glue).env)) vi.stubEnv(name, value);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  // The folder has no node_modules: the bundle must have all dependencies.
  const file = join(await createFolder(), "handler.cjs");
  await copyFile(bundle, file);
  return createRequire(import.meta.url)(file).handler;
}

/** The ids of the sample runs that failed since a time, in the order of their start. */
function failedIds(count: number, since: string): string[] {
  const runs = sampleTaskRuns({ transformId: TransformId, count });
  return ids(runs.filter(({ Status, CompletedOn }) => Status === "FAILED" && Number(CompletedOn) >= Date.parse(since)));
}

it("The handler returns the runs that failed since a time", async () => {
  const glue = await startGlue(500);
  const handle = await load(glue);
  const since = "2026-10-01";
  const result = await handle({ transformId: TransformId, since }, { getRemainingTimeInMillis: () => 30_000 });
  expect(result.failures.map(({ taskRunId }) => taskRunId)).toEqual(failedIds(500, since));
  expect(result.failures.every(({ error, completedOn = "" }) => error !== "" && completedOn >= since)).toBe(true);
  expect(result.cursor).toBeUndefined();
});

it("The handler returns a run that failed since a time and started before it, and no run that failed before it", async () => {
  const glue = await startGlue();
  const handle = await load(glue);
  const since = "2026-10-02T00:00:00Z";
  const run = { TransformId, Status: "FAILED", StartedOn: new Date("2026-09-30T18:00:00Z") } as const;
  glue.addTaskRuns([
    { ...run, TaskRunId: "tsk-before", CompletedOn: new Date("2026-10-01T23:59:00Z") },
    { ...run, TaskRunId: "tsk-since", CompletedOn: new Date("2026-10-02T00:10:00Z") },
    { ...run, TaskRunId: "tsk-without-end" },
  ]);
  const { failures } = await handle({ transformId: TransformId, since }, { getRemainingTimeInMillis: () => 30_000 });
  expect(failures.map(({ taskRunId }) => taskRunId)).toEqual(["tsk-since", "tsk-without-end"]);
});

it("The handler rejects a time without a zone", async () => {
  const handle = await load(await startGlue());
  const event = { transformId: TransformId, since: "2026-10-01T08:00:00" };
  await expect(handle(event, { getRemainingTimeInMillis: () => 30_000 })).rejects.toThrow("a date-time with a zone");
});

it("The handler returns a cursor before its time is over, and the next invocation continues there", async () => {
  const glue = await startGlue(12_500);
  const handle = await load(glue);
  const event = { transformId: TransformId, since: "2026-01-01" };
  const time = new AbortController();
  const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValueOnce(time.signal);
  // The second page does not arrive before the time is over.
  glue.fail("noResponse", { after: 1 });
  const invoked = handle(event, { getRemainingTimeInMillis: () => 30_000 });
  await vi.waitFor(() => expect(glue.requests).toHaveLength(2), 10_000);
  time.abort(new DOMException("The time is over.", "TimeoutError"));
  const first = await invoked;
  expect(timeout).toHaveBeenCalledExactlyOnceWith(28_000);
  expect(first.failures).toHaveLength(1000);
  const { cursor = "" } = first;
  const second = await handle({ ...event, cursor }, { getRemainingTimeInMillis: () => 30_000 });
  expect(second.cursor).toBeUndefined();
  const found = [...first.failures, ...second.failures].map(({ taskRunId }) => taskRunId);
  expect(found).toEqual(failedIds(12_500, event.since));
});

it("The handler returns the cursor of the start if there is no time left", async () => {
  const glue = await startGlue(500);
  const handle = await load(glue);
  const isOver = AbortSignal.abort(new DOMException("The time is over.", "TimeoutError"));
  const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValueOnce(isOver);
  const event = { transformId: TransformId, since: "2026-10-01" };
  const { failures, cursor = "" } = await handle(event, { getRemainingTimeInMillis: () => 1000 });
  expect(timeout).toHaveBeenCalledExactlyOnceWith(0);
  expect(failures).toEqual([]);
  const next = await handle({ ...event, cursor }, { getRemainingTimeInMillis: () => 30_000 });
  expect(next.failures.map(({ taskRunId }) => taskRunId)).toEqual(failedIds(500, event.since));
});

it("The handler rejects with the error of the service", async () => {
  const handle = await load(await startGlue());
  const event = { transformId: "tfm-gone", since: "2026-10-01" };
  await expect(handle(event, { getRemainingTimeInMillis: () => 30_000 })).rejects.toMatchObject({
    name: "EntityNotFoundException",
  });
});

it("The example invokes the handler once", async () => {
  const now = Date.now();
  const runs = runsOfExample("tfm-0123").filter(
    ({ Status, CompletedOn }) => Status === "FAILED" && Number(CompletedOn) >= now - 24 * 60 * 60 * 1000,
  );
  const { stdout } = await runExample("lambda");
  expect(runs.length).toBeGreaterThan(0);
  expect(stdout.match(/tsk-[\da-f]{40}/g)).toEqual(ids(runs));
});
