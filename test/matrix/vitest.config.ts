import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/matrix/matrix.ts"],
    sequence: { concurrent: true },
    maxConcurrency: availableParallelism(),
    env: {
      // Without it the SDK prints its warning about Node 20 for each test.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      // For the command, which finds credentials as the SDK does.
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    },
    // The first test of each kind installs the packages of its kind.
    testTimeout: 300_000,
    // Prints all tests at the end.
    reporters: ["tree"],
  },
});
