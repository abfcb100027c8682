/** The query and the options of a listing: their shape, and the rules that they are checked by before anything is sent. */
import type {
  MLTransform,
  TaskRunFilterCriteria,
  TaskRunSortCriteria,
  TaskType,
  TransformFilterCriteria,
} from "@aws-sdk/client-glue";
import { callback, integer, matching, oneOf, struct, text, throwInvalid } from "./check.js";
import { TRANSFORM_STATUSES, TRANSFORM_TYPES } from "./enumerations.js";
import { date, filterRules } from "./filter.js";
import type { AbortSignalLike } from "./request/abort.js";
import { sortRules } from "./sort.js";
import { isObject } from "./values.js";

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

/** What `onPage` is told about a page. */
export interface PageProgress {
  /** The number of the page, from 1. */
  page: number;
  /** How many runs the listing has received so far, this page's included. */
  runs: number;
  /** The service's request id, for support cases. */
  requestId: string | undefined;
}

/** How to list. */
export interface ListOptions {
  /**
   * `MaxResults` of each request, 1 to 1000.
   *
   * @defaultValue 1000, or `limit` if that is less
   */
  pageSize?: number | undefined;
  /** Maximum number of runs to return. 0 sends no request. */
  limit?: number | undefined;
  /**
   * Of `listAny` and `listAcrossTransforms`: maximum number of runs of each query (each transform), at least 1. With 1, the
   * listing has the latest run of each transform.
   */
  limitPerQuery?: number | undefined;
  /**
   * Number of pages that are requested ahead of the consumer, 0 to 16. That number of pages, and the one in use, are held in
   * memory; of each query where there are several. A listing in time windows has its own read-ahead.
   *
   * @defaultValue 1
   */
  prefetch?: number | undefined;
  /**
   * Number of concurrent requests, 1 to 64. With it, `list` reads in time windows.
   *
   * @defaultValue none for `list`, which sends one request after another; 4 for several queries
   */
  concurrency?: number | undefined;
  /**
   * Where to resume: a `cursor` of a page or an iterator of the same query, in another process too. With the data unchanged,
   * exactly the runs that were not returned follow.
   */
  cursor?: string | undefined;
  /**
   * Ends the listing and its requests; the listing then rejects with the signal's reason. Takes every signal that the SDK
   * takes.
   */
  abortSignal?: AbortSignalLike | undefined;
  /** Called as each page arrives. A promise that it returns is awaited. An error ends the listing. */
  onPage?: ((progress: PageProgress) => unknown) | undefined;
  /**
   * Of `listAcrossTransforms`: called with each transform as it is found. A promise that it returns is awaited. An error ends
   * the listing.
   */
  onTransform?: ((transform: MLTransform) => unknown) | undefined;
}

/**
 * Which runs to list across transforms.
 *
 * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTransforms.html
 */
export interface AcrossTransformsQuery extends Omit<TaskRunQuery, "TransformId"> {
  /** Which transforms. Without it, all of the account and region. */
  TransformFilter?: TransformFilterCriteria | undefined;
}

const isAbortSignal = (value: unknown) => isObject(value) && typeof value.aborted === "boolean";

const defaultsRules = {
  pageSize: integer(1, 1000),
  limit: integer(0, Infinity),
  limitPerQuery: integer(1, Infinity),
  prefetch: integer(0, 16),
  concurrency: integer(1, 64),
  abortSignal: matching<AbortSignalLike>(isAbortSignal, "an AbortSignal"),
  onPage: callback<(progress: PageProgress) => unknown>(),
  onTransform: callback<(transform: MLTransform) => unknown>(),
};

/** Checks the options for every list of a client: all but the cursor, which belongs to one list. */
export const checkDefaults = struct("defaults", {}, defaultsRules);

/** Checks the options of a listing. */
export const checkOptions = struct(
  "options",
  {},
  { ...defaultsRules, cursor: matching<string>((value) => typeof value === "string", "a string") },
);

/** Checked options. */
export type CheckedOptions = ReturnType<typeof checkOptions>;

const transformId = text(1, 255);

const criteriaRules = { Filter: struct("filter", {}, filterRules), Sort: struct("sort", sortRules, {}) };

/** Checks a query by the constraints that the service documents. */
export const checkQuery = struct("query", { TransformId: transformId }, criteriaRules);

/** A checked query: a copy of the caller's own, with nothing in it but what the service documents. */
export type CheckedQuery = ReturnType<typeof checkQuery>;

const column = struct("schema column", {}, { Name: text(1, 1024), DataType: text(0, 131_072) });

const transformFilterRule = struct(
  "transform filter",
  {},
  {
    Name: transformId,
    TransformType: oneOf(TRANSFORM_TYPES),
    Status: oneOf(TRANSFORM_STATUSES),
    GlueVersion: text(1, 255, /^(\w+\.)+\w+$/, 'such as "1.0"'),
    CreatedBefore: date,
    CreatedAfter: date,
    LastModifiedBefore: date,
    LastModifiedAfter: date,
    Schema: (value: unknown, field: string) =>
      Array.isArray(value) && value.length <= 100
        ? value.map((given, index) => column(given, `${field}[${index}]`))
        : throwInvalid(field, "a list of at most 100 columns", value),
  },
);

/** Checks a query across transforms by the constraints that the service documents. */
export const checkTransformQuery = struct("query", {}, { TransformFilter: transformFilterRule, ...criteriaRules });

/** A checked query across transforms. */
export type CheckedTransformQuery = ReturnType<typeof checkTransformQuery>;
