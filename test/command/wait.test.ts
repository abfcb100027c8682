import { StartMLEvaluationTaskRunCommand } from "@aws-sdk/client-glue";
import { describe, expect, it } from "vitest";
import { createRun, startGlue, startGlueWith, TransformId } from "../support.js";
import { runHere } from "./support.js";

/** A function that does something at its first call. */
function once(call: () => void): () => void {
  let isCalled = false;
  return () => {
    if (!isCalled) call();
    isCalled = true;
  };
}

describe("wait", () => {
  it.each([
    ["SUCCEEDED", 0],
    ["FAILED", 1],
    ["TIMEOUT", 1],
    ["STOPPED", 1],
  ] as const)("prints a run that is %s and exits with code %i", async (Status, code) => {
    const glue = await startGlueWith([createRun("tsk-1", { Status } as const)]);
    const result = await runHere(glue, ["wait", TransformId, "tsk-1", "-o", "ndjson"]);
    expect(result).toMatchObject({ code, err: "" });
    expect(JSON.parse(result.out)).toMatchObject({ TaskRunId: "tsk-1", Status });
  });

  it("waits until a run is finished, with the pauses of --interval", async () => {
    const glue = await startGlue(0, { runTime: 300 });
    const { TaskRunId = "" } = await glue.client().send(new StartMLEvaluationTaskRunCommand({ TransformId }));
    const { code, out } = await runHere(glue, ["wait", TransformId, TaskRunId, "--interval", "0.05"]);
    expect(code).toBe(0);
    expect(out).toContain(`${TransformId}\t${TaskRunId}\tSUCCEEDED\tEVALUATION\t`);
    expect(glue.requests.filter(({ operation }) => operation === "GetMLTaskRun").length).toBeGreaterThan(2);
  });

  it("shows on a terminal how the run is, and then the run as a table", async () => {
    const glue = await startGlueWith([createRun("tsk-1", { Status: "RUNNING" } as const)]);
    const args = ["wait", TransformId, "tsk-1", "--interval", "0.05"];
    const finish = once(() => glue.finishTaskRun({ TransformId, TaskRunId: "tsk-1" }, { Status: "STOPPED" }));
    const { out, err } = await runHere(glue, args, {
      columns: 80,
      isErrTerminal: true,
      onOutput: finish,
    });
    expect(err).toMatch(/^\rRUNNING after 0s\r\rSTOPPED after 0s\r\r +\r$/);
    expect(out).toMatch(/^STATUS .* RUN\nSTOPPED .* tsk-1\n$/);
  });

  it("exits with code 4 when the run is not finished after --timeout", async () => {
    const glue = await startGlueWith([createRun("tsk-1", { Status: "RUNNING" } as const)]);
    const args = ["wait", TransformId, "tsk-1", "--timeout", "0.2", "--interval", "0.1"];
    const { code, out, err } = await runHere(glue, args);
    expect({ code, out }).toEqual({ code: 4, out: "" });
    expect(err).toMatch(
      /^glue-ml-task-runs: Task run "tsk-1" .* did not finish within 0\.2 seconds[^\n]*RUNNING[^\n]*\n$/,
    );
  });

  it("exits with code 3 for a run that does not exist", async () => {
    const { code, err } = await runHere(await startGlue(), ["wait", TransformId, "tsk-none"]);
    expect(code).toBe(3);
    expect(err).toMatch(/^glue-ml-task-runs: EntityNotFoundException: [^\n]+\n$/);
  });
});
