import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { StartMLEvaluationTaskRunCommand } from "@aws-sdk/client-glue";
import type { LocalGlue } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { Interruption } from "../../src/command/errors.js";
import { createRun, startGlue, startGlueWith, TransformId } from "../support.js";
import { createFolder, type Result, runHere, type Terminal } from "./support.js";

const running = (id: string, members: object = {}) =>
  createRun(id, { Status: "RUNNING", StartedOn: new Date(), ...members } as const);

/** The ids and statuses of the runs in output as tsv. */
function changesOf({ out }: Pick<Result, "out">): string[] {
  return out
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t").slice(1, 3).join(" "));
}

/** Watches until the output is as expected, and then interrupts the command. */
async function watchUntil(
  glue: LocalGlue,
  args: string[],
  isEnd: (result: Result) => boolean,
  onOutput: (result: Result) => void = () => {},
  terminal: Terminal = {},
): Promise<Result> {
  const controller = new AbortController();
  return runHere(glue, ["watch", ...args, "--interval", "0.05"], {
    ...terminal,
    signal: controller.signal,
    onOutput: (result) => {
      if (isEnd(result)) controller.abort(new Interruption(130));
      else onOutput(result);
    },
  });
}

describe("watch", () => {
  it("prints unfinished runs, new ones and changes, and ends with exit code 0 when it is interrupted", async () => {
    const glue = await startGlueWith([
      running("tsk-1"),
      createRun("tsk-0", { StartedOn: new Date(Date.now() - 3_600_000) }),
    ]);
    const result = await watchUntil(
      glue,
      [TransformId],
      ({ out }) => out.includes("SUCCEEDED"),
      ({ out }) => {
        if (!out.includes("tsk-2")) glue.addTaskRuns([running("tsk-2")]);
        else glue.finishTaskRun({ TransformId, TaskRunId: "tsk-1" }, { Status: "SUCCEEDED" });
      },
    );
    expect(result).toMatchObject({ code: 0, err: "" });
    expect(changesOf(result)).toEqual(["tsk-1 RUNNING", "tsk-2 RUNNING", "tsk-1 SUCCEEDED"]);
  });

  it("watches all transforms, also those that are created later", async () => {
    const glue = await startGlueWith([running("tsk-1")]);
    const result = await watchUntil(
      glue,
      [],
      ({ out }) => out.includes("tsk-2"),
      () => glue.addTaskRuns([running("tsk-2", { TransformId: "tfm-new" })]),
    );
    expect(changesOf(result)).toEqual(["tsk-1 RUNNING", "tsk-2 RUNNING"]);
  });

  it("watches several transforms, and no others", async () => {
    const glue = await startGlueWith(["a", "b", "c"].map((name) => running(`tsk-${name}`, { TransformId: name })));
    const result = await watchUntil(glue, ["a", "b"], ({ out }) => out.includes("tsk-a") && out.includes("tsk-b"));
    expect(changesOf(result).sort()).toEqual(["tsk-a RUNNING", "tsk-b RUNNING"]);
    expect(glue.requests.filter(({ operation }) => operation === "GetMLTransforms")).toEqual([]);
  });

  it("prints only changes to the statuses of --status", async () => {
    const glue = await startGlueWith([running("tsk-1"), running("tsk-2")]);
    const finish = (TaskRunId: string, Status: "SUCCEEDED" | "FAILED") =>
      glue.finishTaskRun({ TransformId, TaskRunId }, { Status });
    const args = [TransformId, "--status", "FAILED,TIMEOUT", "-o", "csv"];
    let outputs = 0;
    const { out } = await watchUntil(
      glue,
      args,
      (result) => result.out.includes("FAILED"),
      () => {
        outputs += 1;
        // The head, which comes with the first poll.
        if (outputs > 1) return;
        finish("tsk-1", "SUCCEEDED");
        finish("tsk-2", "FAILED");
      },
    );
    expect(out.split("\n").slice(1, -1)).toEqual([expect.stringContaining('"tsk-2","FAILED"')]);
  });

  it("narrows the runs to one type, or to several", async () => {
    const types = ["EVALUATION", "EXPORT_LABELS", "IMPORT_LABELS"] as const;
    const glue = await startGlueWith(types.map((TaskType) => running(TaskType, { Properties: { TaskType } })));
    const once = async (type: string) =>
      changesOf(await runHere(glue, ["watch", TransformId, "--once", "--type", type])).sort();
    expect(await once("export_labels")).toEqual(["EXPORT_LABELS RUNNING"]);
    expect(await once("EVALUATION,IMPORT_LABELS")).toEqual(["EVALUATION RUNNING", "IMPORT_LABELS RUNNING"]);
  });

  it("begins with the runs since --since, oldest first", async () => {
    const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    const glue = await startGlueWith([1, 5, 3].map((hours) => createRun(`tsk-${hours}`, { StartedOn: ago(hours) })));
    expect(changesOf(await runHere(glue, ["watch", "--once", "--since", "4h"]))).toEqual([
      "tsk-3 FAILED",
      "tsk-1 FAILED",
    ]);
  });

  it("as a table has its head once, and room for ids that come later", async () => {
    const glue = await startGlueWith([running("tsk-1")]);
    const { out } = await watchUntil(
      glue,
      [TransformId],
      (result) => result.out.includes("tsk-2"),
      () => glue.addTaskRuns([running("tsk-2")]),
      { columns: 80 },
    );
    expect(out).toMatch(/^STATUS [^\n]*\n {2}RUN\nRUNNING [^\n]*\n {2}tsk-1\nRUNNING [^\n]*\n {2}tsk-2\n$/);
  });
});

describe("An outage during a watch", () => {
  it("is one line on standard error for each failure, and loses nothing", async () => {
    const glue = await startGlueWith([running("tsk-1")]);
    const result = await watchUntil(
      glue,
      [TransformId],
      ({ out }) => out.includes("tsk-2"),
      ({ err }) => {
        if (err === "") glue.fail("throttling", { times: 2 });
        glue.addTaskRuns([running("tsk-2")]);
      },
    );
    expect(changesOf(result)).toEqual(["tsk-1 RUNNING", "tsk-2 RUNNING"]);
    expect(result.err).toMatch(/^(glue-ml-task-runs: tfm-0123: ThrottlingException: [^\n]+\n){2}$/);
  });

  it("of the list of transforms is one line, too", async () => {
    const glue = await startGlueWith([running("tsk-1")]);
    const result = await watchUntil(
      glue,
      [],
      ({ out }) => out.includes("tsk-2"),
      ({ err }) => {
        if (err === "") glue.fail("throttling", { operation: "GetMLTransforms" });
        glue.addTaskRuns([running("tsk-2")]);
      },
    );
    expect(changesOf(result)).toEqual(["tsk-1 RUNNING", "tsk-2 RUNNING"]);
    expect(result.err).toMatch(/^glue-ml-task-runs: all transforms: ThrottlingException: [^\n]+\n$/);
  });

  it("that is permanent ends the watch with exit code 3, and the other watches with it", async () => {
    const glue = await startGlueWith([running("tsk-1")]);
    const { code, err } = await runHere(glue, ["watch", TransformId, "tfm-none", "--interval", "0.05"]);
    expect(code).toBe(3);
    expect(err).toMatch(/^glue-ml-task-runs: EntityNotFoundException: [^\n]+\n$/);
  });
});

it("A watch of several transforms that one of them ends saves the position of what it has printed", async () => {
  const glue = await startGlueWith([running("tsk-1")]);
  const folder = await createFolder();
  const state = join(folder, "state.json");
  const args = ["watch", TransformId, "tfm-none", "--state", state];
  const { code, out } = await runHere(glue, args);
  expect({ code, changes: changesOf({ out }).slice(1) }).toEqual({ code: 3, changes: [] });
  const saved = await readFile(state, "utf8").catch(() => '{"cursors":{}}');
  expect(Object.keys(JSON.parse(saved).cursors)).toEqual(out === "" ? [] : [TransformId]);
  expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

describe("watch --once", () => {
  it("polls once and exits with code 0", async () => {
    const glue = await startGlueWith([running("tsk-1")]);
    const result = await runHere(glue, ["watch", TransformId, "--once"]);
    expect(result).toMatchObject({ code: 0, err: "" });
    expect(changesOf(result)).toEqual(["tsk-1 RUNNING"]);
    expect(glue.requests).toHaveLength(1);
  });

  it("exits with code 3 if something could not be polled, after it printed the rest", async () => {
    const glue = await startGlueWith([running("tsk-1")]);
    const result = await runHere(glue, ["watch", "tfm-none", TransformId, "--once"]);
    expect(result.code).toBe(3);
    expect(changesOf(result)).toEqual(["tsk-1 RUNNING"]);
    expect(result.err).toMatch(/^glue-ml-task-runs: tfm-none: EntityNotFoundException: [^\n]+\n$/);
  });

  it("exits with code 3 if one of all transforms could not be polled", async () => {
    const glue = await startGlueWith([running("tsk-1"), running("tsk-2", { TransformId: "tfm-2" })]);
    glue.fail("throttling", { operation: "GetMLTaskRuns" });
    const { code, out, err } = await runHere(glue, ["watch", "--once"]);
    expect({ code, lines: out.split("\n").length }).toEqual({ code: 3, lines: 2 });
    expect(err).toMatch(/^glue-ml-task-runs: tfm-[^\n]*: ThrottlingException: [^\n]+\n$/);
  });

  it("says so where the transforms could not be found", async () => {
    const glue = await startGlue();
    glue.fail("throttling", { operation: "GetMLTransforms" });
    const { code, err } = await runHere(glue, ["watch", "--once"]);
    expect(code).toBe(3);
    expect(err).toMatch(/^glue-ml-task-runs: all transforms: ThrottlingException: [^\n]+\n$/);
  });

  it("is quiet when it is interrupted", async () => {
    const signal = AbortSignal.abort(new Interruption(130));
    const result = await runHere(await startGlue(), ["watch", TransformId, "--once"], { signal });
    expect(result).toEqual({ code: 130, out: "", err: "" });
  });
});

it("A watch sends only operations that read", async () => {
  const glue = await startGlue(0, { runTime: Infinity });
  await glue.client().send(new StartMLEvaluationTaskRunCommand({ TransformId }));
  const before = glue.requests.length;
  for (const args of [["--once"], [TransformId, "--once"]]) await runHere(glue, ["watch", ...args]);
  const operations = new Set(glue.requests.slice(before).map(({ operation }) => operation));
  expect([...operations].filter((operation) => !operation.startsWith("Get"))).toEqual([]);
});
