/** The service behind the server: what each operation answers from the history. */
import { matching } from "../criteria/rules.js";
import { delay } from "../request/abort.js";
import { type ConnectionFault, FaultPlan, isConnectionFault, type LocalGlueFault, throwFault } from "./faults.js";
import { type Bounds, History } from "./history.js";
import { constraintError, type Inputs, isOperation, readInput } from "./input.js";
import { type Entry, type Key, pageOf, type View } from "./ordered.js";
import { RequestLog } from "./request-log.js";
import { ServiceError } from "./service-error.js";
import { describeError } from "./text.js";
import { Tokens } from "./token.js";

/**
 * A request that the endpoint received and could read, whatever it answered: the name of its `operation`
 * (`"GetMLTaskRuns"`, `"GetMLTaskRun"` or `"GetMLTransforms"`), its `input` as the SDK's command takes it, and when it came.
 */
export type LocalGlueRequest = {
  [O in keyof Inputs]: {
    /** The operation's name. */
    readonly operation: O;
    /** Its input, as the SDK's command takes it. */
    readonly input: Inputs[O];
    /** When it came. */
    readonly at: Date;
  };
}[keyof Inputs];

/**
 * How long each response takes, in milliseconds; or a function that returns it for each request, at once or as a promise.
 *
 * @inline
 */
export type Latency = number | ((request: LocalGlueRequest) => number | Promise<number>);

/** Maximum latency in milliseconds: an hour. */
export const MAX_LATENCY = 3_600_000;

/**
 * What happens to a request whose `MaxResults` is larger than `maxPageSize`.
 *
 * @inline
 */
export type LargerPages = "refuse" | "cap";

/** An answer, and what is wrong with the connection that carries it. */
export interface Reply {
  readonly json: Buffer;
  readonly fault?: ConnectionFault | undefined;
}

export interface ServiceOptions {
  readonly latency: Latency;
  readonly defaultPageSize: number;
  readonly maxPageSize: number;
  readonly largerPages: LargerPages;
  readonly bounds: Bounds;
  readonly tokenLifetime: number;
  /** Ends all latencies when it aborts. */
  readonly signal: AbortSignal;
}

export class Service {
  readonly history: History;
  readonly faults = new FaultPlan();
  readonly log = new RequestLog<LocalGlueRequest>();
  readonly #tokens: Tokens;
  readonly #options: ServiceOptions;

  constructor(options: ServiceOptions) {
    this.history = new History(options.bounds);
    this.#tokens = new Tokens(options.tokenLifetime);
    this.#options = options;
  }

  /** The reply to a request; throws a {@link ServiceError} for an error of the service. */
  async answer(operation: string, body: object): Promise<Reply> {
    if (!isOperation(operation)) {
      throw new ServiceError("UnknownOperationException", `This endpoint has no operation ${operation}.`);
    }
    // The input is the one of this operation, of which the compiler sees only that it is one of the inputs.
    const request = { operation, input: readInput(operation, body), at: new Date() } as LocalGlueRequest;
    if ("MaxResults" in request.input) this.#checkPageSize(request.input);
    // Callers may change what they are given: the log and the latency function have copies.
    this.log.add(structuredClone(request));
    const fault = this.faults.next("NextToken" in request.input && request.input.NextToken !== "");
    const latency = await this.#latencyOf(request);
    if (latency > 0) await delay(latency, [this.#options.signal]);
    if (isConnectionFault(fault)) return { json: this.#json(request, undefined), fault };
    throwFault(fault);
    return { json: this.#json(request, fault) };
  }

  #checkPageSize({ MaxResults = 1 }: Paging): void {
    const { maxPageSize, largerPages } = this.#options;
    if (MaxResults > maxPageSize && largerPages === "refuse") {
      throw constraintError("MaxResults", `Member must have value less than or equal to ${maxPageSize}`);
    }
  }

  async #latencyOf(request: LocalGlueRequest): Promise<number> {
    const { latency } = this.#options;
    if (typeof latency === "number") return latency;
    try {
      return milliseconds(await latency(structuredClone(request)), "its result");
    } catch (error) {
      const message = `The latency function of the local endpoint failed: ${describeError(error)}`;
      throw new ServiceError("InternalServiceException", message, 500);
    }
  }

  #json({ operation, input }: LocalGlueRequest, fault: LocalGlueFault | undefined): Buffer {
    switch (operation) {
      case "GetMLTaskRun":
        return this.history.taskRun(input.TransformId, input.TaskRunId);
      case "GetMLTransforms":
        return this.#page("Transforms", operation, input, fault, (query) => this.history.transforms(input, query));
      case "GetMLTaskRuns":
        return this.#page("TaskRuns", operation, input, fault, (query) => this.history.taskRuns(input, query));
    }
  }

  #page(
    list: string,
    operation: string,
    { NextToken, MaxResults = this.#options.defaultPageSize, ...others }: Paging,
    fault: LocalGlueFault | undefined,
    view: (query: string) => View,
  ): Buffer {
    const query = JSON.stringify([operation, others]);
    // Empty is the documented default. Only a token of this query's opens, and it holds what was sealed in it: a place, or
    // null for the start.
    const after = !NextToken ? null : (this.#tokens.open(NextToken, query) as Key | null);
    const { page, last } = pageOf(view(query), after, Math.min(MaxResults, this.#options.maxPageSize));
    if (fault === "emptyPage") return pageJson(list, [], this.#tokens.seal(after, query));
    const token = last && this.#tokens.seal(last, query);
    return pageJson(list, page, fault === "repeatedToken" ? NextToken : token);
  }
}

const milliseconds = matching<number>(
  (value) => typeof value === "number" && value >= 0 && value <= MAX_LATENCY,
  `a number from 0 to ${MAX_LATENCY}`,
);

interface Paging {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

const COMMA = Buffer.from(",");

/** The bytes of a page, put together from those of its entries: each run is written as JSON once, when it is added. */
function pageJson(list: string, page: readonly Entry[], token: string | undefined): Buffer {
  const entries = page.flatMap(({ json }, index) => (index === 0 ? [json] : [COMMA, json]));
  const end = token === undefined ? "]}" : `],"NextToken":${JSON.stringify(token)}}`;
  return Buffer.concat([Buffer.from(`{"${list}":[`), ...entries, Buffer.from(end)]);
}
