/** Projects of users: folders outside of this project with only the packages that npm installs there. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
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
const scenario = await read("scenario.ts");
/** The programs that only compile. */
const programs = {
  types: await read("types.ts"),
  wrappers: await read("wrappers.ts"),
  strict: await read("strict.ts"),
};
const formats = { "formats.mts": await read("formats.mts"), "commonjs.cts": await read("commonjs.cts") };

/** A user's project: the packed package, an SDK, and the programs in each kind of module. The first call creates it. */
export function consumer(name: string, sdk: Sdk, ...npmOptions: readonly string[]): () => Promise<string> {
  return once(async () => {
    const dependencies = { ...packagesWith(sdk), "@types/node": nodeTypes };
    const path = await install(name, { dependencies, overrides: sdk.overrides }, npmOptions);
    await write(path, {
      "scenario.mjs": transpile(scenario, ts.ModuleKind.ESNext),
      "scenario.cjs": transpile(scenario, ts.ModuleKind.CommonJS),
      "vite.config.mjs": viteConfig,
      ...formats,
      ...Object.fromEntries(
        Object.entries({ scenario, ...programs }).flatMap(([program, code]) =>
          ["ts", "mts", "cts"].map((ending) => [`${program}.${ending}`, code]),
        ),
      ),
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
  // The libraries of the commands are compiled into them. They are not installed in this project.
  for (const name of ["command", "local/command.ts", "local/cli.ts"])
    await rm(join(path, "src", name), { recursive: true });
  // The `paths` of the configuration refer to the source next to it.
  await cp(join(root, "tsconfig.json"), join(path, "tsconfig.base.json"));
  await write(path, {
    "package.json": JSON.stringify({ name: "source", version: "1.0.0", type: "module" }),
    "tsconfig.json": JSON.stringify({ extends: "./tsconfig.base.json", include: ["src"] }),
  });
  return path;
}

/**
 * Creates two packages beside a user's project, each with only its own dependencies, as pnpm lays them out: `core` uses
 * this package, and `app` uses only `core`. Returns their folders.
 */
export async function createLayers(project: string, name: string): Promise<{ core: string; app: string }> {
  const layers = join(folder, name);
  const [core, app] = [join(layers, "core"), join(layers, "app")];
  const link = async (from: string, dependency: string, to: string) => {
    await mkdir(join(from, "node_modules", dependency, ".."), { recursive: true });
    await symlink(to, join(from, "node_modules", dependency), "dir");
  };
  await link(core, "glue-ml-task-runs", join(project, "node_modules/glue-ml-task-runs"));
  await link(app, "core", core);
  const code = await read("layers.ts");
  const names = [...code.matchAll(/^export const (\w+)/gm)].map(([, exported]) => exported);
  const reexports = names.map((exported) => `export const ${exported} = core.${exported};`).join("\n");
  const manifest = { private: true, type: "module", exports: "./index.js", types: "./index.d.ts" };
  await write(core, { "index.ts": code, "package.json": JSON.stringify(manifest) });
  await write(app, {
    "index.ts": `import * as core from "core";\n${reexports}\n`,
    "package.json": '{"type":"module"}',
  });
  return { core, app };
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
