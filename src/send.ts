/** One request: sent through the caller's client, retried on an operation timeout, ended by an abort. */
import {
  type GetMLTaskRunsCommand,
  type GetMLTaskRunsCommandOutput,
  type GlueClient,
  OperationTimeoutException,
} from "@aws-sdk/client-glue";
import type { FinalizeHandler, FinalizeHandlerArguments } from "@smithy/types";

/**
 * Sends a command.
 *
 * @param signals - whichever aborts first ends the request, and its reason is what the promise rejects with; undefined
 *   ones are none. They are listened to only as long as the request lasts.
 * @throws what the client throws
 */
export async function send(
  client: GlueClient,
  command: GetMLTaskRunsCommand,
  signals: readonly (AbortSignal | undefined)[],
): Promise<GetMLTaskRunsCommandOutput> {
  command.middlewareStack.add(retryOperationTimeout, {
    step: "finalizeRequest",
    priority: "low",
    name: "retryOperationTimeout",
  });
  const request = new AbortController();
  const cleanups: (() => void)[] = [];
  try {
    return await new Promise((resolve, reject) => {
      for (const signal of signals) {
        if (signal === undefined) continue;
        const abort = () => {
          request.abort(signal.reason);
          // At once: a client that waits for credentials, or between two attempts, does not look at the signal.
          reject(signal.reason);
        };
        if (signal.aborted) return abort();
        signal.addEventListener("abort", abort);
        cleanups.push(() => signal.removeEventListener("abort", abort));
      }
      // In a promise of its own, since a mocked client may answer with none.
      Promise.resolve(client.send(command, { abortSignal: request.signal })).then(resolve, reject);
    });
  } finally {
    for (const cleanup of cleanups) cleanup();
  }
}

/** The SDK retries throttling, network faults and 5xx, but not this one, which the service means to be retried. */
function retryOperationTimeout<Input extends object, Output extends object>(
  next: FinalizeHandler<Input, Output>,
): FinalizeHandler<Input, Output> {
  return async (args: FinalizeHandlerArguments<Input>) => {
    try {
      return await next(args);
    } catch (error) {
      if (error instanceof OperationTimeoutException) error.$retryable ??= {};
      throw error;
    }
  };
}
