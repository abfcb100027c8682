/** Puts the figures of `results.json` into the performance page and its picture: `npm run bench:publish`. */
import { readFile, writeFile } from "node:fs/promises";
import type { Report } from "./figures.js";
import { toSvg } from "./picture.js";
import { listingTimesToMarkdown, toMarkdown } from "./table.js";

const [RESULTS, PAGE, PICTURE] = ["bench/results.json", "docs/performance.md", "bench/results.svg"];
/** What is put where: each place begins with its comment, and ends with an empty one. */
const PLACES = [
  { comment: "npm run bench:publish", toText: toMarkdown },
  { comment: "npm run bench:publish, listing times", toText: listingTimesToMarkdown },
];

// As `npm run bench -- --json` wrote it.
const report: Report = JSON.parse(await readFile(RESULTS, "utf8"));
let page = await readFile(PAGE, "utf8");
for (const { comment, toText } of PLACES) {
  const place = new RegExp(`(?<=<!-- ${comment} -->\n).*?(?=\n<!-- -->)`, "s");
  if (!place.test(page)) throw new Error(`${PAGE} has no place for the figures: <!-- ${comment} -->.`);
  page = page.replace(place, () => toText(report));
}
await writeFile(PAGE, page);
await writeFile(PICTURE, `${toSvg(report)}\n`);
