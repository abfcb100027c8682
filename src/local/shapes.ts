/** Checks of the service's data: requests, and the runs and transforms that are added. Each constraint stands once. */
import { PAGE_SIZE, type TextConstraint } from "../criteria/constraints.js";
import { hasLength } from "../criteria/rules.js";
import { isObject } from "../values.js";

/** Reports that the value at a path breaks a constraint, such as "be a string". */
export type Report = (value: unknown, path: string, constraint: string) => void;
/** Checks a value and converts it. The result has its type if nothing was reported. */
export type Shape<T = unknown> = (value: unknown, path: string, report: Report) => T;
/** A member that must not be missing. */
type RequiredShape<T = unknown> = Shape<T> & { readonly isRequired: true };
type Shapes = Readonly<Record<string, Shape>>;
type Members<S extends Shapes> = {
  readonly [K in keyof S]: ReturnType<S[K]> | (S[K] extends RequiredShape ? never : undefined);
};

function reject(report: Report, value: unknown, path: string, constraint: string): never {
  report(value, path, constraint);
  // The result of a check that has reported something is not used.
  return undefined as never;
}

/** A value of a type, with further constraints. */
export function typed<T>(
  isType: (value: unknown) => value is T,
  words: string,
  ...constraints: (readonly [isSatisfied: (value: T) => boolean, words: string])[]
): Shape<T> {
  return (value, path, report) => {
    if (!isType(value)) return reject(report, value, path, words);
    for (const [isSatisfied, words] of constraints) if (!isSatisfied(value)) report(value, path, words);
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
export const timestamp: Shape<Date> = (value, path, report) => {
  const date = new Date(typeof value === "number" ? Math.round(value * 1000) : Number.NaN);
  return Number.isNaN(date.getTime()) ? reject(report, value, path, "be a timestamp in seconds since the epoch") : date;
};

export function text({ min, max, pattern }: TextConstraint): Shape<string> {
  // The documentation writes the code points above U+FFFF as surrogates.
  const documented = pattern.source.replace(
    /^\^(.*)\\u\{10000\}-\\u\{10FFFF\}(.*)\$$/,
    "$1\\uD800\\uDC00-\\uDBFF\\uDFFF$2",
  );
  return typed(
    isString,
    "be a string",
    [(value) => hasLength(value, min, Infinity), `have length greater than or equal to ${min}`],
    [(value) => hasLength(value, 0, max), `have length less than or equal to ${max}`],
    [(value) => pattern.test(value), `satisfy regular expression pattern: ${documented}`],
  );
}

export function oneOf<T extends string>(values: readonly T[]): Shape<T> {
  const isOneOf = (value: unknown): value is T => values.some((allowed) => allowed === value);
  return typed(isOneOf, `satisfy enum value set: [${values.join(", ")}]`);
}

export function list<T>(item: Shape<T>, max = Infinity): Shape<T[]> {
  return (value, path, report) => {
    if (!Array.isArray(value)) return reject(report, value, path, "be a list");
    if (value.length > max) return reject(report, value, path, `have length less than or equal to ${max}`);
    return value.map((each, index) => item(each, `${path}[${index}]`, report));
  };
}

export function required<T>(shape: Shape<T>): RequiredShape<T> {
  const copy: Shape<T> = (...args) => shape(...args);
  return Object.assign(copy, { isRequired: true } as const);
}

/** A structure. Null is the same as a missing member. Ignores other members, as the service does. */
export function structure<S extends Shapes>(shapes: S): Shape<Members<S>> {
  return (value, path, report) => {
    if (!isObject(value)) return reject(report, value, path, "be a structure");
    const members: Record<string, unknown> = {};
    for (const [name, shape] of Object.entries(shapes)) {
      const member = value[name] ?? null;
      const memberPath = path === "" ? name : `${path}.${name}`;
      if (member !== null) members[name] = shape(member, memberPath, report);
      else if ("isRequired" in shape) report(null, memberPath, "not be null");
    }
    // Built member by member from the shapes, which the compiler cannot follow.
    return members as Members<S>;
  };
}
