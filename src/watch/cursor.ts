/** The cursors of a watch: its state as text. */
import { InvalidQueryError } from "../errors.js";
import { fingerprint } from "../paging/fingerprint.js";
import { formatValue } from "../values.js";
import { createState, removeOld, type WatchState } from "./state.js";

const VERSION = "w1";

/**
 * Writes a state as a URL-safe string: fields that are separated by dots. The first is the version, the last a
 * fingerprint of the other fields and of the query.
 *
 * @param query - the query in a normal form; the cursor is bound to it
 */
export function writeWatchCursor(state: WatchState, query: unknown): string {
  removeOld(state);
  const fields = [VERSION, state.seenUntil === undefined ? NOT_BEGUN : formatTime(state.seenUntil)];
  const transformIds = new Set([...state.behind.keys(), ...state.unfinished.keys(), ...state.recent.keys()]);
  for (const id of transformIds) {
    const behind = state.behind.get(id);
    const unfinished = state.unfinished.get(id) ?? new Map<string, string>();
    const recent = state.recent.get(id) ?? new Map<string, number>();
    fields.push(encodeText(id), behind ? `${behind.isNew ? "new" : "old"}${formatTime(behind.seenUntil)}` : "");
    fields.push(String(unfinished.size));
    for (const [runId, status] of unfinished) fields.push(encodeText(runId), encodeText(status));
    fields.push(String(recent.size));
    for (const [hash, time] of recent) fields.push(hash, formatTime(time));
  }
  const content = fields.join(".");
  return `${content}.${fingerprint([content, query])}`;
}

/**
 * Reads the state of a cursor.
 *
 * @throws {@link InvalidQueryError} if the cursor is damaged, or was made by a newer version or for another query
 */
export function readWatchCursor(cursor: string, query: unknown): WatchState {
  const end = cursor.lastIndexOf(".");
  const content = cursor.slice(0, end);
  const [version, ...fields] = content.split(".");
  if (version !== VERSION) {
    throw invalidCursor(cursor, "is not the cursor of a watch, or was made by a newer version of the library");
  }
  if (cursor.slice(end + 1) !== fingerprint([content, query])) {
    throw invalidCursor(
      cursor,
      "is damaged, or belongs to another query: every criterion but StartedAfter must be the same",
    );
  }
  const state = parseState(fields);
  if (state === undefined) throw invalidCursor(cursor, "was not made by this library");
  return state;
}

function parseState(fields: readonly string[]): WatchState | undefined {
  const state = createState();
  let index = 0;
  let isValid = true;
  const next = () => {
    const field = fields[index];
    index += 1;
    isValid &&= field !== undefined;
    return field ?? "";
  };
  const toTime = (text: string) => {
    const time = parseTime(text);
    isValid &&= !Number.isNaN(time);
    return time;
  };
  const nextMap = <V>(readKey: (text: string) => string, readValue: () => V): Map<string, V> => {
    const map = new Map<string, V>();
    const count = next();
    isValid &&= /^\d+$/.test(count);
    while (isValid && map.size < Number(count)) {
      const { size } = map;
      map.set(readKey(next()), readValue());
      // A key that comes twice.
      isValid &&= map.size > size;
    }
    return map;
  };
  const seenUntil = next();
  state.seenUntil = seenUntil === NOT_BEGUN ? undefined : toTime(seenUntil);
  while (isValid && index < fields.length) {
    const id = decodeText(next());
    const behind = next();
    if (behind !== "") {
      state.behind.set(id, { seenUntil: toTime(behind.slice(3)), isNew: behind.startsWith("new") });
    }
    const unfinished = nextMap(decodeText, () => decodeText(next()));
    if (unfinished.size > 0) state.unfinished.set(id, unfinished);
    const recent = nextMap(String, () => toTime(next()));
    if (recent.size > 0) state.recent.set(id, recent);
  }
  return isValid ? state : undefined;
}

/** In place of a time: no poll has succeeded yet. */
const NOT_BEGUN = "X";

/** A time in base 36, which has lower-case letters; "ALL" for -Infinity. */
function formatTime(time: number): string {
  return time === -Infinity ? "ALL" : Math.floor(time).toString(36);
}

function parseTime(text: string): number {
  if (text === "ALL") return -Infinity;
  return /^-?[\da-z]{1,12}$/.test(text) ? Number.parseInt(text, 36) : Number.NaN;
}

/** Writes each character that is not URL-safe, or separates fields, as its code: ids may have any. */
function encodeText(text: string): string {
  return text.replace(/[^\w-]/g, (character) => `~${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function decodeText(text: string): string {
  return text.replace(/~([\da-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

function invalidCursor(cursor: string, problem: string): InvalidQueryError {
  return new InvalidQueryError("cursor", `The cursor ${formatValue(cursor)} ${problem}.`);
}
