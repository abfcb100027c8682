import { defineConfig } from "tsup";

const index = "src/index.ts";
const local = "src/local/index.ts";
const shared = { format: ["esm", "cjs"] as ("esm" | "cjs")[], target: "node20", splitting: false };

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
]);
