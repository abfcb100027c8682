/** The transforms and their runs that the endpoint serves, and the order and selection in which a request sees them. */
import type {
  MLTransform,
  TaskRun,
  TaskRunSortCriteria,
  TransformFilterCriteria,
  TransformSortColumnType,
} from "@aws-sdk/client-glue";
import { throwInvalid } from "../check.js";
import { isObject } from "../values.js";
import type { Inputs } from "./input.js";
import { compareKeys, type Direction, type Entry, firstIndex } from "./ordered.js";
import { type StoredRecord, toRecord } from "./record.js";
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
  transform: TransformEntry;
  readonly runs: Map<string, StoredRun>;
  /** All runs by StartedOn, then TaskRunId, ascending; undefined after a change. */
  sorted: StoredRun[] | undefined;
}

/** A transform as it is listed, and what it is filtered and sorted by. */
interface TransformEntry {
  readonly json: Buffer;
  readonly transform: LocalTransform;
}

/** The maximum number of entries of all sorted views together; the newest view is kept in any case. */
const MAX_VIEW_ENTRIES = 1_000_000;

const RUN_IDS = ["TransformId", "TaskRunId"];
const RUN_STRINGS = ["Status", "Properties.TaskType"];
const RUN_TIMESTAMPS = ["StartedOn", "LastModifiedOn", "CompletedOn"];
const TRANSFORM_STRINGS = ["Name", "Status", "GlueVersion", "Parameters.TransformType"];
const TRANSFORM_TIMESTAMPS = ["CreatedOn", "LastModifiedOn"] as const;

export class History {
  readonly #transforms = new Map<string, StoredTransform>();
  readonly #bounds: Bounds;
  readonly #maxViewEntries: number;
  /** The latest views by transform and query, the newest last; the view of the transforms is under "". */
  readonly #views = new Map<string, View & { readonly owner: string }>();
  #viewEntries = 0;

  constructor(bounds: Bounds, maxViewEntries = MAX_VIEW_ENTRIES) {
    this.#bounds = bounds;
    this.#maxViewEntries = maxViewEntries;
  }

  /** Adds a transform, or replaces it; its runs stay. */
  addTransform(transform: LocalTransform): void {
    this.#storeTransform(toTransformEntry(transform, "transform"));
  }

  removeTransform(transformId: string): void {
    this.#transforms.delete(transformId);
    this.#forgetViews(transformId);
    this.#forgetViews("");
  }

  /** Adds runs, or replaces those that are there already, and creates missing transforms: all of this or nothing. */
  addTaskRuns(runs: Iterable<LocalTaskRun>): void {
    const records = Array.from(runs, (run, index) =>
      toRecord(run, `taskRuns[${index}]`, RUN_IDS, RUN_STRINGS, RUN_TIMESTAMPS),
    );
    const changed = new Set<string>();
    for (const { json, members } of records) {
      const run = toStored(json, members);
      const transformId = String(members.TransformId);
      if (!this.#transforms.has(transformId)) {
        this.#storeTransform(toTransformEntry({ TransformId: transformId }, "transform"));
      }
      this.#find(transformId).runs.set(String(members.TaskRunId), run);
      changed.add(transformId);
    }
    for (const transformId of changed) this.#forgetRunViews(transformId);
  }

  removeTaskRuns(transformId: string, taskRunIds: Iterable<string>): void {
    const stored = this.#transforms.get(transformId);
    if (stored === undefined) return;
    for (const id of taskRunIds) stored.runs.delete(id);
    this.#forgetRunViews(transformId);
  }

  /** One run, as JSON. */
  taskRun(transformId: string, taskRunId: string): Buffer {
    const run = this.#find(transformId).runs.get(taskRunId);
    if (run === undefined) throw notFound(`Task run ${taskRunId} of transform ${transformId}`);
    return run.json;
  }

  /** The runs that a request lists; `key` is the same for the same query. */
  taskRuns(query: Inputs["GetMLTaskRuns"], key: string): View {
    const stored = this.#find(query.TransformId);
    return this.#view(query.TransformId, key, () => this.#select(stored, query));
  }

  /** The transforms that a request lists. */
  transforms({ Filter = {}, Sort }: Inputs["GetMLTransforms"], key: string): View {
    return this.#view("", key, () => {
      const direction = Sort?.SortDirection === "DESCENDING" ? -1 : 1;
      const column = Sort?.Column ? TRANSFORM_COLUMNS[Sort.Column] : () => null;
      const entries = [...this.#transforms.values()]
        .filter(({ transform: { transform } }) => matches(transform, Filter))
        .map(({ transform: { transform, json } }) => ({
          key: [column(transform) ?? null, transform.TransformId],
          json,
        }))
        .sort((a, b) => compareKeys(a.key, b.key, direction));
      return { entries, direction };
    });
  }

  #storeTransform(entry: TransformEntry): void {
    const { TransformId } = entry.transform;
    const stored = this.#transforms.get(TransformId);
    if (stored) stored.transform = entry;
    else this.#transforms.set(TransformId, { transform: entry, runs: new Map(), sorted: undefined });
    this.#forgetViews("");
  }

  /** A view from the cache, or a new one. The oldest go when there are too many entries. */
  #view(owner: string, query: string, create: () => View): View {
    const key = `${owner}\n${query}`;
    const cached = this.#views.get(key);
    const view = cached ?? { ...create(), owner };
    if (cached === undefined) this.#viewEntries += view.entries.length;
    this.#views.delete(key);
    this.#views.set(key, view);
    for (const [oldest, { entries }] of this.#views) {
      if (this.#viewEntries <= this.#maxViewEntries || this.#views.size === 1) break;
      this.#views.delete(oldest);
      this.#viewEntries -= entries.length;
    }
    return view;
  }

  #forgetViews(owner: string): void {
    for (const [key, view] of this.#views) {
      if (view.owner !== owner) continue;
      this.#views.delete(key);
      this.#viewEntries -= view.entries.length;
    }
  }

  #forgetRunViews(transformId: string): void {
    this.#find(transformId).sorted = undefined;
    this.#forgetViews(transformId);
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

function toStored(json: Buffer, members: StoredRecord["members"]): StoredRun {
  const { StartedOn, TaskRunId, Properties, Status } = members;
  const started = typeof StartedOn === "number" ? Math.round(StartedOn * 1000) : null;
  const type = isObject(Properties) ? Properties.TaskType : undefined;
  return {
    key: [started, String(TaskRunId)],
    json,
    started,
    type: typeof type === "string" ? type : null,
    status: typeof Status === "string" ? Status : null,
  };
}

function toTransformEntry(transform: LocalTransform, field: string): TransformEntry {
  const now = new Date();
  const defaults = {
    Name: transform.TransformId,
    Status: "READY",
    CreatedOn: now,
    LastModifiedOn: now,
    Parameters: { TransformType: "FIND_MATCHES" },
  };
  const { json, members } = toRecord(
    { ...defaults, ...transform },
    field,
    ["TransformId"],
    TRANSFORM_STRINGS,
    TRANSFORM_TIMESTAMPS,
  );
  const { Schema } = members;
  const isSchema =
    Schema === undefined || (Array.isArray(Schema) && Schema.every((column) => isObject(column) || column === null));
  if (!isSchema) throwInvalid(`${field}.Schema`, "a list of columns", Schema);
  const dates = TRANSFORM_TIMESTAMPS.map((name) => {
    const seconds = members[name];
    return [name, typeof seconds === "number" ? new Date(Math.round(seconds * 1000)) : undefined];
  });
  // The record has the members of the caller's transform, whose type it keeps; those that matter here were checked.
  const snapshot = { ...members, ...Object.fromEntries(dates) } as StoredRecord["members"] & LocalTransform;
  return { json, transform: snapshot };
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
