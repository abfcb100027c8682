/**
 * A timeline of the runs of a transform: one HTML file, with a lane for each task type and a bar for each run.
 *
 *     npm run example timeline runs.html
 *     npm run example timeline runs.html -- --days 90 --transform-id tfm-... --region eu-west-1
 *
 * The file is self-contained: it needs no network and no server.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";
import { renderTimeline } from "./timeline/render.js";

const { values, positionals } = parseArgs({
  options: { "transform-id": { type: "string", default: "tfm-0123" }, days: { type: "string", default: "7" } },
  allowPositionals: true,
});
const [file = "runs.html"] = positionals;
const TransformId = values["transform-id"];
const days = Number(values.days);
if (!(days > 0)) {
  console.error(`--days must be above 0, got ${values.days}.`);
  process.exit(2);
}
const taskRuns = new MLTaskRuns(new GlueClient());

const to = new Date();
const from = new Date(to.getTime() - days * 24 * 60 * 60 * 1000);
const query = {
  TransformId,
  Filter: taskRunFilter().startedAfter(from),
  Sort: taskRunSort("STARTED").ascending(),
};
const runs = await taskRuns.list(query).toArray();
await writeFile(file, await renderTimeline(runs, { transformId: TransformId, from, to }));
console.log(`Runs of ${TransformId} in ${file}: ${runs.length}`);
