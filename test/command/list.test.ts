import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { createRun, ids, idsNewestFirst, startGlue, startGlueWith, TransformId } from "../support.js";
import { type Result, runHere } from "./support.js";

const HOUR = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * HOUR);

/** The ids of the runs in output as tsv. */
function idsOf({ out }: Result): string[] {
  return out
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t")[1] ?? "");
}

describe("list", () => {
  it("prints the newest 50 runs of a transform", async () => {
    const result = await runHere(await startGlue(120), ["list", TransformId]);
    expect(result).toMatchObject({ code: 0, err: "" });
    expect(idsOf(result)).toEqual(idsNewestFirst(120).slice(0, 50));
  });

  it("prints all runs with --limit 0, page by page", async () => {
    const glue = await startGlue(2500);
    expect(idsOf(await runHere(glue, ["list", TransformId, "--limit", "0"]))).toEqual(idsNewestFirst(2500));
    expect(glue.requests).toHaveLength(3);
  });

  it("prints the newest runs of all transforms, and of several, as one list", async () => {
    const [a, b, c] = ["tfm-a", "tfm-b", "tfm-c"].map((transformId, index) =>
      sampleTaskRuns({ transformId, count: 40, seed: index + 1 }),
    );
    const glue = await startGlueWith([...(a ?? []), ...(b ?? []), ...(c ?? [])]);
    const newest = (runs: typeof a = []) => ids(runs.sort((x, y) => Number(y.StartedOn) - Number(x.StartedOn)));
    const all = newest([...(a ?? []), ...(b ?? []), ...(c ?? [])]).slice(0, 50);
    expect(idsOf(await runHere(glue, ["list"]))).toEqual(all);
    const two = newest([...(a ?? []), ...(c ?? [])]);
    expect(idsOf(await runHere(glue, ["list", "tfm-a", "tfm-c", "--limit", "0"]))).toEqual(two);
  });

  it.each([[[TransformId]], [[]]])(
    "prints runs of several statuses and types, of the transforms %j",
    async (transforms) => {
      const expected = sampleTaskRuns({ transformId: TransformId, count: 300 }).filter(
        ({ Status, Properties: { TaskType = "" } }) =>
          ["FAILED", "TIMEOUT"].includes(Status) && ["EVALUATION", "FIND_MATCHES"].includes(TaskType),
      );
      const criteria = ["--status", "failed,TIMEOUT", "--type", "EVALUATION,find_matches", "--limit", "0"];
      const result = await runHere(await startGlue(300), ["list", ...transforms, ...criteria]);
      expect(idsOf(result)).toEqual(ids(expected).reverse());
      expect(expected.length).toBeGreaterThan(10);
    },
  );

  it("prints runs that started since an age and before a time", async () => {
    const times = [1, 3, 5, 7].map(ago);
    const runs = times.map((StartedOn, index) => createRun(`tsk-${index}`, { StartedOn }));
    const glue = await startGlueWith(runs);
    const until = times[0]?.toISOString() ?? "";
    expect(idsOf(await runHere(glue, ["list", "--since", "6h", "--until", until]))).toEqual(["tsk-1", "tsk-2"]);
    expect(idsOf(await runHere(glue, ["list", "--since", "0.5d", "--until", "360m"]))).toEqual(["tsk-3"]);
  });

  it("sends only operations that read", async () => {
    const glue = await startGlue(10);
    for (const args of [["list"], ["list", TransformId, "--finished-since", "1h"], ["list", "--finished-since", "1h"]])
      await runHere(glue, args);
    const operations = new Set(glue.requests.map(({ operation }) => operation));
    expect([...operations].sort()).toEqual(["GetMLTaskRuns", "GetMLTransform", "GetMLTransforms"]);
  });
});

describe("--finished-since", () => {
  const finished = (id: string, started: number, completed: number, members: object = {}) =>
    createRun(id, { StartedOn: ago(started), CompletedOn: ago(completed), ...members });

  it.each([[[TransformId]], [[]]])(
    "selects finished runs by their end, whenever they started, of the transforms %j",
    async (transforms) => {
      const glue = await startGlueWith([
        finished("tsk-short", 2, 1),
        finished("tsk-long", 50, 1),
        finished("tsk-old", 50, 30),
        createRun("tsk-without-end", { StartedOn: ago(40) }),
        createRun("tsk-running", { StartedOn: ago(3), Status: "RUNNING" }),
      ]);
      const result = await runHere(glue, ["list", ...transforms, "--finished-since", "24h"]);
      expect(idsOf(result)).toEqual(["tsk-short", "tsk-without-end", "tsk-long"]);
    },
  );

  it.each([[["tfm-slow"]], [[]]])(
    "looks back by a longer Timeout of a transform, of the transforms %j",
    async (args) => {
      const glue = await startGlueWith([finished("tsk-1", 240, 1, { TransformId: "tfm-slow" })]);
      expect(idsOf(await runHere(glue, ["list", ...args, "--finished-since", "24h"]))).toEqual([]);
      glue.addTransform({ TransformId: "tfm-slow", Timeout: 14_400 });
      expect(idsOf(await runHere(glue, ["list", ...args, "--finished-since", "24h"]))).toEqual(["tsk-1"]);
    },
  );

  it("looks at the transforms on every page of them", async () => {
    const glue = await startGlueWith([finished("tsk-1", 240, 1, { TransformId: "tfm-999" })], { defaultPageSize: 10 });
    for (let number = 100; number < 130; number += 1) glue.addTransform({ TransformId: `tfm-${number}` });
    glue.addTransform({ TransformId: "tfm-999", Timeout: 14_400 });
    expect(idsOf(await runHere(glue, ["list", "--finished-since", "24h"]))).toEqual(["tsk-1"]);
  });

  it("together with --since leaves out runs that started earlier", async () => {
    const glue = await startGlueWith([finished("tsk-1", 50, 1), finished("tsk-2", 200, 190), finished("tsk-3", 3, 1)]);
    const list = (since: string) => runHere(glue, ["list", "--since", since, "--finished-since", "24h"]);
    expect(idsOf(await list("4h"))).toEqual(["tsk-3"]);
    expect(idsOf(await list("1000h"))).toEqual(["tsk-3", "tsk-1"]);
  });

  it("ends at the limit, which counts selected runs", async () => {
    const runs = Array.from({ length: 10 }, (_, index) => finished(`tsk-${index}`, index + 2, index % 2 ? 1 : 30));
    const glue = await startGlueWith(runs);
    const result = await runHere(glue, ["list", "--finished-since", "24h", "--limit", "3"]);
    expect(idsOf(result)).toEqual(["tsk-1", "tsk-3", "tsk-5"]);
  });
});

describe("--count", () => {
  it("counts all runs by type and status", async () => {
    const { out } = await runHere(await startGlue(2500), ["list", TransformId, "--count"]);
    const counts = out.split("\n").slice(0, -1);
    expect(counts.reduce((sum, line) => sum + Number(line.split("\t")[2]), 0)).toBe(2500);
    const expected = sampleTaskRuns({ transformId: TransformId, count: 2500 }).filter(
      ({ Status, Properties }) => Status === "FAILED" && Properties.TaskType === "EXPORT_LABELS",
    );
    expect(counts).toContain(`EXPORT_LABELS\tFAILED\t${expected.length}`);
  });

  it("prints a row for each status and a column for each type where this fits", async () => {
    const properties = (TaskType?: string) => ({ Properties: { TaskType } });
    const glue = await startGlueWith([
      createRun("tsk-1", properties("LABELING_SET_GENERATION")),
      createRun("tsk-2", properties("LABELING_SET_GENERATION")),
      createRun("tsk-3", { ...properties("LABELING_SET_GENERATION"), Status: "SUCCEEDED" }),
      createRun("tsk-4", { ...properties("NEW_TYPE"), Status: "PAUSED" }),
      createRun("tsk-5", { ...properties(), Status: "RUNNING" }),
      createRun("tsk-6", { ...properties(), Status: "HELD" }),
      // The types have no such statuses and task types.
    ] as never[]);
    const { out } = await runHere(glue, ["list", "--count"], { columns: 80 });
    expect(out).toBe(
      [
        "STATUS     (none)  LABELING_   NEW_  TOTAL",
        "                   SET_        TYPE",
        "                   GENERATION",
        "RUNNING         1           0     0      1",
        "SUCCEEDED       0           1     0      1",
        "FAILED          0           2     0      2",
        "HELD            1           0     0      1",
        "PAUSED          0           0     1      1",
        "TOTAL           2           3     1      6",
        "",
      ].join("\n"),
    );
    const narrow = await runHere(glue, ["list", "--count"], { columns: 41 });
    expect(narrow.out).toBe(
      [
        "TYPE                     STATUS     COUNT",
        "(none)                   RUNNING    1",
        "(none)                   HELD       1",
        "LABELING_SET_GENERATION  SUCCEEDED  1",
        "LABELING_SET_GENERATION  FAILED     2",
        "NEW_TYPE                 PAUSED     1",
        "",
      ].join("\n"),
    );
  });

  it("fits 80 columns with every type and status", async () => {
    const types = ["EVALUATION", "EXPORT_LABELS", "FIND_MATCHES", "IMPORT_LABELS", "LABELING_SET_GENERATION"] as const;
    const statuses = ["STARTING", "RUNNING", "STOPPING", "STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT"] as const;
    const runs = types.flatMap((TaskType) =>
      statuses.map((Status) => createRun(`${TaskType}-${Status}`, { Status, Properties: { TaskType } })),
    );
    const { out } = await runHere(await startGlueWith(runs), ["list", "--count"], { columns: 80 });
    expect(out).toMatch(/^STATUS +EVALUATION +EXPORT_ /);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("is written in each format", async () => {
    const glue = await startGlueWith([createRun("tsk-1", { Properties: { TaskType: "EVALUATION" } })]);
    expect((await runHere(glue, ["list", "--count", "-o", "csv"])).out).toBe(
      '"TaskType","Status","Count"\n"EVALUATION","FAILED",1\n',
    );
    expect((await runHere(glue, ["list", "--count", "-o", "ndjson"])).out).toBe(
      '{"TaskType":"EVALUATION","Status":"FAILED","Count":1}\n',
    );
  });
});
