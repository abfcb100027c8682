/** The table of counts of runs. */
import { compareStatuses, type RunCount } from "./counts.js";
import { formatTable, sumOfWidths, widthOfText } from "./table.js";
import { formatCount, toOneLine } from "./text.js";

type CountRow = readonly string[];

/** Formats counts as a table: a row for each status and a column for each type, or a list where this does not fit. */
export function formatCountsTable(counts: readonly RunCount[], width: number): string {
  const matrix = toMatrix(counts);
  const widths = widthsOf(matrix);
  if (sumOfWidths(widths) > width) {
    const list = toList(counts);
    return formatTable(list, widthsOf(list), width);
  }
  const [head = [], ...rows] = matrix;
  const alignRight = (row: CountRow) =>
    row.map((cell, index) => (index > 0 ? cell.padStart(widths[index] ?? 0) : cell));
  return formatTable([head, ...rows.map(alignRight)], widths, width);
}

function toMatrix(counts: readonly RunCount[]): CountRow[] {
  const statuses = [...new Set(counts.map(({ Status }) => Status))].sort(compareStatuses);
  const types = [...new Set(counts.map(({ TaskType }) => TaskType))];
  const sumOf = (status?: string, type?: string) =>
    counts
      .filter((each) => (status ?? each.Status) === each.Status && (type ?? each.TaskType) === each.TaskType)
      .reduce((sum, { Count }) => sum + Count, 0);
  const rowOf = (name: string, status?: string) => [
    name,
    ...[...types, undefined].map((type) => formatCount(sumOf(status, type))),
  ];
  return [
    // A long type is broken after its words.
    ["STATUS", ...types.map((type) => nameOfType(type).replaceAll("_", "_\n")), "TOTAL"],
    ...statuses.map((status) => rowOf(toOneLine(status), status)),
    rowOf("TOTAL"),
  ];
}

function toList(counts: readonly RunCount[]): CountRow[] {
  const rows = counts.map(({ TaskType, Status, Count }) => [
    nameOfType(TaskType),
    toOneLine(Status),
    formatCount(Count),
  ]);
  return [["TYPE", "STATUS", "COUNT"], ...rows];
}

function nameOfType(type: string): string {
  return toOneLine(type) || "(none)";
}

/** The width that each column needs. */
function widthsOf(rows: readonly CountRow[]): number[] {
  const [head = []] = rows;
  return head.map((_, index) => Math.max(...rows.flatMap((row) => (row[index] ?? "").split("\n")).map(widthOfText)));
}
