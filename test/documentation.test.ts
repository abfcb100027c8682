/** Every TypeScript block of the README and of `docs` runs as printed, with the built package. */
import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAllPrograms, root, writeProject } from "./blocks.js";
import { runModules } from "./run-modules.js";

const run = promisify(execFile);
const programs = await readAllPrograms();

let folder = "";
let glue: LocalGlue;

beforeAll(async () => {
  folder = await writeProject(programs.map(({ name, code }) => [name, code]));
  for (const { name, code } of programs) {
    // Compiled once here, because a loader compiles more slowly, and in each process.
    const compiled = await transform(code, { loader: "ts", format: "esm", target: "node20" });
    await writeFile(join(folder, toCompiledName(name)), compiled.code);
  }
  // Without it, Vitest would use the configuration of the project for the blocks that are tests.
  await writeFile(join(folder, "vitest.config.mjs"), "export default {};");
  // The two sample histories have more unfinished runs than the default quota of the service allows.
  glue = await LocalGlue.start({ maxConcurrentRuns: 10 });
  const [transformId, from, to] = ["tfm-0123", "2026-08-01", "2026-11-20"];
  glue.addTaskRuns(sampleTaskRuns({ transformId, count: 1200, from, to }));
  // For what started since yesterday.
  glue.addTaskRuns(sampleTaskRuns({ transformId, count: 1200, seed: 2, to: new Date() }));
});

afterAll(async () => {
  await glue.close();
  await rm(folder, { recursive: true });
});

it("The README and most pages of the documentation have blocks to run", () => {
  const pagesWithBlocks = new Set(programs.map(({ page }) => page));
  expect(pagesWithBlocks).toContain("README.md");
  expect(pagesWithBlocks.size).toBeGreaterThan(7);
});

const timeout = 120_000;
const environment = () => ({
  ...process.env,
  NO_COLOR: "1",
  FORCE_COLOR: undefined,
  AWS_ENDPOINT_URL: glue.endpoint,
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
});

it("The blocks that are tests pass as printed", { timeout }, async () => {
  const blocks = programs.filter(({ tests }) => tests > 0);
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--reporter=json", "--root", folder, ...blocks.map(({ name }) => name)];
  const { stdout } = await run("node", args, { env: environment() });
  const { testResults } = JSON.parse(stdout);
  const passed = testResults.map(({ name, assertionResults }: { name: string; assertionResults: object[] }) => ({
    name: basename(name),
    tests: assertionResults.length,
  }));
  expect(passed).toEqual(expect.arrayContaining(blocks.map(({ name, tests }) => ({ name, tests }))));
});

describe("The block", () => {
  const toRun = programs.filter(({ tests }) => tests === 0);
  let printed: Awaited<ReturnType<typeof runModules>> = [];

  beforeAll(async () => {
    const modules = toRun.map(({ name }) => ({ file: join(folder, toCompiledName(name)) }));
    printed = await runModules(modules, { cwd: root, env: environment() });
  }, timeout);

  it.for(toRun)("$name runs as printed", ({ name, block }) => {
    const file = join(folder, toCompiledName(name));
    const result = printed.find((each) => each.file === file);
    expect(result).toEqual({ file, stdout: expect.any(String) });
    const { stdout = "" } = result ?? {};
    // A number in a comment behind `console.log` is what that call prints.
    for (const [, value = ""] of block.matchAll(/console\.log\(.*\); \/\/ (\d+)/g)) {
      expect(stdout.split(/\s+/)).toContain(value);
    }
    if (block.includes("console.log")) expect(stdout).not.toBe("");
  });
});

function toCompiledName(name: string): string {
  return name.replace(/\.ts$/, ".mjs");
}
