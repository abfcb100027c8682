/** What can go wrong on purpose, and when. */
import { integer, oneOf, type Rule, struct, throwInvalid } from "../criteria/rules.js";
import { randomFrom } from "./sample.js";
import { ServiceError } from "./service-error.js";

/**
 * A way to fail:
 *
 * - `throttling`, `internalError`, `operationTimeout`, `expiredToken`: the service's errors `ThrottlingException`,
 *   `InternalServiceException`, `OperationTimeoutException` and `ExpiredTokenException` (expired credentials)
 * - `connectionReset`, `truncatedBody`, `garbageBody`, `noResponse`: the connection breaks before the answer or amid it,
 *   the answer is not JSON, or there is none
 * - `emptyPage`: a page without runs, with a token for the page that was asked for
 * - `repeatedToken`: the page that was asked for, with the token of the request as `NextToken`; a request without a
 *   token is answered as usual, and the fault waits for one that has it
 *
 * @useDeclaredType
 */
export type LocalGlueFault = (typeof FAULTS)[number];

const SERVICE_ERRORS = {
  throttling: ["ThrottlingException", "Rate exceeded", 400],
  internalError: ["InternalServiceException", "An internal service error occurred.", 500],
  operationTimeout: ["OperationTimeoutException", "The operation timed out.", 400],
  expiredToken: ["ExpiredTokenException", "The security token included in the request is expired", 400],
} as const;

/** The faults of a connection, which the server has to produce. */
export type ConnectionFault = (typeof CONNECTION_FAULTS)[number];

const CONNECTION_FAULTS = ["connectionReset", "truncatedBody", "garbageBody", "noResponse"] as const;
const FAULTS = [
  "throttling",
  "internalError",
  "operationTimeout",
  "expiredToken",
  ...CONNECTION_FAULTS,
  "emptyPage",
  "repeatedToken",
] as const;

export function isConnectionFault(fault: LocalGlueFault | undefined): fault is ConnectionFault {
  return CONNECTION_FAULTS.some((known) => known === fault);
}

/** Throws the fault, if it is an error of the service. */
export function throwFault(fault: LocalGlueFault | undefined): void {
  if (fault === undefined || !(fault in SERVICE_ERRORS)) return;
  const [type, message, statusCode] = SERVICE_ERRORS[fault as keyof typeof SERVICE_ERRORS];
  throw new ServiceError(type, message, statusCode);
}

/** When a fault comes. */
export interface FailOptions {
  /**
   * How many requests fail, from 1.
   *
   * @defaultValue 1
   */
  times?: number | undefined;
  /**
   * How many requests are answered as usual before, from 0.
   *
   * @defaultValue 0
   */
  after?: number | undefined;
}

/** How often requests fail, and how. */
export interface FailRandomlyOptions {
  /** The share of requests that fail, 0 to 1; 0 is an end of it. */
  rate: number;
  /**
   * The same seed fails the same requests; 0 to 4294967295.
   *
   * @defaultValue 1
   */
  seed?: number | undefined;
  /**
   * The faults to choose from.
   *
   * @defaultValue those that are retried: throttling, internalError, operationTimeout, connectionReset
   */
  faults?: readonly LocalGlueFault[] | undefined;
}

const fault = oneOf(FAULTS);
const share: Rule<number> = (value, field) =>
  typeof value === "number" && value >= 0 && value <= 1 ? value : throwInvalid(field, "a number from 0 to 1", value);
const faults: Rule<readonly LocalGlueFault[]> = (value, field) =>
  Array.isArray(value) && value.length > 0
    ? value.map((each) => fault(each, field))
    : throwInvalid(field, "a list of faults", value);

const failRule = struct("options", {}, { times: integer(1, Infinity), after: integer(0, Infinity) });
const randomRule = struct("options", { rate: share }, { seed: integer(0, 0xffff_ffff), faults });

/** Decides which request fails, and how. */
export class FaultPlan {
  readonly #queue: { readonly fault: LocalGlueFault; times: number; after: number }[] = [];
  #random: () => LocalGlueFault | undefined = () => undefined;

  /** Faults that were planned before come first. */
  fail(given: LocalGlueFault, options: FailOptions): void {
    const { times = 1, after = 0 } = failRule(options);
    this.#queue.push({ fault: fault(given, "fault"), times, after });
  }

  failRandomly(options: FailRandomlyOptions): void {
    const { rate, seed = 1, faults: choice } = randomRule(options);
    const from = choice ?? ["throttling", "internalError", "operationTimeout", "connectionReset"];
    const random = randomFrom(seed);
    this.#random = () => (random() < rate ? from[Math.floor(random() * from.length)] : undefined);
  }

  /** The fault of the next request. */
  next(hasToken: boolean): LocalGlueFault | undefined {
    const [planned] = this.#queue;
    if (planned === undefined) {
      const chosen = this.#random();
      return chosen === "repeatedToken" && !hasToken ? undefined : chosen;
    }
    if (planned.after > 0) {
      planned.after -= 1;
      return undefined;
    }
    if (planned.fault === "repeatedToken" && !hasToken) return undefined;
    planned.times -= 1;
    if (planned.times === 0) this.#queue.shift();
    return planned.fault;
  }
}
