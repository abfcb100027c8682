/** The errors of the service: the documented exceptions and messages as data, and the responses that are made of them. */
import type { Operation } from "./input.js";

/** An error response of the service: `{"__type": ..., "Message": ...}` with an HTTP status. */
export class ServiceError extends Error {
  readonly type: string;
  readonly statusCode: number;

  constructor(type: string, message: string, statusCode = 400) {
    super(message);
    this.type = type;
    this.statusCode = statusCode;
  }
}

interface DocumentedError {
  readonly operations: readonly Operation[] | "every operation" | "every operation on one transform";
  readonly type: string;
  /** The words of the service. `[limit]` is a placeholder. */
  readonly message: string;
  readonly statusCode?: number;
}

/** The documented errors that this endpoint returns. */
export const SERVICE_ERRORS = {
  unknownTransform: {
    operations: "every operation on one transform",
    type: "EntityNotFoundException",
    message: "Cannot find MLTransform in account [accountId] with handle [transformName].",
  },
  unknownTaskRun: {
    operations: ["GetMLTaskRun", "GetMLTaskRuns", "CancelMLTaskRun"],
    type: "EntityNotFoundException",
    message: "No ML Task Run found for [taskRunId]: in account [accountId] for transform [transformName].",
  },
  unsupportedSort: {
    operations: ["GetMLTransforms"],
    type: "InvalidInputException",
    message: "Sorting not supported for column [column].",
  },
  notReady: {
    operations: ["StartMLEvaluationTaskRun"],
    type: "MLTransformNotReadyException",
    message: "This operation can only be applied to a transform that is in a READY state.",
  },
  transformLimit: {
    operations: ["StartMLEvaluationTaskRun", "StartMLLabelingSetGenerationTaskRun"],
    type: "ConcurrentRunsExceededException",
    message: "ML Task Runs count [count] has exceeded the transform limit of [limit] task runs.",
  },
  accountLimit: {
    operations: ["StartMLEvaluationTaskRun"],
    type: "ConcurrentRunsExceededException",
    message: "ML Task Runs count [count] has exceeded the limit of [limit] task runs.",
  },
  noLabels: {
    operations: ["StartExportLabelsTaskRun"],
    type: "EntityNotFoundException",
    message: "No labelset exists for transformId [transformId] in account id [accountId].",
  },
  invalidLabelPath: {
    operations: ["StartImportLabelsTaskRun"],
    type: "InvalidInputException",
    message: "Invalid label file path.",
  },
  throttling: { operations: "every operation", type: "ThrottlingException", message: "Rate exceeded" },
  internalError: {
    operations: "every operation",
    type: "InternalServiceException",
    message: "Dependency failure.",
    statusCode: 500,
  },
  operationTimeout: {
    operations: "every operation",
    type: "OperationTimeoutException",
    message: "The operation timed out.",
  },
  expiredToken: {
    operations: "every operation",
    type: "ExpiredTokenException",
    message: "The security token included in the request is expired",
  },
} as const satisfies Readonly<Record<string, DocumentedError>>;

type ErrorName = keyof typeof SERVICE_ERRORS;
type Placeholders<M> = M extends `${string}[${infer P}]${infer Rest}` ? P | Placeholders<Rest> : never;
type Values<N extends ErrorName> = {
  readonly [P in Exclude<Placeholders<(typeof SERVICE_ERRORS)[N]["message"]>, "accountId">]: string | number;
};

/** Creates a documented error. `values` are those of the placeholders in its message. */
export function serviceError<N extends ErrorName>(name: N, values: Values<N>): ServiceError {
  const { type, message, statusCode }: DocumentedError = SERVICE_ERRORS[name];
  const texts: Readonly<Record<string, unknown>> = { accountId: "123456789012", ...values };
  return new ServiceError(
    type,
    message.replace(/\[(\w+)\]/g, (_, key) => String(texts[key])),
    statusCode,
  );
}

/** Throws a documented error if the operation is one of those that document it. */
export function throwIfDocumented<N extends ErrorName>(operation: Operation, name: N, values: Values<N>): void {
  const { operations }: DocumentedError = SERVICE_ERRORS[name];
  if (operations.includes(operation)) throw serviceError(name, values);
}
