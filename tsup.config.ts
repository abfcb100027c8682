import { defineConfig } from "tsup";

export default defineConfig([
  {
    entry: { index: "src/index.ts", local: "src/local/index.ts" },
    format: ["esm", "cjs"],
    target: "node20",
    // What is `@internal` is not for users, and takes no types along.
    dts: { compilerOptions: { stripInternal: true } },
    // One copy of what both entries use, in CommonJS too, so that `instanceof` holds across them.
    splitting: true,
  },
  {
    entry: { cli: "src/local/cli.ts" },
    format: ["esm"],
    target: "node20",
    // The command uses the package's own entry, as any other program would.
    external: ["glue-ml-task-runs"],
  },
]);
