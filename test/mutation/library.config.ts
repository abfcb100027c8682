/** The tests of the library that see its source as it is changed, and not the built package or other processes. */
import { defineConfig } from "vitest/config";
import config from "../../vitest.config.js";
import { QuickestFirst } from "./quickest-first.js";

export default defineConfig({
  ...config,
  test: {
    testTimeout: 10_000,
    isolate: false,
    sequence: { sequencer: QuickestFirst },
    include: ["test/*.test.ts"],
    exclude: ["test/{api,budgets,command,demo,documents,hostile,local,package,readme,sample}.test.ts"],
    testNamePattern: "^(?!.*10,000 listings)",
  },
});
