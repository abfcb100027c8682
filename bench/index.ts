/**
 * Measures the library against the SDK's own paginator and against the best possible result. It installs nothing.
 *
 *     npm run bench
 *     npm run bench -- --only NAME       rows whose name contains NAME
 *     npm run bench -- --offline         does not check that the SDK is the newest; the table says so
 *     npm run --silent bench -- --json > bench/results.json && npm run bench:publish
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { type Report, type RowResult, rate } from "./figures.js";
import { LISTING_TIMES, measureListingTimes } from "./listing-times.js";
import { rows } from "./rows/index.js";
import { installedSdk, requireNewest } from "./sdk-versions.js";
import { toTable } from "./table.js";

const { values: options } = parseArgs({
  options: { only: { type: "string" }, offline: { type: "boolean", default: false }, json: { type: "boolean" } },
});
const isSelected = (name: string) => options.only === undefined || name.includes(options.only);
const names = [LISTING_TIMES, ...rows.map(({ name }) => name)];
if (!names.some(isSelected)) fail(`Unknown row ${options.only}. Rows: ${names.join(", ")}.`);
const sdk = installedSdk();
if (!options.offline) await requireNewest(sdk).catch((error: Error) => fail(error.message));
// Turns off the SDK's notice about Node 20, in child processes too.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const listingTimes = isSelected(LISTING_TIMES) ? await logTime(LISTING_TIMES, measureListingTimes) : undefined;
const results: RowResult[] = [];
for (const { name, subject, limit, measure } of rows.filter(({ name }) => isSelected(name))) {
  results.push({ name, subject, limit, comparisons: (await logTime(name, measure)).map(rate) });
}
const processors = `${cpus().length} x ${cpus()[0]?.model.trim()}`;
const versions = sdk.map(({ name, version }) => `${name} ${version}`);
const report: Report = {
  date: new Date().toISOString().slice(0, 10),
  machine: [processors, `Node ${process.versions.node}`, ...versions].join(", "),
  isNewestSdk: !options.offline,
  rows: results,
  listingTimes,
};
console.log(options.json ? toJson(report) : toTable(report));

/** Measures, and logs how long that takes. */
async function logTime<R>(name: string, measure: () => Promise<R>): Promise<R> {
  const start = performance.now();
  const result = await measure();
  console.error(`${name}: measured in ${Math.round((performance.now() - start) / 1000)} s`);
  return result;
}

function toJson(report: Report): string {
  const rounded = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
  return JSON.stringify(report, rounded, 2);
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
