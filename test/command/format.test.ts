/** The formats of runs, as the command prints them. */
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { createRun, startGlueWith, TransformId } from "../support.js";
import { runHere } from "./support.js";

const COLUMNS =
  "TransformId TaskRunId Status TaskType StartedOn CompletedOn ExecutionTime ErrorString LastModifiedOn LogGroupName " +
  "JobId JobName JobRunId InputS3Path OutputS3Path Replace";

/** What a terminal interprets or hides: escape sequences, a bidirectional mark, a line separator. */
const HIDDEN = "\u001b[31m\u009b2J\u202egnp\u2028\u0007";
const ESCAPED = "\\u001b[31m\\u009b2J\\u202egnp\\u2028\\u0007";

const StartedOn = new Date("2026-11-01T10:20:30.456Z");
const CompletedOn = new Date("2026-11-01T11:00:00Z");

/** A run with every member of the record. */
const wholeRun = createRun("tsk-1", {
  StartedOn,
  CompletedOn,
  LastModifiedOn: CompletedOn,
  ExecutionTime: 2370,
  ErrorString: 'a "quoted" error,\n\tin two lines\\',
  LogGroupName: "/logs",
  Properties: {
    TaskType: "FIND_MATCHES",
    FindMatchesTaskRunProperties: { JobId: "job-1", JobName: "matches", JobRunId: "jr_1" },
  },
} as const);

async function print(runs: Parameters<typeof startGlueWith>[0], format: string): Promise<string> {
  return (await runHere(await startGlueWith(runs), ["list", TransformId, "-o", format])).out;
}

/** Reads CSV as RFC 4180 defines it. */
function parseCsv(text: string): string[][] {
  const fields = [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)];
  const rows: string[][] = [[]];
  for (const [, quoted, plain = "", end] of fields) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === "\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

describe("ndjson", () => {
  it("has the service's member names and ISO times", async () => {
    const runs = sampleTaskRuns({ transformId: TransformId, count: 50 });
    const lines = (await print(runs, "ndjson")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(runs)).reverse());
    expect(lines[0]).toMatch(/"StartedOn":"\d{4}-\d\d-\d\dT[\d:.]+Z"/);
  });

  it("has an unknown task type where the service has it", async () => {
    const out = await print([createRun("tsk-1", { Properties: { TaskType: "NEW_TYPE" } }) as never], "ndjson");
    expect(JSON.parse(out)).toMatchObject({ TaskRunId: "tsk-1", Properties: { TaskType: "NEW_TYPE" } });
  });

  it("escapes what a terminal interprets as JSON does", async () => {
    const out = await print([createRun("tsk-1", { ErrorString: HIDDEN })], "ndjson");
    expect(out).toMatch(/^[^\p{C}\p{Zl}]+\n$/u);
    expect(JSON.parse(out)).toMatchObject({ ErrorString: HIDDEN });
  });
});

describe("tsv", () => {
  it("has a line for each run and no head", async () => {
    const out = await print([wholeRun, createRun("tsk-2")], "tsv");
    expect(out.split("\n").map((line) => line.split("\t"))).toEqual([
      [
        ...[TransformId, "tsk-1", "FAILED", "FIND_MATCHES", "2026-11-01T10:20:30.456Z", "2026-11-01T11:00:00.000Z"],
        ...["2370", 'a "quoted" error,\\n\\tin two lines\\\\', "2026-11-01T11:00:00.000Z", "/logs"],
        ...["job-1", "matches", "jr_1", "", "", ""],
      ],
      [TransformId, "tsk-2", "FAILED", ...Array(13).fill("")],
      [""],
    ]);
  });

  it("escapes what a terminal interprets", async () => {
    const out = await print([createRun("tsk-1", { ErrorString: `${HIDDEN}\r` })], "tsv");
    expect(out).toContain(`\t${ESCAPED}\\r\t`);
    expect(out).toMatch(/^(?:\t|[^\p{C}\p{Zl}])+\n$/u);
  });
});

describe("csv", () => {
  it("has a head and quoted fields, which a parser reads back", async () => {
    const [head, ...rows] = parseCsv(await print([wholeRun, createRun("tsk-2")], "csv"));
    expect(head).toEqual(COLUMNS.split(" "));
    const records = rows.map((row) => Object.fromEntries(row.map((field, index) => [head?.[index], field])));
    expect(records).toMatchObject([
      {
        TaskRunId: "tsk-1",
        TaskType: "FIND_MATCHES",
        StartedOn: "2026-11-01T10:20:30.456Z",
        ExecutionTime: "2370",
        ErrorString: 'a "quoted" error,\n\tin two lines\\',
        JobRunId: "jr_1",
        Replace: "",
      },
      { TaskRunId: "tsk-2", TaskType: "", StartedOn: "", ErrorString: "" },
    ]);
  });

  it("has the head once, before the first page", async () => {
    const glue = await startGlueWith(sampleTaskRuns({ transformId: TransformId, count: 1200 }));
    const rows = parseCsv((await runHere(glue, ["list", "--limit", "0", "-o", "csv"])).out);
    expect(rows).toHaveLength(1201);
    expect(rows.filter(([first]) => first === "TransformId")).toHaveLength(1);
  });

  it("has the properties of each task type", async () => {
    const runs = sampleTaskRuns({ transformId: TransformId, count: 60 });
    const [head = [], ...rows] = parseCsv(await print(runs, "csv"));
    const valuesOf = (type: string, column: string) =>
      rows.filter((row) => row[head.indexOf("TaskType")] === type).map((row) => row[head.indexOf(column)]);
    expect(valuesOf("IMPORT_LABELS", "InputS3Path")[0]).toMatch(/^s3:.*labels.csv$/);
    expect(["true", "false"]).toContain(valuesOf("IMPORT_LABELS", "Replace")[0]);
    expect(valuesOf("EXPORT_LABELS", "OutputS3Path")[0]).toMatch(/^s3:.*\/labels\/$/);
    expect(valuesOf("LABELING_SET_GENERATION", "OutputS3Path")[0]).toMatch(/^s3:.*labeling-set\/$/);
    expect(valuesOf("EVALUATION", "OutputS3Path")[0]).toBe("");
  });

  it("has no field that a spreadsheet runs as a formula", async () => {
    const errors = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"];
    const out = await print(
      errors.map((ErrorString, index) => createRun(`tsk-${index}`, { ErrorString })),
      "csv",
    );
    const [head = [], ...rows] = parseCsv(out);
    const fields = rows.map((row) => row[head.indexOf("ErrorString")]);
    expect(fields.sort()).toEqual(errors.map((error) => `'${error}`).sort());
  });

  it("escapes control characters but keeps lines and tabs", async () => {
    const out = await print([createRun("tsk-1", { ErrorString: "\u001b[31m\u009b2J\tx\r\ny" })], "csv");
    expect(out).toContain('"\\u001b[31m\\u009b2J\tx\r\ny"');
  });
});

describe("The output", () => {
  it.each(["table", "tsv"])("as %s is the default where it belongs", async (format) => {
    const glue = await startGlueWith([wholeRun]);
    const terminal = format === "table" ? { columns: 80 } : {};
    const asked = await runHere(glue, ["list", "-o", format], terminal);
    expect((await runHere(glue, ["list"], terminal)).out).toBe(asked.out);
  });

  it.each(["tsv", "ndjson", "csv"])("as %s may go to a terminal", async (format) => {
    const glue = await startGlueWith([wholeRun]);
    const { out } = await runHere(glue, ["list", "-o", format], { columns: 80 });
    expect(out).toBe(await print([wholeRun], format));
  });
});
