/** Where a listing stands, as a string: version, runs used, the service's token, and a fingerprint of these and the query. */
import { createHash } from "node:crypto";
import { shown } from "./check.js";
import { InvalidQueryError } from "./errors.js";
import type { CheckedQuery } from "./query.js";

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
  const [, place, used = "", token = "", expected] = CURSOR.exec(cursor) ?? [];
  if (place === undefined) throw refused(cursor, "is not one that this version of the library made");
  if (fingerprint(place, query) !== expected) {
    throw refused(
      cursor,
      "is damaged, or belongs to another query: every criterion must be the same, points in time too",
    );
  }
  return { token: Buffer.from(token, "base64url").toString() || undefined, used: Number.parseInt(used, 36) };
}

/** Two digits of 36 hold what a page can; a forged cursor must not make a listing skip through all the history. */
const CURSOR = /^(1\.([\da-z]{1,2})\.([\w-]{0,65536}))\.([\w-]+)$/;

function refused(cursor: string, why: string): InvalidQueryError {
  return new InvalidQueryError("cursor", `The cursor ${shown(cursor)} ${why}.`);
}

/** A hash of a place and the query in its normal form: checked queries have their members in one order. */
function fingerprint(place: string, { TransformId, Filter, Sort }: CheckedQuery): string {
  const normal = JSON.stringify([place, TransformId, { ...Filter }, Sort]);
  return createHash("sha256").update(normal).digest("base64url").slice(0, 11);
}
