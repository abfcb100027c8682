/** Test files in an order in which most mutants are found soon: those that take seconds come last. */
import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const SLOW = ["replies", "cursor", "faults", "union", "windows", "hostile", "command", "abort"];

export class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => SLOW.indexOf(basename(moduleId, ".test.ts"));
    return files.toSorted((one, other) => rank(one) - rank(other));
  }
}
