/**
 * What this library costs and gains, as ratios against the SDK's own paginator, measured side by side:
 *
 *     npm run bench
 *     npm run bench -- --only NAME --json
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { rows } from "./rows.js";

const { values: options } = parseArgs({ options: { only: { type: "string" }, json: { type: "boolean" } } });
const chosen = rows.filter(({ name }) => options.only === undefined || name.includes(options.only));
if (chosen.length === 0) {
  console.error(`There is no row ${options.only}; there are: ${rows.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const results = [];
for (const { name, compared, reach, measure } of chosen) {
  if (!options.json) console.error(`${name} ...`);
  results.push({ name, compared, ...(await measure()), reach });
}
const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}`;
if (options.json) {
  console.log(JSON.stringify({ date: new Date().toISOString().slice(0, 10), machine, results }, undefined, 2));
} else {
  console.table(Object.fromEntries(results.map(({ name, ...result }) => [name, result])));
  console.log(machine);
}
