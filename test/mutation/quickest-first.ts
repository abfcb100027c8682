/** Sorts test files so that most mutants are found soon: files that take seconds come last. */
import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

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

export class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => SLOW.indexOf(basename(moduleId, ".test.ts"));
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}
