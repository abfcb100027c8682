import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    // The tests import what users import; here it is the source. `test/package.test.ts` and the README's test use the
    // built package.
    alias: [
      { find: /^glue-ml-task-runs$/, replacement: fileURLToPath(new URL("src/index.ts", import.meta.url)) },
      {
        find: /^glue-ml-task-runs\/local$/,
        replacement: fileURLToPath(new URL("src/local/index.ts", import.meta.url)),
      },
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          include: ["test/*.test.ts", "test/local/*.test.ts", "test/examples/*.test.ts"],
          typecheck: { enabled: true, include: ["test/*.test-d.ts"] },
        },
      },
      // What wants a Chromium.
      { extends: true, test: { name: "browser", include: ["test/browser/*.test.ts"] } },
    ],
    // The SDK's notice about Node 20, once per test file.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    testTimeout: 30_000,
    coverage: {
      include: ["src/**"],
      // A process of its own, which test/local/command.test.ts starts as built; what it does is in command.ts.
      exclude: ["src/local/cli.ts"],
      thresholds: { lines: 100, branches: 100, functions: 100, statements: 100 },
      reporter: ["text"],
    },
  },
});
