/** Sends one request through the caller's client, and makes it abortable. */
// A namespace import: a mock of the SDK may lack commands, and a named import of a missing export fails to load.
import * as glue from "@aws-sdk/client-glue";
import { type AbortSignalLike, linkSignals, throwIfAborted } from "../abort.js";
import { UnexpectedResponseError } from "../errors.js";
import { isObject } from "../values.js";
import { checkAttempt, requestIdOf, serviceTimeOf } from "./check-attempt.js";
import type { GlueClientLike } from "./client.js";

/** The inputs of the operations that the library requests. */
export interface Inputs {
  readonly GetMLTaskRuns: glue.GetMLTaskRunsCommandInput;
  readonly GetMLTaskRun: glue.GetMLTaskRunCommandInput;
  readonly GetMLTransforms: glue.GetMLTransformsCommandInput;
}

const COMMANDS: { readonly [O in keyof Inputs]: (input: Inputs[O]) => object } = {
  GetMLTaskRuns: (input) => new glue.GetMLTaskRunsCommand(input),
  GetMLTaskRun: (input) => new glue.GetMLTaskRunCommand(input),
  GetMLTransforms: (input) => new glue.GetMLTransformsCommand(input),
};

/** What `client.send` returned. Its members are not checked yet. */
export interface UncheckedResponse {
  readonly members: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;
  /** The service's time, from the `Date` header, in milliseconds since the epoch. A mocked response has none. */
  readonly serviceTime: number | undefined;
}

/** Sends a request. Rejects with the reason of the first signal that aborts, or with the error of the client. */
export async function send<O extends keyof Inputs>(
  client: GlueClientLike,
  operation: O,
  input: Inputs[O],
  signals: readonly AbortSignalLike[],
): Promise<UncheckedResponse> {
  // The stack of each command accepts the middleware, but the compiler cannot call a method of their union. An automock
  // of the SDK has commands without a stack, in spite of their type.
  const command = COMMANDS[operation](input) as glue.GetMLTaskRunsCommand;
  command.middlewareStack?.add(checkAttempt, { step: "finalizeRequest", priority: "low", name: "glueMLTaskRuns" });
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
  const { $metadata } = response;
  return { members: response, requestId: requestIdOf($metadata), serviceTime: serviceTimeOf($metadata) };
}
