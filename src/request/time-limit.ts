/** Limits the time that a request may take. */
import type { AbortSignalLike } from "../abort.js";

/** Maximum time for a response of a wait or a watch, in milliseconds. It includes the retries of the client. */
export const RESPONSE_TIMEOUT = 60_000;

/**
 * Sends a request, and aborts it with a `TimeoutError` if there is no response in time. The SDK has no limit of its own
 * unless its `requestTimeout` is set, and even then it may only warn.
 *
 * @param request - sends the request; the signals abort it
 */
export async function withTimeLimit<R>(
  operation: string,
  milliseconds: number,
  signals: readonly AbortSignalLike[],
  request: (signals: readonly AbortSignalLike[]) => Promise<R>,
): Promise<R> {
  const timeout = new AbortController();
  const onTimeout = () => {
    const message = `There was no response to ${operation} within ${milliseconds / 1000} seconds.`;
    timeout.abort(new DOMException(message, "TimeoutError"));
  };
  const timer = setTimeout(onTimeout, milliseconds);
  try {
    return await request([...signals, timeout.signal]);
  } finally {
    clearTimeout(timer);
  }
}
