/** The tests of the library that run its source, and not the built package or other processes. */
import { tests } from "./tests.js";

export default tests({
  include: ["test/*.test.ts", "test/{combine,criteria,paging,request,watch}/*.test.ts"],
  exclude: ["test/{budgets,demo,documentation,documents,frameworks,package}.test.ts"],
  testNamePattern: "^(?!.*10,000 listings)",
});
