import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    // The tests import the package by its name, as users do. Here the name resolves to the source, except in processes that
    // tests start: those use the built package.
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
          include: ["test/**/*.test.ts"],
          exclude: ["test/browser/**"],
          globalSetup: "test/examples/compile.ts",
          typecheck: { enabled: true, include: ["test/*.test-d.ts"], tsconfig: "test/types.tsconfig.json" },
        },
      },
      // These tests need Chromium.
      {
        extends: true,
        test: { name: "browser", include: ["test/browser/*.test.ts"], globalSetup: "test/examples/compile.ts" },
      },
    ],
    // Without it the SDK prints its warning about Node 20 once per test file.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    testTimeout: 30_000,
    maxWorkers: "100%",
    setupFiles: "test/setup.ts",
    coverage: {
      include: ["src/**"],
      // The tests run them in a separate process, after the build. Their code is in command.ts.
      exclude: ["src/local/cli.ts", "src/command/bin.ts"],
      thresholds: { lines: 100, branches: 100, functions: 100, statements: 100 },
      reporter: ["text"],
    },
  },
});
