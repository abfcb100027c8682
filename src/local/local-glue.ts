/** `LocalGlue`: a local Glue endpoint for tests, demos and development without AWS. */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GlueClient, type GlueClientConfig } from "@aws-sdk/client-glue";
import { ID, PAGE_SIZE } from "../criteria/constraints.js";
import { FINAL_STATUSES } from "../criteria/enumerations.js";
import { checkReference, type TaskRunReference } from "../criteria/query.js";
import { callback, integer, matching, oneOf, type Rule, struct, text, throwInvalid } from "../criteria/rules.js";
import type { FailOptions, FailRandomlyOptions, LocalGlueFault } from "./faults.js";
import type { LocalTaskRun, LocalTaskRunOutcome, LocalTransform } from "./record.js";
import type { Bounds } from "./select.js";
import { createGlueServer, type OnResponse } from "./server.js";
import { type LargerPages, type Latency, type LocalGlueRequest, MAX_LATENCY, Service } from "./service.js";

/** The options of a local endpoint. */
export interface LocalGlueOptions {
  /**
   * The port to listen on, 0 to 65535.
   *
   * @defaultValue 0, which selects a free port
   */
  port?: number | undefined;
  /**
   * The address to listen on.
   *
   * @defaultValue `"127.0.0.1"`, which other machines cannot reach
   */
  host?: string | undefined;
  /**
   * The delay of each response in milliseconds, from 0 to 3600000; or a function that returns the delay for each
   * request, or a promise of it. If the function fails or returns another value, the response is an
   * `InternalServiceException` with the reason.
   *
   * @defaultValue 0
   */
  latency?: Latency | undefined;
  /**
   * The page size of requests without `MaxResults`, 1 to `maxPageSize`. The service does not document its default.
   *
   * @defaultValue 100, or `maxPageSize` if that is less
   */
  defaultPageSize?: number | undefined;
  /**
   * The maximum `MaxResults` of `GetMLTaskRuns` and `GetMLTransforms`, 1 to 1000.
   *
   * @defaultValue 1000, as the service documents
   */
  maxPageSize?: number | undefined;
  /**
   * The response to a request whose `MaxResults` is larger than `maxPageSize`: `"refuse"` returns an
   * `InvalidInputException`, `"cap"` returns a page of `maxPageSize`. More than 1000 is always an
   * `InvalidInputException`.
   *
   * @defaultValue `"refuse"`
   */
  largerPages?: LargerPages | undefined;
  /**
   * How long a `NextToken` is valid, in milliseconds, at least 0 or `Infinity`. The service does not document it.
   *
   * @defaultValue `Infinity`
   */
  tokenLifetime?: number | undefined;
  /**
   * Whether `StartedAfter` and `StartedBefore` include a run that started at exactly that time. The service does not
   * document it.
   *
   * @defaultValue `"exclusive"`
   */
  bounds?: Bounds | undefined;
  /**
   * How long a started run is STARTING, in milliseconds, at least 0 or `Infinity`.
   *
   * @defaultValue 0
   */
  startingTime?: number | undefined;
  /**
   * How long a started run is RUNNING before it is SUCCEEDED, in milliseconds, at least 0. With `Infinity` it runs
   * until {@link LocalGlue.finishTaskRun} or `CancelMLTaskRun`. A cancelled run is STOPPING for the same time, but at
   * most 100 milliseconds, and then STOPPED.
   *
   * The status follows from the clock (`Date.now()`) whenever a run is read. No timers are used, so a test can set the
   * time with a fake `Date`.
   *
   * @defaultValue 100
   */
  runTime?: number | undefined;
  /**
   * The maximum number of unfinished runs of a transform, at least 1 or `Infinity`; those of {@link
   * LocalGlue.addTaskRuns} count, too. Beyond it, a request to start a run is a `ConcurrentRunsExceededException`.
   *
   * @defaultValue 3, the default quota of the service
   */
  maxConcurrentRuns?: number | undefined;
  /**
   * Called after each response until the endpoint is closed, for example to write a log. If it throws or rejects, the
   * endpoint emits a process warning and continues.
   */
  onResponse?: OnResponse | undefined;
}

/**
 * A Glue endpoint on this machine. It serves the operations on task runs over HTTP as AWS does, to any AWS client in
 * any language:
 *
 * - `GetMLTaskRuns`, `GetMLTaskRun`, `GetMLTransforms` and `GetMLTransform` return the added runs and transforms.
 * - `StartMLEvaluationTaskRun`, `StartMLLabelingSetGenerationTaskRun`, `StartImportLabelsTaskRun` and
 *   `StartExportLabelsTaskRun` start a run. Its status changes over time, see {@link LocalGlueOptions.runTime}. An
 *   evaluation of a transform that is not READY is an `MLTransformNotReadyException`.
 * - `CancelMLTaskRun` stops a run that is STARTING or RUNNING, also one that was added with `addTaskRuns`. For another
 *   run it returns the status and changes nothing. The service does not document the response for a finished run.
 *
 * @example
 * ```ts
 * await using glue = await LocalGlue.start();
 * glue.addTaskRuns(sampleTaskRuns({ transformId: "tfm-0123", count: 2500 }));
 * const taskRuns = new MLTaskRuns(glue.client());
 * ```
 */
export class LocalGlue implements AsyncDisposable {
  /** The URL of the endpoint, such as `http://127.0.0.1:4577`. */
  readonly endpoint: string;
  readonly #server: Server;
  readonly #service: Service;

  private constructor(endpoint: string, server: Server, service: Service) {
    this.endpoint = endpoint;
    this.#server = server;
    this.#service = service;
  }

  /**
   * Starts an endpoint without transforms.
   *
   * @throws InvalidQueryError for an option out of its range; an error of the system if it cannot listen
   */
  static async start(options: LocalGlueOptions = {}): Promise<LocalGlue> {
    const { port, host, onResponse, ...serviceOptions } = checkOptions(options);
    const service = new Service(serviceOptions);
    const server = createGlueServer((operation, body) => service.handle(operation, body), onResponse);
    server.listen(port, host);
    await once(server, "listening");
    // The address of a server on a TCP port is neither a path nor null.
    const { address, port: actualPort } = server.address() as AddressInfo;
    const hostname = address.includes(":") ? `[${address}]` : address;
    return new LocalGlue(`http://${hostname}:${actualPort}`, server, service);
  }

  /** Creates a client of this endpoint. It needs no credentials. The config overrides the defaults. */
  client(config: GlueClientConfig = {}): GlueClient {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    return new GlueClient({ region: "us-east-1", endpoint: this.endpoint, credentials, ...config });
  }

  /**
   * Adds a transform, or replaces it and keeps its runs.
   *
   * @throws InvalidQueryError for a member of the wrong type, and for a value that JSON cannot represent
   */
  addTransform(transform: LocalTransform): void {
    this.#service.history.addTransform(transform);
  }

  /**
   * Adds runs, or replaces those with the same `TaskRunId` of the same transform. Creates transforms that do not exist
   * yet.
   *
   * @throws InvalidQueryError for a member of the wrong type, and for a value that JSON cannot represent, with the
   *   index and id of the run. Then none of the runs is added.
   */
  addTaskRuns(runs: Iterable<LocalTaskRun>): void {
    this.#service.history.addTaskRuns(runs);
  }

  /**
   * Finishes a run that was started or added: `CompletedOn` and `LastModifiedOn` become the current time, and
   * `ExecutionTime` the seconds since the run left STARTING.
   *
   * @param run - the ids of the run
   * @param outcome - the final status, and the error string of a failure
   * @throws InvalidQueryError for an unknown or finished run, and for a status that is not final
   *
   * @example
   * ```ts
   * const glue = await LocalGlue.start({ runTime: Infinity });
   * glue.addTransform({ TransformId: "tfm-0123" });
   * const command = new StartMLEvaluationTaskRunCommand({ TransformId: "tfm-0123" });
   * const { TaskRunId = "" } = await glue.client().send(command);
   * glue.finishTaskRun({ TransformId: "tfm-0123", TaskRunId }, { Status: "FAILED", ErrorString: "Internal error." });
   * ```
   */
  finishTaskRun(run: TaskRunReference, outcome: LocalTaskRunOutcome): void {
    this.#service.history.finishTaskRun(checkReference(run), checkOutcome(outcome));
  }

  /**
   * Removes runs of a transform. Ignores ids that do not exist.
   *
   * @throws InvalidQueryError if the ids are one string
   */
  removeTaskRuns(transformId: string, taskRunIds: Iterable<string>): void {
    if (typeof taskRunIds === "string") throwInvalid("taskRunIds", "an iterable of ids", taskRunIds);
    this.#service.history.removeTaskRuns(transformId, taskRunIds);
  }

  /** Removes a transform and its runs. */
  removeTransform(transformId: string): void {
    this.#service.history.removeTransform(transformId);
  }

  /**
   * Makes the next requests fail. A further call takes effect after the earlier ones, unless they are for other
   * operations.
   *
   * @throws InvalidQueryError for an unknown fault, and for an option out of its range
   *
   * @example
   * ```ts
   * glue.fail("throttling", { times: 2, after: 1 }); // the second and the third request
   * glue.fail("internalError", { operation: "GetMLTaskRun" }); // the next request for GetMLTaskRun
   * ```
   */
  fail(fault: LocalGlueFault, options: FailOptions = {}): void {
    this.#service.faults.fail(fault, options);
  }

  /**
   * Makes requests fail at random, as long as no fault of `fail()` is pending. With the same seed, the same requests
   * fail.
   *
   * @throws InvalidQueryError for an unknown fault, and for an option out of its range
   */
  failRandomly(options: FailRandomlyOptions): void {
    this.#service.faults.failRandomly(options);
  }

  /**
   * The received requests, oldest first: the latest 100,000, or fewer if they take more than 64 MiB. Requests for
   * unknown operations and requests that break a documented constraint are not included.
   */
  get requests(): readonly LocalGlueRequest[] {
    return this.#service.log.requests;
  }

  /** Closes the endpoint and its connections. Requests in flight get no response. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#service.close();
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Closes the endpoint at the end of its `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const latencyRule: Rule<Latency> = (value, field) =>
  typeof value === "function"
    ? callback<Exclude<Latency, number>>()(value, field)
    : integer(0, MAX_LATENCY)(value, field);

const checkOutcome = struct(
  "outcome",
  { Status: oneOf(FINAL_STATUSES) },
  { ErrorString: matching<string>((value) => typeof value === "string", "a string") },
);

const integerOrInfinity = (min: number): Rule<number> =>
  matching(
    (value) => value === Infinity || (Number.isSafeInteger(value) && Number(value) >= min),
    `an integer of at least ${min} or Infinity`,
  );
const pageSize = integer(PAGE_SIZE.min, PAGE_SIZE.max);

const checkEach = struct(
  "options",
  {},
  {
    port: integer(0, 65_535),
    host: text(ID),
    latency: latencyRule,
    tokenLifetime: integerOrInfinity(0),
    startingTime: integerOrInfinity(0),
    runTime: integerOrInfinity(0),
    maxConcurrentRuns: integerOrInfinity(1),
    defaultPageSize: pageSize,
    maxPageSize: pageSize,
    largerPages: oneOf<LargerPages>(["refuse", "cap"]),
    bounds: oneOf<Bounds>(["exclusive", "inclusive"]),
    onResponse: callback<OnResponse>(),
  },
);

function checkOptions(options: unknown) {
  const { maxPageSize = PAGE_SIZE.max, defaultPageSize = Math.min(100, maxPageSize), ...others } = checkEach(options);
  return {
    port: 0,
    host: "127.0.0.1",
    latency: 0,
    tokenLifetime: Infinity,
    startingTime: 0,
    runTime: 100,
    maxConcurrentRuns: 3,
    bounds: "exclusive" as const,
    largerPages: "refuse" as const,
    onResponse: () => {},
    maxPageSize,
    defaultPageSize: integer(PAGE_SIZE.min, maxPageSize)(defaultPageSize, "defaultPageSize"),
    ...others,
  };
}
