/**
 * A CSV export: writes all runs of a transform to a file, oldest first, while they are listed.
 *
 *     npm run example csv runs.csv
 *     npm run example csv runs.csv -- --transform-id tfm-... --region eu-west-1
 */
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { stringify } from "csv-stringify";
import { MLTaskRuns, taskRunSort } from "glue-ml-task-runs";

const { values, positionals } = parseArgs({
  options: { "transform-id": { type: "string", default: "tfm-0123" } },
  allowPositionals: true,
});
const TransformId = values["transform-id"];
const [file = "runs.csv"] = positionals;
const taskRuns = new MLTaskRuns(new GlueClient());

let count = 0;
const runs = taskRuns.list(
  { TransformId, Sort: taskRunSort("STARTED").ascending() },
  {
    onPage: ({ runs }) => {
      count = runs;
    },
  },
);
const csv = stringify({
  header: true,
  // A key is a path into the run. A run of another task type leaves the field empty.
  columns: [
    { key: "TaskRunId" },
    { key: "Properties.TaskType", header: "TaskType" },
    { key: "Status" },
    { key: "StartedOn" },
    { key: "CompletedOn" },
    { key: "ExecutionTime" },
    { key: "ErrorString" },
    { key: "Properties.FindMatchesTaskRunProperties.JobRunId", header: "JobRunId" },
  ],
  cast: { date: (date) => date.toISOString() },
  // An error message may begin with "=": the spreadsheet must show it as text and not run it as a formula.
  escape_formulas: true,
});
await pipeline(runs, csv, createWriteStream(file));
console.log(`Runs of ${TransformId} in ${file}: ${count}`);
