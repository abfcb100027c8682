/** One request: sent through the caller's client, retried on an operation timeout, ended by an abort. */
import {
  type GetMLTaskRunsCommand,
  type GetMLTransformsCommand,
  type GlueClient,
  OperationTimeoutException,
} from "@aws-sdk/client-glue";
import type { FinalizeHandler, FinalizeHandlerArguments, HandlerExecutionContext } from "@smithy/types";

/**
 * Sends a command.
 *
 * @param signals - whichever aborts first ends the request, and its reason is what the promise rejects with
 * @throws what the client throws
 */
export function send(
  client: GlueClient,
  command: GetMLTaskRunsCommand | GetMLTransformsCommand,
  signals: readonly (AbortSignal | undefined)[],
): Promise<unknown> {
  // Overloads that take each of the commands do not take their union; what is done here is the same for both.
  const one = command as GetMLTaskRunsCommand;
  one.middlewareStack.add(amend, { step: "finalizeRequest", priority: "low", name: "glueMLTaskRuns" });
  return abortable(signals, async (abortSignal) => client.send(one, { abortSignal }));
}

/**
 * Does what may take long, until one of the signals aborts: then it rejects with the signal's reason at once, also where
 * the work does not look at its own signal, as a client does not that waits for credentials or between two attempts. The
 * signals are listened to only as long as it lasts; undefined ones are none.
 */
export async function abortable<R>(
  signals: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  const own = new AbortController();
  const cleanups: (() => void)[] = [];
  try {
    return await new Promise<R>((resolve, reject) => {
      for (const signal of signals) {
        if (signal === undefined) continue;
        const abort = () => {
          own.abort(signal.reason);
          reject(signal.reason);
        };
        if (signal.aborted) return abort();
        cleanups.push(onAbort(signal, abort));
      }
      work(own.signal).then(resolve, reject);
    });
  } finally {
    for (const cleanup of cleanups) cleanup();
  }
}

/** What a signal ends, as one listener: Node warns of a leak where a signal has more than ten. */
class Endings extends Set<() => void> {
  handleEvent(): void {
    for (const end of this) end();
  }
}

const endings = new WeakMap<AbortSignal, Endings>();

/** Has a signal end something, until the function that is returned is called. */
function onAbort(signal: AbortSignal, end: () => void): () => void {
  const all = endings.get(signal) ?? new Endings();
  endings.set(signal, all.add(end));
  signal.addEventListener("abort", all);
  return () => {
    all.delete(end);
    if (all.size === 0) signal.removeEventListener("abort", all);
  };
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
