/**
 * Every machine learning task run of an AWS Glue transform, typed: what users import, and nothing else.
 *
 * @module glue-ml-task-runs
 */
export {
  InvalidQueryError,
  MLTaskRunsError,
  PaginationError,
  UnexpectedResponseError,
} from "./errors.js";
export { type TaskRunFilter, taskRunFilter } from "./filter.js";
export type { InstantLike } from "./instant.js";
export { type MLTaskRunIterator, MLTaskRunList, type MLTaskRunPage } from "./list.js";
export { MLTaskRuns } from "./ml-task-runs.js";
export type {
  AcrossTransformsQuery,
  ListOptions,
  PageProgress,
  TaskRunQuery,
  TypedTaskRunQuery,
} from "./query.js";
export type { AbortSignalLike } from "./request/abort.js";
export { type TaskRunSort, type TaskRunSortColumn, taskRunSort } from "./sort.js";
export {
  isFinished,
  isTaskRunType,
  type KnownTaskRunProperties,
  type MLTaskRun,
  type MLTaskRunProperties,
  type UnknownTaskRunProperties,
} from "./task-run.js";
