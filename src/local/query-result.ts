/** The sorted result of a query, and its pages. A page begins after a position in the sort order, not at an offset. */
import type { SortDirectionType } from "@aws-sdk/client-glue";
import type { Direction } from "../paging/started-order.js";

/** A position in a sort order: the values that an entry is sorted by, most significant first. The last is an id. */
export type SortKey = readonly SortValue[];

/** Null sorts last in both directions. */
type SortValue = string | number | null;

/** A run or a transform in a result. */
export interface Entry {
  /** The position in the default sort order. */
  readonly key: SortKey;
  /** The values of the columns that a request can sort by. */
  readonly columns: Readonly<Record<string, SortValue>>;
  /** The entry as it is sent. */
  readonly json: Buffer;
}

/** The entries that match a query, sorted by a column, if there is one, then by key. */
export interface QueryResult {
  readonly entries: readonly Entry[];
  readonly direction: Direction;
  readonly column?: string | undefined;
}

/** Sorts entries by a column, if there is one, then by key. */
export function sortEntries(
  entries: readonly Entry[],
  { Column, SortDirection }: { Column?: string | undefined; SortDirection?: SortDirectionType | undefined },
): QueryResult {
  const direction = SortDirection === "DESCENDING" ? -1 : 1;
  const compareColumns = (a: Entry, b: Entry) =>
    compareValues(columnValue(a, Column), columnValue(b, Column), direction);
  const sorted = entries.toSorted((a, b) => compareColumns(a, b) || compareKeys(a.key, b.key, direction));
  return { entries: sorted, direction, column: Column };
}

function columnValue({ columns }: Entry, column: string | undefined): SortValue {
  return column === undefined ? null : (columns[column] ?? null);
}

/** Compares two keys of the same length. */
export function compareKeys(a: SortKey, b: SortKey, direction: Direction): number {
  for (let index = 0; index < a.length; index += 1) {
    const order = compareValues(a[index] ?? null, b[index] ?? null, direction);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(a: SortValue, b: SortValue, direction: Direction): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -direction : direction;
}

/** Binary search: the first index with a true predicate, which must be false before that index and true after it. */
export function findFirstIndex<T>(items: readonly T[], predicate: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && predicate(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Returns the page after a position, or the first page; `end` is the position of its last entry, if more follow. */
export function readPage({ entries, direction, column }: QueryResult, after: SortKey | null, pageSize: number) {
  const positionOf = (entry: Entry) => (column === undefined ? entry.key : [columnValue(entry, column), ...entry.key]);
  const start = after ? findFirstIndex(entries, (entry) => compareKeys(positionOf(entry), after, direction) > 0) : 0;
  const page = entries.slice(start, start + pageSize);
  const lastEntry = start + pageSize < entries.length ? page.at(-1) : undefined;
  return { page, end: lastEntry && positionOf(lastEntry) };
}
