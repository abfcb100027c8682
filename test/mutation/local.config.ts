/** The tests of the local endpoint, except those of the built command, which does not contain the mutants. */
import { tests } from "./tests.js";

export default tests({
  include: ["test/local/*.test.ts"],
  exclude: ["test/local/aws-cli.test.ts"],
  testNamePattern: "^(?!.*(As a process|thousands of malformed))",
});
