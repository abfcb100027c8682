/**
 * Rules in the service's words, for requests and for data that is added. Beside the library's rules, because the
 * service reports all broken constraints at once, and ignores members that it does not know.
 */
import { PAGE_SIZE, type TextConstraint } from "../criteria/constraints.js";
import { hasLength, type Rule } from "../criteria/rules.js";
import { InvalidQueryError } from "../errors.js";
import { formatValue, isObject } from "../values.js";

/** A broken constraint, such as "be a string". Callers get it as it is, clients in the words of `readInput`. */
export class ConstraintError extends InvalidQueryError {
  readonly value: unknown;
  readonly constraint: string;
  /** All broken constraints of the structure or list, of which this is the first. */
  all: readonly ConstraintError[] = [this];

  constructor(value: unknown, path: string, constraint: string) {
    super(path, `${path} must ${constraint}, got ${formatValue(value)}.`);
    this.value = value;
    this.constraint = constraint;
  }
}

/** Maps items as `Array.map` does. If constraints are broken, throws one error for all of them. */
function mapAll<T, R>(items: readonly T[], check: (item: T, index: number) => R): R[] {
  const broken: ConstraintError[] = [];
  const results = items.flatMap((item, index) => {
    try {
      return [check(item, index)];
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error;
      broken.push(...error.all);
      return [];
    }
  });
  if (broken[0]) throw Object.assign(broken[0], { all: broken });
  return results;
}

/** A value of a type, with further constraints. */
export function typed<T>(
  isType: (value: unknown) => value is T,
  words: string,
  ...constraints: (readonly [isSatisfied: (value: T) => boolean, words: string])[]
): Rule<T> {
  return (value, path) => {
    if (!isType(value)) throw new ConstraintError(value, path, words);
    mapAll(constraints, ([isSatisfied, words]) => {
      if (!isSatisfied(value)) throw new ConstraintError(value, path, words);
    });
    return value;
  };
}

const isString = (value: unknown) => typeof value === "string";

export const string = typed(isString, "be a string");
export const boolean = typed((value) => typeof value === "boolean", "be a boolean");
export const pageSize = typed(
  (value): value is number => Number.isInteger(value),
  "be an integer",
  [(value) => value >= PAGE_SIZE.min, `have value greater than or equal to ${PAGE_SIZE.min}`],
  [(value) => value <= PAGE_SIZE.max, `have value less than or equal to ${PAGE_SIZE.max}`],
);

/** A number of seconds since the epoch, which becomes a Date. */
export const timestamp: Rule<Date> = (value, path) => {
  const date = new Date(typeof value === "number" ? Math.round(value * 1000) : Number.NaN);
  if (!Number.isNaN(date.getTime())) return date;
  throw new ConstraintError(value, path, "be a timestamp in seconds since the epoch");
};

export function text({ min, max, pattern, documented = pattern.source }: TextConstraint): Rule<string> {
  return typed(
    isString,
    "be a string",
    [(value) => hasLength(value, min, Infinity), `have length greater than or equal to ${min}`],
    [(value) => hasLength(value, 0, max), `have length less than or equal to ${max}`],
    [(value) => pattern.test(value), `satisfy regular expression pattern: ${documented}`],
  );
}

export function oneOf<T extends string>(values: readonly T[]): Rule<T> {
  const isOneOf = (value: unknown): value is T => values.some((allowed) => allowed === value);
  return typed(isOneOf, `satisfy enum value set: [${values.join(", ")}]`);
}

export function list<T>(item: Rule<T>, max = Infinity): Rule<T[]> {
  const hasAtMost = ({ length }: unknown[]) => length <= max;
  const items = typed<unknown[]>(Array.isArray, "be a list", [hasAtMost, `have length less than or equal to ${max}`]);
  return (value, path) => mapAll(items(value, path), (each, index) => item(each, `${path}[${index}]`));
}

type Rules = Readonly<Record<string, Rule<unknown>>>;
type Structure<O extends Rules, R extends Rules> = { [K in keyof O]?: ReturnType<O[K]> } & {
  [K in keyof R]: ReturnType<R[K]>;
};

const object = typed(isObject, "be a structure");

/** A structure. Null is the same as a missing member. Ignores other members, as the service does. */
export function structure<O extends Rules, R extends Rules>(optional: O, required?: R): Rule<Structure<O, R>> {
  const rules = Object.entries<Rule<unknown>>({ ...required, ...optional });
  return (value, path) => {
    const members = object(value, path);
    const given = rules.filter(([name]) => name in { ...required } || (members[name] ?? null) !== null);
    const checked = mapAll(given, ([name, rule]) => {
      const [member, memberPath] = [members[name] ?? null, path === "" ? name : `${path}.${name}`];
      if (member === null) throw new ConstraintError(null, memberPath, "not be null");
      return [name, rule(member, memberPath)] as const;
    });
    // Built member by member from the rules, which the compiler cannot follow.
    return Object.fromEntries(checked) as Structure<O, R>;
  };
}
