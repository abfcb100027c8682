/** One request: sent through the caller's client, retried on an operation timeout, ended by an abort. */
import {
  type GetMLTaskRunsCommand,
  type GetMLTaskRunsCommandOutput,
  type GlueClient,
  OperationTimeoutException,
} from "@aws-sdk/client-glue";
import type { FinalizeHandler, FinalizeHandlerArguments, HandlerExecutionContext } from "@smithy/types";

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
  command.middlewareStack.add(amend, { step: "finalizeRequest", priority: "low", name: "glueMLTaskRuns" });
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

/** What this library adds to the client's own handling of a command. */
function amend<Input extends object, Output extends object>(
  next: FinalizeHandler<Input, Output>,
  context: HandlerExecutionContext,
): FinalizeHandler<Input, Output> {
  // The SDK copies every output for its log, also for the logger that logs nothing: a tenth of the time of a listing.
  if (context.logger?.constructor?.name === "NoOpLogger") delete context.logger;
  return async (args: FinalizeHandlerArguments<Input>) => {
    try {
      return await next(args);
    } catch (error) {
      // The SDK retries throttling, network faults and 5xx, but not this one, which the service means to be retried.
      if (error instanceof OperationTimeoutException) error.$retryable ??= {};
      throw error;
    }
  };
}
