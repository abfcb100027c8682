/** The tests of the command that run its source, and not the built command. */
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
    include: ["test/command/*.test.ts"],
    exclude: ["test/command/{documentation,process}.test.ts"],
  },
});
