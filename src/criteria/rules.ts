/** Rules for arguments of callers. Each returns the checked value or throws an `InvalidQueryError`. */
import { InvalidQueryError } from "../errors.js";
import { formatValue, isObject } from "../values.js";
import type { TextConstraint } from "./constraints.js";

/** Checks the value of a field. Returns the value, normalised, or throws an {@link InvalidQueryError}. */
export type Rule<T> = (value: unknown, field: string) => T;

/** The rule of each member of a type: one that is forgotten does not compile. */
export type RulesOf<O> = { readonly [K in keyof O]-?: Rule<NonNullable<O[K]>> };

/** Throws the error for a field whose value breaks its rule. */
export function throwInvalid(field: string, rule: string, value: unknown): never {
  throw new InvalidQueryError(field, `${field} must be ${rule}, got ${formatValue(value)}.`);
}

/** Creates a rule from a predicate. */
export function matching<T>(predicate: (value: unknown) => boolean, rule: string): Rule<T> {
  // The predicate checks what can be checked at run time; the compiler checks the rest of the type at the call.
  return (value, field) => (predicate(value) ? (value as T) : throwInvalid(field, rule, value));
}

/** A function. Only the compiler checks its parameters and its result. */
export function callback<F>(): Rule<F> {
  return matching((value) => typeof value === "function", "a function");
}

/** One of the values of an enumeration. */
export function oneOf<T extends string>(values: readonly T[]): Rule<T> {
  const allowed: readonly unknown[] = values;
  return matching((value) => allowed.includes(value), `one of ${values.join(", ")}`);
}

/** An integer in a range that includes both ends. */
export function integer(min: number, max: number): Rule<number> {
  const isInRange = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  return matching(isInRange, max < Infinity ? `an integer from ${min} to ${max}` : `an integer of at least ${min}`);
}

/** An integer of at least a minimum, or Infinity. */
export function integerOrInfinity(min: number): Rule<number> {
  const isValid = (value: unknown) => value === Infinity || (Number.isSafeInteger(value) && Number(value) >= min);
  return matching(isValid, `an integer of at least ${min} or Infinity`);
}

/** A number in a range that includes both ends. */
export function number(min: number, max: number): Rule<number> {
  const isInRange = (value: unknown) => typeof value === "number" && value >= min && value <= max;
  return matching(isInRange, `a number from ${min} to ${max}`);
}

/** A string of a minimum and maximum length that matches a pattern. */
export function text(
  { min, max, pattern }: TextConstraint,
  description = "without control characters (except tabs)",
): Rule<string> {
  const isText = (value: unknown) => typeof value === "string" && hasLength(value, min, max) && pattern.test(value);
  return matching(isText, `a string of ${min} to ${max} characters, ${description}`);
}

/** Whether the number of code points is in a range. Counts them only if the number of UTF-16 units is inconclusive. */
export function hasLength(value: string, min: number, max: number): boolean {
  // A code point takes one or two units.
  if (value.length < min || value.length > 2 * max) return false;
  if (value.length >= 2 * min && value.length <= max) return true;
  const length = [...value].length;
  return length >= min && length <= max;
}

type Rules = Readonly<Record<string, Rule<unknown>>>;
type Checked<R extends Rules, O extends Rules> = { [K in keyof R]: ReturnType<R[K]> } & {
  [K in keyof O]?: ReturnType<O[K]>;
};

/** Names of options in the SDK and in other paginators, and their names here. */
const OTHER_NAMES = new Map([
  ["MaxResults", "pageSize"],
  ["NextToken", "cursor"],
  ["startingToken", "cursor"],
  ["signal", "abortSignal"],
]);

/**
 * An object with known keys. The rule checks each value that is not undefined, rejects all other keys, and returns a
 * new object.
 *
 * @param name - the name of the object in error messages
 * @param required - the rule of each required key
 * @param optional - the rule of each optional key
 */
export function struct<R extends Rules, O extends Rules>(
  name: string,
  required: R,
  optional: O,
): (value: unknown, field?: string) => Checked<R, O> {
  const rules = Object.entries<Rule<unknown>>({ ...required, ...optional });
  const knownKeys = rules.map(([key]) => key);
  const hintFor = (option: string | undefined) => {
    if (option !== undefined && knownKeys.includes(option)) return ` Use ${option}.`;
    return option !== undefined && name === "query" ? ` Use the option ${option}, in the second argument.` : "";
  };
  return (value, field = "") => {
    if (!isObject(value)) return throwInvalid(field || name, "an object", value);
    const path = (key: string) => (field ? `${field}.${key}` : key);
    const unknownKey = Object.keys(value).find((key) => !knownKeys.includes(key));
    if (unknownKey !== undefined) {
      const hint = hintFor(OTHER_NAMES.get(unknownKey));
      const list = `Known keys: ${knownKeys.join(", ")}.`;
      throw new InvalidQueryError(
        path(unknownKey),
        `Unknown key ${formatValue(unknownKey)} in the ${name}${field && ` (${field})`}.${hint} ${list}`,
      );
    }
    const checked: Record<string, unknown> = {};
    for (const [key, rule] of rules) {
      const member = value[key];
      if (member !== undefined) checked[key] = rule(member, path(key));
      else if (key in required) throw new InvalidQueryError(path(key), `${path(key)} is required.`);
    }
    // Built key by key from the rules, which the compiler cannot follow.
    return checked as Checked<R, O>;
  };
}
