/** Faults: how requests can fail, and the plan of which requests fail. */
import { integer, number, oneOf, type Rule, struct, throwInvalid } from "../criteria/rules.js";
import { OPERATIONS, type Operation } from "./input.js";
import { randomFrom } from "./sample.js";
import { serviceError } from "./service-error.js";

/**
 * A way in which a request fails:
 *
 * - `throttling`, `internalError`, `operationTimeout`, `expiredToken`: the service's errors `ThrottlingException`,
 *   `InternalServiceException`, `OperationTimeoutException` and `ExpiredTokenException` (expired credentials)
 * - `connectionReset`, `truncatedBody`, `garbageBody`, `emptyBody`, `noResponse`: the connection breaks before or
 *   during the response, the body of the response is not JSON or is empty, or no response is sent. The operation takes
 *   effect: it may start or cancel a run.
 * - `emptyPage`: an empty page, with a token for the requested page. Requests for an operation without pages succeed,
 *   and the fault waits for a request for a page.
 * - `repeatedToken`: the requested page, with the token of the request as its `NextToken`. Requests without a token
 *   succeed, and the fault waits for a request with a token.
 *
 * @useDeclaredType
 */
export type LocalGlueFault = (typeof FAULTS)[number];

const SERVICE_FAULTS = ["throttling", "internalError", "operationTimeout", "expiredToken"] as const;
const HTTP_FAULTS = ["connectionReset", "truncatedBody", "garbageBody", "emptyBody", "noResponse"] as const;
const FAULTS = [...SERVICE_FAULTS, ...HTTP_FAULTS, "emptyPage", "repeatedToken"] as const;

/** A fault of the connection or of the body, which the HTTP server produces. */
export type HttpFault = (typeof HTTP_FAULTS)[number];

export function isHttpFault(fault: LocalGlueFault | undefined): fault is HttpFault {
  return HTTP_FAULTS.some((httpFault) => httpFault === fault);
}

/** Throws the error if the fault is an error of the service. */
export function throwServiceError(fault: LocalGlueFault | undefined): void {
  for (const name of SERVICE_FAULTS) if (name === fault) throw serviceError(name, {});
}

/** Which requests fail. */
export interface FailOptions {
  /**
   * The number of requests that fail, at least 1.
   *
   * @defaultValue 1
   */
  times?: number | undefined;
  /**
   * The number of requests that succeed before the first failure, at least 0.
   *
   * @defaultValue 0
   */
  after?: number | undefined;
  /**
   * The operation whose requests fail, such as `"GetMLTaskRun"`. `times` and `after` count its requests only.
   *
   * @defaultValue all operations
   */
  operation?: Operation | undefined;
}

/** How often requests fail at random, and with which faults. */
export interface FailRandomlyOptions {
  /** The probability that a request fails, from 0 to 1. 0 ends random failures. */
  rate: number;
  /**
   * The seed of the random numbers, from 0 to 4294967295. With the same seed, the same requests fail.
   *
   * @defaultValue 1
   */
  seed?: number | undefined;
  /**
   * The faults to choose from.
   *
   * @defaultValue the faults that clients retry: throttling, internalError, operationTimeout, connectionReset
   */
  faults?: readonly LocalGlueFault[] | undefined;
}

const faultRule = oneOf(FAULTS);
const faultsRule: Rule<readonly LocalGlueFault[]> = (value, field) =>
  Array.isArray(value) && value.length > 0
    ? value.map((fault) => faultRule(fault, field))
    : throwInvalid(field, "a list of faults", value);
const failRules = { times: integer(1, Infinity), after: integer(0, Infinity), operation: oneOf(OPERATIONS) };
const checkFailOptions = struct("options", {}, failRules);
const randomRules = { seed: integer(0, 0xffff_ffff), faults: faultsRule };
const checkRandomOptions = struct("options", { rate: number(0, 1) }, randomRules);
const LIST_OPERATIONS: readonly Operation[] = ["GetMLTaskRuns", "GetMLTransforms"];

/** Decides which requests fail, and with which fault. */
export class FaultPlan {
  readonly #queue: { fault: LocalGlueFault; operation: Operation | undefined; times: number; after: number }[] = [];
  #nextRandom: () => LocalGlueFault | undefined = () => undefined;

  /** Plans a fault for requests that come after those of the earlier calls. */
  fail(fault: LocalGlueFault, options: FailOptions): void {
    const { times = 1, after = 0, operation } = checkFailOptions(options);
    faultRule(fault, "fault");
    const isPageFault = fault === "emptyPage" || fault === "repeatedToken";
    if (operation !== undefined && isPageFault) oneOf(LIST_OPERATIONS)(operation, "operation");
    this.#queue.push({ fault, operation, times, after });
  }

  failRandomly(options: FailRandomlyOptions): void {
    const { rate, seed = 1, faults } = checkRandomOptions(options);
    const choices = faults ?? ["throttling", "internalError", "operationTimeout", "connectionReset"];
    const random = randomFrom(seed);
    this.#nextRandom = () => (random() < rate ? choices[Math.floor(random() * choices.length)] : undefined);
  }

  next(operation: Operation, hasToken: boolean): LocalGlueFault | undefined {
    const planned = this.#queue.find((plan) => plan.operation === undefined || plan.operation === operation);
    if (planned && planned.after > 0) {
      planned.after -= 1;
      return undefined;
    }
    const fault = planned ? planned.fault : this.#nextRandom();
    if (fault === "emptyPage" && !LIST_OPERATIONS.includes(operation)) return undefined;
    if (fault === "repeatedToken" && !hasToken) return undefined;
    if (planned) planned.times -= 1;
    if (planned?.times === 0) this.#queue.splice(this.#queue.indexOf(planned), 1);
    return fault;
  }
}
