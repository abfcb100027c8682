import { part } from "./stryker.js";

export default part("library", ["src/**/*.ts", "!src/{local,command}/**"]);
