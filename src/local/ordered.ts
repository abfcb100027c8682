/** A total order over what is listed, and pages of it that begin after a place rather than at an offset. */

/** A place in an order: what is sorted by first, then what settles ties, down to a unique id. Null is last, always. */
export type Key = readonly Value[];
type Value = string | number | null;

/** Something to list: its place, what else it can be sorted by, and itself as JSON, in the bytes that go over the wire. */
export interface Entry {
  readonly key: Key;
  readonly columns: Readonly<Record<string, Value>>;
  readonly json: Buffer;
}

/** 1 for ascending; -1 for descending, which is the exact reverse except for nulls, which stay last. */
export type Direction = 1 | -1;

/** What a request lists, sorted by a column if it has one, then by key. */
export interface View {
  readonly entries: readonly Entry[];
  readonly direction: Direction;
  readonly column?: string | undefined;
}

/** Sorts the entries of a view. */
export function sortView<E extends Entry>(entries: readonly E[], direction: Direction, column?: string): View {
  const value = (entry: Entry) => (column === undefined ? null : (entry.columns[column] ?? null));
  const sorted = [...entries].sort(
    (a, b) => compareValues(value(a), value(b), direction) || compareKeys(a.key, b.key, direction),
  );
  return { entries: sorted, direction, column };
}

/** Compares two keys of the same length. */
export function compareKeys(a: Key, b: Key, direction: Direction): number {
  for (let index = 0; index < a.length; index += 1) {
    const order = compareValues(a[index] ?? null, b[index] ?? null, direction);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(a: Value, b: Value, direction: Direction): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -direction : direction;
}

/** The index of the first item for which this is true, where it is false for all before that and true from there. */
export function firstIndex<T>(items: readonly T[], isTrue: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && isTrue(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The page of a view after a place, or from the start; `last` is its end, if more follow. */
export function pageOf(
  { entries, direction, column }: View,
  after: Key | null,
  size: number,
): { page: readonly Entry[]; last: Key | undefined } {
  const keyOf = ({ key, columns }: Entry): Key => (column === undefined ? key : [columns[column] ?? null, ...key]);
  const start = after ? firstIndex(entries, (entry) => compareKeys(keyOf(entry), after, direction) > 0) : 0;
  const page = entries.slice(start, start + size);
  const lastEntry = start + size < entries.length ? page.at(-1) : undefined;
  return { page, last: lastEntry && keyOf(lastEntry) };
}
