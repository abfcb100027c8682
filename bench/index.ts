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
import { rows } from "./rows/index.js";
import { installedSdk, requireNewest } from "./sdk-versions.js";
import { toTable } from "./table.js";

const { values: options } = parseArgs({
  options: { only: { type: "string" }, offline: { type: "boolean", default: false }, json: { type: "boolean" } },
});
const selected = rows.filter(({ name }) => options.only === undefined || name.includes(options.only));
if (selected.length === 0) fail(`Unknown row ${options.only}. Rows: ${rows.map(({ name }) => name).join(", ")}.`);
const sdk = installedSdk();
if (!options.offline) await requireNewest(sdk).catch((error: Error) => fail(error.message));
// Turns off the SDK's notice about Node 20, in child processes too.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const results: RowResult[] = [];
for (const { name, subject, limit, measure } of selected) {
  const start = performance.now();
  const comparisons = (await measure()).map(rate);
  console.error(`${name}: measured in ${Math.round((performance.now() - start) / 1000)} s`);
  results.push({ name, subject, limit, comparisons });
}
const processors = `${cpus().length} x ${cpus()[0]?.model.trim()}`;
const versions = sdk.map(({ name, version }) => `${name} ${version}`);
const report: Report = {
  date: new Date().toISOString().slice(0, 10),
  machine: [processors, `Node ${process.versions.node}`, ...versions].join(", "),
  isNewestSdk: !options.offline,
  rows: results,
};
console.log(options.json ? toJson(report) : toTable(report));

function toJson(report: Report): string {
  const rounded = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
  return JSON.stringify(report, rounded, 2);
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
