/** `npm run example`, and the properties of every example. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { startGlue, TransformId } from "../support.js";
import { configureFor, names, root, runExample, runsOfExample } from "./support.js";

const exec = promisify(execFile);
const npm = (...args: string[]) => exec("npm", ["run", "--silent", "example", ...args], { cwd: root });

describe("npm run example", () => {
  it("without a name lists the examples with the first sentence of their files", async () => {
    const { stdout } = await npm();
    const listed = [...stdout.matchAll(/^ {2}(\S+) +(\S.*)$/gm)].map(([, name = "", text = ""]) => ({ name, text }));
    expect(listed.map(({ name }) => name)).toEqual(names.toSorted());
    for (const { name, text } of listed) {
      expect(text).toMatch(/^[A-Z].*\.$/);
      expect(await readFile(join(root, `examples/${name}.ts`), "utf8")).toContain(`/**\n * ${text}\n`);
    }
  });

  it("with an unknown name lists the examples and fails", async () => {
    const failure = {
      code: 1,
      stderr: "There is no example every.\n\n",
      stdout: expect.stringContaining("  every-run "),
    };
    await expect(npm("every")).rejects.toMatchObject(failure);
    await expect(npm("../test/support")).rejects.toMatchObject({ code: 1 });
  });

  it("runs an example on a local endpoint", async () => {
    const { stdout } = await npm("every-run");
    const runs = runsOfExample().reverse();
    const lines = runs.map(({ StartedOn, TaskRunId, Status, Properties }) =>
      [StartedOn?.toISOString(), TaskRunId, Status, Properties.TaskType].join(" "),
    );
    expect(stdout).toBe(`${lines.join("\n")}\n2500 runs of tfm-0123456789abcdef0123456789abcdef01234567\n`);
  });

  it("passes the options to the example", async () => {
    const glue = await startGlue(3);
    const { args, env } = configureFor(glue);
    const options = { cwd: root, env: { ...process.env, ...env } };
    const { stdout } = await exec("npm", ["run", "--silent", "example", "every-run", "--", ...args], options);
    expect(stdout).toMatch(/^(.* tsk-.*\n){3}3 runs of tfm-0123\n$/);
  });
});

// The demo always has its own endpoint, the HTTP service and the watch run until a signal, the probe asks for an unknown
// transform, too, and sync needs a newer runtime. Other files test them.
it.for(names.filter((name) => !["demo", "http-service", "watch", "probe", "sync"].includes(name)))(
  "The example %s with --transform-id uses the endpoint of the AWS configuration",
  async (name) => {
    // A run that an example starts is finished at once.
    const glue = await startGlue(0, { runTime: 0 });
    // The runs are older than the period of every example.
    glue.addTaskRuns(sampleTaskRuns({ transformId: TransformId, count: 5, to: "2020-01-01" }));
    const { code, stdout, stderr } = await runExample(name, configureFor(glue));
    expect(stderr).not.toContain("local endpoint");
    expect(code, stderr).toBe(0);
    expect(stdout).not.toBe("");
    const requests = glue.requests.filter(({ operation }) => /TaskRuns?$/.test(operation));
    expect(requests.length).toBeGreaterThan(0);
    for (const { input } of requests) expect(input).toMatchObject({ TransformId });
  },
);
