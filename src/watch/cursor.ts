/** The cursors of a watch: its state as text. Fields and not JSON, which is a third longer when it is URL-safe. */
import { bindCursor, invalidCursor, unbindCursor } from "../paging/cursor.js";
import { type PollKind, removeOld, type TransformState, type WatchState } from "./state.js";

const VERSION = "w1";
/** In place of a time: no poll has succeeded yet. */
const NOT_BEGUN = "X";
/** The time -Infinity. */
const ALL = "ALL";
/** What stands before the time until which a transform was seen, for the kind of its poll that has failed. */
const KINDS = { fromBegin: "new", found: "add", later: "old" } satisfies Record<PollKind, string>;

/**
 * Writes a state as a URL-safe string: fields that are separated by dots. The first is the version, the last a
 * fingerprint of the other fields and of the query.
 *
 * @param normalizedQuery - the query in a normal form; the cursor is bound to it
 */
export function writeWatchCursor(state: WatchState, normalizedQuery: unknown): string {
  removeOld(state);
  const fields = [VERSION, state.seenUntil === undefined ? NOT_BEGUN : encodeTime(state.seenUntil)];
  for (const [id, { behind, unfinished, recent }] of state.transforms) {
    // A forgotten member does not compile.
    const members = {
      behind: [behind ? `${KINDS[behind.kind]}${encodeTime(behind.seenUntil)}` : ""],
      unfinished: [String(unfinished.size), ...[...unfinished].flat().map(encodeText)],
      recent: [String(recent.size), ...[...recent].flatMap(([hash, time]) => [hash, encodeTime(time)])],
    } satisfies Record<keyof TransformState, string[]>;
    fields.push(encodeText(id), ...members.behind, ...members.unfinished, ...members.recent);
  }
  return bindCursor(fields.join("."), normalizedQuery);
}

/**
 * Reads the state of a cursor.
 *
 * @throws {@link InvalidQueryError} if the cursor is damaged, or was made by a newer version or for another query
 */
export function readWatchCursor(cursor: string, normalizedQuery: unknown): WatchState {
  if (!cursor.startsWith(`${VERSION}.`)) {
    throw invalidCursor(cursor, "is not the cursor of a watch, or was made by a newer version of the library");
  }
  const content = unbindCursor(cursor, normalizedQuery, "every criterion but StartedAfter must be the same");
  const [, ...fields] = content.split(".");
  return parseState(fields.values(), () => {
    throw invalidCursor(cursor, "was not made by this library");
  });
}

function parseState(fields: IterableIterator<string, undefined>, fail: () => never): WatchState {
  const next = () => fields.next().value ?? fail();
  const toTime = (text: string) => {
    if (text === ALL) return -Infinity;
    return /^-?[\da-z]{1,12}$/.test(text) ? Number.parseInt(text, 36) : fail();
  };
  const toKind = (text: string) => {
    for (const kind of ["fromBegin", "found", "later"] as const) if (KINDS[kind] === text) return kind;
    return fail();
  };
  const nextMap = <V>(toValue: (text: string) => V) => {
    const map = new Map<string, V>();
    const count = next();
    if (!/^\d+$/.test(count)) fail();
    for (let index = 0; index < Number(count); index += 1) map.set(decodeText(next()), toValue(next()));
    return map.size === Number(count) ? map : fail();
  };
  const seenUntil = next();
  const transforms = new Map<string, TransformState>();
  for (const id of fields) {
    const behind = next();
    transforms.set(decodeText(id), {
      behind: behind === "" ? undefined : { kind: toKind(behind.slice(0, 3)), seenUntil: toTime(behind.slice(3)) },
      unfinished: nextMap(decodeText),
      recent: nextMap(toTime),
    });
  }
  return { seenUntil: seenUntil === NOT_BEGUN ? undefined : toTime(seenUntil), transforms };
}

/** A time in base 36, which has lower-case letters. */
function encodeTime(time: number): string {
  return time === -Infinity ? ALL : Math.floor(time).toString(36);
}

/** Writes each character that is not URL-safe, or separates fields, as its code: ids may have any. */
function encodeText(text: string): string {
  return text.replace(/[^\w-]/g, (character) => `~${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function decodeText(text: string): string {
  return text.replace(/~([\da-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
