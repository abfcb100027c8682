/** The library's own errors. Errors of the service reach the caller as the SDK threw them. */
import type { MLTaskRun } from "./task-run.js";
import { formatValue, isObject } from "./values.js";

/** The base of every error that this library throws itself: `instanceof MLTaskRunsError` is false for the SDK's. */
export class MLTaskRunsError extends Error {
  /** The name of the error's class. */
  override readonly name: string = "MLTaskRunsError";
}

/**
 * A query, an option or a point in time is invalid. Thrown by the call that it was passed to, before anything is sent.
 *
 * @example
 * ```ts
 * try {
 *   taskRuns.list({ TransformId: "" });
 * } catch (error) {
 *   if (error instanceof InvalidQueryError) console.error(error.field); // "TransformId"
 * }
 * ```
 */
export class InvalidQueryError extends MLTaskRunsError {
  override readonly name = "InvalidQueryError";
  /** The path of the invalid field: `"TransformId"`, `"Filter.Status"`, `"pageSize"`, ... */
  readonly field: string;

  /** The library creates it. Your tests may create it, too. */
  constructor(field: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.field = field;
  }
}

/** The service returned a `NextToken` that it had returned before, so the pages would never end. */
export class PaginationError extends MLTaskRunsError {
  override readonly name = "PaginationError";
}

/** A response is not as the service documents it, such as a run without `TaskRunId`. */
export class UnexpectedResponseError extends MLTaskRunsError {
  override readonly name = "UnexpectedResponseError";
  /** The invalid member of the response: `"TaskRunId"`, `"Properties.TaskType"`, ... */
  readonly member: string;
  /** The service's request id, if the response had one. */
  readonly requestId: string | undefined;
  /** The id of the invalid run, if it has one. */
  readonly taskRunId: string | undefined;

  /** The library creates it. Your tests may create it, too. */
  constructor(
    member: string,
    message: string,
    { requestId, taskRunId }: { readonly requestId?: string | undefined; readonly taskRunId?: string | undefined } = {},
  ) {
    super(requestId === undefined ? message : `${message} Request id: ${requestId}.`);
    this.member = member;
    this.requestId = requestId;
    this.taskRunId = taskRunId;
  }
}

/**
 * The run did not finish within `maxWaitTime`.
 *
 * @example
 * ```ts
 * try {
 *   await taskRuns.waitUntilFinished({ TransformId: "tfm-0123", TaskRunId: "tsk-0123" }, { maxWaitTime: 60 });
 * } catch (error) {
 *   if (error instanceof WaitTimeoutError) console.error(error.run.Status); // "RUNNING"
 * }
 * ```
 */
export class WaitTimeoutError extends MLTaskRunsError {
  override readonly name = "WaitTimeoutError";
  /** The state of the run at the last poll. */
  readonly run: MLTaskRun;

  /** The library creates it. Your tests may create it, too. */
  constructor(run: MLTaskRun, maxWaitTime: number, options?: ErrorOptions) {
    const { TransformId, TaskRunId, Status } = run;
    const subject = `Task run ${formatValue(TaskRunId)} of transform ${formatValue(TransformId)}`;
    const message = `${subject} did not finish within ${maxWaitTime} seconds; its last status was ${formatValue(Status)}.`;
    super(message, options);
    this.run = run;
  }
}

/**
 * Throws the error of `toJSON`. Without it, `JSON.stringify` writes an empty object for runs that are not read yet.
 *
 * @param name - what `toJSON` belongs to
 * @param use - how to read its runs
 */
export function throwNotJson(name: string, use: string): never {
  throw new MLTaskRunsError(`${name} cannot be written as JSON, because its runs are not read yet. Use ${use}.`);
}

/** Whether an error has this name. Compares names, because two copies of the SDK, or a mock, have different classes. */
export function hasName(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}

/**
 * Lets `instanceof` hold for the errors of every copy of this package: ESM, CommonJS, a bundle. They are marked with a
 * registered symbol, which all copies share.
 */
function brand(errorClass: { readonly prototype: object }, name: string): void {
  const symbol = Symbol.for(`glue-ml-task-runs.${name}`);
  Object.defineProperty(errorClass.prototype, symbol, { value: true });
  Object.defineProperty(errorClass, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      // A class of the user that extends an error of the library inherits this method.
      return this === errorClass
        ? isObject(value) && symbol in value
        : Function.prototype[Symbol.hasInstance].call(this, value);
    },
  });
}

brand(MLTaskRunsError, "MLTaskRunsError");
brand(InvalidQueryError, "InvalidQueryError");
brand(PaginationError, "PaginationError");
brand(UnexpectedResponseError, "UnexpectedResponseError");
brand(WaitTimeoutError, "WaitTimeoutError");
