/** Converts a caller's object to JSON of limited depth. */
import { date } from "../criteria/instant.js";
import { throwInvalid } from "../criteria/rules.js";
import { InvalidQueryError } from "../errors.js";
import { isObject, messageOf } from "../values.js";

/** Maximum depth of a request, a run or a transform. The service's own structures have at most 5 levels. */
export const MAX_DEPTH = 32;

/** Whether a JSON value has more than a number of levels. It looks no deeper, so that the stack cannot overflow. */
export function isTooDeep(value: unknown, levels = MAX_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isTooDeep(item, levels - 1));
}

/** The timestamps of a run or a transform. */
const TIMESTAMPS: readonly string[] = ["StartedOn", "LastModifiedOn", "CompletedOn", "CreatedOn"];

/** The members of a run or a transform. */
export type Members = Readonly<Record<string, unknown>>;

/** Copies the members of a caller's object, which has a name in error messages. Reads each member once. */
export function copyMembers(value: unknown, name: string): Members {
  return isObject(value) ? orInvalid(name, "readable", () => ({ ...value })) : throwInvalid(name, "an object", value);
}

/**
 * Converts members to what the service's JSON contains. `toSeconds` converts a timestamp to seconds since the epoch.
 */
export function toJsonMembers(members: Members, name: string, toSeconds: (time: Date) => number): Members {
  const convert = ([key, value]: [string, unknown]) => {
    const field = `${name}.${key}`;
    // Null is the same as undefined, as in a file of the service's own JSON.
    if (TIMESTAMPS.includes(key)) return [key, value == null ? undefined : toSeconds(date(value, field))];
    const json = orInvalid(field, "serializable as JSON", () => JSON.stringify(value));
    return [key, json && JSON.parse(json)];
  };
  const converted: Members = Object.fromEntries(Object.entries(members).map(convert));
  return isTooDeep(converted) ? throwInvalid(name, `an object with at most ${MAX_DEPTH} levels`, converted) : converted;
}

/** Runs the caller's code. Names the field in the error if it throws. */
function orInvalid<T>(field: string, rule: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const message = `${field} must be ${rule}, got an error: ${messageOf(cause)}.`;
    throw new InvalidQueryError(field, message, { cause });
  }
}
