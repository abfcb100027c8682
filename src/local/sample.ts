/** A realistic history, made up, and the same each time for the same options. */
import type { TaskStatusType, TaskType } from "@aws-sdk/client-glue";
import { ID } from "../criteria/constraints.js";
import { type InstantLike, toDate } from "../criteria/instant.js";
import { integer, struct, text } from "../criteria/rules.js";
import { InvalidQueryError } from "../errors.js";
import type { MLTaskRun } from "../task-run.js";

/** What history to make up. */
export interface SampleOptions {
  /**
   * The transform that the runs belong to.
   *
   * @defaultValue `"tfm-0123456789abcdef"`
   */
  transformId?: string | undefined;
  /**
   * How many runs, from 0.
   *
   * @defaultValue 100
   */
  count?: number | undefined;
  /**
   * The same seed makes the same history; 0 to 4294967295.
   *
   * @defaultValue 1
   */
  seed?: number | undefined;
  /**
   * No run started before this.
   *
   * @defaultValue 90 days before `to`
   */
  from?: InstantLike | undefined;
  /**
   * The time of the listing: all runs but the last few have come to their end before it.
   *
   * @defaultValue `"2026-11-01"`, so that the same options make the same history on any day; `new Date()` makes a recent one
   */
  to?: InstantLike | undefined;
}

interface Kind {
  readonly type: TaskType;
  /** Its share of all runs, of a total of 100. */
  readonly share: number;
  /** How long it takes, in minutes, from and to. */
  readonly minutes: readonly [number, number];
  readonly errors: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    type: "FIND_MATCHES",
    share: 46,
    minutes: [8, 95],
    errors: [
      "Job run failed: an error occurred while calling o118.pyWriteDynamicFrame. No space left on device",
      "Job run failed: command failed with exit code 10",
      "Job run failed: Access Denied (Service: Amazon S3; Status Code: 403)",
      "Job run failed: ExecutorLostFailure (executor 7 exited caused by one of the running tasks)",
    ],
  },
  {
    type: "EVALUATION",
    share: 20,
    minutes: [4, 25],
    errors: ["The labels do not suffice to estimate the quality of the transform.", "Internal service error."],
  },
  {
    type: "LABELING_SET_GENERATION",
    share: 14,
    minutes: [3, 18],
    errors: ["Access Denied when writing the labeling set to the output path.", "The input table has no records."],
  },
  {
    type: "IMPORT_LABELS",
    share: 12,
    minutes: [0.3, 4],
    errors: ["The label file has no column labeling_set_id.", "The label file is not encoded in UTF-8 without BOM."],
  },
  {
    type: "EXPORT_LABELS",
    share: 8,
    minutes: [0.2, 2],
    errors: ["Access Denied when writing labels to the output path."],
  },
];

const FINISHED: readonly (readonly [TaskStatusType, number])[] = [
  ["SUCCEEDED", 83],
  ["FAILED", 10],
  ["STOPPED", 4],
  ["TIMEOUT", 3],
];
const UNFINISHED: readonly TaskStatusType[] = ["STARTING", "RUNNING", "RUNNING", "RUNNING", "STOPPING"];

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The Timeout that the transform was created with. */
const TIMEOUT_MINUTES = 120;

const check = struct(
  "options",
  {},
  {
    transformId: text(ID),
    count: integer(0, 10_000_000),
    seed: integer(0, 0xffff_ffff),
    from: toDate,
    to: toDate,
  },
);

/**
 * A realistic, reproducible history of a transform, oldest run first: all task types with their structures, statuses in
 * sensible shares, failures with error strings, durations that fit the type, unfinished runs only among the newest.
 *
 * @throws InvalidQueryError for an option out of its range
 *
 * @example
 * ```ts
 * glue.addTaskRuns(sampleTaskRuns({ transformId: "tfm-0123", count: 2500, to: new Date() }));
 * ```
 */
export function sampleTaskRuns(options: SampleOptions = {}): MLTaskRun[] {
  const checked = check(options);
  const { transformId = "tfm-0123456789abcdef", count = 100, seed = 1, to = new Date("2026-11-01") } = checked;
  const { from = new Date(to.getTime() - 90 * DAY) } = checked;
  // Not `from >= to`, which an invalid default would pass.
  if (!(from < to)) throw new InvalidQueryError("from", "from must be before to.");
  const random = randomFrom(seed);
  const span = to.getTime() - from.getTime();
  const starts = Array.from({ length: count }, () => from.getTime() + Math.floor(random() * span)).sort(
    (a, b) => a - b,
  );
  // A twentieth of a short history, a handful of a long one.
  const unfinishedFrom = count - Math.min(UNFINISHED.length, Math.floor(count / 20));
  return starts.map((start, index) =>
    sampleRun({ transformId, start, end: to.getTime(), isFinished: index < unfinishedFrom, random }),
  );
}

function sampleRun(given: {
  transformId: string;
  start: number;
  end: number;
  isFinished: boolean;
  random: () => number;
}): MLTaskRun {
  const { transformId, start, end, isFinished, random } = given;
  const { type, minutes, errors } = pick(KINDS, ({ share }) => share, random);
  const status = isFinished ? pick(FINISHED, ([, share]) => share, random)[0] : pick(UNFINISHED, () => 1, random);
  const [least, most] = minutes;
  // Squared: most runs are short, a few are long.
  const usual = least + (most - least) * random() ** 2;
  const duration = (status === "TIMEOUT" ? TIMEOUT_MINUTES : status === "STOPPED" ? usual * random() : usual) * MINUTE;
  const completed = Math.min(start + Math.ceil(duration), end);
  const startup = Math.min(completed - start, 1000 + random() * 20_000);
  const ErrorString =
    status === "FAILED"
      ? pick(errors, () => 1, random)
      : status === "TIMEOUT"
        ? `The task timed out after ${TIMEOUT_MINUTES} minutes.`
        : undefined;
  return {
    TransformId: transformId,
    TaskRunId: `tsk-${hex(40, random)}`,
    Status: status,
    LogGroupName: `/aws-glue/mltransforms/${transformId}`,
    Properties: sampleProperties(type, transformId, start, random),
    ...(ErrorString !== undefined && { ErrorString }),
    StartedOn: new Date(start),
    LastModifiedOn: new Date(isFinished ? completed : Math.min(start + MINUTE, end)),
    ...(isFinished && { CompletedOn: new Date(completed) }),
    ExecutionTime: status === "STARTING" ? 0 : Math.floor(((isFinished ? completed : end) - start - startup) / 1000),
  };
}

function sampleProperties(
  type: TaskType,
  transformId: string,
  start: number,
  random: () => number,
): MLTaskRun["Properties"] {
  const folder = `s3://example-glue-ml/${transformId}/${new Date(start).toISOString().slice(0, 10)}`;
  switch (type) {
    case "FIND_MATCHES":
      return {
        TaskType: type,
        FindMatchesTaskRunProperties: {
          JobId: `job-${hex(16, random)}`,
          JobName: `find-matches-${transformId}`,
          JobRunId: `jr_${hex(64, random)}`,
        },
      };
    case "LABELING_SET_GENERATION":
      return { TaskType: type, LabelingSetGenerationTaskRunProperties: { OutputS3Path: `${folder}/labeling-set/` } };
    case "IMPORT_LABELS":
      return {
        TaskType: type,
        ImportLabelsTaskRunProperties: { InputS3Path: `${folder}/labels.csv`, Replace: random() < 0.3 },
      };
    case "EXPORT_LABELS":
      return { TaskType: type, ExportLabelsTaskRunProperties: { OutputS3Path: `${folder}/labels/` } };
    default:
      return { TaskType: "EVALUATION" };
  }
}

/** One of the items, each as often as its weight says. */
function pick<T>(items: readonly T[], weight: (item: T) => number, random: () => number): T {
  let left = random() * items.reduce((sum, item) => sum + weight(item), 0);
  const found = items.find((item) => {
    left -= weight(item);
    return left < 0;
  });
  // The weights add up to more than `left` was, so that one is always found, which the compiler can not see.
  return found as T;
}

function hex(length: number, random: () => number): string {
  let digits = "";
  while (digits.length < length)
    digits += Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, "0");
  return digits.slice(0, length);
}

/** Mulberry32: numbers from 0 to 1 that look random, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
