/** The options of a local endpoint: their documentation, their checks and their defaults. */
import { ID, PAGE_SIZE } from "../criteria/constraints.js";
import { type InstantLike, toDate } from "../criteria/instant.js";
import { callback, integer, integerOrInfinity, number, oneOf, type Rule, struct, text } from "../criteria/rules.js";
import type { LocalGlueResponse } from "./server.js";
import type { LocalGlueRequest } from "./service.js";

/** The options of a local endpoint. Several are for what the service does not document, so that tests can try both. */
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
   * The delay of each response in milliseconds, from 0 to 3600000; or a function that returns it for each request, or a
   * promise of it. If the function fails, the response is an `InternalServiceException` with the reason.
   *
   * @defaultValue 0
   */
  latency?: number | ((request: LocalGlueRequest) => number | Promise<number>) | undefined;
  /**
   * The page size of requests without `MaxResults`, 1 to `maxPageSize`.
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
   * `InvalidInputException`, `"cap"` returns a page of `maxPageSize`. More than 1000 is always a `ValidationException`.
   *
   * @defaultValue `"refuse"`
   */
  largerPages?: "refuse" | "cap" | undefined;
  /**
   * How long a `NextToken` is valid, in milliseconds until the next request arrives, at least 0 or `Infinity`.
   *
   * @defaultValue `Infinity`
   */
  tokenLifetime?: number | undefined;
  /**
   * The response to a `NextToken` of `GetMLTaskRuns` whose run, the last of its page, was removed: `"refuse"` returns
   * an `EntityNotFoundException`, `"continue"` the page after it. The service documents the error and not its causes.
   *
   * @defaultValue `"refuse"`
   */
  removedRunTokens?: "refuse" | "continue" | undefined;
  /**
   * Whether `StartedAfter` and `StartedBefore` include a run that started at exactly that time.
   *
   * @defaultValue `"exclusive"`
   */
  bounds?: "exclusive" | "inclusive" | undefined;
  /**
   * The precision of timestamps. With `"seconds"` they are rounded down, so that more runs start at the same time.
   *
   * @defaultValue `"milliseconds"`
   */
  timestamps?: "milliseconds" | "seconds" | undefined;
  /**
   * The time from the start of a run until it is listed, in milliseconds, at least 0 or `Infinity`. `GetMLTaskRun`
   * returns it at once. The start of an added run is its `StartedOn`, or when it was added if it has none.
   *
   * @defaultValue 0
   */
  listingDelay?: number | undefined;
  /**
   * From which status on a run has `StartedOn`. With `"running"` a run that is STARTING has none.
   *
   * @defaultValue `"starting"`
   */
  startedOn?: "starting" | "running" | undefined;
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
   * The status follows from the `clock` whenever a run is read. No timers are used, so a test can set the time.
   *
   * @defaultValue 100
   */
  runTime?: number | undefined;
  /**
   * The maximum number of unfinished runs of a transform, at least 1 or `Infinity`; those of {@link
   * LocalGlue.addTaskRuns} count, too. Beyond it, a request to start an evaluation or a labeling set generation is a
   * `ConcurrentRunsExceededException`.
   *
   * @defaultValue 3, the default quota of the service
   */
  maxConcurrentRuns?: number | undefined;
  /**
   * The maximum number of unfinished runs of all transforms, at least 1 or `Infinity`. Beyond it, a request to start an
   * evaluation is a `ConcurrentRunsExceededException`.
   *
   * @defaultValue 30, the default quota of the service
   */
  maxConcurrentRunsPerAccount?: number | undefined;
  /**
   * The clock of the endpoint: for the `Date` header of its responses, its runs and its tokens.
   *
   * @defaultValue `Date.now`, so that it follows a fake `Date` of a test
   */
  clock?: (() => InstantLike) | undefined;
  /**
   * Called after each response until the endpoint is closed, for example to write a log. If it throws or rejects, the
   * endpoint emits a process warning and continues.
   */
  onResponse?: ((response: LocalGlueResponse) => void) | undefined;
}

/** The maximum latency in milliseconds: an hour. */
const MAX_LATENCY = 3_600_000;
const latencyFunction = callback<Exclude<LocalGlueOptions["latency"], number | undefined>>();
const latencyNumber = integer(0, MAX_LATENCY);
const pageSize = integer(PAGE_SIZE.min, PAGE_SIZE.max);

const RULES = {
  port: integer(0, 65_535),
  host: text(ID),
  latency: (value, field) => (typeof value === "function" ? latencyFunction : latencyNumber)(value, field),
  defaultPageSize: pageSize,
  maxPageSize: pageSize,
  largerPages: oneOf<"refuse" | "cap">(["refuse", "cap"]),
  tokenLifetime: integerOrInfinity(0),
  removedRunTokens: oneOf<"refuse" | "continue">(["refuse", "continue"]),
  bounds: oneOf<"exclusive" | "inclusive">(["exclusive", "inclusive"]),
  timestamps: oneOf<"milliseconds" | "seconds">(["milliseconds", "seconds"]),
  listingDelay: integerOrInfinity(0),
  startedOn: oneOf<"starting" | "running">(["starting", "running"]),
  startingTime: integerOrInfinity(0),
  runTime: integerOrInfinity(0),
  maxConcurrentRuns: integerOrInfinity(1),
  maxConcurrentRunsPerAccount: integerOrInfinity(1),
  clock: callback<() => InstantLike>(),
  onResponse: callback<(response: LocalGlueResponse) => void>(),
} satisfies { readonly [K in keyof LocalGlueOptions]-?: Rule<LocalGlueOptions[K]> };

const DEFAULTS = {
  port: 0,
  host: "127.0.0.1",
  latency: 0,
  maxPageSize: PAGE_SIZE.max,
  largerPages: "refuse",
  tokenLifetime: Infinity,
  removedRunTokens: "refuse",
  bounds: "exclusive",
  timestamps: "milliseconds",
  listingDelay: 0,
  startedOn: "starting",
  startingTime: 0,
  runTime: 100,
  maxConcurrentRuns: 3,
  maxConcurrentRunsPerAccount: 30,
  // Not the function itself, which a test may replace later.
  clock: () => Date.now(),
  onResponse: () => {},
} as const;

/** Checks the options, and fills in the defaults. The clock returns milliseconds since the epoch. */
export function checkLocalGlueOptions(options: unknown) {
  const checked = { ...DEFAULTS, ...struct("options", {}, RULES)(options) };
  const { maxPageSize, clock, latency, defaultPageSize = Math.min(100, maxPageSize) } = checked;
  return {
    ...checked,
    defaultPageSize: integer(PAGE_SIZE.min, maxPageSize)(defaultPageSize, "defaultPageSize"),
    clock: () => toDate(clock(), "The result of clock").getTime(),
    // The function gets a copy, because it may change it.
    latency: async (request: LocalGlueRequest) =>
      typeof latency === "number"
        ? latency
        : number(0, MAX_LATENCY)(await latency(structuredClone(request)), "The result of latency"),
  };
}

export type CheckedLocalGlueOptions = ReturnType<typeof checkLocalGlueOptions>;
