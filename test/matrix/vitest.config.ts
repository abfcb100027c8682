import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/matrix/matrix.ts"],
    sequence: { concurrent: true },
    maxConcurrency: availableParallelism(),
    // Without it the SDK prints its warning about Node 20 for each test.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    // The first test of each kind installs the packages of its kind.
    testTimeout: 300_000,
    // Prints all tests at the end.
    reporters: ["tree"],
  },
});
