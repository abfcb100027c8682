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
type Structure = { readonly name: string; readonly members: Readonly<Record<string, "string" | "boolean">> };

/** What belongs to each task type that this version knows: the structure's name, and what its members are at run time. */
const STRUCTURES: ReadonlyMap<unknown, Structure | undefined> = new Map<
  keyof KnownTaskRunProperties,
  Structure | undefined
>([
  ["EVALUATION", undefined],
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
    if (isMissing(taskRuns)) return { runs };
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

/** This runs once for every run of a listing: member by member, where a table of members would cost ten times as much. */
function readTaskRun(run: Members, transformId: string): MLTaskRun {
  const { TransformId, TaskRunId, Status, Properties } = run;
  required("TaskRunId", TaskRunId);
  required("Status", Status);
  const fits =
    optional("TransformId", "string", TransformId) &&
    optional("LogGroupName", "string", run.LogGroupName) &&
    optional("ErrorString", "string", run.ErrorString) &&
    optional("ExecutionTime", "number", run.ExecutionTime) &&
    timestamp("StartedOn", run.StartedOn) &&
    timestamp("LastModifiedOn", run.LastModifiedOn) &&
    timestamp("CompletedOn", run.CompletedOn);
  if (!fits) return readTaskRun(withoutNulls(run), transformId);
  const properties = readProperties(Properties);
  // Every member was checked, one by one, which the compiler does not follow.
  if (properties === Properties && TransformId !== undefined) return run as Members & MLTaskRun;
  return { ...run, TransformId: TransformId ?? transformId, Properties: properties } as unknown as MLTaskRun;
}

function readProperties(properties: unknown): Members {
  if (isMissing(properties)) return { $unknown: undefined };
  if (!isObject(properties)) throw unexpected("Properties", "a structure", properties);
  const type = properties.TaskType;
  if (!optional("Properties.TaskType", "string", type)) return readProperties(withoutNulls(properties));
  if (STRUCTURES.has(type)) return withStructure(properties, STRUCTURES.get(type));
  // Not a type that this version knows, but perhaps a structure that it does.
  for (const structure of STRUCTURES.values())
    if (structure && structure.name in properties) withStructure(properties, structure);
  return { $unknown: properties };
}

/** The properties with this structure present, and each of its members what its type says. */
function withStructure(properties: Members, structure: Structure | undefined): Members {
  if (structure === undefined) return properties;
  const { name, members } = structure;
  const value = properties[name];
  if (isMissing(value)) return { ...properties, [name]: {} };
  if (!isObject(value)) throw unexpected(`Properties.${name}`, "a structure", value);
  for (const member in members) {
    const type = members[member];
    if (typeof value[member] !== type && !optional(`Properties.${name}.${member}`, type, value[member])) {
      return withStructure({ ...properties, [name]: withoutNulls(value) }, structure);
    }
  }
  return properties;
}

/** Whether a member is not there. The SDK leaves out a JSON null; a mocked client may not. */
function isMissing(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function withoutNulls(structure: Members): Members {
  return Object.fromEntries(Object.entries(structure).filter(([, value]) => value !== null));
}

function required(member: string, value: unknown): void {
  if (typeof value === "string") return;
  throw isMissing(value)
    ? new UnexpectedResponseError(member, `A task run in the response has no ${member}.`)
    : unexpected(member, "a string", value);
}

/** Whether the member is absent or of its type; false if it is null, an error otherwise. */
function optional(member: string, type: string | undefined, value: unknown): boolean {
  if (value === undefined || typeof value === type) return true;
  if (value === null) return false;
  throw unexpected(member, `a ${type}`, value);
}

/** Whether the member is absent or a valid Date; false if it is null, an error otherwise. */
function timestamp(member: string, value: unknown): boolean {
  if (value === undefined || (value instanceof Date && !Number.isNaN(value.getTime()))) return true;
  if (value === null) return false;
  throw unexpected(member, "a timestamp", value);
}

function unexpected(member: string, expected: string, value: unknown): UnexpectedResponseError {
  return new UnexpectedResponseError(
    member,
    `${member} in the response should be ${expected}, but it was ${shown(value)}.`,
  );
}
