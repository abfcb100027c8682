/** Reads transforms and runs from a file: what the AWS CLI, boto3 and the SDK print for the operations on task runs. */
import { readFile } from "node:fs/promises";
import { toDate } from "../criteria/instant.js";
import { type Rule, struct, throwInvalid } from "../criteria/rules.js";
import { isObject } from "../values.js";
import { type Members, TIMESTAMPS } from "./json.js";
import { findFirstIndex } from "./query-result.js";
import { type LocalTaskRun, type LocalTransform, withId } from "./record.js";

type Kind = "TaskRuns" | "Transforms";

/** Reads a file: a page, a run or a transform, a list of them, or one of them on each line. */
export async function readDataFile(file: string) {
  const found: Record<Kind, Members[]> = { TaskRuns: [], Transforms: [] };
  const add = (item: unknown, place: string, kind = kindOf(item)): void => {
    if (Array.isArray(item)) {
      for (const [index, each] of item.entries()) add(each, `${place}[${index}]`, kind);
    } else if (kind !== undefined) {
      found[kind].push(readItem(item, place, kind));
    } else {
      const page = pageRule(item, place);
      for (const each of ["TaskRuns", "Transforms"] as const) add(page[each] ?? [], memberOf(place, each), each);
    }
  };
  for (const [place, document] of parseDocuments(decode(await readFile(file)))) add(document, place);
  // The endpoint checks the other members when they are added.
  return found as unknown as { readonly TaskRuns: LocalTaskRun[]; readonly Transforms: LocalTransform[] };
}

/** The path of a member: of a document that has a line of its own, after "line 2: ". */
function memberOf(place: string, member: string): string {
  return /^$|: $/.test(place) ? place + member : `${place}.${member}`;
}

/** Whether an object is a run or a transform. Only a transform has Parameters. */
function kindOf(item: unknown): Kind | undefined {
  if (!isObject(item) || !("TransformId" in item || "TaskRunId" in item)) return undefined;
  return "Parameters" in item ? "Transforms" : "TaskRuns";
}

const anything: Rule<unknown> = (value) => value;
const list: Rule<unknown[]> = (value, field) => (Array.isArray(value) ? value : throwInvalid(field, "a list", value));
const metadata = { NextToken: anything, ResponseMetadata: anything, $metadata: anything };
const pageRule = struct("data file", {}, { Transforms: list, TaskRuns: list, ...metadata });

/** Checks the ids of a run or a transform, and converts its timestamps. */
function readItem(item: unknown, place: string, kind: Kind): Members {
  if (!isObject(item)) return throwInvalid(place, "an object", item);
  const { $metadata, ResponseMetadata, ...members } = item;
  const id = kind === "TaskRuns" ? "TaskRunId" : "TransformId";
  return withId(id, members, () => {
    for (const each of new Set(["TransformId", id]))
      if (typeof members[each] !== "string") throwInvalid(memberOf(place, each), "a string", members[each]);
    const times = TIMESTAMPS.filter((key) => members[key] !== undefined && members[key] !== null);
    return {
      ...members,
      ...Object.fromEntries(times.map((key) => [key, readTime(members[key], memberOf(place, key))])),
    };
  });
}

/** Reads a timestamp: seconds since the epoch, or ISO 8601, which boto3 prints with a space between date and time. */
function readTime(value: unknown, field: string): Date {
  // In seconds, it would be beyond the year 5000.
  if (typeof value === "number" && value > 1e11) throwInvalid(field, "in seconds since the epoch", value);
  if (typeof value === "number") return toDate(Math.round(value * 1000), field);
  return toDate(typeof value === "string" ? value.replace(/^(\S+) (\S+)$/, "$1T$2") : value, field);
}

/** Decodes UTF-8 or, as PowerShell writes it, UTF-16, with or without a byte order mark. */
function decode(bytes: Buffer): string {
  const mark = bytes.subarray(0, 2).toString("hex");
  const encoding = { fffe: "utf-16le", feff: "utf-16be" }[mark] ?? "utf-8";
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}

/** Parses one JSON document, or one on each line. Returns each with its place in the file. */
function parseDocuments(text: string): [place: string, document: unknown][] {
  const lines = text.trimEnd().split("\n");
  const parsed = parse(text);
  if (!(parsed instanceof SyntaxError)) return [["", parsed]];
  const firstLine = lines.findIndex((line) => line.trim() !== "");
  if (parse(lines[firstLine] ?? "") instanceof SyntaxError) {
    // Before this line, the only error is the end of the text.
    const brokenLine = findFirstIndex([...lines.keys()], (index) => {
      const part = lines.slice(0, index + 1).join("\n");
      const error = parse(part);
      if (!(error instanceof SyntaxError)) return false;
      const isAtEnd = Number(/position (\d+)/.exec(error.message)?.[1]) >= part.length;
      return /Unterminated/.test(error.message) || !(isAtEnd || /end of JSON|EOF/.test(error.message));
    });
    throw new SyntaxError(`line ${Math.min(brokenLine + 1, lines.length)}: ${parsed.message}`);
  }
  return lines.flatMap((line, index) => {
    const document = line.trim() === "" ? undefined : parse(line);
    if (document instanceof SyntaxError) throw new SyntaxError(`line ${index + 1}: ${document.message}`);
    return document === undefined ? [] : [[`line ${index + 1}: `, document] as [string, unknown]];
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}
