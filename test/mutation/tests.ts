/** The tests of a part of the source, sorted so that most mutants are found soon: files that take seconds come last. */
import { basename } from "node:path";
import { defineConfig, type TestUserConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import config from "../../vitest.config.js";

/** The names of slow test files, the slowest last. */
const SLOW = [
  "paginate",
  "parse-task-run",
  "cursor",
  "faults",
  "resume",
  "union",
  "windows",
  "watch",
  "server-malformed",
  "command",
  "abort",
];

class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => SLOW.indexOf(basename(moduleId, ".test.ts"));
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** The configuration of Vitest for tests that find mutants. */
export function tests(selection: Pick<TestUserConfig, "include" | "exclude" | "testNamePattern">) {
  const test = {
    testTimeout: 10_000,
    isolate: false,
    setupFiles: "test/setup.ts",
    sequence: { sequencer: QuickestFirst },
  };
  return defineConfig({ ...config, test: { ...test, ...selection } });
}
