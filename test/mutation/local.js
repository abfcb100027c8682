import { part } from "./stryker.js";

// What starts the command in its process is seen by no test in this one.
export default part("local", ["src/local/*.ts", "!src/local/cli.ts"]);
