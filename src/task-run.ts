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
  EVALUATION: { TaskType: "EVALUATION" };
  LABELING_SET_GENERATION: {
    TaskType: "LABELING_SET_GENERATION";
    LabelingSetGenerationTaskRunProperties: LabelingSetGenerationTaskRunProperties;
  };
  IMPORT_LABELS: {
    TaskType: "IMPORT_LABELS";
    ImportLabelsTaskRunProperties: ImportLabelsTaskRunProperties;
  };
  EXPORT_LABELS: {
    TaskType: "EXPORT_LABELS";
    ExportLabelsTaskRunProperties: ExportLabelsTaskRunProperties;
  };
  FIND_MATCHES: {
    TaskType: "FIND_MATCHES";
    FindMatchesTaskRunProperties: FindMatchesTaskRunProperties;
  };
}

/** The properties of a run whose task type is missing, or newer than this version. */
export interface UnknownTaskRunProperties {
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
type Kinds = Readonly<Record<string, Kind>>;

/** What each member of a run is at run time, where it is there; `Properties` apart. */
const MEMBERS: Kinds = {
  TransformId: "string",
  TaskRunId: "string",
  Status: "string",
  LogGroupName: "string",
  ErrorString: "string",
  ExecutionTime: "number",
  StartedOn: "timestamp",
  LastModifiedOn: "timestamp",
  CompletedOn: "timestamp",
};

/** The structure of each task type that this version knows, and what its members are; null for a type without one. */
const STRUCTURES: ReadonlyMap<unknown, { readonly name: string; readonly members: Kinds } | null> = new Map<
  keyof KnownTaskRunProperties,
  { readonly name: string; readonly members: Kinds } | null
>([
  ["EVALUATION", null],
  ["LABELING_SET_GENERATION", { name: "LabelingSetGenerationTaskRunProperties", members: { OutputS3Path: "string" } }],
  ["IMPORT_LABELS", { name: "ImportLabelsTaskRunProperties", members: { InputS3Path: "string", Replace: "boolean" } }],
  ["EXPORT_LABELS", { name: "ExportLabelsTaskRunProperties", members: { OutputS3Path: "string" } }],
  [
    "FIND_MATCHES",
    { name: "FindMatchesTaskRunProperties", members: { JobId: "string", JobName: "string", JobRunId: "string" } },
  ],
]);

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
    if (taskRuns === undefined || taskRuns === null) return { runs };
    if (!Array.isArray(taskRuns)) throw unexpected("TaskRuns", "a list", taskRuns);
    for (const run of taskRuns) {
      if (!isObject(run)) throw unexpected("TaskRuns", "a list of structures", run);
      if (taskType === undefined || hasType(run, taskType)) runs.push(readTaskRun(run, transformId));
    }
    return { runs };
  } catch (error) {
    // Nothing in here throws anything but errors.
    return { runs, error: error as Error };
  }
}

function hasType({ Properties }: Members, taskType: TaskType): boolean {
  return isObject(Properties) && Properties.TaskType === taskType;
}

function readTaskRun(run: Members, transformId: string): MLTaskRun {
  // Every member is checked, one by one, in `fits` or in `mend`, which the compiler does not follow.
  return (fits(run) ? run : mend(run, transformId)) as Members & MLTaskRun;
}

/**
 * Whether a run is as its type says, as nearly all are. It says the same as the tables above, written out: this runs for
 * every run of a listing, and takes a fifth of the time that going through the tables does.
 */
function fits(run: Members): boolean {
  const { ExecutionTime, Properties } = run;
  return (
    typeof run.TransformId === "string" &&
    typeof run.TaskRunId === "string" &&
    typeof run.Status === "string" &&
    isText(run.LogGroupName) &&
    isText(run.ErrorString) &&
    (ExecutionTime === undefined || typeof ExecutionTime === "number") &&
    isTime(run.StartedOn) &&
    isTime(run.LastModifiedOn) &&
    isTime(run.CompletedOn) &&
    isStructure(Properties) &&
    fitProperties(Properties)
  );
}

function fitProperties(properties: Members): boolean {
  switch (properties.TaskType) {
    case "EVALUATION":
      return true;
    case "LABELING_SET_GENERATION": {
      const structure = properties.LabelingSetGenerationTaskRunProperties;
      return isStructure(structure) && isText(structure.OutputS3Path);
    }
    case "IMPORT_LABELS": {
      const structure = properties.ImportLabelsTaskRunProperties;
      if (!isStructure(structure)) return false;
      const { InputS3Path, Replace } = structure;
      return isText(InputS3Path) && (Replace === undefined || typeof Replace === "boolean");
    }
    case "EXPORT_LABELS": {
      const structure = properties.ExportLabelsTaskRunProperties;
      return isStructure(structure) && isText(structure.OutputS3Path);
    }
    case "FIND_MATCHES": {
      const structure = properties.FindMatchesTaskRunProperties;
      return (
        isStructure(structure) && isText(structure.JobId) && isText(structure.JobName) && isText(structure.JobRunId)
      );
    }
    default:
      return false;
  }
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

function isTime(value: unknown): boolean {
  return value === undefined || (value instanceof Date && !Number.isNaN(value.getTime()));
}

function isStructure(value: unknown): value is Members {
  return typeof value === "object" && value !== null;
}

/** A run as its type says, made of one that is not; or an error that says what can not be mended. */
function mend(given: Members, transformId: string): Members {
  const run: Members = { TransformId: transformId, ...checked(given, MEMBERS, "") };
  for (const member of ["TaskRunId", "Status"]) {
    if (run[member] === undefined) {
      throw new UnexpectedResponseError(member, `A task run in the response has no ${member}.`);
    }
  }
  return { ...run, Properties: mendProperties(run.Properties) };
}

function mendProperties(given: unknown): Members {
  if (given === undefined) return { $unknown: undefined };
  if (!isObject(given)) throw unexpected("Properties", "a structure", given);
  const properties = checked(given, { TaskType: "string" }, "Properties.");
  const structures: Record<string, unknown> = {};
  for (const structure of STRUCTURES.values()) {
    const value = structure && properties[structure.name];
    if (structure === null || value === undefined) continue;
    const path = `Properties.${structure.name}`;
    if (!isObject(value)) throw unexpected(path, "a structure", value);
    structures[structure.name] = checked(value, structure.members, `${path}.`);
  }
  const own = STRUCTURES.get(properties.TaskType);
  if (own === undefined) return { $unknown: given };
  return { ...properties, ...(own && { [own.name]: {} }), ...structures };
}

/** A structure without its null members, which a mocked client may give; the others are what they should be. */
function checked(structure: Members, kinds: Kinds, path: string): Members {
  const present = Object.fromEntries(Object.entries(structure).filter(([, value]) => value !== null));
  for (const [member, kind] of Object.entries(kinds)) {
    const value = present[member];
    const isFit = value === undefined || (kind === "timestamp" ? isTime(value) : typeof value === kind);
    if (!isFit) throw unexpected(`${path}${member}`, `a ${kind}`, value);
  }
  return present;
}

function unexpected(member: string, expected: string, value: unknown): UnexpectedResponseError {
  return new UnexpectedResponseError(
    member,
    `${member} in the response should be ${expected}, but it was ${shown(value)}.`,
  );
}
