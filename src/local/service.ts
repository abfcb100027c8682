/** The service behind the server: what each operation answers from the history. */
import { setTimeout as wait } from "node:timers/promises";
import { type ConnectionFault, FaultPlan, isConnectionFault, type LocalGlueFault, throwFault } from "./faults.js";
import { type Bounds, History, type View } from "./history.js";
import { type Inputs, isOperation, readInput } from "./input.js";
import { type Entry, type Key, pageOf } from "./ordered.js";
import { ServiceError } from "./service-error.js";
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
export type Latency = number | ((request: LocalGlueRequest) => number);

/** An answer, and what is wrong with the connection that carries it. */
export interface Reply {
  readonly json: Buffer;
  readonly fault?: ConnectionFault | undefined;
}

/** How many of the latest requests are kept. */
const REQUESTS_KEPT = 100_000;

export class Service {
  readonly history: History;
  readonly faults = new FaultPlan();
  readonly requests: LocalGlueRequest[] = [];
  readonly #tokens: Tokens;
  readonly #latency: Latency;
  readonly #defaultPageSize: number;

  constructor(options: { latency: Latency; defaultPageSize: number; bounds: Bounds; tokenLifetime: number }) {
    this.history = new History(options.bounds);
    this.#tokens = new Tokens(options.tokenLifetime);
    this.#latency = options.latency;
    this.#defaultPageSize = options.defaultPageSize;
  }

  /** The reply to a request; throws a {@link ServiceError} for an error of the service. */
  async answer(operation: string, body: object): Promise<Reply> {
    if (!isOperation(operation)) {
      throw new ServiceError("UnknownOperationException", `This endpoint has no operation ${operation}.`);
    }
    // The input is the one of this operation, of which the compiler sees only that it is one of the inputs.
    const request = { operation, input: readInput(operation, body), at: new Date() } as LocalGlueRequest;
    this.requests.push(request);
    if (this.requests.length > REQUESTS_KEPT) this.requests.shift();
    const fault = this.faults.next("NextToken" in request.input && request.input.NextToken !== "");
    const latency = typeof this.#latency === "number" ? this.#latency : this.#latency(request);
    if (latency > 0) await wait(latency);
    if (isConnectionFault(fault)) return { json: this.#json(request, undefined), fault };
    throwFault(fault);
    return { json: this.#json(request, fault) };
  }

  #json({ operation, input }: LocalGlueRequest, fault: LocalGlueFault | undefined): Buffer {
    switch (operation) {
      case "GetMLTaskRun":
        return this.history.taskRun(input.TransformId, input.TaskRunId);
      case "GetMLTransforms":
        return this.#page("Transforms", operation, input, fault, () => this.history.transforms(input));
      case "GetMLTaskRuns":
        return this.#page("TaskRuns", operation, input, fault, (query) => this.history.taskRuns(input, query));
    }
  }

  #page(
    list: string,
    operation: string,
    { NextToken, MaxResults = this.#defaultPageSize, ...others }: Paging,
    fault: LocalGlueFault | undefined,
    view: (query: string) => View,
  ): Buffer {
    const query = JSON.stringify([operation, others]);
    const { entries, direction } = view(query);
    // Empty is the documented default. Only a token of this query's opens, and it holds what was sealed in it: a place, or
    // null for the start.
    const after = !NextToken ? null : (this.#tokens.open(NextToken, query) as Key | null);
    const { page, last } = pageOf(entries, direction, after, MaxResults);
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
