/** `LocalGlue`: a local Glue endpoint for tests, demos and development without AWS. */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GlueClient, type GlueClientConfig } from "@aws-sdk/client-glue";
import { ID, PAGE_SIZE } from "../criteria/constraints.js";
import { callback, integer, oneOf, type Rule, struct, text } from "../criteria/rules.js";
import type { FailOptions, FailRandomlyOptions, LocalGlueFault } from "./faults.js";
import type { Bounds } from "./history.js";
import type { LocalTaskRun, LocalTransform } from "./record.js";
import { createGlueServer, type OnResponse } from "./server.js";
import { type LargerPages, type Latency, type LocalGlueRequest, MAX_LATENCY, Service } from "./service.js";

/** How the endpoint behaves. */
export interface LocalGlueOptions {
  /**
   * The port to listen on, 0 to 65535.
   *
   * @defaultValue 0, which is any free one
   */
  port?: number | undefined;
  /**
   * The address to listen on.
   *
   * @defaultValue `"127.0.0.1"`: nobody outside of this machine reaches it
   */
  host?: string | undefined;
  /**
   * How long each response takes, in milliseconds from 0 to 3600000; or a function that returns it for each request, at
   * once or as a promise. A request for which the function fails, or returns anything else, is answered with an
   * `InternalServiceException` that says so.
   *
   * @defaultValue 0
   */
  latency?: Latency | undefined;
  /**
   * The page size of requests without `MaxResults`, 1 to `maxPageSize`. The service does not document its own.
   *
   * @defaultValue 100, or `maxPageSize` if that is less
   */
  defaultPageSize?: number | undefined;
  /**
   * The largest `MaxResults` of `GetMLTaskRuns` and `GetMLTransforms`, 1 to 1000.
   *
   * @defaultValue 1000, as the service documents
   */
  maxPageSize?: number | undefined;
  /**
   * What happens to a request whose `MaxResults` is larger than `maxPageSize`: `"refuse"` answers it with an
   * `InvalidInputException`, `"cap"` with a page of `maxPageSize`. More than 1000 is always refused.
   *
   * @defaultValue `"refuse"`
   */
  largerPages?: LargerPages | undefined;
  /**
   * How long a `NextToken` is good, in milliseconds, from 0. The service does not document it.
   *
   * @defaultValue for ever
   */
  tokenLifetime?: number | undefined;
  /**
   * Whether a run that started at the very time of `StartedAfter` or `StartedBefore` is listed. The service does not
   * document which.
   *
   * @defaultValue `"exclusive"`: it is not
   */
  bounds?: Bounds | undefined;
  /**
   * Called after each response until the endpoint is closed, for a log. If it throws or rejects, the endpoint goes on and
   * emits a process warning.
   */
  onResponse?: OnResponse | undefined;
}

/**
 * A Glue endpoint of its own on this machine, which answers `GetMLTaskRuns`, `GetMLTaskRun` and `GetMLTransforms` over
 * HTTP as AWS does: any AWS client in any language can talk to it.
 *
 * @example
 * ```ts
 * await using glue = await LocalGlue.start();
 * glue.addTaskRuns(sampleTaskRuns({ transformId: "tfm-0123", count: 2500 }));
 * const taskRuns = new MLTaskRuns(glue.client());
 * ```
 */
export class LocalGlue implements AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:4577`. */
  readonly endpoint: string;
  readonly #server: Server;
  readonly #service: Service;
  readonly #closing: AbortController;

  private constructor(server: Server, endpoint: string, service: Service, closing: AbortController) {
    this.#server = server;
    this.endpoint = endpoint;
    this.#service = service;
    this.#closing = closing;
  }

  /**
   * Starts an endpoint without any transform.
   *
   * @throws InvalidQueryError for an option out of its range; an error of the system where it can not listen
   */
  static async start(options: LocalGlueOptions = {}): Promise<LocalGlue> {
    const { port, host, onResponse, ...others } = checkOptions(options);
    const closing = new AbortController();
    const { signal } = closing;
    const service = new Service({ ...others, signal });
    const server = createGlueServer((operation, body) => service.answer(operation, body), onResponse, signal);
    server.listen(port, host);
    await once(server, "listening");
    // It listens on a TCP port, so its address is neither a path nor null.
    const { address, port: actualPort } = server.address() as AddressInfo;
    const name = address.includes(":") ? `[${address}]` : address;
    return new LocalGlue(server, `http://${name}:${actualPort}`, service, closing);
  }

  /** A client that talks to this endpoint; it needs no credentials. Whatever the config says goes before. */
  client(config: GlueClientConfig = {}): GlueClient {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    return new GlueClient({ region: "us-east-1", endpoint: this.endpoint, credentials, ...config });
  }

  /**
   * Adds a transform, or replaces it; its runs stay.
   *
   * @throws InvalidQueryError for a member of the wrong type, and for what JSON cannot hold
   */
  addTransform(transform: LocalTransform): void {
    this.#service.history.addTransform(transform);
  }

  /**
   * Adds runs, or replaces those with the same `TaskRunId` of the same transform. Creates transforms that do not exist yet.
   *
   * @throws InvalidQueryError for a member of the wrong type, and for what JSON cannot hold, with the index and id of the
   *   run. None of the runs is added then.
   */
  addTaskRuns(runs: Iterable<LocalTaskRun>): void {
    this.#service.history.addTaskRuns(runs);
  }

  /** Removes runs of a transform; those that are not there are ignored. */
  removeTaskRuns(transformId: string, taskRunIds: Iterable<string>): void {
    this.#service.history.removeTaskRuns(transformId, taskRunIds);
  }

  /** Removes a transform and its runs. */
  removeTransform(transformId: string): void {
    this.#service.history.removeTransform(transformId);
  }

  /**
   * Makes the next requests fail. Several calls come one after another.
   *
   * @throws InvalidQueryError for an unknown fault, and for an option out of its range
   *
   * @example
   * ```ts
   * glue.fail("throttling", { times: 2, after: 1 }); // the second and the third request from now
   * ```
   */
  fail(fault: LocalGlueFault, options: FailOptions = {}): void {
    this.#service.faults.fail(fault, options);
  }

  /**
   * Makes a share of all requests fail from now on, where `fail()` has nothing planned: the same ones for the same seed.
   *
   * @throws InvalidQueryError for an unknown fault, and for an option out of its range
   */
  failRandomly(options: FailRandomlyOptions): void {
    this.#service.faults.failRandomly(options);
  }

  /** The requests that it received, oldest first: the latest 100,000, or fewer if they take more than 64 MiB. */
  get requests(): readonly LocalGlueRequest[] {
    return this.#service.log.requests;
  }

  /** Closes the endpoint and its connections. Requests that are in flight are not answered. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#closing.abort();
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

const latency: Rule<Latency> = (value, field) =>
  typeof value === "function"
    ? callback<Exclude<Latency, number>>()(value, field)
    : integer(0, MAX_LATENCY)(value, field);

const check = struct(
  "options",
  {},
  {
    port: integer(0, 65_535),
    host: text(ID),
    latency,
    tokenLifetime: integer(0, Infinity),
    defaultPageSize: integer(PAGE_SIZE.min, PAGE_SIZE.max),
    maxPageSize: integer(PAGE_SIZE.min, PAGE_SIZE.max),
    largerPages: oneOf<LargerPages>(["refuse", "cap"]),
    bounds: oneOf<Bounds>(["exclusive", "inclusive"]),
    onResponse: callback<OnResponse>(),
  },
);

function checkOptions(options: unknown) {
  const { maxPageSize = 1000, defaultPageSize = Math.min(100, maxPageSize), ...others } = check(options);
  return {
    port: 0,
    host: "127.0.0.1",
    latency: 0,
    tokenLifetime: Infinity,
    bounds: "exclusive" as const,
    largerPages: "refuse" as const,
    onResponse: () => {},
    maxPageSize,
    defaultPageSize: integer(PAGE_SIZE.min, maxPageSize)(defaultPageSize, "defaultPageSize"),
    ...others,
  };
}
