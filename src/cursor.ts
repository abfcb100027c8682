/** Where a listing stands, as a string: version, fingerprint of the query, runs used, the service's token, checksum. */
import { shown } from "./check.js";
import { InvalidQueryError } from "./errors.js";

/** A place in a listing: just after so many runs of those that begin where a token points. */
export interface Position {
  /** The service's `NextToken`; undefined for the start of the listing. */
  readonly token: string | undefined;
  /** How many runs from there are used already. */
  readonly used: number;
}

/** The start of every listing. */
export const START: Position = { token: undefined, used: 0 };

const VERSION = "1";
/** Far beyond any token that was seen; a cursor goes into URLs and files. */
const MAX_LENGTH = 65_536;
/** Ten times what a page can hold. A forged cursor must not make a listing skip through all the history. */
const MAX_USED = 10_000;

/** A cursor: URL-safe, and without the query itself, of which it holds a fingerprint only. */
export function writeCursor({ token, used }: Position, fingerprint: string): string {
  const content = [VERSION, fingerprint, used.toString(36), token === undefined ? "" : encode(token)].join(".");
  return `${content}.${hash(content)}`;
}

/**
 * The place that a cursor names.
 *
 * @throws {@link InvalidQueryError} for what is no cursor of this version and this query
 */
export function readCursor(cursor: string, fingerprint: string): Position {
  const refuse = (why: string): never => {
    throw new InvalidQueryError("cursor", `The cursor ${shown(cursor)} ${why}.`);
  };
  if (cursor.length > MAX_LENGTH) return refuse(`is longer than ${MAX_LENGTH} characters`);
  const { content = "", version, query, used = "", token = "", checksum } = CURSOR.exec(cursor)?.groups ?? {};
  if (version === undefined) return refuse("is not one that this library made");
  if (version !== VERSION) return refuse(`is of version ${version}, and this version reads ${VERSION}`);
  if (hash(content) !== checksum) return refuse("is damaged");
  if (query !== fingerprint)
    return refuse("belongs to another query: every criterion must be the same, points in time too");
  const position = { token: token === "" ? undefined : decode(token), used: Number.parseInt(used, 36) };
  if (position.token === null || position.used > MAX_USED) return refuse("is damaged");
  return { token: position.token, used: position.used };
}

const CURSOR =
  /^(?<content>(?<version>\d{1,4})\.(?<query>[\da-z]+)\.(?<used>[\da-z]{1,8})\.(?<token>[\w-]*))\.(?<checksum>[\da-z]+)$/;

/** The fingerprint of a query in its normal form: the same however the query was written. */
export function fingerprint(query: {
  readonly TransformId: string;
  readonly Filter?: {
    readonly TaskRunType?: string;
    readonly Status?: string;
    readonly StartedBefore?: Date;
    readonly StartedAfter?: Date;
  };
  readonly Sort?: { readonly Column: string; readonly SortDirection: string };
}): string {
  const { TransformId, Filter = {}, Sort } = query;
  return hash(
    JSON.stringify([
      TransformId,
      Filter.TaskRunType,
      Filter.Status,
      Filter.StartedBefore?.getTime(),
      Filter.StartedAfter?.getTime(),
      Sort?.Column,
      Sort?.SortDirection,
    ]),
  );
}

/**
 * FNV-1a, twice with different primes, 64 bits together. It finds accidents; it is no protection from forgery, which
 * the service's own check of its token is.
 */
function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b);
  }
  return [a, b].map((half) => (half >>> 0).toString(36).padStart(7, "0")).join("");
}

/** Any string as base64url, by way of JSON in ASCII, which keeps lone surrogates too. */
function encode(token: string): string {
  const ascii = JSON.stringify(token).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return btoa(ascii).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The token again, or null for what {@link encode} never made. */
function decode(encoded: string): string | null {
  try {
    const token: unknown = JSON.parse(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")));
    return typeof token === "string" && token !== "" ? token : null;
  } catch {
    return null;
  }
}
