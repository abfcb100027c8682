/** Inspects values of unknown type: arguments of callers and members of responses. No function in this file throws. */

/** Long enough for the ids of the service, so that a reader can copy one from a message. */
const MAX_SHOWN = 80;

/** Formats a value for an error message: short, and never the content of an object, which may hold secrets. */
export function formatValue(value: unknown): string {
  if (typeof value === "string") {
    const text = JSON.stringify(value.slice(0, MAX_SHOWN));
    return value.length <= MAX_SHOWN ? text : `${text}... (${value.length} characters)`;
  }
  if (typeof value === "bigint") {
    // Writing out a huge BigInt takes long.
    return BigInt.asIntN(64, value) === value ? `${value}n` : "a BigInt of more than 64 bits";
  }
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value).slice(0, MAX_SHOWN);
  const time = timeOf(value);
  if (time !== undefined) return Number.isNaN(time) ? "an invalid Date" : "a Date";
  try {
    return Array.isArray(value) ? "an array" : "an object";
  } catch {
    return "a revoked Proxy";
  }
}

/** Whether a value is an object and not an array. False for a revoked Proxy, which cannot be read. */
export function isObject(value: unknown): value is Record<string, unknown> {
  try {
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * The time of a `Date` in milliseconds since the epoch; NaN for an invalid `Date`; undefined for any other value.
 * Accepts a Date of another realm (a `vm` context, a test runner's sandbox), but not an object that only inherits from
 * Date.
 */
export function timeOf(value: unknown): number | undefined {
  try {
    // It throws for every value that is not a Date, so its parameter may be any value.
    return Date.prototype.getTime.call(value as Date);
  } catch {
    return undefined;
  }
}

/** The message of a thrown value. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return "an error without a readable message";
  }
}
