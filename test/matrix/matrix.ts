/**
 * The packed package with every supported runtime, SDK, compiler and bundler. `npm run test:matrix` runs all tests, and
 * `npm run test:matrix -- -t "Node 22"` runs a part of them.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import { expect, it } from "vitest";
import { checkSync } from "../examples/sync-scenario.js";
import { root, run } from "./commands.js";
import { consumer, copySource, createLayers, folder, jestConsumer, tools } from "./projects.js";
import {
  bundlerPackages,
  bundles,
  compilers,
  jestEnvironments,
  jestFormats,
  newestSdk,
  oldestSdk,
  runtimeScripts,
  runtimes,
  tooOldSdk,
} from "./versions.js";

const newest = consumer("newest", newestSdk);
const oldest = consumer("oldest", oldestSdk);
const tooOld = consumer("too-old", tooOldSdk, "--legacy-peer-deps");

const jest = jestConsumer("jest", newestSdk);

const runtimeTools = tools(
  "runtimes",
  Object.fromEntries(Object.values(runtimes).flatMap(({ packages }) => Object.entries(packages))),
  runtimeScripts,
);
const compilerTools = tools(
  "compilers",
  Object.fromEntries(Object.entries(compilers).map(([name, { version }]) => [name, `npm:typescript@${version}`])),
);
const bundlerTools = tools("bundlers", bundlerPackages);

const formats = { ESM: "scenario.mjs", CommonJS: "scenario.cjs" };
/** The last line that a program prints if all its checks pass. */
const passed = /^All \d+ checks hold\.$/m;

for (const [name, { command }] of Object.entries(runtimes)) {
  const [binary, ...options] = command;
  for (const [format, program] of Object.entries(formats)) {
    it(`The package works in ${name} as ${format}`, async () => {
      const output = await run(await newest(), join(await runtimeTools(), binary), ...options, program);
      expect(output).toMatch(passed);
    });
  }
}

// Node 20 does not have the module.
for (const name of ["Node 22", "Node 24", "Node 26"] as const) {
  it(`The database of the example sync has the history after each copy, in ${name}`, async () => {
    await checkSync(join(await runtimeTools(), runtimes[name].command[0]));
  });
}

for (const [name, { command }] of Object.entries(runtimes)) {
  const [binary, ...options] = command;
  it(`The command works in ${name}`, async () => {
    const project = await newest();
    const program = "node_modules/glue-ml-task-runs/dist/command.js";
    const folder = await runtimeTools();
    const runCommand = (...args: readonly string[]) => run(project, join(folder, binary), ...options, program, ...args);
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    expect(await runCommand("--version")).toBe(`${version}\n`);
    await using glue = await LocalGlue.start();
    glue.addTaskRuns(sampleTaskRuns({ transformId: "tfm-0123", count: 1200 }));
    const list = ["list", "--endpoint-url", glue.endpoint, "--region", "us-east-1"];
    const output = await runCommand(...list, "--limit", "0", "-o", "ndjson");
    expect(
      output
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toHaveLength(1200);
    for (const format of ["table", "csv", "tsv"])
      expect(await runCommand(...list, "-o", format)).toContain("SUCCEEDED");
    await expect(runCommand(...list, "tfm-none")).rejects.toThrow("EntityNotFoundException");
  });
}

for (const [format, program] of Object.entries(formats)) {
  it(`The package works with the oldest SDK (${oldestSdk.version}) as ${format}`, async () => {
    expect(await run(await oldest(), process.execPath, program)).toMatch(passed);
  });

  it(`The package does not retry an operation timeout with an SDK that is too old (${tooOldSdk.version}) as ${format}`, async () => {
    const output = await run(await tooOld(), process.execPath, program).catch(({ message }: Error) => message);
    const failed = [...output.matchAll(/^failed: (.*)$/gm)].map(([, check]) => check);
    expect(failed).toEqual(["retries an operation timeout"]);
  });
}

it(`npm refuses to install the package with an SDK that is too old (${tooOldSdk.version})`, async () => {
  await expect(consumer("refused", tooOldSdk)()).rejects.toThrow("ERESOLVE");
});

// Without `skipLibCheck` the compiler checks the declarations of the package, of the SDK and of Node, too.
const compilerOptions = ["--target", "es2022", "--lib", "es2022", "--types", "node"];
const nodenext = ["--module", "nodenext"];

for (const [name, { commonjs }] of Object.entries(compilers)) {
  const resolutions = [
    ["nodenext, ESM", newest, "mts", "d.ts", "--module", "nodenext"],
    ["nodenext, CommonJS", newest, "cts", "d.cts", "--module", "nodenext"],
    ["bundler", newest, "ts", "d.ts", "--module", "esnext", "--moduleResolution", "bundler"],
    ["CommonJS", newest, "ts", "d.cts", ...commonjs],
    ["nodenext, ESM, the oldest SDK", oldest, "mts", "d.ts", "--module", "nodenext"],
  ] as const;
  for (const [resolution, project, ending, declarations, ...options] of resolutions) {
    it(`The types compile with TypeScript ${name}, ${resolution}`, async () => {
      const tsc = join(await compilerTools(), name, "bin/tsc");
      const files = ["scenario", "types", "wrappers", "strict"].map((program) => `${program}.${ending}`);
      const strict = [...compilerOptions, "--noEmit", "--strict", "--listFiles"];
      const output = await run(await project(), process.execPath, tsc, ...strict, ...options, ...files);
      const used = [...output.matchAll(/glue-ml-task-runs\/dist\/((?:index|local)\..*)$/gm)].map(([, file]) => file);
      expect(used.sort()).toEqual([`index.${declarations}`, `local.${declarations}`]);
    });
  }
}

for (const name of Object.keys(compilers)) {
  const compile = async (project: string, ...options: readonly string[]) => {
    const tsc = join(await compilerTools(), name, "bin/tsc");
    await run(project, process.execPath, tsc, ...compilerOptions, ...nodenext, ...options);
  };

  it(`The types compile with TypeScript ${name} without strict checks`, async () => {
    await compile(await newest(), "--noEmit", "--strict", "false", "types.mts", "wrappers.mts");
  });

  it(`The types of ESM and of CommonJS fit each other with TypeScript ${name}`, async () => {
    await compile(await newest(), "--noEmit", "--strict", "formats.mts");
  });

  it(`The client of another version of the SDK compiles with TypeScript ${name}`, async () => {
    const [project, older] = [await newest(), await oldest()];
    const program = `versions-${name}.mts`;
    const code = [
      'import { MLTaskRuns } from "glue-ml-task-runs";',
      `import type { GlueClient } from "${older}/node_modules/@aws-sdk/client-glue/dist-types/index.js";`,
      "export const create = (client: GlueClient): MLTaskRuns => new MLTaskRuns(client);",
    ];
    await writeFile(join(project, program), code.join("\n"));
    await compile(project, "--noEmit", "--strict", program);
  });

  it(`A package between this one and its user has declarations that name public types, with TypeScript ${name}`, async () => {
    const { core, app } = await createLayers(await newest(), `layers-${name}`);
    const typeRoots = ["--typeRoots", join(await newest(), "node_modules/@types")];
    for (const layer of [core, app]) await compile(layer, "--strict", "--declaration", ...typeRoots, "index.ts");
    const declarations = await readFile(join(app, "index.d.ts"), "utf8");
    expect(declarations).toContain('list: import("glue-ml-task-runs").MLTaskRunList<"FIND_MATCHES">;');
    expect(declarations).not.toMatch(/dist|client-glue|any\b/);
  });
}

// If a newer SDK adds a value to an enumeration, the source does not compile until its constants have the value.
it("The source compiles with the newest SDK", async () => {
  const tsc = join(await compilerTools(), "5.9/bin/tsc");
  await run(await copySource(await newest()), process.execPath, tsc);
});

for (const [environment, testEnvironment] of Object.entries(jestEnvironments)) {
  for (const [format, { nodeOptions, testMatch }] of Object.entries(jestFormats)) {
    it(`The tests in Jest pass in the environment ${environment} as ${format}`, async () => {
      const config = JSON.stringify({ testEnvironment, testMatch, transform: {} });
      const command = [...nodeOptions, "node_modules/jest/bin/jest.js", "--runInBand", "--config", config];
      await run(await jest(), process.execPath, ...command);
    });
  }
}

for (const { name, command, bundle } of bundles) {
  it(`The bundle works: ${name}`, async () => {
    const out = join(folder, name);
    const [binary, ...options] = command(out);
    await run(await newest(), join(await bundlerTools(), binary), ...options);
    // The folder has no `node_modules`.
    expect(await run(out, process.execPath, bundle)).toMatch(passed);
  });
}
