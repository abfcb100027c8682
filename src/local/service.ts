/** The service behind the server: what each operation answers from the history. */
import { setTimeout as wait } from "node:timers/promises";
import { formatValue } from "../values.js";
import { type ConnectionFault, FaultPlan, isConnectionFault, type LocalGlueFault, throwFault } from "./faults.js";
import { type Bounds, History, type View } from "./history.js";
import { type Inputs, isOperation, readInput } from "./input.js";
import { type Entry, type Key, pageOf } from "./ordered.js";
import { invalidInput, ServiceError } from "./service-error.js";
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
 * How long each answer takes, in milliseconds; or a function that says so for each request.
 *
 * @inline
 */
export type Latency = number | ((request: LocalGlueRequest) => number | Promise<number>);

/** An answer, and what is wrong with the connection that carries it. */
export interface Reply {
  readonly json: Buffer;
  readonly fault?: ConnectionFault | undefined;
}

/** The maximum number of requests that are kept, and of the bytes of their bodies in total. */
const MAX_REQUESTS = 100_000;
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;
/** The maximum latency in milliseconds: an hour. */
export const MAX_LATENCY = 3_600_000;

/** How the service behaves. */
export interface ServiceOptions {
  readonly latency: Latency;
  readonly defaultPageSize: number;
  readonly maxPageSize: number;
  readonly largerPages: LargerPages;
  readonly bounds: Bounds;
  readonly tokenLifetime: number;
  /** Aborts when the endpoint is closed. */
  readonly closing: AbortSignal;
}

/**
 * What happens to a request for more than the maximum page size.
 *
 * @inline
 */
export type LargerPages = "refuse" | "cap";

export class Service {
  readonly history: History;
  readonly faults = new FaultPlan();
  readonly requests: LocalGlueRequest[] = [];
  readonly #requestBytes: number[] = [];
  #totalBytes = 0;
  readonly #tokens: Tokens;
  readonly #latency: Latency;
  readonly #options: ServiceOptions;

  constructor(options: ServiceOptions) {
    this.history = new History(options.bounds);
    this.#tokens = new Tokens(options.tokenLifetime);
    this.#latency = options.latency;
    this.#options = options;
  }

  /** The reply to a request; throws a {@link ServiceError} for an error of the service. */
  async answer(operation: string, body: object, bytes: number): Promise<Reply> {
    if (!isOperation(operation)) {
      throw new ServiceError("UnknownOperationException", `This endpoint has no operation ${operation}.`);
    }
    // The input is the one of this operation, of which the compiler sees only that it is one of the inputs.
    const request = { operation, input: readInput(operation, body), at: new Date() } as LocalGlueRequest;
    this.#keep(structuredClone(request), bytes);
    const fault = this.faults.next("NextToken" in request.input && request.input.NextToken !== "");
    const latency = await this.#latencyOf(request);
    if (latency > 0) await wait(latency, undefined, { signal: this.#options.closing });
    if (isConnectionFault(fault)) return { json: this.#json(request, undefined), fault };
    throwFault(fault);
    return { json: this.#json(request, fault) };
  }

  /** Keeps the latest requests; a tenth goes when there are too many, so that this is rare. */
  #keep(request: LocalGlueRequest, bytes: number): void {
    this.requests.push(request);
    this.#requestBytes.push(bytes);
    this.#totalBytes += bytes;
    if (this.requests.length <= MAX_REQUESTS && this.#totalBytes <= MAX_REQUEST_BYTES) return;
    let count = 0;
    while (
      this.requests.length - count > 0.9 * MAX_REQUESTS ||
      (this.#totalBytes > 0.9 * MAX_REQUEST_BYTES && count < this.requests.length - 1)
    ) {
      this.#totalBytes -= this.#requestBytes[count] ?? 0;
      count += 1;
    }
    this.requests.splice(0, count);
    this.#requestBytes.splice(0, count);
  }

  async #latencyOf(request: LocalGlueRequest): Promise<number> {
    if (typeof this.#latency === "number") return this.#latency;
    let latency: unknown;
    try {
      // A copy: the function must not change what is answered.
      latency = await this.#latency(structuredClone(request));
    } catch (error) {
      throw new ServiceError("InternalServiceException", `The option latency failed: ${String(error)}`, 500);
    }
    if (typeof latency === "number" && latency >= 0 && latency <= MAX_LATENCY) return latency;
    const message = `The option latency must return a number from 0 to ${MAX_LATENCY}, got ${formatValue(latency)}.`;
    throw new ServiceError("InternalServiceException", message, 500);
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
    { NextToken, MaxResults, ...others }: Paging,
    fault: LocalGlueFault | undefined,
    view: (query: string) => View,
  ): Buffer {
    const { defaultPageSize, maxPageSize, largerPages } = this.#options;
    if (MaxResults !== undefined && MaxResults > maxPageSize && largerPages === "refuse") {
      const constraint = `Member must have value less than or equal to ${maxPageSize}`;
      throw invalidInput(
        `1 validation error detected: Value at 'MaxResults' failed to satisfy constraint: ${constraint}`,
      );
    }
    const size = Math.min(MaxResults ?? defaultPageSize, maxPageSize);
    const query = JSON.stringify([operation, others]);
    const { entries, direction } = view(query);
    // Empty is the documented default. Only a token of this query's opens, and it holds what was sealed in it: a place, or
    // null for the start.
    const after = !NextToken ? null : (this.#tokens.open(NextToken, query) as Key | null);
    const { page, last } = pageOf(entries, direction, after, size);
    if (fault === "emptyPage") return pageJson(list, [], this.#tokens.seal(after, query));
    const token = last && this.#tokens.seal(last, query);
    return pageJson(list, page, fault === "repeatedToken" ? NextToken : token);
  }
}

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
