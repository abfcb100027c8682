/** The example that watches the runs of all transforms. */
import { StartExportLabelsTaskRunCommand } from "@aws-sdk/client-glue";
import { describe, expect, it } from "vitest";
import { createRun, startGlue, TransformId } from "../support.js";
import { configureFor, followExample, runExample } from "./support.js";

const withInterval = ({ args, env }: ReturnType<typeof configureFor>) => ({
  args: [...args, "--interval", "0.05"],
  env,
});

describe("The example watch", () => {
  it("prints the runs that npm run example starts on its local endpoint, and ends with Ctrl-C", async () => {
    const { waitForOutput, interrupt } = await followExample("watch");
    // The unfinished sample runs do not change: a run that succeeds is one that has been started.
    await waitForOutput(/^\d\d:\d\d:\d\d tfm-0123 tsk-[\da-f]{40} EVALUATION SUCCEEDED\n/m);
    await waitForOutput(/^\d\d:\d\d:\d\d tfm-4567 tsk-[\da-f]{40} EXPORT_LABELS SUCCEEDED\n/m);
    const { code, stderr } = await interrupt();
    expect(stderr).toMatch(
      /^Watching all transforms\. Ctrl-C ends it\.\nThese are sample runs, from a local endpoint at http:\S+\n\n$/,
    );
    expect(code).toBe(0);
  });

  it("prints a line per change of all transforms of the AWS configuration, and starts no run there", async () => {
    const glue = await startGlue(0, { runTime: Infinity });
    const Properties = { TaskType: "EVALUATION" } as const;
    glue.addTaskRuns([
      createRun("tsk-finished", { StartedOn: new Date("2026-11-01") }),
      createRun("tsk-running", { TransformId: "tfm-other", Status: "RUNNING", Properties }),
    ]);
    const { waitForOutput, interrupt } = await followExample("watch", withInterval(configureFor(glue)));
    await waitForOutput(/ tfm-other tsk-running EVALUATION RUNNING\n/);
    const command = new StartExportLabelsTaskRunCommand({ TransformId, OutputS3Path: "s3://example/labels/" });
    const { TaskRunId = "" } = await glue.client().send(command);
    await waitForOutput(` ${TransformId} ${TaskRunId} EXPORT_LABELS RUNNING\n`);
    glue.finishTaskRun({ TransformId, TaskRunId }, { Status: "FAILED", ErrorString: "Access Denied." });
    await waitForOutput(` ${TransformId} ${TaskRunId} EXPORT_LABELS FAILED Access Denied.\n`);
    const { code, stdout, stderr } = await interrupt();
    // One line for the run that was unfinished before, and two for the run that was started.
    expect(stdout.trimEnd().split("\n")).toHaveLength(3);
    expect(stderr).toBe("Watching all transforms. Ctrl-C ends it.\n");
    expect(code).toBe(0);
    // The test itself has started one run.
    expect(glue.requests.filter(({ operation }) => operation.startsWith("Start"))).toHaveLength(1);
  });

  it("exits with 1 and the error of the service", async () => {
    const glue = await startGlue();
    glue.fail("expiredToken");
    const { code, stderr } = await runExample("watch", configureFor(glue));
    expect(stderr).toContain("ExpiredTokenException");
    expect(code).toBe(1);
  });
});
