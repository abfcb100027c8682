/** Puts the figures of `results.json` into the performance page and its picture: `npm run bench:publish`. */
import { readFile, writeFile } from "node:fs/promises";
import type { Report } from "./figures.js";
import { toSvg } from "./picture.js";
import { toMarkdown } from "./table.js";

const [RESULTS, PAGE, PICTURE] = ["bench/results.json", "docs/performance.md", "bench/results.svg"];
/** Where the table stands on the page. */
const TABLE = /(?<=<!-- npm run bench:publish -->\n).*?(?=\n<!-- -->)/s;

// As `npm run bench -- --json` wrote it.
const report: Report = JSON.parse(await readFile(RESULTS, "utf8"));
const page = await readFile(PAGE, "utf8");
if (!TABLE.test(page)) throw new Error(`${PAGE} has no place for the figures.`);
await writeFile(
  PAGE,
  page.replace(TABLE, () => toMarkdown(report)),
);
await writeFile(PICTURE, `${toSvg(report)}\n`);
