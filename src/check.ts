/** Rules for what callers give: each returns the checked value, or throws an `InvalidQueryError` that says what it was. */
import { InvalidQueryError } from "./errors.js";

/** Checks the value of a field: returns it, normalised, or throws an {@link InvalidQueryError}. */
export type Rule<T> = (value: unknown, field: string) => T;

/** A value in an error message: short, and never the inside of an object, which may hold secrets. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : "a Date";
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value !== "string") return shortened(String(value));
  const text = JSON.stringify(value.slice(0, 40));
  return value.length <= 40 ? text : `${text}... (${value.length} characters)`;
}

function shortened(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}...`;
}

/** Throws the error for a field whose value does not satisfy its constraint. */
export function refuse(field: string, constraint: string, value: unknown): never {
  throw new InvalidQueryError(field, `${field} must be ${constraint}, but it was ${shown(value)}.`);
}

/** An object that is neither an array nor null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value that a guard knows. */
export function guarded<T>(is: (value: unknown) => boolean, constraint: string): Rule<T> {
  // What else its type says is the compiler's to check where it is given.
  return (value, field) => (is(value) ? (value as T) : refuse(field, constraint, value));
}

/** A function; what it takes and returns is the compiler's to check. */
export function callback<F>(): Rule<F> {
  return guarded((value) => typeof value === "function", "a function");
}

/** One of the values of an enumeration. */
export function oneOf<T extends string>(values: readonly T[] | Readonly<Record<string, T>>): Rule<T> {
  const known: unknown[] = Object.values(values);
  return guarded((value) => known.includes(value), `one of ${known.join(", ")}`);
}

/** An integer of a closed range. */
export function integer(min: number, max: number): Rule<number> {
  const isInRange = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  return guarded(isInRange, `an integer from ${min}${max < Infinity ? ` to ${max}` : ""}`);
}

/** A string of so many characters, counted in code points as the service's models count them, that a pattern matches. */
export function text(
  min: number,
  max: number,
  pattern = PRINTABLE,
  constraint = "without control characters (but for tabs)",
): Rule<string> {
  const is = (value: unknown) =>
    typeof value === "string" && value.length >= min && [...value].length <= max && pattern.test(value);
  return guarded(is, `a string of ${min} to ${max} characters, ${constraint}`);
}

/** What the service's models allow in a string of one line. */
const PRINTABLE = /^[\t\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

type Rules = Readonly<Record<string, Rule<unknown>>>;
type Checked<R extends Rules, O extends Rules> = { [K in keyof R]: ReturnType<R[K]> } & {
  [K in keyof O]?: ReturnType<O[K]>;
};

/**
 * An object with known keys: checks each value that is there (undefined is not), refuses any other key, and returns
 * an object of its own.
 *
 * @param name - what the object is called
 * @param required - the rule of each key that must be there
 * @param optional - the rule of each key that may be there
 */
export function struct<R extends Rules, O extends Rules>(
  name: string,
  required: R,
  optional: O,
): (value: unknown, field?: string) => Checked<R, O> {
  const rules = Object.entries<Rule<unknown>>({ ...required, ...optional });
  const known = rules.map(([key]) => key);
  return (value, field = "") => {
    if (!isObject(value)) return refuse(field || name, "an object", value);
    const path = (key: string) => (field ? `${field}.${key}` : key);
    const stray = Object.keys(value).find((key) => !known.includes(key));
    if (stray !== undefined) {
      const meant = nearest(stray, known);
      const hint = meant ? `did you mean ${path(meant)}?` : `it can have ${known.join(", ")}.`;
      throw new InvalidQueryError(path(stray), `There is no ${path(shortened(stray))} in the ${name}: ${hint}`);
    }
    const checked: Record<string, unknown> = {};
    for (const [key, rule] of rules) {
      const given = value[key];
      if (given !== undefined) checked[key] = rule(given, path(key));
      else if (key in required) throw new InvalidQueryError(path(key), `${path(key)} is required.`);
    }
    // Built key by key from the rules, which the compiler can not follow.
    return checked as Checked<R, O>;
  };
}

/** The known key that a stray one was probably meant to be: at most a third of its letters away, whatever their case. */
function nearest(stray: string, known: readonly string[]): string | undefined {
  const most = Math.max(...known.map((key) => key.length)) / 3;
  for (let edits = 0; edits <= most; edits += 1) {
    const meant = known.find((key) => edits <= key.length / 3 && isNear(stray.toLowerCase(), key.toLowerCase(), edits));
    if (meant !== undefined) return meant;
  }
  return undefined;
}

/** Whether one word becomes the other when at most so many letters are inserted, deleted or replaced. */
function isNear(a: string, b: string, edits: number): boolean {
  if (edits < 0) return false;
  if (a === b) return true;
  const [restOfA, restOfB] = [a.slice(1), b.slice(1)];
  if (a[0] === b[0]) return isNear(restOfA, restOfB, edits);
  return isNear(restOfA, b, edits - 1) || isNear(a, restOfB, edits - 1) || isNear(restOfA, restOfB, edits - 1);
}
