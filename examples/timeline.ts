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
import { MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";
import { openSource, sourceOptions } from "./client.js";
import { renderTimeline } from "./timeline/render.js";

const { values, positionals } = parseArgs({
  options: { ...sourceOptions, days: { type: "string", default: "7" } },
  allowPositionals: true,
});
const [file = "runs.html"] = positionals;
const to = new Date();
await using source = await openSource({ values, to });
const { client, transformId } = source;

const from = new Date(to.getTime() - Number(values.days) * 24 * 60 * 60 * 1000);
const query = {
  TransformId: transformId,
  Filter: taskRunFilter().startedAfter(from),
  Sort: taskRunSort("STARTED").ascending(),
};
const runs = await new MLTaskRuns(client).list(query).toArray();
await writeFile(file, await renderTimeline(runs, { transformId, from, to }));
console.log(`${runs.length} runs of ${transformId} are in ${file}.`);
