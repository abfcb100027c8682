import { part } from "./stryker.js";

// cli.ts runs in a process of its own, where the mutants do not exist.
export default part("local", ["src/local/*.ts", "!src/local/cli.ts"]);
