/** The built package as it is packed. `npm run release:check` builds and packs it, and runs these tests. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { describe, expect, it, onTestFinished } from "vitest";
import { pack } from "./matrix/commands.js";
import { oldestSdk } from "./matrix/versions.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFile(`${root}${path}`, "utf8");
const manifest = JSON.parse(await read("package.json"));

/** The code of a built file and of the files of the package that it imports. */
async function withImports(path: string): Promise<string> {
  const code = await read(path);
  const files = [...code.matchAll(/(?:from|import|require)\s*\(?["']\.\/([\w.-]+)["']/g)].map(
    ([, name = ""]) => `dist/${path.includes(".d.") ? name.replace(/(c?)js$/, "d.$1ts") : name}`,
  );
  return [code, ...(await Promise.all(files.map(withImports)))].join("\n");
}

const importsOf = (code: string) =>
  new Set([...code.matchAll(/(?:from|import|require)\s*\(?["']([^."'][^"']*)["']/g)].map(([, name]) => name));

describe("The main entry", () => {
  it.each(["dist/index.js", "dist/index.cjs"])("in %s imports only the SDK", async (path) => {
    expect(importsOf(await withImports(path))).toEqual(new Set(["@aws-sdk/client-glue"]));
  });

  it.each(["dist/index.d.ts", "dist/index.d.cts"])("in %s refers only to types of the SDK", async (path) => {
    expect(importsOf(await withImports(path))).toEqual(new Set(["@aws-sdk/client-glue"]));
  });
});

it("The command imports only Node.js, the SDK and the public entries of the package", async () => {
  const names = [...importsOf(await read("dist/command.js"))].filter((name) => !isBuiltin(name ?? ""));
  expect(names.sort()).toEqual(["@aws-sdk/client-glue", "glue-ml-task-runs"]);
  const sources = await Promise.all((await readdir(`${root}src/command`)).map((name) => read(`src/command/${name}`)));
  expect(sources.filter((code) => /(?:from|import\() ?"\.\.\//.test(code))).toEqual([]);
});

describe.each(["glue-ml-task-runs", "glue-ml-task-runs/local"])("The entry %s", (name) => {
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

it("The classes of the main entry have the names of their exports", async () => {
  const print =
    "for (const [name, { prototype }] of Object.entries(entry)) if (prototype?.constructor.name !== name) throw name";
  await run("node", ["--input-type=module", "-e", `import * as entry from "glue-ml-task-runs"; ${print}`], {
    cwd: root,
  });
});

describe("The manifest", () => {
  it("declares no side effects, so that bundlers remove unused code", () => {
    expect(manifest.sideEffects).toBe(false);
  });

  it("has the version of the first section of the changelog that has one, with its date", async () => {
    const [, version, date = ""] = /^## \[(\d+\.\d+\.\d+)\](.*)$/m.exec(await read("CHANGELOG.md")) ?? [];
    expect(version).toBe(manifest.version);
    expect(date).toMatch(/^ - \d{4}-\d\d-\d\d$/);
  });

  it("is published as it is: npm corrects nothing", async () => {
    const folder = await mkdtemp(join(tmpdir(), "manifest-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "package.json"), await read("package.json"));
    await run("npm", ["pkg", "fix"], { cwd: folder });
    expect(JSON.parse(await readFile(join(folder, "package.json"), "utf8"))).toEqual(manifest);
  });

  it("accepts the SDK from the oldest version of the matrix on", () => {
    expect(manifest.peerDependencies["@aws-sdk/client-glue"]).toBe(`^${oldestSdk.version}`);
  });
});

describe("The tarball", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pack-"));
  const tarball = new Uint8Array(await readFile(await pack(folder)));
  await rm(folder, { recursive: true });
  const contents = createPackageFromTarballData(tarball);
  const prefix = "/node_modules/glue-ml-task-runs/";
  const files = contents.listFiles(prefix).map((path) => path.slice(prefix.length));
  const documents = files.filter((path) => path.endsWith(".md"));
  const isExample = (path: string) => path.startsWith("examples/");

  it("has the built files, the documents, the examples and the pictures, and no others", async () => {
    const names = ["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md", "package.json"];
    const pages = (await readdir(`${root}docs`)).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);
    const others = files.filter((path) => !/^(?:dist|examples)\//.test(path));
    expect(others.sort()).toEqual([...names, ...pages, "bench/results.svg"].sort());
  });

  it("has every entry and command in its built files, and nothing that only a build needs", () => {
    const entries = ["index", "local"].flatMap((entry) =>
      ["js", "cjs", "d.ts", "d.cts"].map((kind) => `dist/${entry}.${kind}`),
    );
    const bins = Object.values<string>(manifest.bin).map((path) => path.replace("./", ""));
    expect(files).toEqual(expect.arrayContaining([...entries, ...bins]));
    const others = files.filter((path) => !/\.c?js$|\.d\.c?ts$|^(?!dist)/.test(path));
    expect(others).toEqual(["dist/command.LICENSES.txt"]);
  });

  it("has every file and heading to which its documents link, and every picture that they show", () => {
    const texts = new Map(documents.map((path) => [path, contents.readFile(prefix + path)]));
    const links = [...texts].flatMap(([path, text]) => relativeLinksOf(text).map((link) => ({ path, link })));
    expect(links.length).toBeGreaterThan(60);
    const dangling = links.filter(({ path, link }) => {
      const [file = "", heading] = link.split("#");
      const target = file === "" ? path : join(dirname(path), file);
      if (!files.includes(target)) return true;
      return heading !== undefined && !headingsOf(texts.get(target) ?? "").includes(heading);
    });
    expect(dangling).toEqual([]);
  });

  it("has every file that its examples import or read", () => {
    const dangling = files.filter(isExample).flatMap((path) =>
      [...contents.readFile(prefix + path).matchAll(/(?:from |import\(|URL\()"(\.[^"]*)"/g)]
        .map(([, name = ""]) => join(dirname(path), name.replace(/\.js$/, ".ts")))
        .filter((target) => !files.includes(target))
        .map((target) => `${path}: ${target}`),
    );
    expect(dangling).toEqual([]);
  });

  it("has documents, examples and pictures of at most 150 kB, compressed as in the tarball", async () => {
    const paths = files.filter((path) => isExample(path) || documents.includes(path) || path.startsWith("bench/"));
    const shown = await Promise.all(paths.map((path) => readFile(root + path)));
    expect(gzipSync(Buffer.concat(shown)).length).toBeLessThanOrEqual(150_000);
  });

  it("has the licence of each package that is compiled into the command", async () => {
    const packages = "ansi-regex cli-table3 csv-stringify emoji-regex is-fullwidth-code-point string-width strip-ansi";
    const text = contents.readFile(`${prefix}dist/command.LICENSES.txt`);
    const names = text.split(/\n-{80}\n\n/).map((part) => part.split("\n")[0]);
    expect(names).toEqual(packages.split(" "));
    for (const name of packages.split(" ")) {
      const [file = ""] = (await readdir(`${root}node_modules/${name}`)).filter((each) => /^licen[cs]e/i.test(each));
      expect(text, name).toContain((await read(`node_modules/${name}/${file}`)).trim());
    }
  });

  it("does not refer to source maps, which it does not have", () => {
    const isMapped = (path: string) => contents.readFile(prefix + path).includes("sourceMappingURL");
    expect(files.filter(isMapped)).toEqual([]);
  });

  it("passes publint", async () => {
    const { messages } = await publint({ pkgDir: "package", pack: { tarball: tarball.buffer }, strict: true });
    expect(messages).toEqual([]);
  });

  it("has the right types for every module resolution", async () => {
    const { types, ...result } = await checkPackage(contents);
    expect(types).toEqual({ kind: "included" });
    expect("problems" in result && result.problems).toEqual([]);
  });
});

it("The lock file has no download addresses", async () => {
  expect(await read("package-lock.json")).not.toContain('"resolved"');
});

/** The relative links of a document, and the pictures that it shows. */
function relativeLinksOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/(?:\]\(|(?:src|srcset)=")([^)"\s]+)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !URL.canParse(link));
}

/** The anchors of a document's headings, as GitHub makes them. */
function headingsOf(text: string): string[] {
  return [...text.replaceAll(/^```.*?^```/gms, "").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```.*?^```|`[^`\n]*`/gms, "");
}
