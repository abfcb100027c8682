/** The built package: what `npm run build` made of the source (`npm test` builds first). */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { oldestSdk } from "./matrix/versions.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFile(`${root}${path}`, "utf8");
const manifest = JSON.parse(await read("package.json"));

/** A built file and what it imports of its own, together. */
async function withImports(path: string): Promise<string> {
  const code = await read(path);
  const own = [...code.matchAll(/(?:from|import|require)\s*\(?["']\.\/([\w.-]+)["']/g)].map(
    ([, name = ""]) => `dist/${path.includes(".d.") ? name.replace(/(c?)js$/, "d.$1ts") : name}`,
  );
  return [code, ...(await Promise.all(own.map(withImports)))].join("\n");
}

const imported = (code: string) =>
  new Set([...code.matchAll(/(?:from|import|require)\s*\(?["']([^."'][^"']*)["']/g)].map(([, name]) => name));

describe("the main entry", () => {
  it.each(["dist/index.js", "dist/index.cjs"])("%s imports the SDK and nothing else", async (path) => {
    expect(imported(await withImports(path))).toEqual(new Set(["@aws-sdk/client-glue"]));
  });

  it.each(["dist/index.d.ts", "dist/index.d.cts"])("%s refers to the SDK's types and no others", async (path) => {
    expect(imported(await withImports(path))).toEqual(new Set(["@aws-sdk/client-glue"]));
  });
});

describe.each(["glue-ml-task-runs", "glue-ml-task-runs/local"])("%s", (name) => {
  it("has the same exports in ESM and in CommonJS", async () => {
    const print = "console.log(JSON.stringify(Object.keys(entry).sort()))";
    const options = { cwd: root };
    const esm = await run("node", ["--input-type=module", "-e", `import * as entry from "${name}"; ${print}`], options);
    const cjs = await run(
      "node",
      ["--input-type=commonjs", "-e", `const entry = require("${name}"); ${print}`],
      options,
    );
    expect(JSON.parse(esm.stdout).length).toBeGreaterThan(1);
    expect(cjs.stdout).toBe(esm.stdout);
  });
});

describe("the manifest", () => {
  it("has no run-time dependency beside the peer", () => {
    expect(manifest.dependencies).toBeUndefined();
    expect(Object.keys(manifest.peerDependencies)).toEqual(["@aws-sdk/client-glue"]);
    expect(manifest.sideEffects).toBe(false);
  });

  it("has the version that the changelog describes first", async () => {
    const [, version] = /^## \[(\d+\.\d+\.\d+)\]/m.exec(await read("CHANGELOG.md")) ?? [];
    expect(version).toBe(manifest.version);
  });

  it("takes the SDK from the oldest that the matrix tries", () => {
    expect(manifest.peerDependencies["@aws-sdk/client-glue"]).toBe(`^${oldestSdk.version}`);
  });

  it("ships the built files and the documents, and nothing else", async () => {
    const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root });
    const files: string[] = JSON.parse(stdout)[0].files.map(({ path }: { path: string }) => path);
    const documents = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
    expect(files.filter((path) => !path.startsWith("dist/")).sort()).toEqual(documents);
    const entries = ["index", "local"].flatMap((entry) =>
      ["js", "cjs", "d.ts", "d.cts"].map((kind) => `dist/${entry}.${kind}`),
    );
    const bins = Object.values<string>(manifest.bin).map((path) => path.replace("./", ""));
    expect(files).toEqual(expect.arrayContaining([...entries, ...bins]));
  });
});

it("the lock file names no place to download from", async () => {
  expect(await read("package-lock.json")).not.toContain('"resolved"');
});
