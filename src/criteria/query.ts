/** The queries of every method: their types, and their check before anything is sent. */
import type {
  SchemaColumn,
  TaskRunFilterCriteria,
  TaskRunSortCriteria,
  TaskType,
  TransformFilterCriteria,
} from "@aws-sdk/client-glue";
import { InvalidQueryError } from "../errors.js";
import type { AnyTaskType, FinishedMLTaskRun, MLTaskRun } from "../task-run.js";
import { isObject } from "../values.js";
import { COLUMN_DATA_TYPE, COLUMN_NAME, GLUE_VERSION, ID, MAX_COLUMNS } from "./constraints.js";
import { TRANSFORM_STATUSES, TRANSFORM_TYPES } from "./enumerations.js";
import { filterRules, type ListTaskRunFilter, type TaskRunFilter } from "./filter.js";
import { date } from "./instant.js";
import { oneOf, type Rule, type RulesOf, struct, text, throwInvalid } from "./rules.js";
import { sortRules } from "./sort.js";

/**
 * Which task runs to list, and in what order: the SDK's `GetMLTaskRunsCommandInput` without its members for paging.
 *
 * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTaskRuns.html
 */
export interface TaskRunQuery {
  /** The transform whose runs to list: 1 to 255 characters, without control characters except tabs. */
  TransformId: string;
  /** Which runs: plain criteria or a `taskRunFilter()`. Without it, all runs. */
  Filter?: TaskRunFilterCriteria | undefined;
  /** The order: plain criteria or a `taskRunSort()`. Without it, the order of the service, which is not documented. */
  Sort?: TaskRunSortCriteria | undefined;
}

/** Plain criteria with a task type. */
export type TypedCriteria<T extends AnyTaskType> = TaskRunFilterCriteria & {
  /** Only runs of this type. */
  TaskRunType: T;
};

/** A filter by task type, built or plain. */
export type AnyFilter<T extends AnyTaskType> = TaskRunFilter<T> | ListTaskRunFilter<T> | TypedCriteria<T>;

/** A filter of a watch by task type, built or plain. */
export type AnyWatchFilter<T extends AnyTaskType> = (TaskRunFilter<T> | TypedCriteria<T>) & NotInWatch;

/** A query `Q` whose filter `F` has the task type `T`. If `T` is every task type, any query `Q`. */
export type QueryByType<T extends AnyTaskType, Q extends object | undefined, F> = AnyTaskType extends T
  ? Q
  : Omit<NonNullable<Q>, "Filter"> & {
      /** Which runs. The task type of the filter becomes the type of the runs. */
      Filter: F;
    };

/** An array or another iterable of queries. With the array, the compiler reports an error at the mistake in a query. */
export type QueriesOf<Q> = readonly Q[] | Iterable<Q>;

/** A query with a filter by task type, which becomes the type of its runs. */
export type TypedTaskRunQuery<T extends TaskType> = TaskRunQuery & {
  /** Which runs, of this task type. */
  Filter: TypedCriteria<T>;
};

/**
 * Which runs to list across transforms.
 *
 * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTransforms.html
 */
export interface AcrossTransformsQuery extends Omit<TaskRunQuery, "TransformId" | "Filter"> {
  /** Which transforms. Without it, all of the account and region. */
  TransformFilter?: TransformFilterCriteria | undefined;
  /** Which runs: a filter, or a list of filters of which a run matches at least one. Without it, all runs. */
  Filter?: TaskRunFilterCriteria | readonly TaskRunFilterCriteria[] | undefined;
}

/**
 * The ids of a run. A run of a listing is a reference to itself.
 *
 * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTaskRun.html
 */
export interface TaskRunReference {
  /** The transform: 1 to 255 characters, without control characters except tabs. */
  TransformId: string;
  /** The run: 1 to 255 characters, without control characters except tabs. */
  TaskRunId: string;
}

/** A run of the known task types `T`. If `T` is every task type, any run, or the ids alone. */
export type RunOrReference<T extends AnyTaskType> = AnyTaskType extends T
  ? TaskRunReference
  : (MLTaskRun<T> | FinishedMLTaskRun<T>) & {
      /** The properties. They have a task type, because a run of an unknown type may have another one later. */
      Properties: { TaskType: TaskType };
    };

/** The criteria of a filter that a watch does not accept, because it needs to see runs change. */
export interface NotInWatch {
  /** Not possible in a watch. */
  Status?: undefined;
  /** Not possible in a watch. */
  StartedBefore?: undefined;
}

/** Which runs of a transform to watch. A watch needs to see runs change, so it has no filter by status and no order. */
export interface WatchQuery {
  /** The transform whose runs to watch: 1 to 255 characters, without control characters except tabs. */
  TransformId: string;
  /**
   * Plain criteria or a `taskRunFilter()`. `TaskRunType`: only runs of this type. `StartedAfter`: the watch begins with
   * all runs since that time, oldest first. A run that started exactly then is included.
   */
  Filter?: (TaskRunFilterCriteria & NotInWatch) | undefined;
  /** Not possible in a watch. */
  Sort?: undefined;
}

/** A query of a watch with a filter by task type, which becomes the type of its runs. */
export type TypedWatchQuery<T extends TaskType> = WatchQuery & {
  /** Which runs, of this task type. */
  Filter: TypedCriteria<T>;
};

/** Which runs to watch across transforms. */
export interface AcrossTransformsWatchQuery extends Omit<WatchQuery, "TransformId"> {
  /** Which transforms. It is applied at each poll. Without it, all of the account and region. */
  TransformFilter?: TransformFilterCriteria | undefined;
}

const referenceRule = struct("run", { TransformId: text(ID), TaskRunId: text(ID) }, {});

/** Checks which run to get. It may have other members: a run of a listing is a reference to itself. */
export function checkReference(run: unknown): TaskRunReference {
  if (!isObject(run)) return throwInvalid("run", "an object", run);
  const { TransformId, TaskRunId } = run;
  return referenceRule({ TransformId, TaskRunId });
}

/** The rule of a criterion that would hide changes from a watch: it is always an error. */
const notInWatch: Rule<never> = (_value, field) => {
  throw new InvalidQueryError(field, `${field} is not possible in a watch, which needs to see runs change.`);
};

const watchRules = {
  Filter: struct("filter", {}, { ...filterRules, Status: notInWatch, StartedBefore: notInWatch }),
  Sort: notInWatch,
};

export const checkWatchQuery = struct("query", { TransformId: text(ID) }, watchRules);

const filterRule = struct("filter", {}, filterRules);
const sortRule = struct("sort", sortRules, {});

export const checkQuery = struct("query", { TransformId: text(ID) }, { Filter: filterRule, Sort: sortRule });

/** A checked query: a copy of the caller's query, with documented members only. */
export type CheckedQuery = ReturnType<typeof checkQuery>;

/**
 * The common order of several queries, which has to be that of STARTED. A query without `Sort` takes the order of the
 * others; undefined if none has a `Sort`.
 */
export function commonSort(queries: readonly CheckedQuery[]): CheckedQuery["Sort"] {
  let common: CheckedQuery["Sort"];
  for (const [index, { Sort }] of queries.entries()) {
    if (Sort === undefined) continue;
    const field = `queries[${index}].Sort`;
    if (Sort.Column !== "STARTED") throwInvalid(`${field}.Column`, "STARTED", Sort.Column);
    common ??= Sort;
    const rule = `${common.SortDirection}, as in the queries before`;
    if (Sort.SortDirection !== common.SortDirection) throwInvalid(`${field}.SortDirection`, rule, Sort.SortDirection);
  }
  return common;
}

const columnRules = { Name: text(COLUMN_NAME), DataType: text(COLUMN_DATA_TYPE) } satisfies RulesOf<SchemaColumn>;
const column = struct("schema column", {}, columnRules);

const transformFilterRule = struct("transform filter", {}, {
  Name: text(ID),
  TransformType: oneOf(TRANSFORM_TYPES),
  Status: oneOf(TRANSFORM_STATUSES),
  GlueVersion: text(GLUE_VERSION, 'such as "1.0"'),
  CreatedBefore: date,
  CreatedAfter: date,
  LastModifiedBefore: date,
  LastModifiedAfter: date,
  Schema: (value, field) =>
    Array.isArray(value) && value.length <= MAX_COLUMNS
      ? value.map((item, index) => column(item, `${field}[${index}]`))
      : throwInvalid(field, `a list of at most ${MAX_COLUMNS} columns`, value),
} satisfies RulesOf<TransformFilterCriteria>);

const filtersRule = (value: unknown, field: string) => {
  if (!Array.isArray(value)) return filterRule(value, field);
  if (value.length === 0) throwInvalid(field, "a filter, or a list of at least one filter", value);
  return value.map((filter, index) => filterRule(filter, `${field}[${index}]`));
};

export const checkTransformQuery = struct(
  "query",
  {},
  { TransformFilter: transformFilterRule, Filter: filtersRule, Sort: sortRule },
);

export const checkTransformWatchQuery = struct("query", {}, { TransformFilter: transformFilterRule, ...watchRules });

/** A checked query of a watch: of one transform, or of those that match a filter. */
export type CheckedWatchQuery = ReturnType<typeof checkWatchQuery> | ReturnType<typeof checkTransformWatchQuery>;

export type CheckedTransformQuery = ReturnType<typeof checkTransformQuery>;
