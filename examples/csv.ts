/**
 * A CSV export: all runs of a transform, oldest first, for a spreadsheet; written as they come.
 *
 *     npm run example csv runs.csv
 *     npm run example csv runs.csv -- --transform-id tfm-... --region eu-west-1
 */
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { stringify } from "csv-stringify";
import { MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import { openSource, sourceOptions } from "./client.js";

const { values, positionals } = parseArgs({ options: sourceOptions, allowPositionals: true });
const [file = "runs.csv"] = positionals;
await using source = await openSource({ values });
const { client, transformId } = source;

let count = 0;
const runs = new MLTaskRuns(client).list(
  { TransformId: transformId, Sort: taskRunSort("STARTED").ascending() },
  {
    onPage: ({ runs }) => {
      count = runs;
    },
  },
);
const csv = stringify({
  header: true,
  // A path leads into the structures; runs of other types leave the field empty.
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
  // An error may quote what a user wrote: a spreadsheet is to show a field that begins with "=", and not to compute it.
  escape_formulas: true,
});
await pipeline(runs, csv, createWriteStream(file));
console.log(`${count} runs of ${transformId} are in ${file}.`);
