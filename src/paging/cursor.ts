/** Cursors: positions in a listing as strings. A fingerprint binds each to its query. */
import { InvalidQueryError } from "../errors.js";
import { formatValue } from "../values.js";
import { fingerprint } from "./fingerprint.js";
import type { TimePosition } from "./time-position.js";

/** A position in a listing. Without a token and a time, it is relative to the start. */
export interface ListingPosition {
  /** The `NextToken` that requests the page of the position. */
  readonly token?: string | undefined;
  /** How many runs of this page and the following pages were already returned. */
  readonly returnedFromPage?: number | undefined;
  /** The position by time, in a listing that is in STARTED order. */
  readonly time?: TimePosition | undefined;
  /** Whether the listing is known to have no runs without `StartedOn`. */
  readonly isDatedOnly?: boolean | undefined;
  /** The start time of the first run of the listing. A resumed listing with `limitPerQuery` counts from there again. */
  readonly firstTime?: number | undefined;
}

/** Maximum number of runs to skip: of a page, and of one start time. It limits the requests for a forged cursor. */
const MAX_SKIPPED_RUNS = 100_000;
/** Maximum length of a cursor in characters. It leaves space for a token of several hundred kilobytes. */
const MAX_LENGTH = 1_000_000;

/**
 * Writes a cursor, a URL-safe string that does not contain the query.
 *
 * @param query - the query in a normal form; the cursor is bound to it by a fingerprint
 */
export function writeCursor(
  { token, returnedFromPage = 0, time, isDatedOnly, firstTime }: ListingPosition,
  query: unknown,
): string {
  const members = [
    token ?? 0,
    returnedFromPage,
    ...(time ? [time.time, time.count] : [0, 0]),
    isDatedOnly ? 1 : 0,
    firstTime ?? null,
    ...(time?.ids ? [time.ids] : []),
  ];
  // JSON preserves every string, also one with lone surrogates.
  const content = `1.${Buffer.from(JSON.stringify(members)).toString("base64url")}`;
  return `${content}.${fingerprint([content, query])}`;
}

/**
 * Reads the position of a cursor; the start of the listing without one.
 *
 * @throws {@link InvalidQueryError} if the cursor is damaged, or was made by another version or for another query
 */
export function readCursor(cursor: string | undefined, query: unknown): ListingPosition {
  if (cursor === undefined) return {};
  const [, content, members, expected] = (cursor.length <= MAX_LENGTH && CURSOR.exec(cursor)) || [];
  if (content === undefined || members === undefined) {
    throw invalidCursor(cursor, "was not made by this version of the library");
  }
  if (fingerprint([content, query]) !== expected) {
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

function parsePosition(json: string): ListingPosition | undefined {
  const isIds = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((id) => typeof id === "string");
  const isInteger = (value: unknown): value is number => Number.isSafeInteger(value);
  const isCount = (value: unknown): value is number => isInteger(value) && value >= 0 && value <= MAX_SKIPPED_RUNS;
  try {
    const [token, returnedFromPage, time, count, isDatedOnly, firstTime, ids]: unknown[] = JSON.parse(json);
    if ((token !== 0 && typeof token !== "string") || !isCount(returnedFromPage) || !isCount(count)) return undefined;
    if ((time !== null && !isInteger(time)) || (firstTime !== null && !isInteger(firstTime))) return undefined;
    return {
      ...(token !== 0 && { token }),
      returnedFromPage,
      ...(count > 0 && { time: { time, count, ...(isIds(ids) && { ids }) } }),
      isDatedOnly: isDatedOnly === 1,
      ...(firstTime !== null && { firstTime }),
    };
  } catch {
    // Not JSON, or not an array: the cursor is forged, because its fingerprint is right.
    return undefined;
  }
}

function invalidCursor(cursor: string, problem: string): InvalidQueryError {
  return new InvalidQueryError("cursor", `The cursor ${formatValue(cursor)} ${problem}.`);
}
