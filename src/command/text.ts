/** Text for a terminal: characters that it must not interpret, durations and points in time. */

/** Control characters, bidirectional marks and others that a terminal interprets or hides. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Escapes characters that a terminal interprets or hides, as in JSON: `\u001b`. */
export function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

/** Formats text of any origin in one line, for tables and errors. */
export function toOneLine(text: string): string {
  return escapeInvisible(text.replace(/\s+/g, " ").trim());
}

/** The escapes of tab-separated values that are shorter than a code. */
const SHORT_ESCAPES: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** Formats text as a field of tab-separated values. A backslash is doubled, so that the field can be read back. */
export function toTsvField(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replace(INVISIBLE, (character) => SHORT_ESCAPES[character] ?? escapeCharacter(character));
}

const UNITS = [
  { name: "s", milliseconds: 1000, count: 120 },
  { name: "m", milliseconds: 60_000, count: 120 },
  { name: "h", milliseconds: 3_600_000, count: 48 },
] as const;
const DAY = 86_400_000;

/** Formats a duration in one unit: `90s`, `45m`, `30h`, `12d`. */
export function formatDuration(milliseconds: number): string {
  const duration = Math.max(0, milliseconds);
  const unit = UNITS.find((each) => duration < each.count * each.milliseconds) ?? { name: "d", milliseconds: DAY };
  return `${Math.floor(duration / unit.milliseconds)}${unit.name}`;
}

/** Formats a point in time in UTC, to the minute: `2026-11-01 09:30`. */
export function formatTime(time: Date): string {
  return time.toISOString().slice(0, 16).replace("T", " ");
}

/** Formats a number with separators: `2,500`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}
