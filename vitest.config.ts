import { availableParallelism } from "node:os";
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
          exclude: ["test/types/**", "test/browser/**", "test/local/aws-cli.test.ts", "test/package.test.ts"],
          globalSetup: "test/examples/compile.ts",
        },
      },
      // What the compiler, an editor and a linter report, a part of `npm run check`.
      {
        extends: true,
        test: {
          name: "types",
          include: ["test/types/*.test.ts"],
          typecheck: { enabled: true, include: ["test/types/*.test-d.ts"], tsconfig: "test/types/tsconfig.json" },
        },
      },
      // Tests of the package as it is packed, a part of `npm run release:check`.
      { extends: true, test: { name: "package", include: ["test/package.test.ts"] } },
      // These tests need the AWS CLI.
      { extends: true, test: { name: "aws-cli", include: ["test/local/aws-cli.test.ts"] } },
      // These tests need Chromium.
      {
        extends: true,
        test: { name: "browser", include: ["test/browser/*.test.ts"], globalSetup: "test/examples/compile.ts" },
      },
    ],
    // Without it the SDK prints its warning about Node 20 once per test file.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    testTimeout: 30_000,
    // Files share the modules of their worker: to load them again for each file takes longer than most tests.
    isolate: false,
    // One more than cores, because tests wait for the processes that they start.
    maxWorkers: availableParallelism() + 1,
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
