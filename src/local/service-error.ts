/**
 * The errors of the service: the documented exceptions and messages as data, and the responses that are made of them.
 */
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

type DocumentedError = readonly [
  operations: readonly Operation[] | "every operation" | "every operation on one transform",
  type: string,
  /** In the words of the service. `[limit]` is a placeholder. */
  message: string,
  statusCode?: number,
];

/** The documented errors that this endpoint returns. */
export const SERVICE_ERRORS = {
  unknownTransform: [
    "every operation on one transform",
    "EntityNotFoundException",
    "Cannot find MLTransform in account [accountId] with handle [transformName].",
  ],
  unknownTaskRun: [
    ["GetMLTaskRun", "GetMLTaskRuns", "CancelMLTaskRun"],
    "EntityNotFoundException",
    "No ML Task Run found for [taskRunId]: in account [accountId] for transform [transformName].",
  ],
  unsupportedSort: [["GetMLTransforms"], "InvalidInputException", "Sorting not supported for column [column]."],
  notReady: [
    ["StartMLEvaluationTaskRun"],
    "MLTransformNotReadyException",
    "This operation can only be applied to a transform that is in a READY state.",
  ],
  transformLimit: [
    ["StartMLEvaluationTaskRun", "StartMLLabelingSetGenerationTaskRun"],
    "ConcurrentRunsExceededException",
    "ML Task Runs count [count] has exceeded the transform limit of [limit] task runs.",
  ],
  accountLimit: [
    ["StartMLEvaluationTaskRun"],
    "ConcurrentRunsExceededException",
    "ML Task Runs count [count] has exceeded the limit of [limit] task runs.",
  ],
  noLabels: [
    ["StartExportLabelsTaskRun"],
    "EntityNotFoundException",
    "No labelset exists for transformId [transformId] in account id [accountId].",
  ],
  invalidLabelPath: [["StartImportLabelsTaskRun"], "InvalidInputException", "Invalid label file path."],
  throttling: ["every operation", "ThrottlingException", "Rate exceeded"],
  internalError: ["every operation", "InternalServiceException", "Dependency failure.", 500],
  operationTimeout: ["every operation", "OperationTimeoutException", "The operation timed out."],
  expiredToken: ["every operation", "ExpiredTokenException", "The security token included in the request is expired"],
} as const satisfies Readonly<Record<string, DocumentedError>>;

type ErrorName = keyof typeof SERVICE_ERRORS;
type Placeholders<M> = M extends `${string}[${infer P}]${infer Rest}` ? P | Placeholders<Rest> : never;
type Values<N extends ErrorName> = {
  readonly [P in Exclude<Placeholders<(typeof SERVICE_ERRORS)[N][2]>, "accountId">]: string | number;
};

/** Creates a documented error. `values` are those of the placeholders in its message. */
export function serviceError<N extends ErrorName>(name: N, values: Values<N>): ServiceError {
  const [, type, message, statusCode]: DocumentedError = SERVICE_ERRORS[name];
  const texts = new Map(Object.entries({ accountId: "123456789012", ...values }));
  const filled = message.replace(/\[(\w+)\]/g, (_, key) => String(texts.get(key)));
  return new ServiceError(type, filled, statusCode);
}

/** Throws a documented error if the operation is one of those that document it. */
export function throwIfDocumented<N extends ErrorName>(operation: Operation, name: N, values: Values<N>): void {
  const [operations]: DocumentedError = SERVICE_ERRORS[name];
  if (operations.includes(operation)) throw serviceError(name, values);
}
