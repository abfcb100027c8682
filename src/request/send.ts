/** Sends one request through the caller's client. Makes it abortable, and two more faults retryable. */
// A namespace import: a mock of the SDK may lack commands, and a named import of a missing export fails to load.
import * as glue from "@aws-sdk/client-glue";
import type { FinalizeHandler } from "@smithy/types";
import { UnexpectedResponseError } from "../errors.js";
import { isObject } from "../values.js";
import { type AbortSignalLike, linkSignals, throwIfAborted } from "./abort.js";
import type { GlueClientLike } from "./client.js";

type Command = glue.GetMLTaskRunsCommand | glue.GetMLTaskRunCommand | glue.GetMLTransformsCommand;

/** What `client.send` returned. Its members are not checked yet. */
export interface UncheckedResponse {
  readonly members: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;
  /** The service's time, from the `Date` header, in milliseconds since the epoch. A mocked response has none. */
  readonly serviceTime: number | undefined;
}

/**
 * Sends `GetMLTaskRuns` for one page. Rejects with the reason of the first signal that aborts, or with the error of the
 * client.
 */
export function getTaskRuns(
  client: GlueClientLike,
  input: glue.GetMLTaskRunsCommandInput,
  signals: readonly AbortSignalLike[],
): Promise<UncheckedResponse> {
  return send(client, new glue.GetMLTaskRunsCommand(input), "GetMLTaskRuns", signals);
}

/** Sends `GetMLTaskRun`. Rejects as {@link getTaskRuns} does. */
export function getTaskRun(
  client: GlueClientLike,
  input: glue.GetMLTaskRunCommandInput,
  signals: readonly AbortSignalLike[],
): Promise<UncheckedResponse> {
  return send(client, new glue.GetMLTaskRunCommand(input), "GetMLTaskRun", signals);
}

/** Sends `GetMLTransforms`. Rejects as {@link getTaskRuns} does. */
export function getTransforms(
  client: GlueClientLike,
  input: glue.GetMLTransformsCommandInput,
  signals: readonly AbortSignalLike[],
): Promise<UncheckedResponse> {
  return send(client, new glue.GetMLTransformsCommand(input), "GetMLTransforms", signals);
}

async function send(
  client: GlueClientLike,
  command: Command,
  operation: string,
  signals: readonly AbortSignalLike[],
): Promise<UncheckedResponse> {
  // The stack of each command accepts it, but the compiler cannot call a method of their union. An automock of the SDK
  // has commands without a stack, in spite of their type.
  const { middlewareStack } = command as glue.GetMLTaskRunsCommand;
  middlewareStack?.add(checkAttempt, { step: "finalizeRequest", priority: "low", name: "glueMLTaskRuns" });
  throwIfAborted(signals);
  const { signal: abortSignal, aborted, unlink } = linkSignals(signals);
  let response: unknown;
  try {
    response = await Promise.race([client.send(command, { abortSignal }), aborted]);
  } finally {
    unlink();
  }
  if (!isObject(response)) {
    throw new UnexpectedResponseError(
      `${operation}Response`,
      `The client returned no response to ${operation}. If the client or the SDK is mocked, let the mock return one.`,
    );
  }
  await letTimersRun();
  const { $metadata } = response;
  return {
    members: response,
    requestId: requestIdOf($metadata),
    serviceTime: isObject($metadata) ? serviceTimes.get($metadata) : undefined,
  };
}

function requestIdOf($metadata: unknown): string | undefined {
  const requestId = isObject($metadata) ? $metadata.requestId : undefined;
  return typeof requestId === "string" ? requestId : undefined;
}

/** Whether an error has this name. Compares names, because two copies of the SDK, or a mock, have different classes. */
export function hasName(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}

/** The service's time of each response, by its `$metadata`, which a copy of the output by other middleware keeps. */
const serviceTimes = new WeakMap<object, number>();

/**
 * Middleware inside the retry loop of the client. It marks two faults as retryable that the SDK does not retry:
 * operation timeouts, and successes without a body, which would look like the end of a listing. It only looks at the
 * status and the headers of a response. It has no state of a command, because a client with `cacheMiddleware` may run
 * it for other commands, too.
 */
function checkAttempt<Input extends object, Output extends object>(
  next: FinalizeHandler<Input, Output>,
): FinalizeHandler<Input, Output> {
  return async (args) => {
    try {
      const result = await next(args);
      // The type of this step lacks the response. A middleware of the caller may have returned an output without it.
      const { response, output } = result as { readonly response?: unknown; readonly output: { $metadata?: unknown } };
      const { $metadata } = output;
      const time = Date.parse(readHeader(response, "date") ?? "");
      if (isObject($metadata) && !Number.isNaN(time)) serviceTimes.set($metadata, time);
      if (readHeader(response, "content-length") === "0" && isSuccess(response)) {
        const message = "The response is a success without a body: its Content-Length is 0.";
        throw new UnexpectedResponseError("body", message, { requestId: requestIdOf($metadata) });
      }
      return result;
    } catch (error) {
      const isRetryable = error instanceof UnexpectedResponseError || hasName(error, "OperationTimeoutException");
      // Returns false for a frozen error, which stays as it is and is not retried.
      if (isRetryable && !("$retryable" in error && error.$retryable)) Reflect.set(error, "$retryable", {});
      throw error;
    }
  };
}

function isSuccess(response: unknown): boolean {
  return isObject(response) && typeof response.statusCode === "number" && Math.floor(response.statusCode / 100) === 2;
}

function readHeader(response: unknown, name: string): string | undefined {
  const headers = isObject(response) && isObject(response.headers) ? response.headers : {};
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return typeof value === "string" ? value : undefined;
}

/** Maximum time without a turn of the event loop, in milliseconds. */
const MAX_BUSY_TIME = 50;
// Read when the library is loaded, so that a test's fake timers do not stop a listing.
const nextTurn: (callback: () => void) => unknown = typeof setImmediate === "function" ? setImmediate : setTimeout;
const realNow = performance.now.bind(performance);
let lastTurn = realNow();

/** Lets timers fire: a mocked client responds at once, so that a loop over its responses would never let them run. */
async function letTimersRun(): Promise<void> {
  if (realNow() - lastTurn < MAX_BUSY_TIME) return;
  await new Promise<void>((resolve) => nextTurn(resolve));
  lastTurn = realNow();
}
