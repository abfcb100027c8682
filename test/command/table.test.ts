/** The table of runs. */
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { createRun, startGlue, startGlueWith, TransformId } from "../support.js";
import { runHere, type Terminal } from "./support.js";

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const longId = `tsk-${"0123456789".repeat(4)}`;

async function printTable(runs: Parameters<typeof startGlueWith>[0], terminal: Terminal = {}, ...args: string[]) {
  const { out, err } = await runHere(await startGlueWith(runs), ["list", ...args], { columns: 80, ...terminal });
  return { out, err, lines: out.split("\n").slice(0, -1) };
}

describe("The table of runs", () => {
  it("has a line for each run where the ids fit", async () => {
    const StartedOn = minutesAgo(200);
    const CompletedOn = minutesAgo(150.5);
    const Properties = { TaskType: "EXPORT_LABELS" } as const;
    const { lines } = await printTable(
      [
        createRun("tsk-1", { StartedOn, CompletedOn, Status: "SUCCEEDED", Properties }),
        createRun("tsk-22", { StartedOn: minutesAgo(201), Status: "RUNNING" }),
        createRun("tsk-3", { Status: "STARTING" }),
      ],
      {},
      TransformId,
    );
    const time = (date: Date) => date.toISOString().slice(0, 16).replace("T", " ");
    expect(lines).toEqual([
      "STATUS     TYPE                     STARTED (UTC)     AGE    TOOK   RUN",
      `SUCCEEDED  EXPORT_LABELS            ${time(StartedOn)}  3h     49m    tsk-1`,
      `RUNNING                             ${time(minutesAgo(201))}  3h            tsk-22`,
      "STARTING                                                            tsk-3",
    ]);
  });

  it("has the ids below each run where they do not fit", async () => {
    const { lines } = await printTable([createRun(longId)], {}, TransformId);
    expect(lines).toEqual([
      "STATUS     TYPE                     STARTED (UTC)     AGE    TOOK",
      "  RUN",
      "FAILED",
      `  ${longId}`,
    ]);
  });

  it("names the transforms if it is of several, in one line with the run if both fit", async () => {
    const short = await printTable([createRun(longId)]);
    expect(short.lines.slice(1)).toEqual(["  TRANSFORM  RUN", "FAILED", `  tfm-0123   ${longId}`.replace("   ", "  ")]);
    const TransformId = `tfm-${"0123456789".repeat(4)}`;
    const long = await printTable([createRun(longId, { TransformId })]);
    expect(long.lines.slice(1)).toEqual(["  TRANSFORM", "  RUN", "FAILED", `  ${TransformId}`, `  ${longId}`]);
    const wide = await printTable([createRun(longId, { TransformId })], { columns: 160 });
    expect(wide.lines[1]).toMatch(new RegExp(`^FAILED .* ${TransformId}  ${longId}$`));
  });

  it("has the error below its run, wrapped", async () => {
    const ErrorString = "The label file has no column labeling_set_id,\n  and it is not encoded in UTF-8 without BOM.";
    const { lines } = await printTable([createRun("tsk-1", { ErrorString })], {}, TransformId);
    expect(lines.slice(2)).toEqual([
      "  The label file has no column labeling_set_id, and it is not encoded in",
      "  UTF-8 without BOM.",
    ]);
  });

  it("wraps a word that is longer than a line, and cuts off a very long error", async () => {
    const { lines, out } = await printTable([createRun("tsk-1", { ErrorString: "x".repeat(500) })], {}, TransformId);
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect(out.match(/x/g)).toHaveLength(400);
    expect(out.trimEnd().at(-1)).toBe("…");
  });

  it.each([200, 120, 80, 66, 60, 40, 20])("fits a terminal with %i columns and keeps every id", async (columns) => {
    const runs = sampleTaskRuns({ transformId: TransformId, count: 200 });
    const { out } = await printTable(runs, { columns }, "--limit", "0");
    const tooLong = out.split("\n").filter((line) => line.length > columns);
    expect(tooLong).toEqual([]);
    const text = out.replaceAll(/\s/g, "");
    expect(runs.filter(({ TaskRunId }) => !text.includes(TaskRunId))).toEqual([]);
  });

  it("is as wide as 20 columns at least, and 80 where the width is not known", async () => {
    const runs = [createRun(longId)];
    expect((await printTable(runs, { columns: 5 })).out).toBe((await printTable(runs, { columns: 20 })).out);
    expect((await printTable(runs, { columns: 0 })).out).toBe((await printTable(runs, { columns: 80 })).out);
  });

  it("counts the width of wide characters as a terminal does", async () => {
    const { lines } = await printTable([createRun("tsk-1", { TransformId: "変換", ErrorString: "失敗" })], {
      columns: 100,
    });
    expect(lines[1]).toMatch(/ {2}変換 {7}tsk-1$/);
    expect(lines[2]).toBe("  失敗");
  });

  it("escapes what a terminal interprets, in ids, types, statuses and errors", async () => {
    const hidden = "\u001b[31m\u202e";
    const run = { Status: hidden, Properties: { TaskType: `T${hidden}` }, ErrorString: `x\u0007${hidden}` };
    const { out } = await printTable([createRun(`tsk${hidden}`, run) as never], { columns: 160 });
    expect(out).not.toMatch(/[^\P{C}\n]/u);
    expect(out).toContain("tsk\\u001b[31m\\u202e");
    expect(out).toContain("T\\u001b[31m\\u202e");
    expect(out).toContain("x\\u0007\\u001b[31m\\u202e");
  });
});

describe("The colour of failures", () => {
  const runs = [
    createRun("tsk-1", { ErrorString: "no", StartedOn: minutesAgo(1) }),
    createRun("tsk-2", { Status: "TIMEOUT", StartedOn: minutesAgo(2) } as const),
    createRun("tsk-3", { Status: "STOPPED", StartedOn: minutesAgo(3) } as const),
  ];

  it("is red on a terminal that has colours", async () => {
    const { lines } = await printTable(runs, { columns: 100, hasColors: true });
    expect(lines.map((line) => line.split("\u001b[31m").length - 1)).toEqual([0, 1, 1, 1, 0]);
    expect(lines[2]).toBe("  \u001b[31mno\u001b[39m");
  });

  it.each([
    ["NO_COLOR is set", { hasColors: true, env: { NO_COLOR: "1" } }],
    ["the terminal has none", { hasColors: false }],
  ])("is absent if %s", async (_, terminal) => {
    expect((await printTable(runs, terminal)).out).not.toContain("\u001b");
  });

  it("is absent where the table does not go to a terminal", async () => {
    const { out } = await runHere(await startGlueWith(runs), ["list", "-o", "table"]);
    expect(out).toContain("FAILED");
    expect(out).not.toContain("\u001b");
  });
});

describe("Beside the table, standard error", () => {
  it("says that there are more runs, and that there are none", async () => {
    const glue = await startGlue(60);
    expect((await runHere(glue, ["list"], { columns: 80 })).err).toBe("There are more runs: --limit 0 lists all.\n");
    expect((await runHere(glue, ["list", "--limit", "60"], { columns: 80 })).err).toBe("");
    const none = await runHere(glue, ["list", "--since", "1s"], { columns: 80 });
    expect(none).toEqual({ code: 0, out: "", err: "No runs.\n" });
  });

  it("shows the progress of many pages if it is a terminal, and removes it", async () => {
    const glue = await startGlue(2500);
    const args = ["list", TransformId, "--limit", "0"];
    const { err } = await runHere(glue, args, { columns: 80, isErrTerminal: true });
    expect(err).toBe(
      `\rpage 2, runs so far: 2,000\r\rpage 3, runs so far: 2,500\r\r${" ".repeat("page 3, runs so far: 2,500".length)}\r`,
    );
    expect((await runHere(glue, args, { columns: 80 })).err).toBe("");
  });

  it("shows no progress where the runs themselves are printed on the terminal as they come", async () => {
    const glue = await startGlue(2500);
    const args = ["list", TransformId, "--limit", "0", "-o", "ndjson"];
    expect((await runHere(glue, args, { columns: 80, isErrTerminal: true })).err).toBe("");
    expect((await runHere(glue, args, { isErrTerminal: true })).err).toContain("page 3, runs so far: 2,500");
  });
});
