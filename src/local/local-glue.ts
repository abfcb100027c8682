/** `LocalGlue`: a local Glue endpoint for tests, demos and development without AWS. */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GlueClient, type GlueClientConfig } from "@aws-sdk/client-glue";
import { FINAL_STATUSES } from "../criteria/enumerations.js";
import { checkReference, type TaskRunReference } from "../criteria/query.js";
import { oneOf, struct, throwInvalid } from "../criteria/rules.js";
import { createHiddenState } from "../hidden-state.js";
import type { FailOptions, FailRandomlyOptions, LocalGlueFault } from "./faults.js";
import { checkLocalGlueOptions, type LocalGlueOptions } from "./options.js";
import type { LocalTaskRun, LocalTaskRunOutcome, LocalTransform } from "./record.js";
import { createGlueServer } from "./server.js";
import { type LocalGlueRequest, Service } from "./service.js";
import { string } from "./shapes.js";

/** A client on this machine cannot connect to the address that means all addresses everywhere. */
const LOOPBACK: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

const states = createHiddenState<LocalGlue, { readonly server: Server; readonly service: Service }>();

/**
 * A Glue endpoint on this machine. It serves the operations on task runs over HTTP as AWS does, to any AWS client in
 * any language:
 *
 * - `GetMLTaskRuns`, `GetMLTaskRun`, `GetMLTransforms` and `GetMLTransform` return the added runs and transforms.
 * - `StartMLEvaluationTaskRun`, `StartMLLabelingSetGenerationTaskRun`, `StartImportLabelsTaskRun` and
 *   `StartExportLabelsTaskRun` start a run. Its status changes over time, see {@link LocalGlueOptions.runTime}.
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
  /** The URL of the endpoint for clients on this machine, such as `http://127.0.0.1:4577`. */
  readonly endpoint: string;

  private constructor(endpoint: string, server: Server, service: Service) {
    this.endpoint = endpoint;
    states.set(this, { server, service });
  }

  /**
   * Starts an endpoint without transforms.
   *
   * @throws InvalidQueryError for an option out of its range; an error of the system if it cannot listen
   */
  static async start(options: LocalGlueOptions = {}): Promise<LocalGlue> {
    const checked = checkLocalGlueOptions(options);
    const service = new Service(checked);
    const server = createGlueServer((operation, body) => service.handle(operation, body), checked);
    server.listen(checked.port, checked.host);
    await once(server, "listening");
    // The address of a server on a TCP port is neither a path nor null.
    const { address, port } = server.address() as AddressInfo;
    const host = LOOPBACK[address] ?? address;
    return new LocalGlue(`http://${host.includes(":") ? `[${host}]` : host}:${port}`, server, service);
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
    states.get(this).service.history.addTransform(transform);
  }

  /**
   * Adds runs, or replaces those with the same `TaskRunId` of the same transform. Creates transforms that do not exist
   * yet.
   *
   * @throws InvalidQueryError for a member of the wrong type, and for a value that JSON cannot represent, with the
   *   index and id of the run. Then none of the runs is added.
   */
  addTaskRuns(runs: Iterable<LocalTaskRun>): void {
    states.get(this).service.history.addTaskRuns(runs);
  }

  /**
   * Finishes a run that was started or added: `CompletedOn` and `LastModifiedOn` become the current time, and
   * `ExecutionTime` the seconds since the run left STARTING.
   *
   * @param run - the ids of the run
   * @param outcome - the final status, and the error string of a failure
   * @throws InvalidQueryError for an unknown or finished run, and for a status that is not final
   */
  finishTaskRun(run: TaskRunReference, outcome: LocalTaskRunOutcome): void {
    states.get(this).service.history.finishTaskRun(checkReference(run), checkOutcome(outcome));
  }

  /**
   * Removes runs of a transform. Ignores ids that do not exist.
   *
   * @throws InvalidQueryError if the ids are one string
   */
  removeTaskRuns(transformId: string, taskRunIds: Iterable<string>): void {
    if (typeof taskRunIds === "string") throwInvalid("taskRunIds", "an iterable of ids", taskRunIds);
    states.get(this).service.history.removeTaskRuns(transformId, taskRunIds);
  }

  /** Removes a transform and its runs. */
  removeTransform(transformId: string): void {
    states.get(this).service.history.removeTransform(transformId);
  }

  /**
   * Makes the next requests fail. A further call takes effect after the earlier ones, unless they are for other
   * operations.
   *
   * @throws InvalidQueryError for an unknown fault, and for an option out of its range
   */
  fail(fault: LocalGlueFault, options: FailOptions = {}): void {
    states.get(this).service.faults.fail(fault, options);
  }

  /**
   * Makes requests fail at random, as long as no fault of `fail()` is pending. With the same seed, the same requests
   * fail.
   *
   * @throws InvalidQueryError for an unknown fault, and for an option out of its range
   */
  failRandomly(options: FailRandomlyOptions): void {
    states.get(this).service.faults.failRandomly(options);
  }

  /**
   * The received requests, oldest first: the latest 100,000, or fewer if they take more than 64 MiB. Requests for
   * unknown operations and requests that break a documented constraint are not included.
   */
  get requests(): readonly LocalGlueRequest[] {
    return states.get(this).service.log.requests;
  }

  /** Closes the endpoint and its connections. Requests in flight get no response. */
  async close(): Promise<void> {
    const { server, service } = states.get(this);
    if (!server.listening) return;
    service.close();
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** Closes the endpoint at the end of its `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const checkOutcome = struct("outcome", { Status: oneOf(FINAL_STATUSES) }, { ErrorString: string });
