/** Middleware that sees each attempt of a request: makes two more faults retryable, and notes the service's time. */
import type { FinalizeHandler } from "@smithy/types";
import { hasName, UnexpectedResponseError } from "../errors.js";
import { isObject } from "../values.js";

/**
 * Middleware inside the retry loop of the client. It marks two faults as retryable that the SDK does not retry:
 * operation timeouts, and successes without a body, which would look like the end of a listing. It only looks at the
 * status and the headers of a response. It has no state of a command, because a client with `cacheMiddleware` may run
 * it for other commands, too.
 */
export function checkAttempt<Input extends object, Output extends object>(
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

/** The service's time of each response, by its `$metadata`, which a copy of the output by other middleware keeps. */
const serviceTimes = new WeakMap<object, number>();

/** The service's time when it sent a response, in milliseconds since the epoch. A mocked response has none. */
export function serviceTimeOf($metadata: unknown): number | undefined {
  return isObject($metadata) ? serviceTimes.get($metadata) : undefined;
}

/** The service's id of a request, from the metadata of its response. */
export function requestIdOf($metadata: unknown): string | undefined {
  const requestId = isObject($metadata) ? $metadata.requestId : undefined;
  return typeof requestId === "string" ? requestId : undefined;
}

function isSuccess(response: unknown): boolean {
  return isObject(response) && typeof response.statusCode === "number" && Math.floor(response.statusCode / 100) === 2;
}

function readHeader(response: unknown, name: string): string | undefined {
  const headers = isObject(response) && isObject(response.headers) ? response.headers : {};
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return typeof value === "string" ? value : undefined;
}
