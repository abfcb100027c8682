/** The table of counts of runs. */
import { compareStatuses, type RunCount } from "./counts.js";
import { formatTable, sumOfWidths, widthOfText } from "./table.js";
import { formatCount, toOneLine } from "./text.js";

type CountRow = readonly string[];

/** Formats counts as a table: a row for each status and a column for each type, or a list where this does not fit. */
export function formatCountsTable(counts: readonly RunCount[], width: number): string {
  const { head, rows } = toMatrix(counts);
  const widths = widthsOf([head, ...rows]);
  if (sumOfWidths(widths) > width) {
    const list = toList(counts);
    return formatTable(list, widthsOf(list), width);
  }
  const alignRight = (row: CountRow) =>
    row.map((cell, index) => {
      // `widths` has the width of each cell of a row. The compiler does not know the lengths of arrays.
      return index > 0 ? cell.padStart(widths[index] as number) : cell;
    });
  return formatTable([head, ...rows.map(alignRight)], widths, width);
}

function toMatrix(counts: readonly RunCount[]): { readonly head: CountRow; readonly rows: readonly CountRow[] } {
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
  return {
    // A long type is broken after its words.
    head: ["STATUS", ...types.map((type) => nameOfType(type).replaceAll("_", "_\n")), "TOTAL"],
    rows: [...statuses.map((status) => rowOf(toOneLine(status), status)), rowOf("TOTAL")],
  };
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
  const add = (widths: readonly number[], row: CountRow) =>
    row.map((cell, index) => Math.max(widths[index] ?? 0, ...cell.split("\n").map((line) => widthOfText(line))));
  return rows.reduce<number[]>(add, []);
}
