import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Plugin } from "esbuild";
import { defineConfig } from "tsup";

const index = "src/index.ts";
const local = "src/local/index.ts";
const shared = { format: ["esm", "cjs"] as ("esm" | "cjs")[], target: "node20", splitting: false };

/** Of the manifest, the name and the version, which the code shows, without the scripts and the dependencies. */
const shortManifest: Plugin = {
  name: "short manifest",
  setup({ onLoad }) {
    onLoad({ filter: /\/package\.json$/ }, ({ path }) => {
      const { name, version } = JSON.parse(readFileSync(path, "utf8"));
      return { contents: JSON.stringify({ name, version }), loader: "json" };
    });
  },
};

export default defineConfig([
  {
    ...shared,
    // One file, because an import takes longer for each.
    entry: { index },
    // What is `@internal` is not for users, and takes no types along.
    dts: { entry: { index, local }, compilerOptions: { stripInternal: true } },
  },
  {
    ...shared,
    entry: { local },
    // Both entries throw errors of the same classes, in CommonJS too, so that `instanceof` holds across them.
    esbuildPlugins: [
      shortManifest,
      {
        name: "errors of the main entry",
        setup({ initialOptions: { format }, onResolve }) {
          const path = format === "cjs" ? "./index.cjs" : "./index.js";
          onResolve({ filter: /\/errors\.js$/ }, () => ({ path, external: true }));
        },
      },
    ],
  },
  {
    entry: { cli: "src/local/cli.ts" },
    format: ["esm"],
    target: "node20",
    // The command uses the package's own entry, as any other program would.
    external: ["glue-ml-task-runs"],
  },
  {
    entry: { command: "src/command/bin.ts" },
    format: ["esm"],
    target: "node20",
    // One file, in which what is not needed for `--help` is loaded later.
    splitting: false,
    minify: true,
    // cli-table3 uses these colours only if they are installed.
    external: ["glue-ml-task-runs", "@colors/colors/safe"],
    esbuildPlugins: [licences("dist/command.LICENSES.txt")],
  },
]);

/** Writes the licences of all packages that are compiled into a bundle to a file. */
function licences(file: string): Plugin {
  return {
    name: "licences",
    setup({ initialOptions, onEnd }) {
      initialOptions.metafile = true;
      onEnd(({ metafile }) => {
        const paths = Object.keys(metafile?.inputs ?? {});
        const names = paths.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
        const texts = [...new Set(names)].sort().map((name) => {
          const folder = `node_modules/${name}`;
          const [licence] = readdirSync(folder).filter((each) => /^licen[cs]e/i.test(each));
          if (licence === undefined) throw new Error(`${name} has no file with its licence.`);
          return `${name}\n\n${readFileSync(`${folder}/${licence}`, "utf8").trim()}\n`;
        });
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, texts.join(`\n${"-".repeat(80)}\n\n`));
      });
    },
  };
}
