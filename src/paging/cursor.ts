/** Cursors: a position in a listing as a string, bound to its query by a fingerprint. */
import { InvalidQueryError } from "../errors.js";
import { formatValue } from "../values.js";
import type { TimePosition } from "./started-order.js";

/** A position in a listing. Without a token and a time it is the start. */
export interface Position {
  /** The service's `NextToken` of the page. */
  readonly token?: string | undefined;
  /** How many runs from there on were returned. */
  readonly used?: number | undefined;
  /** The position by time, in a listing that is in STARTED order. */
  readonly time?: TimePosition | undefined;
  /** Whether the listing is known to have no runs without `StartedOn`. */
  readonly isDatedOnly?: boolean | undefined;
  /** The time of the first run of the listing; needed to count again what a limit per query counted. */
  readonly firstTime?: number | undefined;
}

/** More runs of one page than any endpoint returns: a forged cursor must not skip through a whole history. */
const MAX_USED = 100_000;
/** No cursor is longer, in characters: a token of several hundred kilobytes fits. */
const MAX_LENGTH = 1_000_000;

/**
 * A cursor: URL-safe, and without the query.
 *
 * @param query - what the cursor is bound to, in a normal form
 */
export function writeCursor({ token, used = 0, time, isDatedOnly, firstTime }: Position, query: unknown): string {
  const members = [
    token ?? 0,
    used,
    ...(time ? [time.time, time.count] : [0, 0]),
    isDatedOnly ? 1 : 0,
    firstTime ?? null,
  ];
  // JSON, since it keeps every string as it is, lone surrogates too.
  const content = `1.${Buffer.from(JSON.stringify(members)).toString("base64url")}`;
  return `${content}.${fingerprint(content, query)}`;
}

/**
 * The position of a cursor.
 *
 * @throws {@link InvalidQueryError} for a string that is not a cursor of this version and of this query
 */
export function readCursor(cursor: string, query: unknown): Position {
  const [, content, members, expected] = (cursor.length <= MAX_LENGTH && CURSOR.exec(cursor)) || [];
  if (content === undefined || members === undefined) {
    throw invalidCursor(cursor, "was not made by this version of the library");
  }
  if (fingerprint(content, query) !== expected) {
    throw invalidCursor(
      cursor,
      "is damaged, or belongs to another query: every criterion must be the same, points in time too",
    );
  }
  const position = parsePosition(Buffer.from(members, "base64url").toString());
  if (position === undefined) throw invalidCursor(cursor, "was not made by this version of the library");
  return position;
}

const CURSOR = /^(1\.([\w-]+))\.([\da-z]+)$/;

function parsePosition(json: string): Position | undefined {
  const isInteger = (value: unknown): value is number => Number.isSafeInteger(value);
  const isCount = (value: unknown): value is number => isInteger(value) && value >= 0;
  try {
    const [token, used, time, count, isDatedOnly, firstTime]: unknown[] = JSON.parse(json);
    if ((token !== 0 && typeof token !== "string") || !isCount(used) || used > MAX_USED || !isCount(count))
      return undefined;
    if ((time !== null && !isInteger(time)) || (firstTime !== null && !isInteger(firstTime))) return undefined;
    return {
      ...(token !== 0 && { token }),
      used,
      ...(count > 0 && { time: { time, count } }),
      isDatedOnly: isDatedOnly === 1,
      ...(firstTime !== null && { firstTime }),
    };
  } catch {
    // Not JSON, or no list: a forgery, since the fingerprint fits.
    return undefined;
  }
}

function invalidCursor(cursor: string, problem: string): InvalidQueryError {
  return new InvalidQueryError("cursor", `The cursor ${formatValue(cursor)} ${problem}.`);
}

/**
 * FNV-1a, twice with different primes, over the content and the query. It detects accidents. It does not protect from
 * forgery: a service that hands cursors to clients that it does not trust signs them.
 */
function fingerprint(content: string, query: unknown): string {
  let first = 0x811c9dc5;
  let second = 0x811c9dc5;
  for (const byte of Buffer.from(JSON.stringify([content, query]))) {
    first = Math.imul(first ^ byte, 0x01000193);
    second = Math.imul(second ^ byte, 0x85ebca6b);
  }
  return (first >>> 0).toString(36) + (second >>> 0).toString(36);
}
