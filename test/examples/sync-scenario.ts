/** Runs the example `sync` several times with a runtime that has `node:sqlite`, and compares database and history. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MLTaskRuns } from "glue-ml-task-runs";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import { expect } from "vitest";
import { root } from "./support.js";

/**
 * Checks that each start copies what is new or has changed, and that nothing is lost if one fails. It cleans up itself,
 * since `onTestFinished` is not for tests that run at the same time.
 *
 * @param node - the path of the runtime
 */
export async function checkSync(node: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sync-"));
  const glue = await LocalGlue.start();
  try {
    const env = {
      ...process.env,
      TSX_TSCONFIG_PATH: join(root, "tsconfig.json"),
      AWS_REGION: "eu-west-1",
      AWS_ENDPOINT_URL_GLUE: glue.endpoint,
      AWS_ACCESS_KEY_ID: "x",
      AWS_SECRET_ACCESS_KEY: "x",
    };
    const run = (...args: string[]) =>
      new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
        const child = execFile(node, args, { cwd: folder, env }, (_error, stdout, stderr) =>
          resolve({ code: child.exitCode, stdout, stderr }),
        );
      });
    const sync = () => run("--import", import.meta.resolve("tsx"), join(root, "examples/sync.ts"), "runs.db");
    const copied = (runs: number) => ({
      code: 0,
      stdout: `New or changed runs in runs.db: ${runs}\n`,
    });
    const print = `const { DatabaseSync } = require("node:sqlite");
      const rows = new DatabaseSync("runs.db").prepare("SELECT * FROM runs").all();
      console.log(JSON.stringify(rows));`;
    const readRows = async (): Promise<Record<string, unknown>[]> => JSON.parse((await run("-e", print)).stdout);
    const taskRuns = new MLTaskRuns(glue.client());
    const expectHistory = async () => {
      const rows = await readRows();
      const expected = (await taskRuns.listAcrossTransforms().toArray()).map((run) => JSON.stringify(run));
      expect(rows.map((row) => row.run).sort()).toEqual(expected.sort());
    };

    const ids = ["tfm-1", "tfm-2", "tfm-3"];
    for (const [index, transformId] of ids.entries()) {
      glue.addTaskRuns(sampleTaskRuns({ transformId, seed: index, count: 400 }));
    }
    const old = { TransformId: "tfm-1", TaskRunId: "tsk-old", StartedOn: new Date("2026-01-01T12:00:00Z") };
    const Properties = { TaskType: "EVALUATION" } as const;
    glue.addTaskRuns([{ ...old, Properties, Status: "RUNNING" }]);
    expect(await sync()).toMatchObject(copied(1201));
    await expectHistory();

    // A run that was unfinished the last time, and a new transform.
    glue.finishTaskRun(old, { Status: "FAILED", ErrorString: "No labels." });
    const started = {
      TransformId: "tfm-new",
      TaskRunId: "tsk-new",
      Status: "SUCCEEDED",
      StartedOn: new Date(),
    } as const;
    glue.addTaskRuns([started]);
    expect(await sync()).toMatchObject(copied(2));
    await expectHistory();
    expect((await readRows()).find((row) => row.task_run_id === "tsk-old")).toMatchObject({
      transform_id: "tfm-1",
      task_type: "EVALUATION",
      status: "FAILED",
      error: "No labels.",
      started_on: "2026-01-01T12:00:00.000Z",
    });
    expect(await sync()).toMatchObject(copied(0));

    // A copy that fails leaves the database as it was.
    glue.addTaskRuns(ids.map((TransformId) => ({ ...started, TransformId, TaskRunId: "tsk-newer" })));
    const before = await readRows();
    glue.fail("expiredToken", { operation: "GetMLTransforms" });
    expect(await sync()).toMatchObject({ code: 1, stderr: expect.stringContaining("ExpiredTokenException") });
    expect(await readRows()).toEqual(before);
    // A transform that cannot be read is copied the next time.
    glue.fail("expiredToken", { operation: "GetMLTaskRuns" });
    expect(await sync()).toMatchObject({ code: 1, stderr: expect.stringMatching(/^tfm-\S+: ExpiredTokenException/m) });
    expect((await sync()).code).toBe(0);
    await expectHistory();
  } finally {
    await glue.close();
    await rm(folder, { recursive: true });
  }
}
