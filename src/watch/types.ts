/** The public types of a watch. */
import type { DisposableIterator } from "../stoppable-iterator.js";
import type { AnyTaskType, MLTaskRun } from "../task-run.js";

/** A failure that did not end a watch. The next poll tries again. */
export interface WatchFailure {
  /** The transform that could not be polled. Absent if the transforms could not be found. */
  TransformId?: string;
  /** The error of the SDK, or of this library. */
  error: unknown;
}

/**
 * What one poll has found.
 *
 * @typeParam T - the task type of its runs, as in {@link MLTaskRun}
 */
export interface MLTaskRunPoll<out T extends AnyTaskType = AnyTaskType> {
  /** The runs that are new or whose status has changed. */
  runs: MLTaskRun<T>[];
  /** Where to continue after these runs, for the option `cursor`. */
  cursor: string;
  /** What could not be polled. Nothing is lost: the next poll, also one from the cursor, starts there again. */
  failures: WatchFailure[];
}

/**
 * Iterates over the changes of a watch.
 *
 * @typeParam T - the task type of its runs, as in {@link MLTaskRun}
 */
export interface MLTaskRunChanges<out T extends AnyTaskType = AnyTaskType> extends DisposableIterator<MLTaskRun<T>> {
  /** The position after the last returned run, for the option `cursor`. */
  readonly cursor: string;
}

/**
 * A watch, created by `MLTaskRuns.watch()` or `watchAcrossTransforms()`. Sends no request before you read from it. Each
 * loop over it is a watch of its own, from its cursor or from the beginning.
 *
 * @typeParam T - the task type of its runs, as in {@link MLTaskRun}
 *
 * @example
 * ```ts
 * for await (const run of watch) console.log(run.TaskRunId, run.Status);
 * ```
 */
export interface MLTaskRunWatch<out T extends AnyTaskType = AnyTaskType> extends AsyncIterable<MLTaskRun<T>> {
  /**
   * The runs that are new or have changed, one by one, poll after poll. It ends only by `break`, by the `abortSignal`,
   * and by an error.
   *
   * @throws from `next()`: errors of the SDK, {@link PaginationError}, {@link UnexpectedResponseError}, and the reason
   *   of the `abortSignal`. All runs before an error are returned first.
   */
  [Symbol.asyncIterator](): MLTaskRunChanges<T>;
  /**
   * The same, poll by poll. A poll without changes has no runs.
   *
   * @example
   * ```ts
   * for await (const { runs, cursor } of watch.polls()) await save(runs, cursor);
   * ```
   */
  polls(): DisposableIterator<MLTaskRunPoll<T>>;
  /**
   * One poll, for a program that runs on a schedule. Rejects if nothing could be polled.
   *
   * @example
   * ```ts
   * const { runs, cursor } = await taskRuns.watch({ TransformId: "tfm-0123" }, { cursor: await load() }).poll();
   * ```
   */
  poll(): Promise<MLTaskRunPoll<T>>;
}
