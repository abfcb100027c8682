/** The built command as a process: its start, its signals, its pipes and its terminal. */
import { execFile } from "node:child_process";
import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, vi } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { createRun, idsNewestFirst, startGlue, startGlueWith, TransformId } from "../support.js";
import { createFolder, start, startShell } from "./support.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

describe("--help and --version", () => {
  it("load neither the SDK nor the library, and no library for tables", async () => {
    // The package alone: the import of any other package would fail.
    const folder = await createFolder();
    await mkdir(join(folder, "dist"));
    for (const file of ["package.json", "dist/command.js"]) await cp(join(root, file), join(folder, file));
    const print = async (...args: string[]) =>
      (await run(process.execPath, [join(folder, "dist/command.js"), ...args])).stdout;
    expect(await print("--version")).toBe(`${manifest.version}\n`);
    expect(await print("list", "--help")).toMatch(/^Usage: glue-ml-task-runs COMMAND \[options\]\n/);
    const missing = await run(process.execPath, [join(folder, "dist/command.js"), "list"]).catch((error) => error);
    expect(missing).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^glue-ml-task-runs: [^\n]+client-glue[^\n]+\n$/),
    });
  });

  it("fit 80 columns and name every option", async () => {
    const { out, err, code } = await start(undefined, ["--help"]).ended;
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const source = await readFile(join(root, "src/command/arguments.ts"), "utf8");
    const [, options = ""] = /const OPTIONS = \{(.*?)\n\}/s.exec(source) ?? [];
    const names = [...options.matchAll(/^ {2}"?([\w-]+)"?:/gm)].map(([, name]) => `--${name} `);
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !out.includes(name))).toEqual([]);
  });
});

describe("As a process, the command", () => {
  it("prints runs and exits with code 0", async () => {
    const { code, out, err } = await start(await startGlue(2500), ["list", TransformId, "--limit", "0"]).ended;
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(
      out
        .split("\n")
        .slice(0, -1)
        .map((line) => line.split("\t")[1]),
    ).toEqual(idsNewestFirst(2500));
  });

  it("exits quietly with code 0 when the reader of a pipe ends, as in | head -1", async () => {
    const glue = await startGlue(2500);
    for (const format of ["tsv", "ndjson", "csv", "table"]) {
      const script = `$COMMAND list ${TransformId} --limit 0 -o ${format} | head -1; echo \${PIPESTATUS[0]}`;
      const { out, err } = await startShell(glue, script).ended;
      expect({ format, err, lines: out.split("\n").length, code: out.trimEnd().at(-1) }).toEqual({
        ...{ format, err: "", lines: 3, code: "0" },
      });
    }
  });

  it("ends a watch quietly with code 0 when its reader ends", async () => {
    const glue = await startGlueWith([createRun("tsk-1", { Status: "RUNNING" } as const)]);
    const script = `$COMMAND watch ${TransformId} --interval 0.05 | head -1; echo \${PIPESTATUS[0]}`;
    const { result, ended } = startShell(glue, script);
    await vi.waitFor(() => expect(result.out).toContain("RUNNING"), { timeout: 10_000 });
    glue.finishTaskRun({ TransformId, TaskRunId: "tsk-1" }, { Status: "FAILED" });
    expect(await ended).toMatchObject({ out: expect.stringMatching(/\n0\n$/), err: "" });
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "ends a watch quietly with code 0 on %s, also amid a request",
    async (signal) => {
      const glue = await startGlueWith([createRun("tsk-1", { Status: "RUNNING" } as const)]);
      const { child, result, ended } = start(glue, ["watch", TransformId, "--interval", "0.05"]);
      await vi.waitFor(() => expect(result.out).toContain("RUNNING"), { timeout: 10_000 });
      glue.fail("noResponse");
      const requests = glue.requests.length;
      await vi.waitFor(() => expect(glue.requests.length).toBeGreaterThan(requests));
      child.kill(signal);
      expect(await ended).toMatchObject({ code: 0, err: "" });
    },
  );

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "ends a wait quietly on %s, with the code %i of a shell, since the run has not succeeded",
    async (signal, code) => {
      const glue = await startGlueWith([createRun("tsk-1", { Status: "RUNNING" } as const)]);
      const { child, ended } = start(glue, ["wait", TransformId, "tsk-1"]);
      await vi.waitFor(() => expect(glue.requests.length).toBeGreaterThan(0), { timeout: 10_000 });
      child.kill(signal);
      expect(await ended).toEqual({ code, out: "", err: "" });
    },
  );

  it("keeps its state when it is interrupted between two polls", async () => {
    const glue = await startGlueWith([createRun("tsk-1", { Status: "RUNNING" } as const)]);
    const file = join(await createFolder(), "state.json");
    const args = ["watch", TransformId, "--state", file, "--interval", "3600"];
    const { child, result, ended } = start(glue, args);
    await vi.waitFor(async () => expect(result.out && (await readFile(file, "utf8"))).toContain("cursors"), {
      timeout: 10_000,
    });
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0 });
    glue.finishTaskRun({ TransformId, TaskRunId: "tsk-1" }, { Status: "FAILED" });
    const { out } = await start(glue, [...args, "--once"]).ended;
    expect(out).toMatch(/^tfm-0123\ttsk-1\tFAILED\t[^\n]*\n$/);
  });

  it("serves the local endpoint as glue-ml-task-runs local", async () => {
    const { child, result, ended } = start(undefined, ["local", "--port", "0", "--runs", "5"]);
    await vi.waitFor(() => expect(result.out).toContain("Ctrl-C ends it."), { timeout: 10_000 });
    const [endpoint = ""] = /http:\/\/\S+:\d+/.exec(result.out) ?? [];
    const { out } = await start(await startGlue(), ["list", "--endpoint-url", endpoint]).ended;
    expect(out.split("\n")).toHaveLength(6);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, err: "" });
    expect((await start(undefined, ["local", "--port", "x"]).ended).code).toBe(2);
  });

  it("prints an error in one line without a stack, and without the SDK's remarks for developers", async () => {
    const { code, err } = await start(await startGlue(), ["list", "tfm-none"], {
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: undefined,
    }).ended;
    expect(code).toBe(3);
    expect(err).toMatch(/^glue-ml-task-runs: EntityNotFoundException: [^\n]+\n$/);
  });

  it("reports output that cannot be written", async () => {
    const { out, err } = await startShell(await startGlue(10), "$COMMAND list > /dev/full; echo $?").ended;
    expect(out).toBe("2\n");
    expect(err).toMatch(/^glue-ml-task-runs: the output cannot be written: ENOSPC[^\n]*\n$/);
  });
});

describe("In a terminal, the command", () => {
  const runs = [createRun("tsk-1", { ErrorString: "no\u001b[2J" })];
  /** Runs the command in a pseudo-terminal, which `script` of Debian's bsdutils has. */
  const inTerminal = async (columns: number, args: string, env: NodeJS.ProcessEnv = {}) => {
    const script = `script -qec 'stty cols ${columns}; '"$COMMAND"' ${args}' /dev/null`;
    const { out } = await startShell(await startGlueWith(runs), script, {
      TERM: "xterm",
      // Node.js takes the terminal of an unknown CI system for one without colours.
      CI: undefined,
      NO_COLOR: undefined,
      FORCE_COLOR: undefined,
      ...env,
    }).ended;
    return out.replaceAll("\r\n", "\n").replaceAll("\u001b", "<ESC>");
  };

  it("prints a table of its width, with colours, and escapes what the service sends", async () => {
    expect(await inTerminal(100, "list")).toMatch(
      /^STATUS .* TRANSFORM {2}RUN\n<ESC>\[31mFAILED<ESC>\[39m .* tfm-0123 {3}tsk-1\n {2}<ESC>\[31mno\\u001b\[2J<ESC>\[39m\n$/,
    );
    expect(await inTerminal(40, "list")).toMatch(/^STATUS {5}TYPE\n {2}TRANSFORM {2}RUN\n/);
  });

  it("prints no colours with NO_COLOR or on a terminal that has none", async () => {
    expect(await inTerminal(80, "list", { NO_COLOR: "1" })).not.toContain("<ESC>");
    expect(await inTerminal(80, "list", { TERM: "dumb" })).not.toContain("<ESC>");
  });
});
