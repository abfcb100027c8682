/** Projects as users have them: folders outside of this one, with what npm installs there and nothing else. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterAll } from "vitest";
import { pack, run } from "./commands.js";
import { nodeTypes, type Packages, type Sdk, viteConfig } from "./versions.js";

/** Where the projects are; it goes when the tests end. */
export const folder = await mkdtemp(join(tmpdir(), "glue-ml-task-runs-matrix-"));
afterAll(() => rm(folder, { recursive: true }));

const tarball = await pack(folder);
const read = (name: string) => readFile(new URL(name, import.meta.url), "utf8");
const [scenario, types] = [await read("scenario.ts"), await read("types.ts")];

/** A user's project: the packed package, an SDK, and the programs in each kind of module. Made when it is first asked for. */
export function consumer(name: string, sdk: Sdk, ...npmOptions: readonly string[]): () => Promise<string> {
  return once(async () => {
    const dependencies = {
      "glue-ml-task-runs": `file:${tarball}`,
      "@aws-sdk/client-glue": sdk.version,
      "@types/node": nodeTypes,
    };
    const path = await install(name, { dependencies, overrides: sdk.overrides }, npmOptions);
    const transpile = (module: ts.ModuleKind) =>
      ts.transpileModule(scenario, { compilerOptions: { module, target: ts.ScriptTarget.ES2022 } }).outputText;
    const files = {
      "scenario.mjs": transpile(ts.ModuleKind.ESNext),
      "scenario.cjs": transpile(ts.ModuleKind.CommonJS),
      "vite.config.mjs": viteConfig,
      ...Object.fromEntries(["ts", "mts", "cts"].map((ending) => [`scenario.${ending}`, scenario])),
      ...Object.fromEntries(["ts", "mts", "cts"].map((ending) => [`types.${ending}`, types])),
    };
    for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
    return path;
  });
}

/** A project of tools, for its `node_modules`; made when it is first asked for. */
export function tools(name: string, dependencies: Packages, scripts: readonly string[] = []): () => Promise<string> {
  return once(async () => {
    const modules = join(await install(name, { dependencies }), "node_modules");
    for (const script of scripts) await run(modules, process.execPath, script);
    return modules;
  });
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
