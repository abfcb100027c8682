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
  readonly timePosition?: TimePosition | undefined;
  /** Whether the listing is known to have no runs without `StartedOn`. */
  readonly isDatedOnly?: boolean | undefined;
  /** The start time of the first run of the listing. A resumed listing with `limitPerQuery` counts from there again. */
  readonly firstStartedOn?: number | undefined;
}

/** Maximum number of runs to skip: of a page, and of one start time. It limits the requests for a forged cursor. */
const MAX_SKIPPED_RUNS = 100_000;
/** Maximum length of a cursor in characters. It leaves space for a token of several hundred kilobytes. */
const MAX_LENGTH = 1_000_000;

/**
 * Writes a cursor, a URL-safe string that does not contain the query.
 *
 * @param normalizedQuery - the query in a normal form; the cursor is bound to it by a fingerprint
 */
export function writeCursor(position: ListingPosition, normalizedQuery: unknown): string {
  const { token = null, returnedFromPage = 0, timePosition, isDatedOnly = false, firstStartedOn = null } = position;
  const timeMembers = timePosition && {
    startedOn: timePosition.startedOn,
    count: timePosition.count,
    ids: timePosition.ids ?? [],
  };
  const members = {
    token,
    returnedFromPage,
    timePosition: timeMembers ? Object.values(timeMembers satisfies AllMembers<TimePosition>) : null,
    isDatedOnly,
    firstStartedOn,
  } satisfies AllMembers<ListingPosition>;
  // JSON preserves every string, also one with lone surrogates.
  return bindCursor(`1.${Buffer.from(JSON.stringify(Object.values(members))).toString("base64url")}`, normalizedQuery);
}

/** The members of a position in the order of a cursor. A forgotten one does not compile. */
type AllMembers<P> = Readonly<Record<keyof P, unknown>>;

/**
 * Reads the position of a cursor; the start of the listing without one.
 *
 * @throws {@link InvalidQueryError} if the cursor is damaged, or was made by another version or for another query
 */
export function readCursor(cursor: string | undefined, normalizedQuery: unknown): ListingPosition {
  if (cursor === undefined) return {};
  const [, members] = (cursor.length <= MAX_LENGTH && CURSOR.exec(cursor)) || [];
  if (members === undefined) throw invalidCursor(cursor, "was not made by this version of the library");
  unbindCursor(cursor, normalizedQuery, "every criterion must be the same, points in time too");
  const position = parsePosition(Buffer.from(members, "base64url").toString());
  if (position === undefined) throw invalidCursor(cursor, "was not made by this version of the library");
  return position;
}

const CURSOR = /^1\.([\w-]+)\.[\da-z]+$/;

function parsePosition(json: string): ListingPosition | undefined {
  const isTime = (value: unknown): value is number | null => value === null || Number.isSafeInteger(value);
  const isCount = (value: unknown): value is number =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= MAX_SKIPPED_RUNS;
  const isText = (value: unknown): value is string => typeof value === "string";
  try {
    const [token, returnedFromPage, timeMembers, isDatedOnly, firstStartedOn]: unknown[] = JSON.parse(json);
    if ((token !== null && !isText(token)) || !isCount(returnedFromPage) || !isTime(firstStartedOn)) return undefined;
    const position = {
      ...(token !== null && { token }),
      returnedFromPage,
      isDatedOnly: isDatedOnly === true,
      ...(firstStartedOn !== null && { firstStartedOn }),
    };
    if (timeMembers === null) return position;
    if (!Array.isArray(timeMembers)) return undefined;
    const [startedOn, count, ids]: unknown[] = timeMembers;
    const isValid = isTime(startedOn) && isCount(count) && count > 0 && Array.isArray(ids) && ids.every(isText);
    return isValid ? { ...position, timePosition: { startedOn, count, ids } } : undefined;
  } catch {
    // Not JSON, or not an array: the cursor is forged, because its fingerprint is right.
    return undefined;
  }
}

/** Appends a fingerprint, which binds the content of a cursor to a query. */
export function bindCursor(content: string, normalizedQuery: unknown): string {
  return `${content}.${fingerprint([content, normalizedQuery])}`;
}

/**
 * Returns the content of a cursor.
 *
 * @param rule - what must be the same in the query, for the error
 * @throws {@link InvalidQueryError} if the cursor is damaged or belongs to another query
 */
export function unbindCursor(cursor: string, normalizedQuery: unknown, rule: string): string {
  const content = cursor.slice(0, cursor.lastIndexOf("."));
  if (bindCursor(content, normalizedQuery) === cursor) return content;
  throw invalidCursor(cursor, `is damaged, or belongs to another query: ${rule}`);
}

/** The error of an invalid cursor. */
export function invalidCursor(cursor: string, problem: string): InvalidQueryError {
  return new InvalidQueryError("cursor", `The cursor ${formatValue(cursor)} ${problem}.`);
}
