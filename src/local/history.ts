/** The transforms and their runs that the endpoint serves, and the order and selection in which a request sees them. */
import type {
  MLTransform,
  TaskRun,
  TaskRunSortCriteria,
  TransformFilterCriteria,
  TransformSortColumnType,
} from "@aws-sdk/client-glue";
import type { Inputs } from "./input.js";
import { compareKeys, type Direction, type Entry, firstIndex } from "./ordered.js";
import { ServiceError } from "./service-error.js";

/** A run as the service would return it, with what identifies it. */
export type LocalTaskRun = TaskRun & { TransformId: string; TaskRunId: string };

/** A transform as the service would return it, with what identifies it. */
export type LocalTransform = MLTransform & { TransformId: string };

/**
 * Whether a run that started at the very time of `StartedAfter` or `StartedBefore` is among those asked for.
 *
 * @inline
 */
export type Bounds = "exclusive" | "inclusive";

/** What a request lists, sorted. */
export interface View {
  readonly entries: readonly Entry[];
  readonly direction: Direction;
}

interface StoredRun extends Entry {
  readonly started: number | null;
  readonly type: string | null;
  readonly status: string | null;
}

interface StoredTransform {
  transform: LocalTransform;
  readonly runs: Map<string, StoredRun>;
  /** All runs by StartedOn, then TaskRunId, ascending; undefined after a change. */
  sorted: StoredRun[] | undefined;
  /** The latest selections, by their query. */
  readonly views: Map<string, View>;
}

const VIEWS_KEPT = 32;

export class History {
  readonly #transforms = new Map<string, StoredTransform>();
  readonly #bounds: Bounds;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** Adds a transform, or replaces what is known of it but its runs. */
  addTransform(given: LocalTransform): void {
    const transform: LocalTransform = {
      Name: given.TransformId,
      Status: "READY",
      CreatedOn: new Date(),
      LastModifiedOn: new Date(),
      Parameters: { TransformType: "FIND_MATCHES" },
      ...given,
    };
    const stored = this.#transforms.get(given.TransformId);
    if (stored) stored.transform = transform;
    else this.#transforms.set(given.TransformId, { transform, runs: new Map(), sorted: undefined, views: new Map() });
  }

  removeTransform(transformId: string): void {
    this.#transforms.delete(transformId);
  }

  /** Adds runs, or replaces those that are there already; their transforms come to be. */
  addTaskRuns(runs: Iterable<LocalTaskRun>): void {
    const changed = new Set<StoredTransform>();
    for (const run of runs) {
      if (!this.#transforms.has(run.TransformId)) this.addTransform({ TransformId: run.TransformId });
      const stored = this.#find(run.TransformId);
      stored.runs.set(run.TaskRunId, toStored(run));
      changed.add(stored);
    }
    for (const stored of changed) forgetViews(stored);
  }

  removeTaskRuns(transformId: string, taskRunIds: Iterable<string>): void {
    const stored = this.#transforms.get(transformId);
    if (stored === undefined) return;
    for (const id of taskRunIds) stored.runs.delete(id);
    forgetViews(stored);
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
    const view = stored.views.get(key) ?? this.#select(stored, query);
    stored.views.delete(key);
    stored.views.set(key, view);
    for (const oldest of stored.views.keys()) {
      if (stored.views.size <= VIEWS_KEPT) break;
      stored.views.delete(oldest);
    }
    return view;
  }

  /** The transforms that a request sees. */
  transforms({ Filter = {}, Sort }: Inputs["GetMLTransforms"]): View {
    const direction = Sort?.SortDirection === "DESCENDING" ? -1 : 1;
    const column = Sort?.Column ? TRANSFORM_COLUMNS[Sort.Column] : () => null;
    const entries = [...this.#transforms.values()]
      .filter(({ transform }) => matches(transform, Filter))
      .map(({ transform }) => ({
        key: [column(transform) ?? null, transform.TransformId],
        json: toJson(transform, ["CreatedOn", "LastModifiedOn"]),
      }))
      .sort((a, b) => compareKeys(a.key, b.key, direction));
    return { entries, direction };
  }

  #select(stored: StoredTransform, { Filter = {}, Sort }: Inputs["GetMLTaskRuns"]): View {
    stored.sorted ??= [...stored.runs.values()].sort((a, b) => compareKeys(a.key, b.key, 1));
    const { TaskRunType, Status, StartedAfter, StartedBefore } = Filter;
    const started = between(stored.sorted, this.#bounds, StartedAfter, StartedBefore);
    const isAsked = ({ type, status }: StoredRun) => (TaskRunType ?? type) === type && (Status ?? status) === status;
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

function forgetViews(stored: StoredTransform): void {
  stored.sorted = undefined;
  stored.views.clear();
}

function toStored(run: LocalTaskRun): StoredRun {
  const started = run.StartedOn?.getTime() ?? null;
  return {
    key: [started, run.TaskRunId],
    json: toJson(run, ["StartedOn", "LastModifiedOn", "CompletedOn"]),
    started,
    type: run.Properties?.TaskType ?? null,
    status: run.Status ?? null,
  };
}

/** The part of the runs that started between the bounds, if there are any; a run without `StartedOn` then did not. */
function between(sorted: readonly StoredRun[], bounds: Bounds, after?: Date, before?: Date): readonly StoredRun[] {
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
function inOrder(runs: readonly StoredRun[], { Column, SortDirection }: Partial<TaskRunSortCriteria>): View {
  const direction = SortDirection === "ASCENDING" ? 1 : -1;
  if (Column === "STATUS" || Column === "TASK_RUN_TYPE") {
    const entries = runs.map(({ key, json, status, type }) => ({
      key: [Column === "STATUS" ? status : type, ...key],
      json,
    }));
    return { entries: entries.sort((a, b) => compareKeys(a.key, b.key, direction)), direction };
  }
  if (direction === 1) return { entries: runs, direction };
  // Those without `StartedOn` stay last.
  const dated = firstIndex(runs, ({ started }) => started === null);
  return { entries: [...runs.slice(0, dated).reverse(), ...runs.slice(dated).reverse()], direction };
}

function matches(transform: LocalTransform, filter: TransformFilterCriteria): boolean {
  const { Name, Status, GlueVersion, TransformType, Schema = [] } = filter;
  const isAsked = (asked: string | undefined, value: string | undefined) => asked === undefined || asked === value;
  const isWithin = (date: Date | undefined, after: Date | undefined, before: Date | undefined) =>
    (after === undefined || (date !== undefined && date > after)) &&
    (before === undefined || (date !== undefined && date < before));
  return (
    isAsked(Name, transform.Name) &&
    isAsked(Status, transform.Status) &&
    isAsked(GlueVersion, transform.GlueVersion) &&
    isAsked(TransformType, transform.Parameters?.TransformType) &&
    isWithin(transform.CreatedOn, filter.CreatedAfter, filter.CreatedBefore) &&
    isWithin(transform.LastModifiedOn, filter.LastModifiedAfter, filter.LastModifiedBefore) &&
    Schema.every(({ Name, DataType }) =>
      transform.Schema?.some((column) => isAsked(Name, column.Name) && isAsked(DataType, column.DataType)),
    )
  );
}

const TRANSFORM_COLUMNS: Readonly<
  Record<TransformSortColumnType, (transform: LocalTransform) => string | number | undefined>
> = {
  NAME: ({ Name }) => Name,
  TRANSFORM_TYPE: ({ Parameters }) => Parameters?.TransformType,
  STATUS: ({ Status }) => Status,
  CREATED: ({ CreatedOn }) => CreatedOn?.getTime(),
  LAST_MODIFIED: ({ LastModifiedOn }) => LastModifiedOn?.getTime(),
};

/** JSON as the service writes it: timestamps are seconds since the epoch, with a fraction for milliseconds. */
function toJson<T extends object>(value: T, timestamps: readonly (keyof T)[]): Buffer {
  const seconds = timestamps.map((name) => [
    name,
    value[name] instanceof Date ? value[name].getTime() / 1000 : undefined,
  ]);
  return Buffer.from(JSON.stringify({ ...value, ...Object.fromEntries(seconds) }));
}
