/** A table without borders, so that what it shows can be copied. */
import Table from "cli-table3";
import stringWidth from "string-width";

/** A row of cells; or one text below the row before, indented and wrapped. */
export type Row = readonly string[] | string;

/** The space before a text below a row. */
export const INDENT = 2;
/** The number of rows that are laid out at a time: the time for it grows faster than their number. */
const CHUNK = 100;

const noBorders = Object.fromEntries(
  ["top", "bottom", "left", "right", "mid"]
    .flatMap((side) => [side, `${side}-left`, `${side}-mid`, `${side}-right`])
    .concat("left-mid", "right-mid", "mid-mid")
    .map((name) => [name, ""]),
);

/** The width of text in a terminal. */
export const widthOfText: (text: string) => number = stringWidth;

/** The width of columns side by side. */
export function sumOfWidths(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 2 * (widths.length - 1));
}

/**
 * Formats rows. What is too long for a column is cut off, with "…".
 *
 * @param widths - the width of each column
 * @param width - the width of the terminal
 */
export function formatTable(rows: readonly Row[], widths: readonly number[], width: number): string {
  let text = "";
  // The last column takes the rest of the terminal, so that lines below a row can use it.
  const rest = width - sumOfWidths(widths);
  const colWidths = widths.map((each, index) => each + (index === widths.length - 1 ? rest : 1));
  const style = { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true };
  for (let start = 0; start < rows.length; start += CHUNK) {
    const chars = { ...noBorders, middle: " " };
    const table = new Table({ chars, colWidths, style: style });
    for (const row of rows.slice(start, start + CHUNK))
      table.push(typeof row === "string" ? [lineBelow(row, widths.length, width)] : [...row]);
    text += `${table}\n`;
  }
  return text.replace(/ +$/gm, "");
}

function lineBelow(content: string, colSpan: number, width: number) {
  // The table library sums the columns of a wrapped cell without the space between them.
  const available = width - INDENT - (colSpan - 1);
  return {
    colSpan,
    content,
    wordWrap: stringWidth(content) > width - INDENT,
    // It cuts off a word that is too long for a line.
    wrapOnWordBoundary: content.split(" ").every((word) => stringWidth(word) <= available),
    style: { "padding-left": INDENT },
  };
}
