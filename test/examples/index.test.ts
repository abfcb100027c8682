/** `npm run example`, and the properties of every example. */
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, inject, it } from "vitest";
import { runModules } from "../run-modules.js";
import { startGlue, TransformId } from "../support.js";
import { configureFor, createFolder, names, root, runExample, runsOfExample } from "./support.js";

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
    expect(await runExample("every")).toMatchObject(failure);
    expect(await runExample("../test/support")).toMatchObject({ code: 1 });
  });

  it("runs an example on a local endpoint", async () => {
    const { stdout, stderr } = await npm("every-run");
    const runs = runsOfExample("tfm-0123").reverse();
    const lines = runs.map(({ TaskRunId, Status, Properties }) => [TaskRunId, Status, Properties.TaskType].join(" "));
    expect(stdout.replaceAll(/^\d{4}-\d\d-\d\dT[\d:.]+Z /gm, "")).toBe(`${lines.join("\n")}\nRuns of tfm-0123: 2500\n`);
    expect(stderr).toMatch(/^These are sample runs, from a local endpoint at http:\S+\n\n$/);
  });

  it("passes the options to the example", async () => {
    const glue = await startGlue();
    glue.addTaskRuns(sampleTaskRuns({ transformId: "tfm-other", count: 3 }));
    const options = { cwd: root, env: { ...process.env, ...configureFor(glue).env } };
    const args = ["--", "--transform-id", "tfm-other", "--region=eu-west-1"];
    const { stdout } = await exec("npm", ["run", "--silent", "example", "every-run", ...args], options);
    expect(stdout).toMatch(/^(.* tsk-.*\n){3}Runs of tfm-other: 3\n$/);
  });
});

/** A project of a user, which has the built package, and nothing of this repository. */
async function createProject(): Promise<string> {
  const folder = await createFolder();
  const modules = join(folder, "node_modules");
  await mkdir(modules);
  const packages = await readdir(join(root, "node_modules"));
  for (const name of packages) await symlink(join(root, "node_modules", name), join(modules, name));
  await symlink(root, join(modules, "glue-ml-task-runs"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  return folder;
}

// The demo is of this repository. The HTTP service and the watch run until a signal, the probe asks for an unknown
// transform, too, and sync needs a newer runtime: other files test what they list.
const copied = names.filter((name) => !["demo", "http-service", "watch", "probe", "sync"].includes(name));

it("Each example, copied into a project, lists the runs of the AWS configuration", async () => {
  const cwd = await createProject();
  await cp(inject("compiledExamples"), cwd, { recursive: true });
  const glues = await Promise.all(
    copied.map(async (name) => {
      // A run that an example starts is finished at once.
      const glue = await startGlue(0, { runTime: 0 });
      // The runs are older than the period of every example.
      glue.addTaskRuns(sampleTaskRuns({ transformId: TransformId, count: 5, to: "2020-01-01" }));
      return { name, glue };
    }),
  );
  const env = { ...process.env, AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x", AWS_REGION: "eu-west-1" };
  const modules = glues.map(({ name, glue }) => ({
    file: join(cwd, `${name}.js`),
    env: { AWS_ENDPOINT_URL_GLUE: glue.endpoint },
  }));
  const printed = await runModules(modules, { cwd, env });
  expect(printed).toEqual(modules.map(({ file }) => ({ file, stdout: expect.stringMatching(/./) })));
  for (const { name, glue } of glues) {
    const requests = glue.requests.filter(({ operation }) => /TaskRuns?$/.test(operation));
    expect(requests.length, name).toBeGreaterThan(0);
    for (const { input } of requests) expect(input).toMatchObject({ TransformId });
  }
});

it("Each example imports only packages and files of its own folder, so that it can be copied", async () => {
  for (const name of names) {
    const source = await readFile(join(root, `examples/${name}.ts`), "utf8");
    const imported = [...source.matchAll(/(?:from|import\() ?"(\.[^"]*)"/g)].map(([, path = ""]) => path);
    expect(imported.filter((path) => !path.startsWith(`./${name}/`))).toEqual([]);
  }
});

it("Each example refuses options that it does not have", async () => {
  for (const name of names.filter((name) => name !== "demo")) {
    const source = await readFile(join(root, `examples/${name}.ts`), "utf8");
    expect(source, name).toContain("parseArgs(");
    expect(source, name).not.toContain("strict:");
  }
});

it.for([
  ["latest-evaluations", "--wrong", "Unknown option '--wrong'"],
  [
    "every-run",
    "--transform-id=",
    'TransformId must be a string of 1 to 255 characters, without control characters (except tabs), got "".',
  ],
  ["failures", "--hours=many", "--hours must be above 0, got many."],
  ["transforms", "--days=-1", "--days must be above 0, got -1."],
  ["timeline", "--days=0", "--days must be above 0, got 0."],
  ["watch", "--interval=soon", "--interval must be above 0, got soon."],
  ["event-bridge", "--invocations=none", "--invocations must be above 0, got none."],
  ["http-service", "--port=http", "--port must be an integer from 0 to 65535, got http."],
])("The example %s exits with 2 and one line for the option %s", async ([name = "", option = "", line]) => {
  const outcome = await runExample(name, { args: [option, "--region", "eu-west-1"] });
  expect(outcome).toMatchObject({ code: 2, stdout: "", stderr: `${line}\n` });
});

it.for(["every-run", "watch"])(
  "The example %s ends without an error when the reader of its output ends, as in | head",
  async (name) => {
    const script = `node ${inject("compiledExamples")}/index.js ${name} | head -n 1; echo "code $\{PIPESTATUS[0]}"`;
    const { stdout, stderr } = await exec("bash", ["-c", script], { cwd: root });
    expect(stdout).toMatch(/^.* tsk-.*\ncode 0\n$/);
    expect(stderr.replaceAll(/^(These are sample runs|Watching all transforms).*\n+/gm, "")).toBe("");
  },
);
