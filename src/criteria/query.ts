/** The queries of a listing: their types, and their check before anything is sent. */
import type {
  TaskRunFilterCriteria,
  TaskRunSortCriteria,
  TaskType,
  TransformFilterCriteria,
} from "@aws-sdk/client-glue";
import { InvalidQueryError } from "../errors.js";
import { COLUMN_DATA_TYPE, COLUMN_NAME, GLUE_VERSION, ID, MAX_COLUMNS } from "./constraints.js";
import { TRANSFORM_STATUSES, TRANSFORM_TYPES } from "./enumerations.js";
import { date, filterRules } from "./filter.js";
import { oneOf, type Rule, struct, text, throwInvalid } from "./rules.js";
import { sortRules } from "./sort.js";

/**
 * Which task runs to list, and in what order: the SDK's `GetMLTaskRunsCommandInput` without its paging, which the
 * options do.
 *
 * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTaskRuns.html
 */
export interface TaskRunQuery {
  /** The transform whose runs to list: 1 to 255 characters, none of them a control character but tab. */
  TransformId: string;
  /** Which runs; plain criteria or a `taskRunFilter()`. Without it, every run. */
  Filter?: TaskRunFilterCriteria | undefined;
  /** The order; plain criteria or a `taskRunSort()`. Without it the service's own, which it does not document. */
  Sort?: TaskRunSortCriteria | undefined;
}

/** A query that asks for one task type (or one of several), so that its runs are known to be of it. */
export type TypedTaskRunQuery<T extends TaskType> = TaskRunQuery & { Filter: { TaskRunType: T } };

/**
 * Which runs to list across transforms.
 *
 * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTransforms.html
 */
export interface AcrossTransformsQuery extends Omit<TaskRunQuery, "TransformId"> {
  /** Which transforms. Without it, all of the account and region. */
  TransformFilter?: TransformFilterCriteria | undefined;
}

/**
 * Which run of which transform.
 *
 * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTaskRun.html
 */
export interface TaskRunReference {
  /** The transform: 1 to 255 characters, none of them a control character but tab. */
  TransformId: string;
  /** The run: 1 to 255 characters, none of them a control character but tab. */
  TaskRunId: string;
}

/** Which runs of a transform to watch. A watch needs to see runs change, so it has no filter by status. */
export interface WatchQuery {
  /** The transform whose runs to watch: 1 to 255 characters, none of them a control character but tab. */
  TransformId: string;
  /**
   * `TaskRunType`: only runs of this type. `StartedAfter`: first all runs since that time, oldest first; a run that started
   * at that very millisecond is one of them. Plain criteria or a `taskRunFilter()`.
   */
  Filter?: Pick<TaskRunFilterCriteria, "TaskRunType" | "StartedAfter"> | undefined;
}

/** Which runs to watch across transforms. */
export interface AcrossTransformsWatchQuery extends Omit<WatchQuery, "TransformId"> {
  /** Which transforms; it is applied at each poll. Without it, all of the account and region. */
  TransformFilter?: TransformFilterCriteria | undefined;
}

/** Checks which run to get. */
export const checkReference = struct("run", { TransformId: text(ID), TaskRunId: text(ID) }, {});

/** A criterion that would hide changes from a watch. */
const notInWatch: Rule<never> = (_value, field) => {
  throw new InvalidQueryError(field, `${field} is not possible in a watch, which needs to see runs change.`);
};

const watchRules = {
  Filter: struct("filter", {}, { ...filterRules, Status: notInWatch, StartedBefore: notInWatch }),
  Sort: notInWatch,
};

/** Checks the query of a watch. */
export const checkWatchQuery = struct("query", { TransformId: text(ID) }, watchRules);

const criteriaRules = { Filter: struct("filter", {}, filterRules), Sort: struct("sort", sortRules, {}) };

/** Checks a query by the constraints that the service documents. */
export const checkQuery = struct("query", { TransformId: text(ID) }, criteriaRules);

/** A checked query: a copy of the caller's own, with nothing in it but what the service documents. */
export type CheckedQuery = ReturnType<typeof checkQuery>;

const column = struct("schema column", {}, { Name: text(COLUMN_NAME), DataType: text(COLUMN_DATA_TYPE) });

const transformFilterRule = struct(
  "transform filter",
  {},
  {
    Name: text(ID),
    TransformType: oneOf(TRANSFORM_TYPES),
    Status: oneOf(TRANSFORM_STATUSES),
    GlueVersion: text(GLUE_VERSION, 'such as "1.0"'),
    CreatedBefore: date,
    CreatedAfter: date,
    LastModifiedBefore: date,
    LastModifiedAfter: date,
    Schema: (value: unknown, field: string) =>
      Array.isArray(value) && value.length <= MAX_COLUMNS
        ? value.map((item, index) => column(item, `${field}[${index}]`))
        : throwInvalid(field, `a list of at most ${MAX_COLUMNS} columns`, value),
  },
);

/** Checks a query across transforms by the constraints that the service documents. */
export const checkTransformQuery = struct("query", {}, { TransformFilter: transformFilterRule, ...criteriaRules });

/** Checks the query of a watch across transforms. */
export const checkTransformWatchQuery = struct("query", {}, { TransformFilter: transformFilterRule, ...watchRules });

/** A checked query across transforms. */
export type CheckedTransformQuery = ReturnType<typeof checkTransformQuery>;
