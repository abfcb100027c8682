/** Projects of users: folders outside of this project with only the packages that npm installs there. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterAll } from "vitest";
import { pack, root, run } from "./commands.js";
import { jestPackages, nodeTypes, type Packages, type Sdk, viteConfig } from "./versions.js";

/** The folder of the projects. It is removed after the tests. */
export const folder = await mkdtemp(join(tmpdir(), "glue-ml-task-runs-matrix-"));
// It takes longer than the default of ten seconds: the projects have many thousands of files.
afterAll(() => rm(folder, { recursive: true }), 60_000);

const tarball = await pack(folder);
const read = (name: string) => readFile(new URL(name, import.meta.url), "utf8");
const [scenario, types] = [await read("scenario.ts"), await read("types.ts")];

/** A user's project: the packed package, an SDK, and the programs in each kind of module. The first call creates it. */
export function consumer(name: string, sdk: Sdk, ...npmOptions: readonly string[]): () => Promise<string> {
  return once(async () => {
    const dependencies = { ...packagesWith(sdk), "@types/node": nodeTypes };
    const path = await install(name, { dependencies, overrides: sdk.overrides }, npmOptions);
    await write(path, {
      "scenario.mjs": transpile(scenario, ts.ModuleKind.ESNext),
      "scenario.cjs": transpile(scenario, ts.ModuleKind.CommonJS),
      "vite.config.mjs": viteConfig,
      ...Object.fromEntries(["ts", "mts", "cts"].map((ending) => [`scenario.${ending}`, scenario])),
      ...Object.fromEntries(["ts", "mts", "cts"].map((ending) => [`types.${ending}`, types])),
    });
    return path;
  });
}

/** A user's project whose tests run in Jest, in each kind of module. The first call creates it. */
export function jestConsumer(name: string, sdk: Sdk): () => Promise<string> {
  return once(async () => {
    const path = await install(name, { dependencies: { ...packagesWith(sdk), ...jestPackages } });
    await write(path, { "jsdom.cjs": await read("jest/jsdom.cjs") });
    for (const file of await readdir(new URL("jest", import.meta.url))) {
      if (!file.endsWith(".test.js")) continue;
      const [test, code] = [file.replace(/\.js$/, ""), await read(`jest/${file}`)];
      await write(path, { [`${test}.mjs`]: code, [`${test}.cjs`]: transpile(code, ts.ModuleKind.CommonJS) });
    }
    return path;
  });
}

/** Copies the source of this project into a user's project, to compile it with the SDK of that project. */
export async function copySource(project: string): Promise<string> {
  const path = join(project, "source");
  await cp(join(root, "src"), join(path, "src"), { recursive: true });
  // The `paths` of the configuration refer to the source next to it.
  await cp(join(root, "tsconfig.json"), join(path, "tsconfig.base.json"));
  await write(path, {
    "package.json": JSON.stringify({ type: "module" }),
    "tsconfig.json": JSON.stringify({ extends: "./tsconfig.base.json", include: ["src"] }),
  });
  return path;
}

/** The `node_modules` of a project of tools. The first call creates it. */
export function tools(name: string, dependencies: Packages, scripts: readonly string[] = []): () => Promise<string> {
  return once(async () => {
    const modules = join(await install(name, { dependencies }), "node_modules");
    for (const script of scripts) await run(modules, process.execPath, script);
    return modules;
  });
}

const packagesWith = (sdk: Sdk): Packages => ({
  "glue-ml-task-runs": `file:${tarball}`,
  "@aws-sdk/client-glue": sdk.version,
});

function transpile(code: string, module: ts.ModuleKind): string {
  return ts.transpileModule(code, { compilerOptions: { module, target: ts.ScriptTarget.ES2022 } }).outputText;
}

async function write(path: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
}

async function install(name: string, manifest: object, npmOptions: readonly string[] = []): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  await writeFile(join(path, "package.json"), JSON.stringify({ private: true, ...manifest }));
  await run(path, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", ...npmOptions);
  return path;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
