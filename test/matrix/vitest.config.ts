import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/matrix/matrix.ts"],
    sequence: { concurrent: true },
    maxConcurrency: availableParallelism(),
    // The SDK's notice about Node 20, once per cell.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    // The first cell of each kind installs what its kind needs.
    testTimeout: 300_000,
    // All the cells in a table, at the end.
    reporters: ["tree"],
  },
});
