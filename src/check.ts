/** Rules for what callers give: each returns the checked value, or throws an `InvalidQueryError` that says what it was. */
import { InvalidQueryError } from "./errors.js";

/** Checks the value of a field: returns it, normalised, or throws an {@link InvalidQueryError}. */
export type Rule<T> = (value: unknown, field: string) => T;

const SHOWN = 40;

/** A value in an error message: short, and never the inside of an object, which may hold secrets. */
export function shown(value: unknown): string {
  if (typeof value === "string") {
    const text = JSON.stringify(value.slice(0, SHOWN));
    return value.length <= SHOWN ? text : `${text}... (${value.length} characters)`;
  }
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : "a Date";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return shown(String(value));
  return String(value);
}

function shortened(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}...`;
}

/** Throws the error for a field whose value does not satisfy its constraint. */
export function refuse(field: string, constraint: string, value: unknown): never {
  throw new InvalidQueryError(field, `${field} must be ${constraint}, but it was ${shown(value)}.`);
}

/** An object that is neither an array nor null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Any string. */
export const text: Rule<string> = (value, field) =>
  typeof value === "string" ? value : refuse(field, "a string", value);

/** A function; what it takes and returns is the compiler's to check. */
export function callback<F extends (argument: never) => unknown>(): Rule<F> {
  return (value, field) => (isFunction<F>(value) ? value : refuse(field, "a function", value));
}

function isFunction<F>(value: unknown): value is F {
  return typeof value === "function";
}

/** One of the values of an enumeration. */
export function oneOf<T extends string>(values: readonly T[]): Rule<T> {
  return (value, field) =>
    values.find((known) => known === value) ?? refuse(field, `one of ${values.join(", ")}`, value);
}

/** An integer of a closed range. */
export function integer(min: number, max: number): Rule<number> {
  const constraint = max === Number.MAX_SAFE_INTEGER ? `an integer from ${min}` : `an integer from ${min} to ${max}`;
  return (value, field) =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
      ? value
      : refuse(field, constraint, value);
}

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
 * @param hints - where another key belongs, for keys that are likely to be put here by mistake
 */
export function struct<R extends Rules, O extends Rules>(
  name: string,
  required: R,
  optional: O,
  hints: Readonly<Record<string, string>> = {},
): Rule<Checked<R, O>> {
  const rules = Object.entries<Rule<unknown>>({ ...required, ...optional });
  const known = rules.map(([key]) => key);
  return (value, field) => {
    if (!isObject(value)) return refuse(field || name, "an object", value);
    const path = (key: string) => (field ? `${field}.${key}` : key);
    const stray = Object.keys(value).find((key) => !known.includes(key));
    if (stray !== undefined) {
      const meant = nearest(stray, known);
      const hint =
        (Object.hasOwn(hints, stray) && hints[stray]) ||
        (meant ? `did you mean ${path(meant)}?` : `it can have ${known.join(", ")}.`);
      throw new InvalidQueryError(path(stray), `There is no ${path(shortened(stray))} in the ${name}: ${hint}`);
    }
    const checked: Record<string, unknown> = {};
    for (const [key, rule] of rules) {
      const given = value[key];
      if (given !== undefined) checked[key] = rule(given, path(key));
      else if (Object.hasOwn(required, key)) throw new InvalidQueryError(path(key), `${path(key)} is required.`);
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
  if (a === "" || b === "") return a.length + b.length <= edits;
  const [restOfA, restOfB] = [a.slice(1), b.slice(1)];
  if (a[0] === b[0]) return isNear(restOfA, restOfB, edits);
  return isNear(restOfA, b, edits - 1) || isNear(a, restOfB, edits - 1) || isNear(restOfA, restOfB, edits - 1);
}
