/** The example that starts an evaluation and waits for it. */
import { describe, expect, it } from "vitest";
import { createRun, startGlue, TransformId } from "../support.js";
import { configureFor, followExample, runExample } from "./support.js";

describe("The example start-and-wait", () => {
  it("prints the status at each poll, the result and the metrics, and exits with 0 for a run that SUCCEEDED", async () => {
    const { code, stdout } = await runExample("start-and-wait");
    expect(stdout).toMatch(/^Started tsk-[\da-f]{40} of tfm-0123\n(\d+ s: (STARTING|RUNNING)\n)+/);
    expect(stdout).toMatch(
      /\n\d+ s: SUCCEEDED\nSUCCEEDED, execution time 2 s\.\n\{ Precision: 0\.9, Recall: 0\.8, F1: 0\.847 \}\n$/,
    );
    expect(code).toBe(0);
  });

  it("prints the error string and exits with 1 for a run that FAILED", async () => {
    const glue = await startGlue(0, {
      runTime: Infinity,
      latency: ({ operation, input }) => {
        if (operation === "GetMLTaskRun") {
          glue.finishTaskRun(input, { Status: "FAILED", ErrorString: "Internal service error." });
        }
        return 0;
      },
    });
    const { code, stdout } = await runExample("start-and-wait", configureFor(glue));
    expect(stdout).toMatch(/\n\d+ s: FAILED\nFAILED, execution time \d+ s\. Internal service error\.\n$/);
    expect(code).toBe(1);
    const operations = glue.requests.map(({ operation }) => operation);
    expect(operations).toEqual(["GetMLTaskRuns", "StartMLEvaluationTaskRun", "GetMLTaskRun"]);
  });

  it("says that the transform has no metrics if there are none", async () => {
    const { code, stdout } = await runExample("start-and-wait", configureFor(await startGlue(0, { runTime: 0 })));
    expect(stdout).toMatch(/SUCCEEDED, execution time 0 s\.\nThe transform has no metrics\.\n$/);
    expect(code).toBe(0);
  });

  it("exits with 4 for a run that is not finished after --max-wait-time", async () => {
    const { args, env } = configureFor(await startGlue(0, { runTime: Infinity }));
    const { code, stderr } = await runExample("start-and-wait", { args: [...args, "--max-wait-time", "0.1"], env });
    expect(stderr).toMatch(/^Task run "tsk-.*" did not finish within 0\.1 seconds; its last status was "RUNNING"\.\n$/);
    expect(code).toBe(4);
  });

  it("exits with 130 after Ctrl-C, without an error, and the run continues", async () => {
    const glue = await startGlue(0, { runTime: Infinity });
    const { waitForOutput, interrupt } = await followExample("start-and-wait", configureFor(glue));
    await waitForOutput(/ s: RUNNING\n/);
    expect(await interrupt()).toMatchObject({ code: 130, stderr: "" });
    const operations = glue.requests.map(({ operation }) => operation);
    expect(new Set(operations)).toEqual(new Set(["GetMLTaskRuns", "StartMLEvaluationTaskRun", "GetMLTaskRun"]));
  });

  it.for([
    { value: "soon", says: "--max-wait-time must be above 0, got soon." },
    { value: "0", says: "--max-wait-time must be above 0, got 0." },
  ])("starts no run and exits with 2 for --max-wait-time $value", async ({ value, says }) => {
    const glue = await startGlue();
    const { args, env } = configureFor(glue);
    const { code, stderr } = await runExample("start-and-wait", { args: [...args, "--max-wait-time", value], env });
    expect(stderr).toBe(`${says}\n`);
    expect(code).toBe(2);
    expect(glue.requests).toEqual([]);
  });

  it("exits with 1 and the error of the service for a transform that is not READY", async () => {
    const glue = await startGlue();
    glue.addTransform({ TransformId, Status: "NOT_READY" });
    const { code, stderr } = await runExample("start-and-wait", configureFor(glue));
    expect(stderr).toContain("MLTransformNotReadyException");
    expect(code).toBe(1);
  });

  it("starts one run where the connection breaks, finds it in the history, and waits for it", async () => {
    const glue = await startGlue(0, { runTime: 0 });
    const Properties = { TaskType: "EVALUATION" } as const;
    glue.addTaskRuns([createRun("tsk-unfinished", { Status: "RUNNING", StartedOn: new Date(), Properties })]);
    glue.fail("connectionReset", { operation: "StartMLEvaluationTaskRun" });
    const { code, stdout, stderr } = await runExample("start-and-wait", configureFor(glue));
    expect(stderr).toMatch(/ECONNRESET.* Looking for a run that has started\.\n$/);
    expect(stdout).toMatch(new RegExp(`^Started tsk-[\\da-f]{40} of ${TransformId}\n`));
    expect(code).toBe(0);
    const starts = glue.requests.filter(({ operation }) => operation === "StartMLEvaluationTaskRun");
    expect(starts).toHaveLength(1);
  });

  it("exits with 1 and the error of the service if no run has started", async () => {
    const glue = await startGlue();
    glue.fail("internalError", { operation: "StartMLEvaluationTaskRun" });
    const { args, env } = configureFor(glue);
    const { code, stderr } = await runExample("start-and-wait", { args: [...args, "--max-wait-time", "0.1"], env });
    expect(stderr).toContain("Looking for a run that has started.");
    expect(stderr).toContain("InternalServiceException");
    expect(code).toBe(1);
  });
});
