/** Where a listing stands, as a string: version, runs used, the service's token, and a fingerprint of these and the query. */
import { InvalidQueryError } from "./errors.js";
import type { CheckedQuery } from "./query.js";
import { formatValue } from "./values.js";

/** A place in a listing: just after so many runs of those that begin where a token points. */
export interface Position {
  /** The service's `NextToken`; undefined for the start of the listing. */
  readonly token?: string | undefined;
  /** How many runs from there are used already. */
  readonly used: number;
}

/** A cursor: URL-safe, and without the query itself. */
export function writeCursor({ token = "", used }: Position, query: CheckedQuery): string {
  const place = `1.${used.toString(36)}.${Buffer.from(token).toString("base64url")}`;
  return `${place}.${fingerprint(place, query)}`;
}

/**
 * The place that a cursor names.
 *
 * @throws {@link InvalidQueryError} for what is no cursor of this version and this query
 */
export function readCursor(cursor: string, query: CheckedQuery): Position {
  const [, place, used = "", token = "", expected] = (cursor.length <= MAX_LENGTH && CURSOR.exec(cursor)) || [];
  if (place === undefined) throw refused(cursor, "is not one that this version of the library made");
  if (fingerprint(place, query) !== expected) {
    throw refused(
      cursor,
      "is damaged, or belongs to another query: every criterion must be the same, points in time too",
    );
  }
  return { token: Buffer.from(token, "base64url").toString() || undefined, used: Number.parseInt(used, 36) };
}

/** No cursor is longer, in characters: the token, and what little stands beside it. */
const MAX_LENGTH = 65_536 + 64;

/** Two digits of 36 hold what a page can; a forged cursor must not make a listing skip through all the history. */
const CURSOR = /^(1\.([\da-z]{1,2})\.([\w-]{0,65536}))\.([\da-z]+)$/;

function refused(cursor: string, why: string): InvalidQueryError {
  return new InvalidQueryError("cursor", `The cursor ${formatValue(cursor)} ${why}.`);
}

/**
 * FNV-1a, twice with different primes, over a place and the query in its normal form: checked queries have their members
 * in one order. It finds accidents; it is no protection from forgery, which the service's own check of its token is.
 */
function fingerprint(place: string, { TransformId, Filter, Sort }: CheckedQuery): string {
  let [one, other] = [0x811c9dc5, 0x811c9dc5];
  for (const byte of Buffer.from(JSON.stringify([place, TransformId, { ...Filter }, Sort]))) {
    one = Math.imul(one ^ byte, 0x01000193);
    other = Math.imul(other ^ byte, 0x85ebca6b);
  }
  return (one >>> 0).toString(36) + (other >>> 0).toString(36);
}
