/** Selects, sorts and pages runs and transforms. A page begins after a position in the sort order, not at an offset. */
import type { TaskRunFilterCriteria, TaskRunSortCriteria, TransformFilterCriteria } from "@aws-sdk/client-glue";
import type { CheckedLocalGlueOptions } from "./options.js";
import type { RunRecord, TransformRecord } from "./record.js";

/** A position in a sort order: the values that an entry is sorted by, most significant first. The last is an id. */
export type Position = readonly SortValue[];

/** Null sorts last in both directions. */
type SortValue = string | number | null;

/** A run or a transform. */
export interface Entry {
  /** The position in the default sort order. */
  readonly key: Position;
  /** The values of the columns that a request can sort by. */
  readonly columns: Readonly<Record<string, SortValue>>;
  /** The entry as it is sent. */
  readonly json: Buffer;
}

/** Entries that are sorted by a column, then by key. */
export interface Sorted<E extends Entry> {
  readonly entries: readonly E[];
  readonly positionOf: (entry: E) => Position;
  readonly compare: (a: Position, b: Position) => number;
}

/** Sorts entries, unless they were sorted in this order before. */
export function sortOnce<E extends Entry>(
  sortedBefore: Map<string, Sorted<E>>,
  { Column, SortDirection }: { readonly Column?: string | undefined; readonly SortDirection?: string | undefined },
  entries: () => E[],
): Sorted<E> {
  const positionOf = ({ columns, key }: E) => [columns[String(Column)] ?? null, ...key];
  const compare = (a: Position, b: Position) => comparePositions(a, b, SortDirection === "DESCENDING" ? -1 : 1);
  const sort = () => entries().sort((a, b) => compare(positionOf(a), positionOf(b)));
  const order = `${Column} ${SortDirection}`;
  const sorted = sortedBefore.get(order) ?? { entries: sort(), positionOf, compare };
  sortedBefore.set(order, sorted);
  return sorted;
}

/** Compares two positions. If the first is shorter, only with the begin of the second. */
function comparePositions(a: Position, b: Position, direction: number): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? null;
    if (value === other) continue;
    if (value === null || other === null) return value === null ? 1 : -1;
    return value < other ? -direction : direction;
  }
  return 0;
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

/** Which entries belong to the result of a query. */
interface Selection<E extends Entry> {
  readonly matches: (entry: E) => boolean;
  /** No entry up to this value of the column that it is sorted by matches. */
  readonly begin?: SortValue | undefined;
  /** No entry from this value on matches. */
  readonly end?: SortValue | undefined;
}

/** Selects the runs that match. With a time bound, those without `StartedOn` do not. */
export function selectRuns(
  { TaskRunType, Status, StartedAfter, StartedBefore }: TaskRunFilterCriteria,
  { Column, SortDirection }: TaskRunSortCriteria,
  bounds: CheckedLocalGlueOptions["bounds"],
): Selection<RunRecord> {
  // Times are whole milliseconds.
  const margin = bounds === "inclusive" ? 1 : 0;
  const after = StartedAfter && StartedAfter.getTime() - margin;
  const before = StartedBefore && StartedBefore.getTime() + margin;
  const [begin, end] = SortDirection === "ASCENDING" ? [after, before] : [before, after];
  const hasValues = valuesPredicate({ TASK_RUN_TYPE: TaskRunType, STATUS: Status });
  return {
    matches: ({ columns }) => hasValues(columns) && isBetween(columns.STARTED, after, before),
    ...(Column === "STARTED" && { begin, end }),
  };
}

/** Selects the transforms that match. With a time bound, those without that time do not. */
export function selectTransforms({ Schema = [], ...filter }: TransformFilterCriteria): Selection<TransformRecord> {
  const { Name: NAME, TransformType: TRANSFORM_TYPE, Status: STATUS, GlueVersion: GLUE_VERSION } = filter;
  const hasValues = valuesPredicate({ NAME, TRANSFORM_TYPE, STATUS, GLUE_VERSION });
  const columnPredicates = Schema.map((column) => valuesPredicate({ ...column }));
  const matches = ({ columns, schema }: TransformRecord) =>
    hasValues(columns) &&
    isBetween(columns.CREATED, filter.CreatedAfter?.getTime(), filter.CreatedBefore?.getTime()) &&
    isBetween(columns.LAST_MODIFIED, filter.LastModifiedAfter?.getTime(), filter.LastModifiedBefore?.getTime()) &&
    columnPredicates.every((hasColumnValues) => schema.some(hasColumnValues));
  return { matches };
}

type Values = Readonly<Record<string, unknown>>;

/** Creates the predicate of criteria. A criterion that is undefined is not applied. */
function valuesPredicate(criteria: Values): (values: Values) => boolean {
  const applied = Object.entries(criteria).filter(([, criterion]) => criterion !== undefined);
  return (values) => applied.every(([name, criterion]) => values[name] === criterion);
}

/** Whether a time is between bounds. A bound that is undefined is not applied. */
function isBetween(time: number | null, after: number | undefined, before: number | undefined): boolean {
  const value = time ?? Number.NaN;
  return (after === undefined || value > after) && (before === undefined || value < before);
}

/** Returns the page of matching entries after a position. `end` is the position of its last entry, if more follow. */
export function readPage<E extends Entry>(
  { entries, positionOf, compare }: Sorted<E>,
  { matches, begin, end }: Selection<E>,
  after: Position,
  pageSize: number,
): { readonly page: readonly Entry[]; readonly end?: Position | undefined } {
  const first = after.length === 0 && begin !== undefined ? [begin] : after;
  const start = first.length && findFirstIndex(entries, (entry) => compare(first, positionOf(entry)) < 0);
  const stop =
    end === undefined ? undefined : findFirstIndex(entries, (entry) => compare([end], positionOf(entry)) <= 0);
  const page: E[] = [];
  for (const entry of entries.slice(start, stop)) {
    if (!matches(entry)) continue;
    const last = page.at(-1);
    if (page.length === pageSize && last) return { page, end: positionOf(last) };
    page.push(entry);
  }
  return { page };
}
