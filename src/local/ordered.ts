/** A total order over what is listed, and pages of it that begin after a place rather than at an offset. */

/** A place in an order: what is sorted by first, then what settles ties, down to a unique id. Null is last, always. */
export type Key = readonly (string | number | null)[];

/** Something to list: its place, and itself as JSON, in the bytes that go over the wire. */
export interface Entry {
  readonly key: Key;
  readonly json: Buffer;
}

/** 1 for ascending; -1 for descending, which is the exact reverse but for nulls, which stay last. */
export type Direction = 1 | -1;

export function compareKeys(a: Key, b: Key, direction: Direction): number {
  for (let index = 0; index < a.length; index += 1) {
    const left = a[index] ?? null;
    const right = b[index] ?? null;
    if (left === right) continue;
    if (left === null) return 1;
    if (right === null) return -1;
    return left < right ? -direction : direction;
  }
  return 0;
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

/** The page of sorted entries after a place, or from the start; `last` is its end, if more follow. */
export function pageOf(
  entries: readonly Entry[],
  direction: Direction,
  after: Key | null,
  size: number,
): { page: readonly Entry[]; last: Key | undefined } {
  const start = after ? firstIndex(entries, (entry) => compareKeys(entry.key, after, direction) > 0) : 0;
  const page = entries.slice(start, start + size);
  return { page, last: start + size < entries.length ? page.at(-1)?.key : undefined };
}
