/** Converts a caller's object to JSON of limited depth. */
import { date } from "../criteria/filter.js";
import { throwInvalid } from "../criteria/rules.js";
import { InvalidQueryError } from "../errors.js";
import { isObject } from "../values.js";
import { describeError } from "./text.js";

/** Maximum depth of a request, a run or a transform. The service's own structures have at most 5 levels. */
export const MAX_DEPTH = 32;

/** Whether a JSON value has more than {@link MAX_DEPTH} levels. Not recursive: recursion could overflow the stack. */
export function isTooDeep(value: unknown): boolean {
  let level = [value].filter(isNested);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === MAX_DEPTH) return true;
    level = level.flatMap((item) => Object.values(item).filter(isNested));
  }
  return false;
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The timestamps of a run or a transform. */
export const TIMESTAMPS: readonly string[] = ["StartedOn", "LastModifiedOn", "CompletedOn", "CreatedOn"];

/**
 * Copies the members of a caller's object. Reads each member once.
 *
 * @param name - the name of the object in error messages
 */
export function copyMembers(value: unknown, name: string): Record<string, unknown> {
  if (!isObject(value)) return throwInvalid(name, "an object", value);
  const members: [string, unknown][] = [];
  let key: string | undefined;
  try {
    for (key of Object.keys(value)) members.push([key, value[key]]);
  } catch (error) {
    return throwFailed(name, key, "readable", error);
  }
  return Object.fromEntries(members);
}

/**
 * Converts an object to the service's JSON: timestamps are seconds since the epoch, with a fraction for milliseconds.
 * Returns it with the data that parsing it returns.
 */
export function takeSnapshot(members: Readonly<Record<string, unknown>>, name: string) {
  const content: Record<string, unknown> = { ...members };
  for (const key of TIMESTAMPS) {
    // Null is the same as undefined, as in a file of the service's own JSON.
    const time = content[key] ?? undefined;
    content[key] = time === undefined ? undefined : date(time, `${name}.${key}`).getTime() / 1000;
  }
  const text = stringify(content, name);
  const data: unknown = JSON.parse(text);
  if (!isObject(data)) return throwInvalid(name, "an object", data);
  if (isTooDeep(data)) return throwInvalid(name, `an object with at most ${MAX_DEPTH} levels`, data);
  return { json: Buffer.from(text), data };
}

function stringify(content: Readonly<Record<string, unknown>>, name: string): string {
  try {
    // The result is undefined if the object has a `toJSON` that returns undefined.
    return JSON.stringify(content) ?? "null";
  } catch (error) {
    const failedKey = Object.keys(content).find((key) => {
      try {
        JSON.stringify(content[key]);
        return false;
      } catch {
        return true;
      }
    });
    return throwFailed(name, failedKey, "serializable as JSON", error);
  }
}

/** Throws the error for an object, or a member of it, that threw an error. */
function throwFailed(name: string, key: string | undefined, rule: string, error: unknown): never {
  const field = key === undefined ? name : `${name}.${key}`;
  const message = `${field} must be ${rule}, got an error: ${describeError(error)}.`;
  throw new InvalidQueryError(field, message, { cause: error });
}
