/** The query and the options of a listing: their shape, and the rules that they are checked by before anything is sent. */
import {
  type TaskRunFilterCriteria,
  type TaskRunSortCriteria,
  type TaskType,
  type TransformFilterCriteria,
  TransformStatusType,
  TransformType,
} from "@aws-sdk/client-glue";
import { callback, integer, isObject, oneOf, type Rule, refuse, struct, text } from "./check.js";
import { date, filterRules } from "./filter.js";
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
   * `MaxResults` of each request, 1 to 1000; the same for the whole of one listing.
   *
   * @defaultValue 1000, or `limit` where that is less
   */
  pageSize?: number | undefined;
  /** List at most so many runs, from 0, which sends nothing. */
  limit?: number | undefined;
  /**
   * How many pages to request ahead of the consumer, 0 to 16: while it works on one, the next are on their way. So many
   * pages, and the one in use, are held in memory.
   *
   * @defaultValue 1
   */
  prefetch?: number | undefined;
  /**
   * Go on from here: a `cursor` of a page or an iterator of the same query, in another process too. With the data
   * unchanged, exactly the runs not yet given follow.
   */
  cursor?: string | undefined;
  /** How many requests may be in flight: of `listAny`, `listAcrossTransforms`, and of `list` in time windows. */
  concurrency?: undefined;
  /** Ends the listing and its requests; the listing then rejects with the signal's reason. */
  abortSignal?: AbortSignal | undefined;
  /** Called as each page arrives. What it throws ends the listing. */
  onPage?: ((progress: PageProgress) => void) | undefined;
}

/** How to list side by side: several queries, or one in time windows, where `prefetch` has no say. */
export interface ParallelListOptions extends Omit<ListOptions, "cursor" | "concurrency"> {
  /** A cursor belongs to a plain listing. */
  cursor?: undefined;
  /**
   * How many requests may be in flight, 1 to 64.
   *
   * @defaultValue 4 for several queries; without it, `list` lists one page after another
   */
  concurrency?: number | undefined;
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

/** Length and characters of a TransformId, counted in code points, as the service's model counts them. */
const TRANSFORM_ID = /^[\t\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]{1,255}$/u;

const transformId: Rule<string> = (value, field) =>
  typeof value === "string" && TRANSFORM_ID.test(value)
    ? value
    : refuse(field, "a string of 1 to 255 characters without control characters (but for tabs)", value);

const abortSignal: Rule<AbortSignal> = (value, field) =>
  isAbortSignal(value) ? value : refuse(field, "an AbortSignal", value);

function isAbortSignal(value: unknown): value is AbortSignal {
  return isObject(value) && typeof value.aborted === "boolean" && typeof value.addEventListener === "function";
}

const optionRules = {
  pageSize: integer(1, 1000),
  limit: integer(0, Number.MAX_SAFE_INTEGER),
  prefetch: integer(0, 16),
  cursor: text,
  abortSignal,
  onPage: callback<(progress: PageProgress) => void>(),
  concurrency: integer(1, 64),
};

const optionsRule = struct("options", {}, optionRules, {
  MaxResults: "did you mean pageSize?",
  NextToken: "did you mean cursor?",
  signal: "did you mean abortSignal?",
});

const queryRule = struct(
  "query",
  { TransformId: transformId },
  { Filter: struct("filter", {}, filterRules), Sort: struct("sort", sortRules, {}) },
  {
    MaxResults: "use the option pageSize.",
    NextToken: "use the option cursor.",
    ...Object.fromEntries(
      Object.keys(optionRules).map((name) => [name, "it is an option, for list's second argument."]),
    ),
  },
);

const shortText =
  (max: number, pattern: RegExp, constraint: string): Rule<string> =>
  (value, field) =>
    typeof value === "string" && value !== "" && [...value].length <= max && pattern.test(value)
      ? value
      : refuse(field, `a string of 1 to ${max} characters, ${constraint}`, value);

const SINGLE_LINE = /^[\t\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

const schemaColumn = struct(
  "schema column",
  {},
  {
    Name: shortText(1024, SINGLE_LINE, "without control characters (but for tabs)"),
    DataType: shortText(131_072, SINGLE_LINE, "without control characters (but for tabs)"),
  },
);

const schema: Rule<ReturnType<typeof schemaColumn>[]> = (value, field) =>
  Array.isArray(value) && value.length <= 100
    ? value.map((column, index) => schemaColumn(column, `${field}[${index}]`))
    : refuse(field, "a list of at most 100 columns", value);

const transformQueryRule = struct(
  "query",
  {},
  {
    TransformFilter: struct(
      "transform filter",
      {},
      {
        Name: transformId,
        TransformType: oneOf(Object.values(TransformType)),
        Status: oneOf(Object.values(TransformStatusType)),
        GlueVersion: shortText(255, /^(\w+\.)+\w+$/, 'such as "1.0"'),
        CreatedBefore: date,
        CreatedAfter: date,
        LastModifiedBefore: date,
        LastModifiedAfter: date,
        Schema: schema,
      },
    ),
    Filter: struct("filter", {}, filterRules),
    Sort: struct("sort", sortRules, {}),
  },
  { TransformId: "listAcrossTransforms lists those of every transform; use list." },
);

/** A checked query across transforms. */
export type CheckedTransformQuery = ReturnType<typeof transformQueryRule>;

/**
 * Checks a query across transforms by the constraints that the service documents.
 *
 * @throws {@link InvalidQueryError} with the field that is wrong
 */
export function checkTransformQuery(query: unknown): CheckedTransformQuery {
  return transformQueryRule(query, "");
}

/** A checked query: a copy of the caller's own, with nothing in it but what the service documents. */
export type CheckedQuery = ReturnType<typeof queryRule>;

/** Checked options. */
export type CheckedOptions = ReturnType<typeof optionsRule>;

/**
 * Checks a query by the constraints that the service documents.
 *
 * @throws {@link InvalidQueryError} with the field that is wrong
 */
export function checkQuery(query: unknown): CheckedQuery {
  return queryRule(query, "");
}

/**
 * Checks the options of a listing.
 *
 * @throws {@link InvalidQueryError} with the option that is wrong
 */
export function checkOptions(options: unknown): CheckedOptions {
  return optionsRule(options, "");
}
