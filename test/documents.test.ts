/** What the documents print to be typed in runs as printed, here or where it is said here. `ts` blocks: readme.test.ts. */
import { execFile, spawn } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished, vi } from "vitest";
import { parse } from "yaml";
import manifest from "../package.json" with { type: "json" };

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFile(join(root, path), "utf8");

const documents = await Promise.all(["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(read));
const blocks = documents.flatMap((text) => [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block));
/** The block in which a command is printed. */
const blockWith = (command: string) => blocks.find((block) => block.includes(command)) ?? "";
const LOCAL = blockWith("npx glue-ml-task-runs-local");
const ENVIRONMENT = blockWith("export AWS_ENDPOINT_URL_GLUE");
const RELEASE = blockWith("git tag");

/** What takes longer than a test may, and the file that has it run. */
const RUN_BY: Readonly<Record<string, string>> = {
  "npm ci": ".ci/run",
  "npm run check": ".ci/run",
  "npm test": ".ci/run",
  "npm test -- --coverage": ".ci/run",
  "npm run demo": ".ci/run",
  "npm run test:browser": ".ci/run",
  "npm run test:matrix": ".ci/run",
  ".ci/run": ".github/workflows/ci.yml",
  "npm run docs": "package.json",
};

/** What nothing runs but people, and why. */
const BY_HAND: Readonly<Record<string, string>> = {
  "npm install glue-ml-task-runs @aws-sdk/client-glue": "it needs a release; the matrix installs the packed package",
  "npm run fix": "it changes the source; `npm run check` sees what it would change",
  "npm run api": "it changes the report; a test compares the report",
  "npm run test:mutation": "it takes too long for every run",
  "npm run bench": "it takes a quarter of an hour, and a machine that does nothing else",
  "npm run bench -- --only windows": "it takes minutes, and a machine that does nothing else",
  "npm run --silent bench -- --json > bench/results.json": "as above; a test compares the README with the results",
  "npm run bench:publish": "it changes the README; a test sees what it would change",
};

/** A repository to release from, and one to push to. */
const REPOSITORY = `
  git init --quiet --initial-branch main
  git config user.name Somebody
  git config user.email somebody@example.com
  git add .
  git commit --quiet --message Start
  git init --quiet --bare home.git
  git remote add origin home.git`;

const commands = blocks
  .filter((block) => ![LOCAL, ENVIRONMENT, RELEASE].includes(block))
  .flatMap((block) => block.trim().split(/\n| && /))
  .filter((command) => !command.startsWith("npm run example"));

it("accounts for every command, and for none that is not there", () => {
  expect([LOCAL, ENVIRONMENT, RELEASE]).not.toContain("");
  expect([...new Set(commands)].sort()).toEqual([...Object.keys(RUN_BY), ...Object.keys(BY_HAND)].sort());
});

it.each(Object.entries(RUN_BY))("%s is run by %s", async (command, file) => {
  expect(await read(file)).toContain(command);
});

it("names scripts and examples that are there", async () => {
  const workflows = await files(".github/workflows");
  const examples = (await readdir(join(root, "examples"))).filter((name) => name.endsWith(".ts"));
  const sources = [...workflows, ".ci/run", ...examples.map((name) => `examples/${name}`)];
  const text = [...documents, ...(await Promise.all(sources.map(read)))].join("\n");
  const scripts = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name = ""]) => name);
  expect(scripts.filter((name) => !(name in manifest.scripts))).toEqual([]);
  const named = [...text.matchAll(/npm run example ([a-z][\w-]*)/g)].map(([, name]) => `${name}.ts`);
  expect(named.filter((name) => !examples.includes(name))).toEqual([]);
});

it("serves the local endpoint, and leads a client to it, as the README prints it", async () => {
  const server = spawn("sh", ["-c", LOCAL], { cwd: root, detached: true });
  // The shell, npx and what it started.
  onTestFinished(() => void (server.pid && process.kill(-server.pid, "SIGTERM")));
  let output = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (chunk) => (output += chunk));
  await vi.waitFor(() => expect(output).toContain("Ctrl-C ends it."), { timeout: 20_000 });

  const program = `
    import { GetMLTaskRunsCommand, GlueClient } from "@aws-sdk/client-glue";
    const command = new GetMLTaskRunsCommand({ TransformId: "tfm-0123", MaxResults: 1000 });
    console.log((await new GlueClient().send(command)).TaskRuns.length);`;
  const { stdout } = await run("sh", ["-c", `${ENVIRONMENT}exec node --input-type=module --eval '${program}'`], {
    cwd: root,
  });
  expect(stdout).toBe("1000\n");
});

it("releases as CONTRIBUTING prints it", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "release-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  for (const name of ["package.json", "package-lock.json"]) await copyFile(join(root, name), join(cwd, name));
  // Whatever git is told to do on this machine, it does not do here.
  const options = { cwd, env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" } };
  await run("sh", ["-e", "-c", REPOSITORY], options);
  await run("sh", ["-e", "-c", RELEASE], options);
  const { stdout } = await run("git", ["--git-dir", "home.git", "show", "v0.2.0:package.json"], options);
  expect(JSON.parse(stdout)).toMatchObject({ name: manifest.name, version: "0.2.0" });
});

it.each([
  ["goes on", { version: "1.2.3", repository: { url: "git+https://github.com/somebody/somewhere.git" } }, ""],
  [
    "stops where the tag is not the version",
    { version: "1.2.4", repository: "https://github.com/somebody/somewhere" },
    "The tag is v1.2.3, and the version 1.2.4.",
  ],
  ["stops where nothing says the repository", { version: "1.2.3" }, '"repository" is missing'],
])("a release %s", async (_, content, message) => {
  const cwd = await mkdtemp(join(tmpdir(), "release-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  await writeFile(join(cwd, "package.json"), JSON.stringify(content));
  const { jobs } = parse(await read(".github/workflows/release.yml"));
  const [step] = jobs.publish.steps.filter(({ name }: { name?: string }) => name?.startsWith("The tag is the version"));
  const env = { ...process.env, GITHUB_REF_NAME: "v1.2.3", GITHUB_REPOSITORY: "somebody/somewhere" };
  const outcome = await run("bash", ["-e", "-c", step.run], { cwd, env }).catch((error) => error);
  expect(outcome.stderr).toContain(message);
  expect(outcome.code ?? 0).toBe(message === "" ? 0 : 1);
});

it("has workflows and issue forms that are YAML", async () => {
  const paths = [...(await files(".github/workflows")), ...(await files(".github/ISSUE_TEMPLATE"))];
  expect(paths.length).toBeGreaterThan(4);
  for (const path of paths) expect(parse(await read(path)), path).toBeTypeOf("object");
});

async function files(folder: string): Promise<string[]> {
  return (await readdir(join(root, folder))).map((name) => `${folder}/${name}`);
}
