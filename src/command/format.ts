/** The formats of the output. The libraries for tables and for CSV are loaded when they are used. */
import type { MLTaskRun } from "glue-ml-task-runs";
import type { Format } from "./arguments.js";
import { type Context, hasColors, widthOf } from "./context.js";
import type { RunCount } from "./counts.js";
import { COLUMNS, toRecord, toServiceShape } from "./record.js";
import { escapeInvisible, toTsvField } from "./text.js";

/** Formats the next runs of the output. */
type FormatRuns = (runs: readonly MLTaskRun[], isFirst: boolean) => string;

/** The format that was asked for, or the one for where the output goes. */
export function chooseFormat(format: Format | undefined, { out }: Context): Format {
  return format ?? (out.isTTY ? "table" : "tsv");
}

/** Creates the function that formats runs. */
export async function createRunFormat(
  format: Format,
  context: Context,
  table: { readonly showTransform: boolean; readonly idWidth?: number },
): Promise<FormatRuns> {
  if (format === "table") {
    const { formatRunsTable } = await import("./runs-table.js");
    const options = { width: widthOf(context), colors: hasColors(context), ...table };
    return (runs, isFirst) => formatRunsTable(runs, isFirst, options);
  }
  if (format === "ndjson") return (runs) => toNdjson(runs.map(toServiceShape));
  const formatRecords = await createRecordFormat(format, COLUMNS);
  return (runs, isFirst) => formatRecords(runs.map(toRecord), isFirst);
}

/** Formats counts of runs. */
export async function formatCounts(counts: readonly RunCount[], format: Format, context: Context): Promise<string> {
  if (format === "table") {
    const { formatCountsTable } = await import("./counts-table.js");
    return formatCountsTable(counts, widthOf(context));
  }
  if (format === "ndjson") return toNdjson(counts);
  return (await createRecordFormat(format, ["TaskType", "Status", "Count"] as const))(counts, true);
}

/** A line of JSON for each value. The escapes are those of JSON. */
function toNdjson(values: readonly object[]): string {
  return values.map((value) => `${escapeInvisible(JSON.stringify(value))}\n`).join("");
}

type FormatRecords<K extends string> = (
  records: readonly Readonly<Record<K, string | number>>[],
  isFirst: boolean,
) => string;

async function createRecordFormat<K extends string>(
  format: "tsv" | "csv",
  columns: readonly K[],
): Promise<FormatRecords<K>> {
  if (format === "tsv") {
    const toLine = (record: Readonly<Record<K, string | number>>) =>
      columns.map((column) => toTsvField(String(record[column]))).join("\t");
    return (records) => records.map((record) => `${toLine(record)}\n`).join("");
  }
  const { stringify } = await import("csv-stringify/sync");
  return (records, isFirst) =>
    escapeControls(
      stringify([...records], {
        columns: [...columns],
        header: isFirst,
        quoted_string: true,
        // An error message may begin with "=": the spreadsheet must show it as text and not run it as a formula.
        escape_formulas: true,
      }),
    );
}

/** Escapes what only a terminal interprets. Line breaks and tabs are data in CSV. */
function escapeControls(text: string): string {
  return text.replace(/[^\P{Cc}\t\r\n]/gu, escapeInvisible);
}
