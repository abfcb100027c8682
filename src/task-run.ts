/** The typed run: the union of its properties, its guards, and how the SDK's half-typed `TaskRun` becomes one. */
import type {
  ExportLabelsTaskRunProperties,
  FindMatchesTaskRunProperties,
  ImportLabelsTaskRunProperties,
  LabelingSetGenerationTaskRunProperties,
  TaskRun,
  TaskRunProperties,
  TaskStatusType,
  TaskType,
} from "@aws-sdk/client-glue";
import { isObject, shown } from "./check.js";
import { UnexpectedResponseError } from "./errors.js";

/**
 * One run of a machine learning transform, in the service's own shape. What identifies it is always there; the other
 * members are optional, as in the SDK. It is assignable to the SDK's `TaskRun`.
 *
 * @typeParam T - its task type, where it is known: `MLTaskRun<"FIND_MATCHES">` has that type's `Properties` only
 * @typeParam P - its properties; they follow from T and stand apart so that the compiler compares them, and not T
 * @see https://docs.aws.amazon.com/glue/latest/webapi/API_TaskRun.html
 */
export interface MLTaskRun<T extends TaskType = TaskType, P extends TaskRunProperties = MLTaskRunProperties<T>>
  extends TaskRun {
  /** The transform that ran. */
  TransformId: string;
  /** The id of this run, unique within its transform. */
  TaskRunId: string;
  /** Where the run stands. A value that is newer than the installed SDK passes through as it came. */
  Status: TaskStatusType;
  /** What belongs to the run's type: narrow by `Properties.TaskType`, or with {@link isTaskRunType}. */
  Properties: P;
}

/**
 * A run's properties, discriminated by `TaskType`. The structure of a known type is always present, and the other
 * types' structures are not on its type. A `TaskType` that this version does not know, or none at all, is the variant
 * with `$unknown`, which only the union of all types has.
 *
 * @example
 * ```ts
 * switch (run.Properties.TaskType) {
 *   case "FIND_MATCHES":
 *     console.log(run.Properties.FindMatchesTaskRunProperties.JobRunId);
 *     break;
 *   case undefined:
 *     console.log(run.Properties.$unknown?.TaskType); // newer than this version
 *     break;
 * }
 * ```
 * @see https://docs.aws.amazon.com/glue/latest/webapi/API_TaskRunProperties.html
 */
export type MLTaskRunProperties<T extends TaskType = TaskType> =
  | (T extends keyof KnownTaskRunProperties ? KnownTaskRunProperties[T] : UnknownTaskRunProperties)
  | (TaskType extends T ? UnknownTaskRunProperties : never);

/** The properties of each task type that this version knows, by that type. */
export interface KnownTaskRunProperties {
  /** Of an estimate of the transform's quality, which has no structure. */
  EVALUATION: { TaskType: "EVALUATION" };
  /** Of a labeling set made for people to label. */
  LABELING_SET_GENERATION: {
    TaskType: "LABELING_SET_GENERATION";
    LabelingSetGenerationTaskRunProperties: LabelingSetGenerationTaskRunProperties;
  };
  /** Of labels read from S3. */
  IMPORT_LABELS: {
    TaskType: "IMPORT_LABELS";
    ImportLabelsTaskRunProperties: ImportLabelsTaskRunProperties;
  };
  /** Of labels written to S3. */
  EXPORT_LABELS: {
    TaskType: "EXPORT_LABELS";
    ExportLabelsTaskRunProperties: ExportLabelsTaskRunProperties;
  };
  /** Of a search for matches, which a job of Glue does. */
  FIND_MATCHES: {
    TaskType: "FIND_MATCHES";
    FindMatchesTaskRunProperties: FindMatchesTaskRunProperties;
  };
}

/** The properties of a run whose task type is missing, or newer than this version. */
export interface UnknownTaskRunProperties {
  /** Absent: what the service called it is in `$unknown`. */
  TaskType?: undefined;
  /** What the SDK gave, untouched; undefined where it gave no properties. */
  $unknown: TaskRunProperties | undefined;
}

/**
 * Whether a run is of this task type, to the compiler too.
 *
 * @example
 * ```ts
 * if (isTaskRunType(run, "EXPORT_LABELS")) console.log(run.Properties.ExportLabelsTaskRunProperties.OutputS3Path);
 * ```
 */
export function isTaskRunType<const T extends TaskType>(run: MLTaskRun, type: T): run is MLTaskRun<T> {
  const properties = run.Properties;
  return ("$unknown" in properties ? properties.$unknown?.TaskType : properties.TaskType) === type;
}

const FINISHED: ReadonlySet<string> = new Set<TaskStatusType>(["STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT"]);

/**
 * Whether a run has come to its end, so that its status no longer changes: STOPPED, SUCCEEDED, FAILED or TIMEOUT. It
 * is false for a status that is newer than this version.
 */
export function isFinished(run: { readonly Status?: TaskStatusType | undefined }): boolean {
  return run.Status !== undefined && FINISHED.has(run.Status);
}

type Members = Readonly<Record<string, unknown>>;
type Kind = "string" | "number" | "boolean" | "timestamp";
/** What each member is at run time, where it is there. */
type Kinds = readonly (readonly [member: string, kind: Kind])[];

const MEMBERS: Kinds = [
  ["TransformId", "string"],
  ["TaskRunId", "string"],
  ["Status", "string"],
  ["LogGroupName", "string"],
  ["ErrorString", "string"],
  ["ExecutionTime", "number"],
  ["StartedOn", "timestamp"],
  ["LastModifiedOn", "timestamp"],
  ["CompletedOn", "timestamp"],
];

const PROPERTIES: Kinds = [["TaskType", "string"]];

/** The structure of each task type that this version knows; that of EVALUATION does not exist. */
const STRUCTURES: readonly { readonly type: keyof KnownTaskRunProperties; name: string; members: Kinds }[] = [
  { type: "EVALUATION", name: "", members: [] },
  {
    type: "LABELING_SET_GENERATION",
    name: "LabelingSetGenerationTaskRunProperties",
    members: [["OutputS3Path", "string"]],
  },
  {
    type: "IMPORT_LABELS",
    name: "ImportLabelsTaskRunProperties",
    members: [
      ["InputS3Path", "string"],
      ["Replace", "boolean"],
    ],
  },
  { type: "EXPORT_LABELS", name: "ExportLabelsTaskRunProperties", members: [["OutputS3Path", "string"]] },
  {
    type: "FIND_MATCHES",
    name: "FindMatchesTaskRunProperties",
    members: [
      ["JobId", "string"],
      ["JobName", "string"],
      ["JobRunId", "string"],
    ],
  },
];

/**
 * The runs of one response, typed. A run that fits already passes through as it is; what has to change is a shallow
 * copy. A run that breaks its type ends them: `error` says what was wrong with it.
 *
 * @param taskRuns - `TaskRuns`, as the SDK gave it; absent means none
 * @param transformId - the query's, for runs that do not name theirs
 * @param taskType - only runs of this type, should the endpoint have ignored the filter
 */
export function readTaskRuns(
  taskRuns: unknown,
  transformId: string,
  taskType?: TaskType,
): { readonly runs: MLTaskRun[]; readonly error?: Error } {
  const runs: MLTaskRun[] = [];
  try {
    if (!Array.isArray(taskRuns ?? [])) throw unexpected("TaskRuns", "a list", taskRuns);
    // It is one, or not there.
    for (const given of (taskRuns ?? []) as unknown[]) {
      const run = readTaskRun(structure(given, MEMBERS, ""), transformId);
      if (taskType !== undefined && !isTaskRunType(run, taskType)) continue;
      for (const member of ["TaskRunId", "Status"] as const) {
        if (run[member] === undefined) {
          throw new UnexpectedResponseError(member, `A task run in the response has no ${member}.`);
        }
      }
      runs.push(run);
    }
    return { runs };
  } catch (error) {
    // Nothing in here throws anything but errors.
    return { runs, error: error as Error };
  }
}

/** A run as its type says, but for what is missing and can not be made up. */
function readTaskRun(run: Members, transformId: string): MLTaskRun {
  const Properties = readProperties(run.Properties ?? undefined);
  const isTyped = run.TransformId !== undefined && Properties === run.Properties;
  // Every member was checked by the tables, which the compiler does not follow.
  return (isTyped ? run : { ...run, TransformId: run.TransformId ?? transformId, Properties }) as Members & MLTaskRun;
}

function readProperties(given: unknown): Members {
  if (given === undefined) return { $unknown: given };
  let properties = structure(given, PROPERTIES, "Properties.");
  let isKnown = false;
  for (const { type, name, members } of STRUCTURES) {
    const isOwn = type === properties.TaskType;
    isKnown ||= isOwn;
    const value = properties[name] ?? (isOwn && name ? {} : undefined);
    if (value === undefined) continue;
    const checked = structure(value, members, `Properties.${name}.`);
    if (checked !== properties[name]) properties = { ...properties, [name]: checked };
  }
  return isKnown ? properties : { $unknown: given };
}

/** A structure whose members are what they should be; without those that are null, which a mocked client may give. */
function structure(given: unknown, members: Kinds, path: string): Members {
  if (!isObject(given)) throw unexpected(path.slice(0, -1) || "TaskRuns", "a structure", given);
  let hasNull = false;
  for (const [member, kind] of members) {
    const value = given[member];
    if (value === null) hasNull = true;
    else if (value !== undefined && !(kind === "timestamp" ? isTime(value) : typeof value === kind)) {
      throw unexpected(`${path}${member}`, `a ${kind}`, value);
    }
  }
  return hasNull ? Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) : given;
}

function isTime(value: unknown): boolean {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

function unexpected(member: string, expected: string, value: unknown): UnexpectedResponseError {
  return new UnexpectedResponseError(
    member,
    `${member} in the response should be ${expected}, but it was ${shown(value)}.`,
  );
}
