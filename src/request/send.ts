/** Sends one request through the caller's client. Makes it abortable, and operation timeouts retryable. */
// A namespace import: a mock of the SDK may lack commands, and a named import of a missing export fails to load.
import * as glue from "@aws-sdk/client-glue";
import type { FinalizeHandler, FinalizeHandlerArguments } from "@smithy/types";
import { UnexpectedResponseError } from "../errors.js";
import { isObject } from "../values.js";
import { type AbortSignalLike, abortable } from "./abort.js";
import { decodePageOf } from "./decode-page.js";

type Client = glue.GlueClient;
type Command = glue.GetMLTaskRunsCommand | glue.GetMLTaskRunCommand | glue.GetMLTransformsCommand;

/** A response whose members are not checked yet. */
export interface UncheckedResponse {
  readonly members: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;
  /** Whether the library decoded the runs, so that their members have the right types. */
  readonly isDecoded?: boolean;
}

/**
 * Sends `GetMLTaskRuns` for one page. Rejects with the reason of the first signal that aborts, or with the error of the
 * client.
 */
export async function getTaskRuns(
  client: Client,
  query: Omit<glue.GetMLTaskRunsCommandInput, "MaxResults" | "NextToken">,
  { pageSize, token }: { readonly pageSize: number; readonly token: string | undefined },
  signals: readonly AbortSignalLike[],
): Promise<UncheckedResponse> {
  const input = { ...query, MaxResults: pageSize, ...(token !== undefined && { NextToken: token }) };
  const command = new glue.GetMLTaskRunsCommand(input);
  const decodedPage = decodePageOf(command);
  const response = await send(client, command, "GetMLTaskRuns", signals);
  const page = decodedPage();
  const members = { ...page, ...response.members };
  // Middleware of the client may have replaced the runs.
  return { ...response, members, isDecoded: page !== undefined && members.TaskRuns === page.TaskRuns };
}

/** Sends `GetMLTaskRun`. Rejects as {@link getTaskRuns} does. */
export function getTaskRun(
  client: Client,
  input: glue.GetMLTaskRunCommandInput,
  signals: readonly AbortSignalLike[],
): Promise<UncheckedResponse> {
  return send(client, new glue.GetMLTaskRunCommand(input), "GetMLTaskRun", signals);
}

/** Sends `GetMLTransforms`. Rejects as {@link getTaskRuns} does. */
export function getTransforms(
  client: Client,
  input: glue.GetMLTransformsCommandInput,
  signals: readonly AbortSignalLike[],
): Promise<UncheckedResponse> {
  return send(client, new glue.GetMLTransformsCommand(input), "GetMLTransforms", signals);
}

async function send(
  client: Client,
  command: Command,
  operation: string,
  signals: readonly AbortSignalLike[],
): Promise<UncheckedResponse> {
  // The client's overloads accept each of the commands, but not their union.
  const anyCommand = command as glue.GetMLTaskRunsCommand;
  // An automock of the SDK has commands without a middleware stack, in spite of their type.
  anyCommand.middlewareStack?.add(retryOperationTimeout, {
    step: "finalizeRequest",
    priority: "low",
    name: "glueMLTaskRuns",
  });
  let response: unknown;
  try {
    response = await abortable(signals, async (abortSignal) => client.send(anyCommand, { abortSignal }));
  } catch (error) {
    throw explainPageSize(error);
  }
  if (!isObject(response)) {
    throw new UnexpectedResponseError(
      `${operation}Response`,
      `The client returned no response to ${operation}. If the client or the SDK is mocked, let the mock return one.`,
    );
  }
  await letTimersRun();
  const { $metadata } = response;
  const requestId = isObject($metadata) ? $metadata.requestId : undefined;
  return { members: response, requestId: typeof requestId === "string" ? requestId : undefined };
}

/** Whether an error has this name. Compares names, because two copies of the SDK, or a mock, have different classes. */
export function hasName(error: unknown, name: string): error is Error & { $retryable?: object } {
  return error instanceof Error && error.name === name;
}

/** Middleware that marks operation timeouts as retryable. The SDK itself retries throttling, network faults and 5xx. */
function retryOperationTimeout<Input extends object, Output extends object>(
  next: FinalizeHandler<Input, Output>,
): FinalizeHandler<Input, Output> {
  return async (args: FinalizeHandlerArguments<Input>) => {
    try {
      return await next(args);
    } catch (error) {
      if (hasName(error, "OperationTimeoutException")) error.$retryable ??= {};
      throw error;
    }
  };
}

/** Adds the name of the option to the error message of an endpoint that rejects the page size. */
function explainPageSize(error: unknown): unknown {
  if (hasName(error, "InvalidInputException") && /max_?results/i.test(error.message)) {
    Reflect.set(error, "message", `${error.message} (The option pageSize sets MaxResults.)`);
  }
  return error;
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
