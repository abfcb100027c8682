/** The tests of the command that run its source, and not the built command. */
import { tests } from "./tests.js";

export default tests({
  include: ["test/command/*.test.ts"],
  exclude: ["test/command/{documentation,process}.test.ts"],
});
