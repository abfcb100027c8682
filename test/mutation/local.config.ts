/** The tests of the local endpoint, except those of the built command, which does not contain the mutants. */
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
    include: ["test/local/*.test.ts"],
    exclude: ["test/local/aws-cli.test.ts"],
    testNamePattern: "^(?!.*(As a process|thousands of malformed))",
  },
});
