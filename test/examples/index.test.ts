/** `npm run example`, and what holds for every example. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { startGlue, TransformId } from "../support.js";
import { names, ownRuns, root, runExample, toAws } from "./support.js";

const exec = promisify(execFile);
const npm = (...args: string[]) => exec("npm", ["run", "--silent", "example", ...args], { cwd: root });

describe("npm run example", () => {
  it("without a name lists the examples, each with what its file says it is", async () => {
    const { stdout } = await npm();
    const listed = [...stdout.matchAll(/^ {2}(\S+) +(\S.*)$/gm)].map(([, name = "", text = ""]) => ({ name, text }));
    expect(listed.map(({ name }) => name)).toEqual(names.toSorted());
    for (const { name, text } of listed) {
      expect(text).toMatch(/^[A-Z].*\.$/);
      expect(await readFile(join(root, `examples/${name}.ts`), "utf8")).toContain(`/**\n * ${text}\n`);
    }
  });

  it("with a name that there is not lists them, and fails", async () => {
    const failure = {
      code: 1,
      stderr: "There is no example every.\n\n",
      stdout: expect.stringContaining("  every-run "),
    };
    await expect(npm("every")).rejects.toMatchObject(failure);
    await expect(npm("../test/support")).rejects.toMatchObject({ code: 1 });
  });

  it("runs an example on a local endpoint, every run of it", async () => {
    const { stdout } = await npm("every-run");
    const runs = ownRuns().reverse();
    const lines = runs.map(({ StartedOn, TaskRunId, Status, Properties }) =>
      [StartedOn?.toISOString(), TaskRunId, Status, Properties.TaskType].join(" "),
    );
    expect(stdout).toBe(`${lines.join("\n")}\n2500 runs of tfm-0123456789abcdef\n`);
  });

  it("hands the options on", async () => {
    const glue = await startGlue(3);
    const { args, env } = toAws(glue);
    const options = { cwd: root, env: { ...process.env, ...env } };
    const { stdout } = await exec("npm", ["run", "--silent", "example", "every-run", "--", ...args], options);
    expect(stdout).toMatch(/^(.* tsk-.*\n){3}3 runs of tfm-0123\n$/);
  });
});

// One that serves does not end on its own: test/examples/http-service.test.ts tells it to.
it.for(names.filter((name) => name !== "http-service"))(
  "%s with --transform-id goes where the AWS SDK's configuration leads",
  async (name) => {
    const glue = await startGlue();
    // So long ago that the check finds nothing to tell.
    glue.addTaskRuns(sampleTaskRuns({ transformId: TransformId, count: 5, to: "2020-01-01" }));
    const { code, stdout, stderr } = await runExample(name, toAws(glue));
    expect(stderr).not.toContain("local endpoint");
    expect(code, stderr).toBe(0);
    expect(stdout).not.toBe("");
    const asked = glue.requests.filter(({ operation }) => operation === "GetMLTaskRuns");
    expect(asked.length).toBeGreaterThan(0);
    for (const { input } of asked) expect(input).toMatchObject({ TransformId });
  },
);
