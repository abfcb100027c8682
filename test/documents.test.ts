/** The documents: their shell commands run as printed, here or where this file says. */
import { execFile, spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
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

const pages = (await files("docs")).filter((path) => path.endsWith(".md"));
const paths = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", ...pages];
const documents = new Map(await Promise.all(paths.map(async (path) => [path, await read(path)] as const)));
const texts = [...documents.values()];
const blocks = texts
  .flatMap((text) => [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block))
  // They run in test/command/documentation.test.ts.
  .filter((block) => !block.includes("npx glue-ml-task-runs "));
/** The block that contains a command. */
const blockWith = (command: string) => blocks.find((block) => block.includes(command)) ?? "";
const LOCAL = blockWith("npx glue-ml-task-runs-local");
const ENVIRONMENT = blockWith("export AWS_ENDPOINT_URL_GLUE");
const RELEASE = blockWith("git tag");

/** The files that run commands without a person. */
const RUNNERS = [".ci/run", ".github/workflows/ci.yml", "package.json"];

/** Commands that only people run, and why. */
const MANUAL: Readonly<Record<string, string>> = {
  "npm install glue-ml-task-runs @aws-sdk/client-glue": "it needs a release; the matrix installs the packed package",
  "aws glue get-ml-task-runs --transform-id tfm-0123 > runs.json": "it needs AWS",
  "npx glue-ml-task-runs-local --data runs.json": "it needs the file of the command before; a test reads such files",
  "npm run probe -- --transform-id tfm-... --region eu-west-1": "it needs AWS; a test runs it on the local endpoint",
  "npm run probe -- --transform-id tfm-... --region eu-west-1 --token-file token.json": "as above",
  "npm run fix": "it changes the source; `npm run check` sees what it would change",
  "npm run api": "it changes the report; a test compares the report",
  "npm run test:mutation": "it takes too long for every run",
  "npm run bench": "it takes long, and needs a machine that does nothing else",
  "npm run bench -- --only windows": "it takes minutes, and needs a machine that does nothing else",
  "npm run --silent bench -- --json > bench/results.json":
    "as above; a test compares the performance page with the results",
  "npm run bench:publish": "it changes the performance page; a test sees what it would change",
};

/** A repository to release from, and one to push to. */
const REPOSITORY = `
  git init --quiet --initial-branch main
  git config user.name Releaser
  git config user.email releaser@example.com
  git add .
  git commit --quiet --message Start
  git init --quiet --bare home.git
  git remote add origin home.git`;

const commands = blocks
  .filter((block) => ![LOCAL, ENVIRONMENT, RELEASE].includes(block))
  .flatMap((block) => block.trim().split(/\n| && /))
  .filter((command) => !command.startsWith("npm run example"));

it("Every command in the documents is run by CI, or is listed here with the reason why only people run it", async () => {
  expect([LOCAL, ENVIRONMENT, RELEASE]).not.toContain("");
  const runners = (await Promise.all(RUNNERS.map(read))).join("\n");
  const isRun = (command: string) =>
    new RegExp(`${command.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w:-])`).test(runners);
  expect(commands.filter(isRun)).toContain("npm run test:matrix");
  const others = new Set(commands.filter((command) => !isRun(command)));
  expect([...others].sort()).toEqual(Object.keys(MANUAL).sort());
});

it("The documents, workflows and examples name scripts and examples that exist", async () => {
  const workflows = await files(".github/workflows");
  const examples = (await readdir(join(root, "examples"))).filter((name) => name.endsWith(".ts"));
  const sources = [...workflows, ".ci/run", ...examples.map((name) => `examples/${name}`)];
  const text = [...texts, ...(await Promise.all(sources.map(read)))].join("\n");
  const scripts = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name = ""]) => name);
  expect(scripts.filter((name) => !(name in manifest.scripts))).toEqual([]);
  const named = [...text.matchAll(/npm run example ([a-z][\w-]*)/g)].map(([, name]) => `${name}.ts`);
  expect(named.filter((name) => !examples.includes(name))).toEqual([]);
});

it("The README is one page of at most 180 lines", () => {
  expect(documents.get("README.md")?.trimEnd().split("\n").length).toBeLessThanOrEqual(180);
});

it("The printed command serves the local endpoint, and the printed environment leads a client to it", async () => {
  // A cache of its own, because npx keeps links to the commands of this package that a build has replaced since.
  const npm_config_cache = await mkdtemp(join(tmpdir(), "npm-cache-"));
  onTestFinished(() => rm(npm_config_cache, { recursive: true, force: true }));
  const server = spawn("sh", ["-c", LOCAL], { cwd: root, detached: true, env: { ...process.env, npm_config_cache } });
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

it("The printed release commands tag and push a release", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "release-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  for (const name of ["package.json", "package-lock.json"]) await copyFile(join(root, name), join(cwd, name));
  // Without the machine's own git configuration.
  const options = { cwd, env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" } };
  await run("sh", ["-e", "-c", REPOSITORY], options);
  await run("sh", ["-e", "-c", RELEASE], options);
  const { stdout } = await run("git", ["--git-dir", "home.git", "show", "v0.2.0:package.json"], options);
  expect(JSON.parse(stdout)).toMatchObject({ name: manifest.name, version: "0.2.0" });
});

const RELEASED = {
  version: "1.2.3",
  homepage: "https://github.com/owner/project#readme",
  repository: { url: "git+https://github.com/owner/project.git" },
  bugs: "https://github.com/owner/project/issues",
};

it.each([
  ["continues where the tag is the version, the fields are given, and the README is ready", RELEASED, ""],
  [
    "stops where the tag is not the version",
    { ...RELEASED, version: "1.2.4" },
    "The tag is v1.2.3, and the version 1.2.4.",
  ],
  ["stops where the repository is missing", { ...RELEASED, repository: undefined }, '"repository" is missing'],
  [
    "stops where the repository is another one",
    { ...RELEASED, repository: "https://github.com/owner/elsewhere" },
    '"repository" is https://github.com/owner/elsewhere',
  ],
  ["stops where the homepage is missing", { ...RELEASED, homepage: undefined }, '"homepage" is missing'],
  ["stops where the page for bugs is missing", { ...RELEASED, bugs: {} }, '"bugs" is missing'],
  [
    "stops where the README says that there is no release",
    RELEASED,
    "The README says that the version is not on npm yet.",
    "Version 1.2.3 is not on npm yet.",
  ],
])("The release workflow %s", async (_, content, message, readme = "") => {
  const cwd = await mkdtemp(join(tmpdir(), "release-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  await writeFile(join(cwd, "package.json"), JSON.stringify(content));
  await writeFile(join(cwd, "README.md"), readme);
  const { jobs } = parse(await read(".github/workflows/release.yml"));
  const [step] = jobs.publish.steps.filter(({ name }: { name?: string }) => name?.startsWith("The tag is the version"));
  const env = { ...process.env, GITHUB_REF_NAME: "v1.2.3", GITHUB_REPOSITORY: "owner/project" };
  const outcome = await run("bash", ["-e", "-c", step.run], { cwd, env }).catch((error) => error);
  expect(outcome.stderr).toContain(message);
  expect(outcome.code ?? 0).toBe(message === "" ? 0 : 1);
});

it("The API report of a pull request is the difference in the reports, also where these have blocks of code", async () => {
  const { jobs } = parse(await read(".github/workflows/ci.yml"));
  const { run: script } = jobs.api.steps.at(-1);
  const cwd = await mkdtemp(join(tmpdir(), "api-report-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GITHUB_STEP_SUMMARY: join(cwd, "summary") };
  const sh = (command: string) => run("bash", ["-e", "-c", command], { cwd, env });
  await mkdir(join(cwd, "etc"));
  await writeFile(join(cwd, "etc/index.api.md"), "```ts\nexport const a = 1;\n```\n");
  await sh(REPOSITORY);
  await sh(
    "git checkout --quiet -b change && echo text > README.md && git add . && git commit --quiet --message Other",
  );
  // As GitHub merges a pull request for its workflows.
  const merge = "git checkout --quiet --detach main && git merge --quiet --no-ff --message Merge change";
  await sh(`${merge} && ${script}`);
  await sh(
    "git checkout --quiet change && sed -i s/a/b/ etc/index.api.md && git commit --quiet --all --message Change",
  );
  await sh(`${merge} && ${script}`);
  const [, unchanged, changed = ""] = (await readFile(env.GITHUB_STEP_SUMMARY, "utf8")).split("## Public surface\n");
  expect(unchanged).toBe("No change.\n");
  expect(changed).toMatch(/^````diff\n.*\n````\n$/s);
  expect(changed).toContain("\n ```ts\n-export const a = 1;\n+export const b = 1;\n");
});

it("The workflows and issue forms are YAML", async () => {
  const forms = [...(await files(".github/workflows")), ...(await files(".github/ISSUE_TEMPLATE"))];
  expect(forms.length).toBeGreaterThan(5);
  for (const path of forms) expect(parse(await read(path)), path).toBeTypeOf("object");
});

async function files(folder: string): Promise<string[]> {
  return (await readdir(join(root, folder))).map((name) => `${folder}/${name}`);
}
