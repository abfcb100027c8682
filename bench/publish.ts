/** Puts the figures of `results.json` into the README and its picture: `npm run bench:publish`. */
import { readFile, writeFile } from "node:fs/promises";
import type { Report } from "./figures.js";
import { toSvg } from "./picture.js";
import { toMarkdown } from "./table.js";

const [RESULTS, README, PICTURE] = ["bench/results.json", "README.md", "bench/results.svg"];
/** Where the table stands in the README. */
const TABLE = /(?<=<!-- npm run bench:publish -->\n).*?(?=\n<!-- -->)/s;

// As `npm run bench -- --json` wrote it.
const report: Report = JSON.parse(await readFile(RESULTS, "utf8"));
const readme = await readFile(README, "utf8");
if (!TABLE.test(readme)) throw new Error(`${README} has no place for the figures.`);
await writeFile(
  README,
  readme.replace(TABLE, () => toMarkdown(report)),
);
await writeFile(PICTURE, `${toSvg(report)}\n`);
