/** Turns runs and transforms into what the endpoint stores: JSON as the service writes it, and one snapshot of the values. */
import { InvalidQueryError } from "../errors.js";
import { formatValue, isObject, timeOf } from "../values.js";
import { isTooDeep, MAX_DEPTH } from "./nesting.js";

/** What is stored of a run or a transform. */
export interface StoredRecord {
  /** The bytes that go over the wire. */
  readonly json: Buffer;
  /** The members as they are in the JSON: later changes of the caller's object, and getters, make no difference. */
  readonly members: Readonly<Record<string, unknown>>;
}

/**
 * Checks and serialises a value.
 *
 * @param field - what messages call it: `"taskRuns[3]"`
 * @param ids - the members that must be strings and not empty
 * @param strings - the paths of members that must be strings where they are there: the endpoint filters or sorts by them
 * @param timestamps - the members that must be Dates where they are there; they are written in seconds
 * @throws {@link InvalidQueryError} for the first member that cannot be served
 */
export function toRecord(
  value: unknown,
  field: string,
  ids: readonly string[],
  strings: readonly string[],
  timestamps: readonly string[],
): StoredRecord {
  if (!isObject(value)) throw invalid(field, "an object", value);
  const json = serialise(value, field, timestamps);
  const members: unknown = JSON.parse(json);
  if (!isObject(members)) throw invalid(field, "an object without toJSON", value);
  for (const id of ids)
    if (typeof members[id] !== "string" || members[id] === "") {
      throw invalid(`${field}.${id}`, "a string that is not empty", members[id]);
    }
  for (const path of strings) {
    const member = path
      .split(".")
      .reduce<unknown>((parent, name) => (isObject(parent) ? parent[name] : undefined), members);
    // A file of the service's own JSON may have null.
    if ((member ?? undefined) !== undefined && typeof member !== "string")
      throw invalid(`${field}.${path}`, "a string", member);
  }
  return { json: Buffer.from(json), members };
}

function serialise(value: Readonly<Record<string, unknown>>, field: string, timestamps: readonly string[]): string {
  let json: string;
  try {
    const snapshot: Record<string, unknown> = { ...value };
    for (const name of timestamps) {
      const time = timeOf(snapshot[name]);
      if ((snapshot[name] ?? undefined) === undefined) continue;
      if (time === undefined || Number.isNaN(time)) throw invalid(`${field}.${name}`, "a valid Date", snapshot[name]);
      snapshot[name] = time / 1000;
    }
    json = JSON.stringify(snapshot);
  } catch (error) {
    if (error instanceof InvalidQueryError) throw error;
    // A getter or toJSON that throws, a BigInt, a circular or a very deep structure.
    throw new InvalidQueryError(field, `${field} must be JSON: ${String(error)}`);
  }
  if (isTooDeep(json)) throw new InvalidQueryError(field, `${field} must be nested at most ${MAX_DEPTH} levels deep.`);
  return json;
}

function invalid(field: string, rule: string, value: unknown): InvalidQueryError {
  return new InvalidQueryError(field, `${field} must be ${rule}, got ${formatValue(value)}.`);
}
