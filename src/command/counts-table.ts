/** The table of counts of runs. */
import { compareStatuses, type RunCount } from "./counts.js";
import { formatTable, sumOfWidths, widthOfText } from "./table.js";
import { formatCount, toOneLine } from "./text.js";

/** Formats counts as a table: a row for each type and a column for each status, or a row for each pair if that fits. */
export function formatCountsTable(counts: readonly RunCount[], width: number): string {
  const statuses = [...new Set(counts.map(({ Status }) => Status))].sort(compareStatuses);
  const types = [...new Set(counts.map(({ TaskType }) => TaskType))];
  const sumOf = (type: string | undefined, status: string | undefined) =>
    counts
      .filter((each) => (type ?? each.TaskType) === each.TaskType && (status ?? each.Status) === each.Status)
      .reduce((sum, { Count }) => sum + Count, 0);
  const rowOf = (name: string, type?: string) => [
    name,
    ...[...statuses, undefined].map((status) => formatCount(sumOf(type, status))),
  ];
  const nameOf = (type: string) => toOneLine(type) || "(none)";
  const matrix = [
    ["TYPE", ...statuses.map(toOneLine), "TOTAL"],
    ...types.map((type) => rowOf(nameOf(type), type)),
    rowOf("TOTAL"),
  ];
  const list = [
    ["TYPE", "STATUS", "COUNT"],
    ...counts.map(({ TaskType, Status, Count }) => [nameOf(TaskType), toOneLine(Status), formatCount(Count)]),
  ];
  const widths = widthsOf(matrix);
  if (sumOfWidths(widths) > width) return formatTable(list, widthsOf(list), width);
  const alignRight = (row: string[]) =>
    row.map((cell, index) => (index > 0 ? cell.padStart(widths[index] ?? 0) : cell));
  return formatTable(matrix.map(alignRight), widths, width);
}

/** The width that each column needs. */
function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const [head = []] = rows;
  return head.map((_, index) => Math.max(...rows.map((row) => widthOfText(row[index] ?? ""))));
}
