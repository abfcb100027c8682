import { part } from "./stryker.js";

export default part("command", ["src/command/*.ts", "!src/command/bin.ts"]);
