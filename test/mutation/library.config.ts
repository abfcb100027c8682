/** The tests of the library that run its source, and not the built package or other processes. */
import { defineConfig } from "vitest/config";
import config from "../../vitest.config.js";
import { QuickestFirst } from "./quickest-first.js";

export default defineConfig({
  ...config,
  test: {
    testTimeout: 10_000,
    isolate: false,
    setupFiles: "test/setup.ts",
    sequence: { sequencer: QuickestFirst },
    include: ["test/*.test.ts", "test/{combine,criteria,paging,request,watch}/*.test.ts"],
    exclude: ["test/{budgets,demo,documentation,documents,frameworks,package}.test.ts"],
    testNamePattern: "^(?!.*10,000 listings)",
  },
});
