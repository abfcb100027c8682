/** `sampleTaskRuns`: generates a realistic history of runs. The same options generate the same history. */
import type { TaskStatusType } from "@aws-sdk/client-glue";
import { ID } from "../criteria/constraints.js";
import { type InstantLike, toDate } from "../criteria/instant.js";
import { integer, struct, text } from "../criteria/rules.js";
import { InvalidQueryError } from "../errors.js";
import type { KnownTaskRunProperties, MLTaskRun } from "../task-run.js";
import { logGroupName } from "./record.js";

/** The transform of a sample history, with an id in the form of the service. */
export const SAMPLE_TRANSFORM_ID = "tfm-0123456789abcdef0123456789abcdef01234567";

/** The history to generate. */
export interface SampleOptions {
  /**
   * The transform of the runs.
   *
   * @defaultValue `"tfm-0123456789abcdef0123456789abcdef01234567"`
   */
  transformId?: string | undefined;
  /**
   * The number of runs, from 0 to 10000000.
   *
   * @defaultValue 100
   */
  count?: number | undefined;
  /**
   * The seed of the random numbers, from 0 to 4294967295. The same seed generates the same history.
   *
   * @defaultValue 1
   */
  seed?: number | undefined;
  /**
   * The earliest start time.
   *
   * @defaultValue 90 days before `to`
   */
  from?: InstantLike | undefined;
  /**
   * The time at which the history ends: all runs but the last few have finished before it.
   *
   * @defaultValue `"2026-11-01"`, so that the same options generate the same history on any day. `new Date()` generates
   *   a recent one.
   */
  to?: InstantLike | undefined;
}

/** What the runs of a task type look like: `folder` is an S3 folder for their files. */
interface SampleType<T extends keyof KnownTaskRunProperties> {
  /** Of all runs. */
  readonly percentage: number;
  /** The minimum and maximum duration. */
  readonly minutes: readonly [min: number, max: number];
  readonly errors: readonly string[];
  readonly properties: (folder: string, transformId: string, random: () => number) => KnownTaskRunProperties[T];
}

/** The order of the types is part of what a seed generates. */
const SAMPLE_TYPES: { readonly [T in keyof KnownTaskRunProperties]: SampleType<T> } = {
  FIND_MATCHES: {
    percentage: 46,
    minutes: [8, 95],
    errors: [
      "Job run failed: an error occurred while calling o118.pyWriteDynamicFrame. No space left on device",
      "Job run failed: command failed with exit code 10",
      "Job run failed: Access Denied (Service: Amazon S3; Status Code: 403)",
      "Job run failed: ExecutorLostFailure (executor 7 exited caused by one of the running tasks)",
    ],
    properties: (_folder, transformId, random) => ({
      TaskType: "FIND_MATCHES",
      FindMatchesTaskRunProperties: {
        JobId: `job-${hexDigits(16, random)}`,
        JobName: `find-matches-${transformId}`,
        JobRunId: `jr_${hexDigits(64, random)}`,
      },
    }),
  },
  EVALUATION: {
    percentage: 20,
    minutes: [4, 25],
    errors: ["The labels do not suffice to estimate the quality of the transform.", "Internal service error."],
    properties: () => ({ TaskType: "EVALUATION" }),
  },
  LABELING_SET_GENERATION: {
    percentage: 14,
    minutes: [3, 18],
    errors: ["Access Denied when writing the labeling set to the output path.", "The input table has no records."],
    properties: (folder) => ({
      TaskType: "LABELING_SET_GENERATION",
      LabelingSetGenerationTaskRunProperties: { OutputS3Path: `${folder}/labeling-set/` },
    }),
  },
  IMPORT_LABELS: {
    percentage: 12,
    minutes: [0.3, 4],
    errors: ["The label file has no column labeling_set_id.", "The label file is not encoded in UTF-8 without BOM."],
    properties: (folder, _transformId, random) => ({
      TaskType: "IMPORT_LABELS",
      ImportLabelsTaskRunProperties: { InputS3Path: `${folder}/labels.csv`, Replace: random() < 0.3 },
    }),
  },
  EXPORT_LABELS: {
    percentage: 8,
    minutes: [0.2, 2],
    errors: ["Access Denied when writing labels to the output path."],
    properties: (folder) => ({
      TaskType: "EXPORT_LABELS",
      ExportLabelsTaskRunProperties: { OutputS3Path: `${folder}/labels/` },
    }),
  },
};

const TYPES = Object.values(SAMPLE_TYPES);

/** The final statuses, in an order that is part of what a seed generates, and their percentages. */
const STATUSES = [
  { status: "SUCCEEDED", percentage: 83 },
  { status: "FAILED", percentage: 10 },
  { status: "STOPPED", percentage: 4 },
  { status: "TIMEOUT", percentage: 3 },
] as const;
/** The maximum number of unfinished runs: one more can start within the service's default quota of 3. */
const MAX_UNFINISHED = 2;
/** The statuses of unfinished runs. Each item is equally likely, so three of five runs are RUNNING. */
const WEIGHTED_UNFINISHED_STATUSES: readonly TaskStatusType[] = [
  "STARTING",
  "RUNNING",
  "RUNNING",
  "RUNNING",
  "STOPPING",
];

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The `Timeout` of the transform. */
const TIMEOUT_MINUTES = 120;

const rules = { count: integer(0, 10_000_000), seed: integer(0, 0xffff_ffff), from: toDate, to: toDate };
const checkSampleOptions = struct("options", {}, { transformId: text(ID), ...rules });

/**
 * Generates a realistic, reproducible history of a transform, oldest run first. It has all task types with their
 * structures, a plausible mix of statuses, error strings of failures, and durations that match the type. Only the last
 * runs are unfinished.
 *
 * @throws InvalidQueryError for an option out of its range
 *
 * @example
 * ```ts
 * glue.addTaskRuns(sampleTaskRuns({ transformId: "tfm-0123", count: 2500, to: new Date() }));
 * ```
 */
export function sampleTaskRuns(options: SampleOptions = {}): MLTaskRun[] {
  const checked = checkSampleOptions(options);
  const { transformId = SAMPLE_TRANSFORM_ID, count = 100, seed = 1, to = new Date("2026-11-01") } = checked;
  const { from = new Date(to.getTime() - 90 * DAY) } = checked;
  // Not `from >= to`, which is false for an invalid default of `from`.
  if (!(from < to)) throw new InvalidQueryError("from", "from must be before to.");
  const random = randomFrom(seed);
  const [start, end] = [from.getTime(), to.getTime()];
  const starts = Array.from({ length: count }, () => start + Math.floor(random() * (end - start)));
  const finishedCount = count - Math.min(MAX_UNFINISHED, Math.floor(count / 20));
  const sorted = starts.sort((a, b) => a - b);
  return sorted.map((started, index) => sampleRun(transformId, started, end, index < finishedCount, random));
}

function sampleRun(
  transformId: string,
  started: number,
  end: number,
  isFinished: boolean,
  random: () => number,
): MLTaskRun {
  const { minutes, errors, properties } = pick(TYPES, random, ({ percentage }) => percentage);
  const Status = isFinished
    ? pick(STATUSES, random, ({ percentage }) => percentage).status
    : pick(WEIGHTED_UNFINISHED_STATUSES, random);
  const [min, max] = minutes;
  // The square makes most runs short and a few long.
  let duration = min + (max - min) * random() ** 2;
  if (Status === "STOPPED") duration *= random();
  if (Status === "TIMEOUT") duration = TIMEOUT_MINUTES;
  const completed = Math.min(started + Math.ceil(duration * MINUTE), end);
  const startup = Math.min(completed - started, 1000 + random() * 20_000);
  let ErrorString: string | undefined;
  if (Status === "FAILED") ErrorString = pick(errors, random);
  if (Status === "TIMEOUT") ErrorString = `The task timed out after ${TIMEOUT_MINUTES} minutes.`;
  const folder = `s3://example-glue-ml/${transformId}/${new Date(started).toISOString().slice(0, 10)}`;
  return {
    TransformId: transformId,
    TaskRunId: `tsk-${hexDigits(40, random)}`,
    Status,
    LogGroupName: logGroupName(transformId),
    Properties: properties(folder, transformId, random),
    ...(ErrorString !== undefined && { ErrorString }),
    StartedOn: new Date(started),
    LastModifiedOn: new Date(isFinished ? completed : Math.min(started + MINUTE, end)),
    ...(isFinished && { CompletedOn: new Date(completed) }),
    ExecutionTime: Status === "STARTING" ? 0 : Math.floor(((isFinished ? completed : end) - started - startup) / 1000),
  };
}

/** Picks a random item. The probability of each item is in proportion to its weight. */
function pick<T>(items: readonly T[], random: () => number, weight: (item: T) => number = () => 1): T {
  let remaining = random() * items.reduce((sum, item) => sum + weight(item), 0);
  const found = items.find((item) => {
    remaining -= weight(item);
    return remaining < 0;
  });
  // An item is always found, because `remaining` was less than the sum of the weights. The compiler cannot see that.
  return found as T;
}

/** @param length - a multiple of 8 */
function hexDigits(length: number, random: () => number): string {
  let digits = "";
  while (digits.length < length) {
    digits += Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, "0");
  }
  return digits;
}

/** Mulberry32: pseudorandom numbers from 0 to 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
