/** Helpers of the tests: a local endpoint, HTTP servers with prepared responses, factories and readers of runs. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { GlueClient, type GlueClientConfig, type TaskRun } from "@aws-sdk/client-glue";
import { ConfiguredRetryStrategy } from "@smithy/core/retry";
import { type GlueClientLike, type MLTaskRun, taskRunSort } from "glue-ml-task-runs";
import { LocalGlue, type LocalGlueOptions, type LocalTaskRun, sampleTaskRuns } from "glue-ml-task-runs/local";
import { expect, onTestFinished, vi } from "vitest";

/** The transform of most tests. */
export const TransformId = "tfm-0123";

/** The two sorts by STARTED. */
export const newestFirst = taskRunSort("STARTED").descending();
export const oldestFirst = taskRunSort("STARTED").ascending();

interface FailedRun {
  TransformId: string;
  TaskRunId: string;
  Status: "FAILED";
}

/**
 * Creates a failed run of the transform.
 *
 * @param members - its other members, and those that replace the ones of a failed run
 */
export function createRun(TaskRunId: string): FailedRun;
export function createRun<M extends object>(TaskRunId: string, members: M): Omit<FailedRun, keyof M> & M;
export function createRun(TaskRunId: string, members: object = {}): object {
  return { TransformId, TaskRunId, Status: "FAILED", ...members };
}

/** What AWS leaves open: a listing returns the same with each of these options of the endpoint. */
export const SERVICE_VARIANTS: readonly (readonly [name: string, options: LocalGlueOptions])[] = [
  ["exclusive bounds", {}],
  ["inclusive bounds", { bounds: "inclusive" }],
  ["timestamps in whole seconds", { timestamps: "seconds" }],
  [
    "inclusive bounds, whole seconds and StartedOn from RUNNING on",
    { bounds: "inclusive", timestamps: "seconds", startedOn: "running", removedRunTokens: "continue" },
  ],
];

/** Starts a local endpoint with a sample history of the transform. It is closed at the end of the test. */
export async function startGlue(count = 0, options?: LocalGlueOptions): Promise<LocalGlue> {
  const glue = await startGlueWith(sampleTaskRuns({ transformId: TransformId, count }), options);
  glue.addTransform({ TransformId });
  return glue;
}

/** Starts a local endpoint with these runs and the transforms that they name. It is closed at the end of the test. */
export async function startGlueWith(runs: readonly LocalTaskRun[], options?: LocalGlueOptions): Promise<LocalGlue> {
  const glue = await LocalGlue.start(options);
  onTestFinished(() => glue.close());
  glue.addTaskRuns(runs);
  return glue;
}

/** The built command `glue-ml-task-runs-local`. */
export const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

/** Starts the command as a process and waits until it listens. It is killed at the end of the test. */
export async function startCommand(...args: string[]) {
  const child = spawn("node", [cli, "--port", "0", ...args]);
  onTestFinished(() => void child.kill("SIGKILL"));
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (err += chunk));
  await vi.waitFor(() => expect(out).toContain("Ctrl-C ends it."), { timeout: 10_000 });
  const endpoint = /http:\/\/\S+:\d+/.exec(out)?.[0] ?? "";
  return { child, endpoint, out: () => out, err: () => err };
}

/** Sends bytes over a new connection and returns everything that it receives until the connection is closed. */
export async function sendRaw(endpoint: string, bytes: string | Uint8Array): Promise<string> {
  const socket = connect(Number(new URL(endpoint).port), "127.0.0.1");
  // The server may reset the connection while it is written to.
  socket.on("error", () => {});
  socket.end(bytes);
  return (await collect<Buffer>(socket).catch(() => [])).join("");
}

/** The ids of the sample history of `startGlue`, newest first: the order of the local endpoint. */
export function idsNewestFirst(count: number): string[] {
  return ids(sampleTaskRuns({ transformId: TransformId, count })).reverse();
}

/** The ids of runs, in their order. */
export function ids(runs: readonly TaskRun[]): string[] {
  return runs.map(({ TaskRunId }) => TaskRunId ?? "");
}

/** Identifies a run among the runs of several transforms. */
export function identityOf({ TransformId, TaskRunId }: Pick<MLTaskRun, "TransformId" | "TaskRunId">): string {
  return `${TransformId}/${TaskRunId}`;
}

/** Reads all items into an array. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Reads the next runs of an iteration and returns their ids. The iteration stays where it is. */
export async function takeIds(runs: AsyncIterator<MLTaskRun, unknown>, count: number): Promise<string[]> {
  const found: string[] = [];
  while (found.length < count) {
    const result = await runs.next();
    if (result.done) throw new Error(`The iteration has only ${found.length} of ${count} runs.`);
    found.push(result.value.TaskRunId);
  }
  return found;
}

/** Reads runs until the iteration ends or fails. Returns the ids that came before, and the error. */
export async function readToError(runs: AsyncIterable<MLTaskRun>): Promise<{ found: string[]; error: unknown }> {
  const found: string[] = [];
  try {
    for await (const { TaskRunId } of runs) found.push(TaskRunId);
  } catch (error) {
    return { found, error };
  }
  return { found, error: undefined };
}

/** Calls a function that must throw, and returns what it throws. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("The call did not throw.");
}

/** The retry strategy of the SDK with pauses of one millisecond. */
export function fastRetries(maxAttempts: number): Pick<GlueClientConfig, "retryStrategy"> {
  return { retryStrategy: new ConfiguredRetryStrategy(maxAttempts, 1) };
}

/** Waits until an endpoint receives no further request during several round trips to it. */
export async function waitUntilIdle(glue: LocalGlue): Promise<void> {
  let before: number;
  do {
    before = glue.requests.length;
    for (let trip = 0; trip < 8; trip += 1) await (await fetch(glue.endpoint)).text();
  } while (glue.requests.length !== before);
}

/** Counts the requests that a client has in flight: `maximum` is the largest number at a time since it was last set. */
export function countInFlight(client: GlueClient): { maximum: number } {
  const count = { maximum: 0 };
  let inFlight = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      inFlight += 1;
      count.maximum = Math.max(count.maximum, inFlight);
      return next(args).finally(() => {
        inFlight -= 1;
      });
    },
    { step: "initialize" },
  );
  return count;
}

/** Records the inputs of the commands that a client sends from now on. */
export function recordInputs(client: GlueClient): object[] {
  const inputs: object[] = [];
  client.middlewareStack.add(
    (next) => (args) => {
      inputs.push(args.input);
      return next(args);
    },
    { step: "initialize" },
  );
  return inputs;
}

/** Records the runs that a client returns from now on, as the SDK made them. */
export function recordTaskRuns(client: GlueClient): TaskRun[] {
  const taskRuns: TaskRun[] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      if ("TaskRuns" in result.output) taskRuns.push(...(result.output.TaskRuns ?? []));
      return result;
    },
    { step: "initialize" },
  );
  return taskRuns;
}

/** Records the rejections that no handler takes, until the end of the test. */
export function recordUnhandledRejections(): unknown[] {
  const rejections: unknown[] = [];
  const record = (reason: unknown) => rejections.push(reason);
  process.on("unhandledRejection", record);
  onTestFinished(() => void process.off("unhandledRejection", record));
  return rejections;
}

/** A client as tests of users write it, which has nothing but `send`. */
export function createFakeClient(send: (command: { readonly input: object }) => unknown): GlueClientLike {
  return { send: async (command) => send(command) };
}

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** Starts an HTTP server and returns a client of it. The server is closed at the end of the test. */
export async function startServer(handle: Handler, config: GlueClientConfig = {}): Promise<GlueClient> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    handle(request, response, Buffer.concat(chunks).toString());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server has no port.");
  return new GlueClient({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${address.port}`,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    ...config,
  });
}

/** The body of a response. With a member `__type` it is an error of the service. */
export type Reply = object | null;

/** The body of an error of the service. */
export function serviceError(name: string, Message = "no"): Reply {
  return { __type: name, Message };
}

function sendReply(response: ServerResponse, reply: Reply, requestNumber: number): void {
  response.statusCode = reply !== null && "__type" in reply ? 400 : 200;
  response.setHeader("Content-Type", "application/x-amz-json-1.1");
  response.setHeader("x-amzn-RequestId", `request-${requestNumber}`);
  response.end(JSON.stringify(reply));
}

/**
 * A client of a server that sends these replies, one after another, and then errors. Request ids are `request-1`,
 * `request-2`, ...
 */
export function replyWith(...replies: Reply[]): Promise<GlueClient> {
  let requests = 0;
  return startServer((_request, response) => {
    const reply =
      requests < replies.length
        ? replies[requests]
        : serviceError("NoReplyException", "The test has no further reply.");
    requests += 1;
    sendReply(response, reply ?? null, requests);
  });
}

/** A request that a server has received. */
export interface ReceivedRequest {
  readonly operation: string;
  /** The number of the request, from 1. */
  readonly number: number;
  readonly input: {
    readonly TransformId?: string;
    readonly NextToken?: string;
    /** Times are in seconds. */
    readonly Filter?: { readonly StartedAfter?: number; readonly StartedBefore?: number };
    readonly Sort?: { readonly SortDirection: string };
  };
}

/** Counts of the requests of a server that leaves some without a response. */
export interface HangingRequests {
  readonly received: number;
  /** Those without a response. */
  readonly hanging: number;
  /** Those without a response whose connection the client has closed. */
  readonly closed: number;
}

/** Starts a server that leaves a request without a response where `reply` returns undefined. */
export async function startHangingServer(
  reply: (request: ReceivedRequest) => Reply | undefined | Promise<Reply> = () => undefined,
): Promise<{ client: GlueClient; requests: HangingRequests }> {
  const requests = { received: 0, hanging: 0, closed: 0 };
  const client = await startServer(async (request, response, body) => {
    requests.received += 1;
    const operation = String(request.headers["x-amz-target"]).replace("AWSGlue.", "");
    const received = { operation, number: requests.received, input: JSON.parse(body) };
    const found = await reply(received);
    if (found !== undefined) return sendReply(response, found, received.number);
    requests.hanging += 1;
    response.on("close", () => {
      requests.closed += 1;
    });
  });
  return { client, requests };
}

/** Replies with a page of two runs to the first request and leaves the next requests without a response. */
export function replyToFirstRequest({ number }: ReceivedRequest): Reply | undefined {
  return number === 1 ? { TaskRuns: [createRun("tsk-1"), createRun("tsk-2")], NextToken: "more" } : undefined;
}

/**
 * Ends an iteration with `return()` while requests hang, and expects that this aborts them.
 *
 * @param hanging - the number of requests that hang when `next()` is called
 */
export async function expectReturnToAbort(
  iterator: AsyncIterator<unknown, unknown>,
  requests: HangingRequests,
  hanging: number,
): Promise<void> {
  const next = iterator.next();
  await vi.waitFor(() => expect(requests.hanging).toBe(hanging));
  await iterator.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
  await vi.waitFor(() => expect(requests.closed).toBe(hanging));
}

/** Whether a run matches its declared type `MLTaskRun` at run time. */
export function fitsItsType(run: MLTaskRun): boolean {
  const isString = (value: unknown) => typeof value === "string";
  const isOptional = (value: unknown, is: (value: unknown) => boolean) => value === undefined || is(value);
  const isDate = (value: unknown) => value instanceof Date && !Number.isNaN(value.getTime());
  const isStructure = (value: unknown, members: Record<string, string>) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(members).every(([name, type]) =>
      isOptional(Object.getOwnPropertyDescriptor(value, name)?.value, (member) => typeof member === type),
    );
  const fitsProperties = (properties: MLTaskRun["Properties"]) => {
    switch (properties.TaskType) {
      case "EVALUATION":
        return true;
      case "EXPORT_LABELS":
        return isStructure(properties.ExportLabelsTaskRunProperties, { OutputS3Path: "string" });
      case "FIND_MATCHES": {
        const members = { JobId: "string", JobName: "string", JobRunId: "string" };
        return isStructure(properties.FindMatchesTaskRunProperties, members);
      }
      case "IMPORT_LABELS":
        return isStructure(properties.ImportLabelsTaskRunProperties, { InputS3Path: "string", Replace: "boolean" });
      case "LABELING_SET_GENERATION":
        return isStructure(properties.LabelingSetGenerationTaskRunProperties, { OutputS3Path: "string" });
      default:
        return (
          "$unknown" in properties &&
          isOptional(properties.$unknown, (value) => isStructure(value, { TaskType: "string" }))
        );
    }
  };
  return (
    isString(run.TransformId) &&
    isString(run.TaskRunId) &&
    isString(run.Status) &&
    isOptional(run.LogGroupName, isString) &&
    isOptional(run.ErrorString, isString) &&
    isOptional(run.StartedOn, isDate) &&
    isOptional(run.LastModifiedOn, isDate) &&
    isOptional(run.CompletedOn, isDate) &&
    isOptional(run.ExecutionTime, (value) => typeof value === "number") &&
    fitsProperties(run.Properties)
  );
}
