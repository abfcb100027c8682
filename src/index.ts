/**
 * Lists every machine learning task run of an AWS Glue transform, typed. This file has only the public exports.
 *
 * @module glue-ml-task-runs
 */

// The types of the SDK in the signatures of the library, so that a declaration file of another package can name them.
export type {
  SchemaColumn,
  SortDirectionType,
  TaskRunFilterCriteria,
  TaskRunSortColumnType,
  TaskRunSortCriteria,
  TransformFilterCriteria,
  TransformStatusType,
  TransformType,
} from "@aws-sdk/client-glue";
export type { AbortSignalLike } from "./abort.js";
export {
  type ListTaskRunFilter,
  type TaskRunFilter,
  type TaskRunTypes,
  taskRunFilter,
} from "./criteria/filter.js";
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
  AnyFilter,
  AnyWatchFilter,
  NotInWatch,
  QueriesOf,
  QueryByType,
  RunOrReference,
  TaskRunQuery,
  TypedCriteria,
  TypedTaskRunQuery,
  TypedWatchQuery,
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
export type { MLTaskRunIterator, MLTaskRunList, MLTaskRunPage } from "./list.js";
export { MLTaskRuns, type MLTaskRunsDefaults } from "./ml-task-runs.js";
export type { GlueClientLike } from "./request/client.js";
export type * from "./shared-types.js";
export type { DisposableIterator, IteratorEnd, NativeAsyncDispose } from "./stoppable-iterator.js";
export {
  type FinalTaskStatus,
  type FinishedMLTaskRun,
  type GuardedMLTaskRun,
  type GuardedTaskRun,
  isFinished,
  isTaskRunType,
  isTaskStatus,
  isTaskType,
  type TaskRunTypeGuard,
} from "./task-run.js";
export type { MLTaskRunChanges, MLTaskRunPoll, MLTaskRunWatch, WatchFailure } from "./watch/types.js";
