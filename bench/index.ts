/**
 * What this library costs and gains, against the SDK's own paginator and against what is possible:
 *
 *     npm run bench
 *     npm run bench -- --only NAME
 *     npm run --silent bench -- --json > bench/results.json && npm run bench:publish
 */
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { judge, type Report, type Result } from "./figures.js";
import { rows } from "./rows.js";
import { toTable } from "./table.js";

const { values: options } = parseArgs({ options: { only: { type: "string" }, json: { type: "boolean" } } });
const chosen = rows.filter(({ name }) => options.only === undefined || name.includes(options.only));
if (chosen.length === 0) {
  console.error(`There is no row ${options.only}; there are: ${rows.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
// The SDK's notice about Node 20, in each of the processes.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const results: Result[] = [];
for (const { name, ours, limit, measure } of chosen) {
  console.error(`${name} ...`);
  results.push({ name, ours, limit, lines: (await measure()).map(judge) });
}
const processors = `${cpus().length} x ${cpus()[0]?.model.trim()}`;
const report: Report = {
  date: new Date().toISOString().slice(0, 10),
  machine: [processors, `Node ${process.versions.node}`, ...sdkVersions()].join(", "),
  results,
};
console.log(options.json ? toJson(report) : toTable(report));

/** The versions of the SDK's client, and of the package in which the SDK parses responses. */
function sdkVersions(): string[] {
  const require = createRequire(import.meta.url);
  // The client's own copy of the core package.
  const requireOfClient = createRequire(require.resolve("@aws-sdk/client-glue"));
  const [client, core] = [require("@aws-sdk/client-glue/package.json"), requireOfClient("@aws-sdk/core/package.json")];
  return [client, core].map(({ name, version }) => `${name} ${version}`);
}

function toJson(report: Report): string {
  const rounded = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
  return JSON.stringify(report, rounded, 2);
}
