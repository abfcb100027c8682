/** The state file of `watch --state`. */
import { mkdirSync, readdirSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LocalGlue } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { createRun, startGlueWith, TransformId } from "../support.js";
import { createFolder, runHere, type Terminal } from "./support.js";

const running = (id: string, members: object = {}) =>
  createRun(id, { Status: "RUNNING", StartedOn: new Date(), ...members } as const);

const createFile = async () => join(await createFolder(), "state.json");

/** Polls once with a state file. Returns the changes, or what went wrong. */
async function poll(glue: LocalGlue, file: string, args: string[] = [TransformId], terminal: Terminal = {}) {
  const { code, out, err } = await runHere(glue, ["watch", ...args, "--once", "--state", file], terminal);
  if (code !== 0) return { code, out, err };
  return out
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t").slice(1, 3).join(" "));
}

describe("A state file", () => {
  it.each([[[TransformId]], [[TransformId, "tfm-2"]], [[]]])(
    "carries a watch over ten invocations, in which nothing is lost and nothing comes twice, of the transforms %j",
    async (args) => {
      const glue = await startGlueWith([]);
      glue.addTransform({ TransformId });
      glue.addTransform({ TransformId: "tfm-2" });
      const file = await createFile();
      const expected: string[] = [];
      const found: unknown[] = [];
      const finish = (number: number) => {
        glue.finishTaskRun({ TransformId, TaskRunId: `tsk-${number}` }, { Status: "SUCCEEDED" });
        expected.push(`tsk-${number} SUCCEEDED`);
      };
      for (let number = 0; number < 10; number += 1) {
        // It runs during three invocations.
        glue.addTaskRuns([running(`tsk-${number}`)]);
        expected.push(`tsk-${number} RUNNING`);
        if (number >= 2) finish(number - 2);
        if (number > 0) {
          // It starts and finishes between two invocations.
          glue.addTaskRuns([running(`tsk-short-${number}`, { Status: "FAILED" })]);
          expected.push(`tsk-short-${number} FAILED`);
        }
        found.push(await poll(glue, file, args));
      }
      expect(found.flat().sort()).toEqual(expected.sort());
      expect(await poll(glue, file, args)).toEqual([]);
    },
  );

  it("is written after the lines were printed, as a whole, and for its owner only", async () => {
    const glue = await startGlueWith([running("tsk-1")]);
    const file = await createFile();
    let filesAtOutput: string[] | undefined;
    const onOutput = () => {
      // Synchronously, at the moment of the output.
      filesAtOutput ??= readdirSync(join(file, ".."));
    };
    expect(await poll(glue, file, [], { onOutput })).toEqual(["tsk-1 RUNNING"]);
    expect(filesAtOutput).toEqual([]);
    expect(await readdir(join(file, ".."))).toEqual(["state.json"]);
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({ cursors: { "*": expect.any(String) } });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("repeats the head of csv only without a state", async () => {
    const glue = await startGlueWith([running("tsk-1")]);
    const args = ["watch", TransformId, "--once", "--state", await createFile(), "-o", "csv"];
    expect((await runHere(glue, args)).out).toMatch(/^"TransformId",.*\n"tfm-0123","tsk-1".*\n$/);
    glue.addTaskRuns([running("tsk-2")]);
    expect((await runHere(glue, args)).out).toMatch(/^"tfm-0123","tsk-2".*\n$/);
  });

  it("may get another transform, which is watched from then on", async () => {
    const glue = await startGlueWith([running("tsk-1"), running("tsk-2", { TransformId: "tfm-2" })]);
    const file = await createFile();
    expect(await poll(glue, file)).toEqual(["tsk-1 RUNNING"]);
    expect(await poll(glue, file, [TransformId, "tfm-2"])).toEqual(["tsk-2 RUNNING"]);
  });

  it("keeps the place of a transform that could not be polled", async () => {
    const glue = await startGlueWith([running("tsk-1")]);
    const file = await createFile();
    await poll(glue, file);
    const before = await readFile(file, "utf8");
    glue.addTaskRuns([running("tsk-2")]);
    glue.fail("internalError");
    expect(await poll(glue, file)).toMatchObject({ code: 3, out: "" });
    expect(await readFile(file, "utf8")).toBe(before);
    expect(await poll(glue, file)).toEqual(["tsk-2 RUNNING"]);
  });
});

describe("A state file is refused in one line with exit code 2, and left as it is,", () => {
  const expectRefusal = async (content: string, message: RegExp, args = [TransformId]) => {
    const glue = await startGlueWith([running("tsk-1")]);
    const file = await createFile();
    await writeFile(file, content);
    const result = await poll(glue, file, args);
    expect(result).toMatchObject({ code: 2, out: "" });
    expect(result).toHaveProperty("err", expect.stringMatching(/^glue-ml-task-runs: [^\n]+\n$/));
    expect(result).toHaveProperty("err", expect.stringMatching(message));
    expect(await readFile(file, "utf8")).toBe(content);
    expect(glue.requests).toEqual([]);
  };

  it.each(["", "{", "null", "[]", "{}", '{"cursors":5}', '{"cursors":null}', '{"cursors":{"tfm-0123":5}}', "\u0000"])(
    "if it is damaged: %j",
    (content) => expectRefusal(content, /state\.json is not a state of a watch, or is damaged\. Remove it/),
  );

  it("if its cursor is damaged", async () => {
    await expectRefusal('{"cursors":{"tfm-0123":"w1.x"}}', /state\.json is not the state of this watch: /);
    const glue = await startGlueWith([running("tsk-1")]);
    const file = await createFile();
    await poll(glue, file);
    const whole = await readFile(file, "utf8");
    await expectRefusal(whole.replace(/.("\}\}\n)$/, "$1"), /state\.json is not the state of this watch: /);
  });

  it("if it is of other transforms", async () => {
    await expectRefusal(
      '{"cursors":{"tfm-other":"x"}}',
      /state\.json is the state of a watch of tfm-other\. Remove it/,
    );
    await expectRefusal('{"cursors":{"*":"x"}}', /state\.json is the state of a watch of all transforms\. Remove it/);
    await expectRefusal('{"cursors":{"tfm-0123":"x"}}', /is the state of a watch of tfm-0123\. Remove it/, []);
  });

  it("if it is of another task type", async () => {
    const glue = await startGlueWith([running("tsk-1")]);
    const file = await createFile();
    await poll(glue, file);
    const args = [TransformId, "--type", "EVALUATION"];
    await expectRefusal(await readFile(file, "utf8"), /state\.json is not the state of this watch: /, args);
  });

  it("if it cannot be read", async () => {
    const glue = await startGlueWith([running("tsk-1")]);
    const folder = await createFolder();
    expect(await poll(glue, folder)).toMatchObject({ code: 2, err: expect.stringMatching(/ cannot be read: EISDIR/) });
  });

  it("if its folder does not exist, before anything is printed", async () => {
    const glue = await startGlueWith([running("tsk-1")]);
    const result = await poll(glue, join(await createFolder(), "none", "state.json"));
    expect(result).toMatchObject({ code: 2, out: "", err: expect.stringMatching(/ cannot be written: ENOENT/) });
  });
});

it("A state file that can no longer be written ends the watch with exit code 2", async () => {
  const glue = await startGlueWith([running("tsk-1")]);
  const file = await createFile();
  // The name is taken by a folder after the state was read.
  const onOutput = () => mkdirSync(file);
  const result = await poll(glue, file, [TransformId], { onOutput });
  expect(result).toMatchObject({
    code: 2,
    err: expect.stringMatching(/state\.json cannot be written: EISDIR[^\n]+\n$/),
  });
  expect(await readdir(join(file, ".."))).toEqual(["state.json"]);
});
