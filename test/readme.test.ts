/** Every TypeScript block of the README: type-checked against the built package, and run against the local endpoint. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import ts from "typescript";
import { afterAll, beforeAll, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const readme = await readFile(join(root, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
const [start = ""] = blocks;
/** What the README says goes before the other blocks: the imports of the first one, and `taskRuns`. */
const setup = start.slice(0, start.indexOf("for await"));

const programs = blocks.map((code, index) => ({
  title: code.trim().split("\n").at(-1) ?? "",
  name: `block-${index + 1}${code.includes('from "vitest"') ? ".test" : ""}.ts`,
  code: index === 0 ? code : `${setup}\n${code}`,
}));

let folder = "";
let glue: LocalGlue;

beforeAll(async () => {
  // Inside of the project, so that `glue-ml-task-runs` is the project itself, by way of its `exports`.
  folder = await mkdtemp(join(root, ".readme-"));
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
  for (const { name, code } of programs) await writeFile(join(folder, name), code);
  // A root of its own for the block that is a test.
  await writeFile(join(folder, "vitest.config.mjs"), "export default {};");
  glue = await LocalGlue.start();
  const [from, to] = ["2026-08-01", "2026-11-20"];
  glue.addTaskRuns(sampleTaskRuns({ transformId: "tfm-0123", count: 1200, from, to }));
});

afterAll(async () => {
  await glue.close();
  await rm(folder, { recursive: true });
});

it("has blocks to check", () => {
  expect(programs.length).toBeGreaterThan(8);
  expect(setup).toContain("const taskRuns = ");
});

it("compiles, block by block", () => {
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

it.concurrent.for(programs)("runs as printed: $name, $title", async ({ name, code }, { expect: expectHere }) => {
  const env = {
    ...process.env,
    NO_COLOR: "1",
    FORCE_COLOR: undefined,
    AWS_ENDPOINT_URL: glue.endpoint,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    TSX_TSCONFIG_PATH: join(folder, "tsconfig.json"),
  };
  const isTest = code.includes('from "vitest"');
  const { stdout } = isTest
    ? await run("npx", ["vitest", "run", "--root", folder, name], { env })
    : await run("node", ["--import", "tsx", join(folder, name)], { cwd: root, env });
  if (isTest) expectHere(stdout).toMatch(/Tests +2 passed/);
  // What it says it prints in a comment, it prints.
  for (const [, value = ""] of code.matchAll(/console\.log\(.*\); \/\/ (\d+)/g)) {
    expectHere(stdout.split(/\s+/)).toContain(value);
  }
  if (code.includes("console.log")) expectHere(stdout).not.toBe("");
});
