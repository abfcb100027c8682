/** `LocalGlue`: a local Glue endpoint for tests, demos and development without AWS. */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GlueClient, type GlueClientConfig } from "@aws-sdk/client-glue";
import { callback, integer, oneOf, type Rule, struct, text } from "../check.js";
import { date } from "../filter.js";
import type { FailOptions, FailRandomlyOptions, LocalGlueFault } from "./faults.js";
import type { Bounds, LocalTaskRun, LocalTransform } from "./history.js";
import { createGlueServer, type LocalGlueAnswer } from "./server.js";
import { type Latency, type LocalGlueRequest, Service } from "./service.js";

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
   * How long each answer takes, in milliseconds; or a function that says so for each request.
   *
   * @defaultValue 0
   */
  latency?: Latency | undefined;
  /**
   * The page size of requests without `MaxResults`, 1 to 1000. The service does not document its own.
   *
   * @defaultValue 100
   */
  defaultPageSize?: number | undefined;
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
  /** Called after each answer, for a log. */
  onAnswer?: ((answer: LocalGlueAnswer) => void) | undefined;
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

  private constructor(server: Server, endpoint: string, service: Service) {
    this.#server = server;
    this.endpoint = endpoint;
    this.#service = service;
  }

  /**
   * Starts an endpoint without any transform.
   *
   * @throws InvalidQueryError for an option out of its range; an error of the system where it can not listen
   */
  static async start(options: LocalGlueOptions = {}): Promise<LocalGlue> {
    const { port, host, onAnswer, ...others } = checkOptions(options);
    const service = new Service(others);
    const server = createGlueServer((operation, body) => service.answer(operation, body), onAnswer);
    server.listen(port, host);
    await once(server, "listening");
    // It listens on a TCP port, so its address is neither a path nor null.
    const { address, port: actualPort } = server.address() as AddressInfo;
    const name = address.includes(":") ? `[${address}]` : address;
    return new LocalGlue(server, `http://${name}:${actualPort}`, service);
  }

  /** A client that talks to this endpoint; it needs no credentials. Whatever the config says goes before. */
  client(config: GlueClientConfig = {}): GlueClient {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    return new GlueClient({ region: "us-east-1", endpoint: this.endpoint, credentials, ...config });
  }

  /**
   * Adds a transform, or replaces it; its runs stay.
   *
   * @throws TypeError for a `TransformId` that is no string, or empty; InvalidQueryError for a timestamp that is no Date
   */
  addTransform(transform: LocalTransform): void {
    requireId("TransformId", transform.TransformId);
    requireDates(transform, ["CreatedOn", "LastModifiedOn"]);
    this.#service.history.addTransform(transform);
  }

  /**
   * Adds runs, or replaces those with the same `TaskRunId` of the same transform; their transforms come to be.
   *
   * @throws TypeError for an id that is no string, or empty; InvalidQueryError for a timestamp that is no Date. None of the
   *   runs is added then.
   */
  addTaskRuns(runs: Iterable<LocalTaskRun>): void {
    const all = [...runs];
    for (const run of all) {
      requireId("TransformId", run.TransformId);
      requireId("TaskRunId", run.TaskRunId);
      requireDates(run, ["StartedOn", "LastModifiedOn", "CompletedOn"]);
    }
    this.#service.history.addTaskRuns(all);
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

  /** The requests that it received, oldest first: the latest 100,000 of them. */
  get requests(): readonly LocalGlueRequest[] {
    return this.#service.requests;
  }

  /** Closes the endpoint and its connections. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
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
    ? callback<(request: LocalGlueRequest) => number>()(value, field)
    : integer(0, 3_600_000)(value, field);

const check = struct(
  "options",
  {},
  {
    port: integer(0, 65_535),
    host: text(1, 255),
    latency,
    tokenLifetime: integer(0, Infinity),
    defaultPageSize: integer(1, 1000),
    bounds: oneOf<Bounds>(["exclusive", "inclusive"]),
    onAnswer: callback<(answer: LocalGlueAnswer) => void>(),
  },
);

function checkOptions(options: unknown) {
  return {
    port: 0,
    host: "127.0.0.1",
    latency: 0,
    defaultPageSize: 100,
    tokenLifetime: Infinity,
    bounds: "exclusive" as const,
    onAnswer: () => {},
    ...check(options),
  };
}

function requireId(member: string, id: unknown): void {
  if (typeof id !== "string" || id === "") throw new TypeError(`${member} must be a string that is not empty.`);
}

function requireDates<T extends object>(value: T, members: readonly (string & keyof T)[]): void {
  // A file of the service's own JSON may have null.
  for (const member of members) if ((value[member] ?? undefined) !== undefined) date(value[member], member);
}
