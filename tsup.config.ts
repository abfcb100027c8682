import { defineConfig } from "tsup";

export default defineConfig({
  entry: { index: "src/index.ts", local: "src/local/index.ts" },
  format: ["esm", "cjs"],
  target: "node20",
  dts: true,
  clean: true,
  // One copy of what both entries use, in CommonJS too, so that `instanceof` holds across them.
  splitting: true,
});
