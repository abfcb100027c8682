/** Every TypeScript block of the README and of `docs`: type-checked against the built package, and run as printed. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
// The blocks of `frameworks.md` are files of one project: `frameworks.test.ts` runs them.
const docs = (await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md") && name !== "frameworks.md");
const pages = ["README.md", ...docs.map((name) => `docs/${name}`)];
const programs = (await Promise.all(pages.map(readPrograms))).flat();

/** Runs the blocks one after another, in one process that loads the SDK once. Prints a line of JSON for each. */
const RUNNER = `
  const write = process.stdout.write.bind(process.stdout);
  for (const name of process.argv.slice(2)) {
    let stdout = "";
    process.stdout.write = (text) => (stdout += text) !== "";
    const error = await import("./" + name).then(() => undefined, ({ stack }) => stack);
    write(JSON.stringify({ name, stdout, error }) + "\\n");
  }`;

let folder = "";
let glue: LocalGlue;

beforeAll(async () => {
  // Inside the project, so that `glue-ml-task-runs` is the project itself, through its `exports`.
  folder = await mkdtemp(join(root, ".documentation-"));
  const compilerOptions = {
    target: "ES2022",
    lib: ["ES2023", "ESNext.Disposable"],
    module: "NodeNext",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  for (const { name, code } of programs) {
    await writeFile(join(folder, name), code);
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

it("Every block compiles", { timeout: 120_000 }, () => {
  const { config } = ts.readConfigFile(join(folder, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const program = ts.createProgram(
    programs.map(({ name }) => join(folder, name)),
    options,
  );
  const found = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, "\n");
    return `${file?.fileName ?? "?"}: ${text}`;
  });
  expect(found).toEqual([]);
  const resolved = program.getSourceFiles().map(({ fileName }) => fileName);
  expect(resolved).toContain(join(root, "dist/index.d.ts"));
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
  let printed: readonly { name: string; stdout: string; error?: string }[] = [];

  beforeAll(async () => {
    await writeFile(join(folder, "run.mjs"), RUNNER);
    const args = [join(folder, "run.mjs"), ...toRun.map(({ name }) => toCompiledName(name))];
    const { stdout } = await run("node", args, { cwd: root, env: environment(), maxBuffer: 100_000_000 });
    printed = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  }, timeout);

  it.for(toRun)("$name runs as printed", ({ name, block }) => {
    const result = printed.find((each) => each.name === toCompiledName(name));
    expect(result).toEqual({ name: toCompiledName(name), stdout: expect.any(String) });
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

interface Program {
  readonly page: string;
  /** The program's file name. */
  readonly name: string;
  /** The block as printed. */
  readonly block: string;
  /** The block behind the imports and constants of the page's first block, which a reader has seen. */
  readonly code: string;
  /** The number of tests in the block. */
  readonly tests: number;
}

/** Blocks after a page's first one follow the imports and `taskRuns` of that one, unless they have their own. */
async function readPrograms(page: string): Promise<Program[]> {
  const text = await readFile(join(root, page), "utf8");
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  const [setup = ""] = /^.*?^const taskRuns = .*?\n/ms.exec(blocks[0] ?? "") ?? [];
  return blocks.map((block, index) => {
    const tests = block.match(/^it\(/gm)?.length ?? 0;
    const isComplete = index === 0 || block.includes("import { MLTaskRuns");
    return {
      page,
      name: `${page.replace(/\W+/g, "-")}-${index + 1}${tests > 0 ? ".test" : ""}.ts`,
      block,
      code: isComplete ? block : `${setup}\n${block}`,
      tests,
    };
  });
}
