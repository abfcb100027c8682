/** The examples that list runs and print them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { ids, startGlue, TransformId } from "../support.js";
import { configureFor, runExample, runsOfExample } from "./support.js";

const HOUR = 60 * 60 * 1000;

/** The ids of runs in the order in which they are in a text. */
const idsIn = (text: string) => text.match(/tsk-[\da-f]{40}/g) ?? [];

describe("The example latest-run", () => {
  it("prints the latest run and the latest successful evaluation, and requests one run for each", async () => {
    const glue = await startGlue(200);
    const { stdout } = await runExample("latest-run", configureFor(glue));
    const runs = sampleTaskRuns({ transformId: TransformId, count: 200 }).reverse();
    const evaluation = runs.find((run) => run.Properties.TaskType === "EVALUATION" && run.Status === "SUCCEEDED");
    expect(idsIn(stdout)).toEqual([runs[0]?.TaskRunId, evaluation?.TaskRunId]);
    expect(stdout).toContain(`EVALUATION SUCCEEDED ${evaluation?.StartedOn?.toISOString()}`);
    expect(glue.requests.map(({ input }) => input)).toMatchObject([{ MaxResults: 1 }, { MaxResults: 1 }]);
  });

  it('prints "none" for a transform without runs', async () => {
    const { stdout } = await runExample("latest-run", configureFor(await startGlue()));
    expect(stdout).toBe("latest run: none\nlatest evaluation: none\n");
  });
});

/** Two runs that started 30 hours ago: one ended 25 hours ago, the other ten minutes ago. */
function longRuns(Status: "FAILED" | "TIMEOUT") {
  const now = Date.now();
  const run = { TransformId, Status, StartedOn: new Date(now - 30 * HOUR) };
  return [
    { ...run, TaskRunId: "tsk-early", CompletedOn: new Date(now - 25 * HOUR) },
    { ...run, TaskRunId: "tsk-late", CompletedOn: new Date(now - HOUR / 6) },
  ];
}

describe("The example failures", () => {
  it("prints the runs that failed or timed out since yesterday, newest first", async () => {
    const glue = await startGlue();
    const now = Date.now();
    const sample = { transformId: TransformId, count: 60 };
    const recent = sampleTaskRuns({ ...sample, from: now - 20 * HOUR, to: now });
    glue.addTaskRuns(recent);
    glue.addTaskRuns(sampleTaskRuns({ ...sample, seed: 2, from: now - 90 * HOUR, to: now - 30 * HOUR }));
    const { stdout } = await runExample("failures", configureFor(glue));
    const failures = recent.filter(({ Status }) => Status === "FAILED" || Status === "TIMEOUT").reverse();
    expect(failures.map(({ Status }) => Status)).toEqual(expect.arrayContaining(["FAILED", "TIMEOUT"]));
    expect(idsIn(stdout)).toEqual(ids(failures));
    for (const { ErrorString } of failures) expect(stdout).toContain(`  ${TransformId}: ${ErrorString}\n`);
    expect(stdout).toContain(`Failed or timed out in 24 h: ${failures.length}\n`);
  });

  it("prints a run that failed ten minutes ago and started 30 hours ago, and no run that failed 25 hours ago", async () => {
    const glue = await startGlue();
    glue.addTaskRuns(longRuns("FAILED"));
    const { stdout } = await runExample("failures", configureFor(glue));
    expect(stdout.match(/tsk-[a-z]+/g)).toEqual(["tsk-late"]);
  });

  it("prints the failures of the local endpoint of npm run example", async () => {
    const now = Date.now();
    const failures = runsOfExample().filter(
      ({ CompletedOn, ErrorString }) => ErrorString !== undefined && Number(CompletedOn) >= now - 24 * HOUR,
    );
    expect(failures.length).toBeGreaterThan(0);
    const { stdout } = await runExample("failures");
    expect(idsIn(stdout)).toEqual(ids(failures).reverse());
  });
});

describe("The example transforms", () => {
  it("counts the runs of the last days by transform and shows a progress bar up to 100 %", async () => {
    const { stdout, stderr } = await runExample("transforms", { args: ["--days", "3"] });
    const now = Date.now();
    let total = 0;
    for (const transformId of ["tfm-0123", "tfm-4567", "tfm-89ab"]) {
      const runs = runsOfExample(transformId).filter(({ StartedOn }) => Number(StartedOn) > now - 72 * HOUR);
      const failed = runs.filter(({ Status }) => Status === "FAILED");
      total += runs.length;
      expect(stdout).toMatch(new RegExp(`│ ${transformId} +│ ${runs.length} +│ ${failed.length} +│`));
    }
    expect(stderr).toMatch(new RegExp(`=+ 100% \\| runs: ${total}, back to \\d{4}-\\d\\d-\\d\\d`));
  });
});

describe("The example csv", () => {
  it("writes every run to the file, oldest first", async () => {
    const { args, env } = configureFor(await startGlue(500));
    const { stdout, folder } = await runExample("csv", { args: ["all.csv", ...args], env });
    expect(stdout).toBe("Runs of tfm-0123 in all.csv: 500\n");
    const [header, ...lines] = (await readFile(join(folder, "all.csv"), "utf8")).trimEnd().split("\n");
    expect(header).toBe("TaskRunId,TaskType,Status,StartedOn,CompletedOn,ExecutionTime,ErrorString,JobRunId");
    // The sample texts have no comma and no quote.
    const runs = sampleTaskRuns({ transformId: TransformId, count: 500 });
    const expected = runs.map(({ TaskRunId, Properties, Status, StartedOn, CompletedOn, ...run }) =>
      [
        TaskRunId,
        Properties.TaskType,
        Status,
        StartedOn?.toISOString(),
        CompletedOn?.toISOString(),
        run.ExecutionTime,
        run.ErrorString,
        Properties.TaskType === "FIND_MATCHES" ? Properties.FindMatchesTaskRunProperties.JobRunId : undefined,
      ].join(),
    );
    expect(lines).toEqual(expected);
  });

  it("quotes texts with commas, quotes and newlines, and escapes texts that spreadsheets take for formulas", async () => {
    const glue = await startGlue();
    const run = { TransformId, Status: "FAILED", Properties: { TaskType: "EVALUATION" } } as const;
    glue.addTaskRuns([
      { ...run, TaskRunId: "tsk-1", ErrorString: 'Line 1, "x"\nline 2' },
      { ...run, TaskRunId: "tsk-2", ErrorString: '=HYPERLINK("http://example.com")' },
    ]);
    const { folder } = await runExample("csv", configureFor(glue));
    const csv = await readFile(join(folder, "runs.csv"), "utf8");
    expect(csv).toContain('tsk-1,EVALUATION,FAILED,,,,"Line 1, ""x""\nline 2",\n');
    expect(csv).toContain(`tsk-2,EVALUATION,FAILED,,,,"'=HYPERLINK(""http://example.com"")",\n`);
  });
});

describe("The example check", () => {
  it.for([
    { thresholds: ["--warning", "4", "--critical", "5"], code: 0, state: "OK" },
    { thresholds: ["--warning", "3", "--critical", "5"], code: 1, state: "WARNING" },
    { thresholds: ["--warning", "1", "--critical", "3"], code: 2, state: "CRITICAL" },
  ])("exits with $code for the state $state", async ({ thresholds, code, state }) => {
    const glue = await startGlue();
    const now = Date.now();
    const StartedOn = new Date(now - HOUR);
    glue.addTaskRuns(sampleTaskRuns({ transformId: TransformId, from: now - 90 * HOUR, to: now - 3 * HOUR }));
    const statuses = ["FAILED", "SUCCEEDED", "TIMEOUT", "RUNNING", "FAILED", "STOPPED"] as const;
    glue.addTaskRuns(statuses.map((Status, index) => ({ TransformId, TaskRunId: `tsk-${index}`, Status, StartedOn })));
    const { args, env } = configureFor(glue);
    const outcome = await runExample("check", { args: [...args, ...thresholds, "--hours", "2"], env });
    const [, warning, , critical] = thresholds;
    expect(outcome.stdout).toBe(
      `GLUE ML ${state} - ${TransformId}: 3 failed of 5 that finished in the last 2 h | failed=3;${warning};${critical};0 runs=5;;;0\n`,
    );
    expect(outcome.code).toBe(code);
  });

  it("counts a run that failed ten minutes ago and started 30 hours ago, and no run that ended 25 hours ago", async () => {
    const glue = await startGlue();
    glue.addTaskRuns(longRuns("TIMEOUT"));
    const { code, stdout } = await runExample("check", configureFor(glue));
    expect(stdout).toContain(`${TransformId}: 1 failed of 1 that finished in the last 24 h`);
    expect(code).toBe(1);
  });

  it.for([
    { title: "an error of the service", args: ["--transform-id", "tfm-gone"], says: "EntityNotFoundException" },
    { title: "a threshold that is not a number", args: ["--critical", "many"], says: "many should be a number" },
    { title: "an unknown option", args: ["--minutes", "5"], says: "Unknown option '--minutes'" },
  ])("exits with 3 and prints one line for $title", async ({ args, says }) => {
    const { env } = configureFor(await startGlue());
    const { code, stdout } = await runExample("check", { args: ["--region", "eu-west-1", ...args], env });
    expect(stdout).toMatch(/^GLUE ML UNKNOWN - .*\n$/);
    expect(stdout).toContain(says);
    expect(code).toBe(3);
  });
});

describe("The example windows", () => {
  it("lists the same runs one after another and in time windows", async () => {
    const { stdout } = await runExample("windows");
    expect(stdout).toMatch(/one after another: \d+ ms, runs: 2500\nin 8 windows: \d+ ms, runs: 2500\n/);
    expect(stdout).toContain("The same runs in the same order.");
  });
});
