/** Points in time: the types that callers may pass, and their conversion to a `Date`. */
import { isObject, timeOf } from "../values.js";
import { type Rule, throwInvalid } from "./rules.js";

/**
 * A point in time:
 *
 * - a `Date`;
 * - an ISO 8601 string with a zone (`"2026-11-01T08:00:00Z"`, `"2026-11-01T09:00+01:00"`), also as Temporal writes it
 *   (`"2026-11-01T09:00:00+01:00[Europe/Berlin]"`), or a date alone, which means midnight UTC (`"2026-11-01"`);
 * - a number: milliseconds since the epoch. A number from 1e9 to 1e10 is an error, because it is in seconds: as
 *   milliseconds, it would be in the first months of 1970;
 * - an object with `epochMilliseconds`, such as a `Temporal.Instant` or a `Temporal.ZonedDateTime`.
 */
export type InstantLike = Date | string | number | { readonly epochMilliseconds: number };

const ISO_8601 =
  /^((?:\d{4}|[+-]\d{6})-\d\d-(\d\d))(T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?)?(Z|([+-](?:[01]\d|2[0-3]))(?::?([0-5]\d))?)?((?:\[!?[\w.+/:-]+\])?(?:\[!?[a-z_][\w-]*=[\w-]+\])*)$/;

/** The present in seconds since the epoch, from 2001 to 2286. */
const SECONDS = { min: 1e9, max: 1e10 };

/** The methods of date libraries that return a `Date`: of Day.js and Moment, and of Luxon. */
const DATE_METHODS = ["toDate", "toJSDate"];

/** Maximum length of a timestamp in characters. */
const MAX_LENGTH = 100;

/**
 * Converts a point in time to a new `Date`.
 *
 * @throws {@link InvalidQueryError} for a date-time without a zone, an invalid date, or a number that is not finite or
 *   is in seconds
 */
export function toDate(value: unknown, field: string): Date {
  const date = new Date(toMilliseconds(value, field));
  return Number.isNaN(date.getTime()) ? throwInvalid(field, "a valid point in time", value) : date;
}

function toMilliseconds(value: unknown, field: string): number {
  if (typeof value === "number") {
    return value >= SECONDS.min && value <= SECONDS.max
      ? throwInvalid(field, "in milliseconds since the epoch (multiply seconds by 1000)", value)
      : value;
  }
  if (typeof value === "string") return parseTimestamp(value, field);
  const time = timeOf(value);
  if (time !== undefined) return time;
  if (isObject(value) && typeof value.epochMilliseconds === "number") return value.epochMilliseconds;
  return throwNotDate(field, "a Date, an ISO 8601 string, milliseconds since the epoch or a Temporal.Instant", value);
}

/** The rule of a `Date`, the only type of a point in time that the SDK's criteria accept. */
export const date: Rule<Date> = (value, field) =>
  timeOf(value) === undefined ? throwNotDate(field, "a valid Date", value) : toDate(value, field);

/** Throws the error for a value that is not a `Date`. For an object of a date library it says how to get one. */
function throwNotDate(field: string, rule: string, value: unknown): never {
  const method = isObject(value) && DATE_METHODS.find((name) => typeof value[name] === "function");
  return throwInvalid(field, method ? `a Date (call ${method}() of the object)` : rule, value);
}

function parseTimestamp(text: string, field: string): number {
  const match = text.length <= MAX_LENGTH ? ISO_8601.exec(text) : null;
  const [, date, day, time = "", zone, hours, minutes = "00", suffix] = match ?? [];
  if (date === undefined || ((zone || suffix) && !time)) {
    return throwInvalid(field, 'an ISO 8601 date ("2026-11-01") or date-time with a zone', text);
  }
  if (time && !zone) return throwInvalid(field, 'a date-time with a zone ("Z" or "+01:00" after the time)', text);
  // `Date` parses February 30 as March 2.
  if (new Date(date).getUTCDate() !== Number(day)) return Number.NaN;
  return Date.parse(date + time.replace(",", ".") + (hours ? `${hours}:${minutes}` : (zone ?? "")));
}
