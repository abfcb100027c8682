/** The transforms and their runs that the endpoint serves, and the order and selection in which a request sees them. */
import type { TaskRunSortCriteria, TransformFilterCriteria } from "@aws-sdk/client-glue";
import { Cache } from "./cache.js";
import type { Inputs } from "./input.js";
import { compareKeys, firstIndex, sortView, type View } from "./ordered.js";
import {
  type LocalTaskRun,
  type LocalTransform,
  type RunRecord,
  type TransformRecord,
  toRunRecord,
  toTransformRecord,
} from "./record.js";
import { ServiceError } from "./service-error.js";

/**
 * Whether a run that started at the very time of `StartedAfter` or `StartedBefore` is among those asked for.
 *
 * @inline
 */
export type Bounds = "exclusive" | "inclusive";

interface StoredTransform {
  transform: TransformRecord;
  readonly runs: Map<string, RunRecord>;
  /** All runs by StartedOn, then TaskRunId, ascending; undefined after a change. */
  sorted: readonly RunRecord[] | undefined;
}

/** A view takes 8 bytes per entry. 64 MiB are 8 views of 1,000,000 runs. */
const MAX_VIEW_BYTES = 64 * 1024 * 1024;
/** The least that a view counts, which limits the number of small views to 4,096. */
const MIN_VIEW_BYTES = 16 * 1024;

export class History {
  readonly #transforms = new Map<string, StoredTransform>();
  readonly #bounds: Bounds;
  /** The latest views by their query. Their owners are the transform of the runs, and the Map of the transforms. */
  readonly #views: Cache<View>;

  constructor(bounds: Bounds, maxViewBytes = MAX_VIEW_BYTES) {
    this.#bounds = bounds;
    this.#views = new Cache(maxViewBytes);
  }

  /** Adds a transform, or replaces it and keeps its runs. */
  addTransform(given: LocalTransform): void {
    const transform = toTransformRecord(given);
    const stored = this.#transforms.get(transform.transformId);
    if (stored) stored.transform = transform;
    else this.#transforms.set(transform.transformId, { transform, runs: new Map(), sorted: undefined });
    this.#views.deleteOf(this.#transforms);
  }

  removeTransform(transformId: string): void {
    const stored = this.#transforms.get(transformId);
    if (stored === undefined) return;
    this.#transforms.delete(transformId);
    this.#views.deleteOf(this.#transforms);
    this.#views.deleteOf(stored);
  }

  /** Adds runs, or replaces those with the same id. Creates transforms that do not exist yet. All runs are added, or none. */
  addTaskRuns(runs: Iterable<LocalTaskRun>): void {
    const records = Array.from(runs, (run, index) => toRunRecord(run, `taskRuns[${index}]`));
    const changed = new Set<StoredTransform>();
    for (const record of records) {
      if (!this.#transforms.has(record.transformId)) this.addTransform({ TransformId: record.transformId });
      const stored = this.#find(record.transformId);
      stored.runs.set(record.taskRunId, record);
      changed.add(stored);
    }
    for (const stored of changed) this.#forgetViews(stored);
  }

  removeTaskRuns(transformId: string, taskRunIds: Iterable<string>): void {
    const removed = [...taskRunIds];
    const stored = this.#transforms.get(transformId);
    if (stored === undefined) return;
    for (const id of removed) stored.runs.delete(id);
    this.#forgetViews(stored);
  }

  /** One run, as JSON. */
  taskRun(transformId: string, taskRunId: string): Buffer {
    const run = this.#find(transformId).runs.get(taskRunId);
    if (run === undefined) throw notFound(`Task run ${taskRunId} of transform ${transformId}`);
    return run.json;
  }

  /** The runs that a request sees; `key` is the same for the same query. */
  taskRuns(query: Inputs["GetMLTaskRuns"], key: string): View {
    const stored = this.#find(query.TransformId);
    return this.#view(stored, key, () => this.#select(stored, query));
  }

  /** The transforms that a request sees; `key` is the same for the same query. */
  transforms({ Filter = {}, Sort }: Inputs["GetMLTransforms"], key: string): View {
    return this.#view(this.#transforms, key, () => {
      const transforms = Array.from(this.#transforms.values(), ({ transform }) => transform);
      const direction = Sort?.SortDirection === "DESCENDING" ? -1 : 1;
      return sortView(
        transforms.filter((transform) => matches(transform, Filter)),
        direction,
        Sort?.Column,
      );
    });
  }

  #view(owner: object, key: string, select: () => View): View {
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const view = select();
    this.#views.add(key, owner, view, Math.max(8 * view.entries.length + 2 * key.length, MIN_VIEW_BYTES));
    return view;
  }

  #forgetViews(stored: StoredTransform): void {
    stored.sorted = undefined;
    this.#views.deleteOf(stored);
  }

  #select(stored: StoredTransform, { Filter = {}, Sort }: Inputs["GetMLTaskRuns"]): View {
    stored.sorted ??= [...stored.runs.values()].sort((a, b) => compareKeys(a.key, b.key, 1));
    const { TaskRunType, Status, StartedAfter, StartedBefore } = Filter;
    const started = between(stored.sorted, this.#bounds, StartedAfter, StartedBefore);
    const isAsked = ({ columns }: RunRecord) =>
      isEqual(TaskRunType, columns.TASK_RUN_TYPE) && isEqual(Status, columns.STATUS);
    return inOrder(TaskRunType || Status ? started.filter(isAsked) : started, Sort ?? {});
  }

  #find(transformId: string): StoredTransform {
    const stored = this.#transforms.get(transformId);
    if (stored === undefined) throw notFound(`Transform ${transformId}`);
    return stored;
  }
}

function notFound(what: string): ServiceError {
  return new ServiceError("EntityNotFoundException", `${what} was not found.`);
}

/** The part of the runs that started between the bounds. A run without `StartedOn` is between none. */
function between(sorted: readonly RunRecord[], bounds: Bounds, after?: Date, before?: Date): readonly RunRecord[] {
  const from = after?.getTime() ?? -Infinity;
  const to = before?.getTime() ?? Infinity;
  const begin = firstIndex(
    sorted,
    ({ started }) => started === null || started > from || (started === from && bounds === "inclusive"),
  );
  const end = firstIndex(
    sorted,
    ({ started }) => started === null || started > to || (started === to && bounds === "exclusive"),
  );
  return sorted.slice(begin, after || before ? Math.max(begin, end) : sorted.length);
}

/** The runs, which are in the order of STARTED, in that of the request. Without `Sort` the newest come first. */
function inOrder(runs: readonly RunRecord[], { Column, SortDirection }: Partial<TaskRunSortCriteria>): View {
  const direction = SortDirection === "ASCENDING" ? 1 : -1;
  if (Column === "STATUS" || Column === "TASK_RUN_TYPE") return sortView(runs, direction, Column);
  if (direction === 1) return { entries: runs, direction };
  // Those without `StartedOn` stay last.
  const dated = firstIndex(runs, ({ started }) => started === null);
  return { entries: [...runs.slice(0, dated).reverse(), ...runs.slice(dated).reverse()], direction };
}

function matches({ columns, glueVersion, schema }: TransformRecord, filter: TransformFilterCriteria): boolean {
  const { Name, Status, GlueVersion, TransformType, Schema = [] } = filter;
  return (
    isEqual(Name, columns.NAME) &&
    isEqual(Status, columns.STATUS) &&
    isEqual(GlueVersion, glueVersion) &&
    isEqual(TransformType, columns.TRANSFORM_TYPE) &&
    isWithin(columns.CREATED, filter.CreatedAfter, filter.CreatedBefore) &&
    isWithin(columns.LAST_MODIFIED, filter.LastModifiedAfter, filter.LastModifiedBefore) &&
    Schema.every(({ Name, DataType }) =>
      schema.some(({ name, dataType }) => isEqual(Name, name) && isEqual(DataType, dataType)),
    )
  );
}

/** Whether a value is the one that was asked for, if one was. */
function isEqual(asked: string | undefined, value: unknown): boolean {
  return asked === undefined || asked === value;
}

function isWithin(time: number | null, after: Date | undefined, before: Date | undefined): boolean {
  return (
    (after === undefined || (time !== null && time > after.getTime())) &&
    (before === undefined || (time !== null && time < before.getTime()))
  );
}
