/**
 * Lists every machine learning task run of an AWS Glue transform, typed. This file has only the public exports.
 *
 * @module glue-ml-task-runs
 */

export { type TaskRunFilter, taskRunFilter } from "./criteria/filter.js";
export type { InstantLike } from "./criteria/instant.js";
export type {
  GetOptions,
  ListOptions,
  PageProgress,
  WaitOptions,
  WatchOptions,
  WatchProgress,
} from "./criteria/options.js";
export type {
  AcrossTransformsQuery,
  AcrossTransformsWatchQuery,
  TaskRunQuery,
  TaskRunReference,
  TypedTaskRunQuery,
  WatchQuery,
} from "./criteria/query.js";
export { type TaskRunSort, type TaskRunSortColumn, taskRunSort } from "./criteria/sort.js";
export {
  InvalidQueryError,
  MLTaskRunsError,
  PaginationError,
  UnexpectedResponseError,
  WaitTimeoutError,
} from "./errors.js";
export { type MLTaskRunIterator, MLTaskRunList, type MLTaskRunPage } from "./list.js";
export { MLTaskRuns } from "./ml-task-runs.js";
export type { AbortSignalLike } from "./request/abort.js";
export type { DisposableIterator } from "./stoppable-iterator.js";
export {
  type FinishedMLTaskRun,
  isFinished,
  isTaskRunType,
  type KnownTaskRunProperties,
  type MLTaskRun,
  type MLTaskRunProperties,
  type UnknownTaskRunProperties,
} from "./task-run.js";
export type { MLTaskRunChanges, MLTaskRunPoll, MLTaskRunWatch, WatchFailure } from "./watch/types.js";
