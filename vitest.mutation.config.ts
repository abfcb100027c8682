/** What Stryker runs: the tests that see the source as it is changed, and not the built package or other processes. */
import { defineConfig } from "vitest/config";
import config from "./vitest.config.js";

export default defineConfig({
  ...config,
  test: {
    testTimeout: 30_000,
    include: ["test/*.test.ts"],
    exclude: ["test/{budgets,demo,documents,package,readme}.test.ts"],
  },
});
