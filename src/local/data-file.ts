/** Reads transforms and runs from a file: what the AWS CLI, boto3 and the SDK print for the operations on task runs. */
import { readFile } from "node:fs/promises";
import { toDate } from "../criteria/instant.js";
import { matching, type Rule, struct, throwInvalid } from "../criteria/rules.js";
import { isObject, messageOf } from "../values.js";
import { type LocalTaskRun, type LocalTransform, withId } from "./record.js";
import { findFirstIndex } from "./select.js";
import { list, string, structure } from "./shapes.js";

/** Reads a file: a page, a run or a transform, a list of them, or one of them on each line. */
export async function readDataFile(file: string) {
  const found: { TaskRuns: LocalTaskRun[]; Transforms: LocalTransform[] } = { TaskRuns: [], Transforms: [] };
  const add = (item: unknown, place: string): void => {
    if (Array.isArray(item)) {
      for (const [index, each] of item.entries()) add(each, `${place}[${index}]`);
    } else {
      const { TaskRuns = [], Transforms = [] } = readPage(item, place);
      for (const each of TaskRuns) found.TaskRuns.push(each);
      for (const each of Transforms) found.Transforms.push(each);
    }
  };
  readDocuments(decode(await readFile(file)), (document) => add(document, ""));
  return found;
}

function readPage(item: unknown, place: string): ReturnType<typeof pageRule> {
  // Only a transform has Parameters.
  if (isObject(item) && "Parameters" in item) return { Transforms: [transformRule(item, place)] };
  const isRun = isObject(item) && ("TransformId" in item || "TaskRunId" in item);
  return isRun ? { TaskRuns: [runRule(item, place)] } : pageRule(item, place);
}

/** A run or a transform without the metadata of a response. The endpoint checks the other members when it adds them. */
function itemRule<T>(idName: string, knownMembers: Rule<T>): Rule<T> {
  return (value, path) => {
    if (!isObject(value)) return throwInvalid(path, "an object", value);
    const { $metadata, ResponseMetadata, ...members } = value;
    return withId(idName, members, () => ({ ...members, ...knownMembers(members, path) }));
  };
}

const anything = matching<unknown>(() => true, "anything");
const metadata = { NextToken: anything, ResponseMetadata: anything, $metadata: anything };
const modified = { LastModifiedOn: readTime };
const runTimes = { ...modified, StartedOn: readTime, CompletedOn: readTime };
const runRule = itemRule("TaskRunId", structure(runTimes, { TransformId: string, TaskRunId: string }));
const transformTimes = { ...modified, CreatedOn: readTime };
const transformRule = itemRule("TransformId", structure(transformTimes, { TransformId: string }));
const pageRule = struct("data file", {}, { Transforms: list(transformRule), TaskRuns: list(runRule), ...metadata });

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

/** Reads one JSON document, or one on each line, whose number is then in the errors. */
function readDocuments(text: string, read: (document: unknown) => void): void {
  const lines = text.trimEnd().split("\n");
  const parsed = parse(text);
  if (!(parsed instanceof SyntaxError)) {
    read(parsed);
    return;
  }
  const firstLine = lines.find((line) => line.trim() !== "") ?? "";
  if (parse(firstLine) instanceof SyntaxError) {
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
  for (const [index, line] of lines.entries()) {
    try {
      if (line.trim() !== "") read(JSON.parse(line));
    } catch (error) {
      throw new Error(`line ${index + 1}: ${messageOf(error)}`);
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}
