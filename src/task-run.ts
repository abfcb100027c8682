/** The typed run, the union of its properties, and the type guards. */
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
import { FINAL_STATUSES, TASK_STATUSES, TASK_TYPES } from "./criteria/enumerations.js";

/** Every task type: those of the SDK, and `"$unknown"` for a type that this version does not know, or none. */
export type AnyTaskType = TaskType | "$unknown";

/**
 * One run of a machine learning transform, in the service's own shape. `TransformId`, `TaskRunId`, `Status` and
 * `Properties` are always present. The other members are optional, as in the SDK. It is assignable to the SDK's
 * `TaskRun`.
 *
 * @typeParam T - its task type, or several: `MLTaskRun<"FIND_MATCHES">` has only the `Properties` of that type. By
 *   default every type, also unknown ones.
 * @see https://docs.aws.amazon.com/glue/latest/webapi/API_TaskRun.html
 */
export interface MLTaskRun<out T extends AnyTaskType = AnyTaskType> extends TaskRun {
  /** The transform that ran. */
  TransformId: string;
  /** The id of this run, unique within its transform. */
  TaskRunId: string;
  /** The status. A value that the installed SDK does not know is passed through. */
  Status: TaskStatusType;
  /** The properties of the run's type. Narrow them by `Properties.TaskType`, or with {@link isTaskRunType}. */
  Properties: MLTaskRunProperties<T>;
}

/**
 * A run's properties, a union discriminated by `TaskType`. The variant of a known type always has its structure, and
 * not the structures of other types. The variant with `$unknown` is for runs without a `TaskType` and for types that
 * this version does not know.
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
export type MLTaskRunProperties<T extends AnyTaskType = AnyTaskType> = PropertiesByType[T];

/**
 * The properties of every task type. A type that only a newer SDK knows is unknown to this version.
 *
 * @hidden {@link MLTaskRunProperties} has them.
 */
export interface PropertiesByType
  extends Readonly<{ [N in keyof KnownTaskRunProperties]: KnownTaskRunProperties[N] & WithoutStrictNullChecks }>,
    Readonly<Record<Exclude<AnyTaskType, keyof KnownTaskRunProperties>, UnknownTaskRunProperties>> {
  /** If the task type is of the type `any`, as from `JSON.parse`, the properties can be of every type. */
  readonly [type: string]:
    | (KnownTaskRunProperties[keyof KnownTaskRunProperties] & WithoutStrictNullChecks)
    | UnknownTaskRunProperties;
}

/**
 * Without `strictNullChecks`, `case undefined` does not exclude the known types, so that `$unknown` has to be a member
 * of all. With it, this type adds nothing.
 */
export type WithoutStrictNullChecks = undefined extends 0 ? { $unknown?: TaskRunProperties } : unknown;

/** The properties of each task type that this version knows. */
export interface KnownTaskRunProperties {
  /** An estimate of the transform's quality. It has no structure. */
  EVALUATION: { TaskType: "EVALUATION" };
  /** The generation of a labeling set, which people then label. */
  LABELING_SET_GENERATION: {
    TaskType: "LABELING_SET_GENERATION";
    LabelingSetGenerationTaskRunProperties: LabelingSetGenerationTaskRunProperties;
  };
  /** An import of labels from S3. */
  IMPORT_LABELS: {
    TaskType: "IMPORT_LABELS";
    ImportLabelsTaskRunProperties: ImportLabelsTaskRunProperties;
  };
  /** An export of labels to S3. */
  EXPORT_LABELS: {
    TaskType: "EXPORT_LABELS";
    ExportLabelsTaskRunProperties: ExportLabelsTaskRunProperties;
  };
  /** A search for matching records, which runs as a Glue job. */
  FIND_MATCHES: {
    TaskType: "FIND_MATCHES";
    FindMatchesTaskRunProperties: FindMatchesTaskRunProperties;
  };
}

/** The properties of a run without a task type, or with one that this version does not know. */
export interface UnknownTaskRunProperties {
  /** Absent. The service's value, if there is one, is in `$unknown.TaskType`. */
  TaskType?: never;
  /** The properties as the SDK returned them; undefined if it returned none. */
  $unknown: TaskRunProperties | undefined;
}

/** The statuses of a finished run. */
export type FinalTaskStatus = Extract<TaskStatusType, "STOPPED" | "SUCCEEDED" | "FAILED" | "TIMEOUT">;

/**
 * A run whose status no longer changes.
 *
 * @typeParam T - its task type, as in {@link MLTaskRun}
 */
export interface FinishedMLTaskRun<out T extends AnyTaskType = AnyTaskType> extends MLTaskRun<T> {
  /** The final status. */
  Status: FinalTaskStatus;
}

/**
 * A run that a guard for `T` accepts. A task type of the type `any`, as from `JSON.parse`, says nothing about the run.
 * If `T` is several types and the guard is false, the run can still have one of them: the additional member, which no
 * run of a known type has, keeps the compiler from excluding them.
 */
export type GuardedMLTaskRun<T extends TaskType> = 0 extends 1 & T
  ? MLTaskRun
  : [{ [N in T]: Exclude<T, N> }[T]] extends [never]
    ? MLTaskRun<T>
    : MLTaskRun<T> & { Properties: { $unknown?: never } };

/** A run of the SDK that a guard for `T` accepts. */
export type GuardedTaskRun<T extends TaskType> = TaskRun & {
  /** The properties. The structure may be missing. */
  Properties: { TaskType: 0 extends 1 & T ? TaskType : T };
};

/** A type guard for one task type, for `filter` of an array of runs. Created by {@link isTaskRunType}. */
export interface TaskRunTypeGuard<T extends TaskType> {
  /** Whether a run has the task type. */
  (run: MLTaskRun): run is GuardedMLTaskRun<T>;
  /** Whether a run of the SDK has the task type. Its structure may be missing. */
  (run: TaskRun): run is GuardedTaskRun<T>;
  // Again, because `filter` infers from the last signature.
  /** Whether a run has the task type. */
  (run: MLTaskRun): run is GuardedMLTaskRun<T>;
}

/**
 * Whether a run has this task type. Narrows the type of the run; in `else`, the type of a run that is a union, such as
 * `MLTaskRun<"EVALUATION"> | MLTaskRun<"FIND_MATCHES">`. For any other run, compare `run.Properties.TaskType`, which
 * narrows `run.Properties` in `else`, too.
 *
 * @example
 * ```ts
 * if (isTaskRunType(run, "EXPORT_LABELS")) console.log(run.Properties.ExportLabelsTaskRunProperties.OutputS3Path);
 * ```
 */
export function isTaskRunType<const T extends TaskType>(run: MLTaskRun, type: T): run is GuardedMLTaskRun<T>;
/** Whether a run of the SDK has this task type. Its structure may be missing. */
export function isTaskRunType<const T extends TaskType>(run: TaskRun, type: T): run is GuardedTaskRun<T>;
/**
 * Creates a type guard for one task type.
 *
 * @example
 * ```ts
 * const matches = runs.filter(isTaskRunType("FIND_MATCHES"));
 * ```
 */
export function isTaskRunType<const T extends TaskType>(type: T): TaskRunTypeGuard<T>;
export function isTaskRunType(runOrType: TaskRun | TaskType, type?: TaskType) {
  return typeof runOrType === "string" ? (run: TaskRun) => hasType(run, runOrType) : hasType(runOrType, type);
}

function hasType({ Properties }: TaskRun, type: TaskType | undefined): boolean {
  // A run of this library has the properties of an unknown type in `$unknown`.
  const properties: (TaskRunProperties & Partial<Pick<UnknownTaskRunProperties, "$unknown">>) | undefined = Properties;
  return (properties?.$unknown ?? properties)?.TaskType === type;
}

/**
 * Whether a run has finished, so that its status no longer changes: STOPPED, SUCCEEDED, FAILED or TIMEOUT. It is false
 * for STOPPING, which becomes STOPPED, and for a status that this version does not know.
 *
 * @example
 * ```ts
 * if (isFinished(run)) console.log(run.Status); // "STOPPED" | "SUCCEEDED" | "FAILED" | "TIMEOUT" to the compiler
 * ```
 */
export function isFinished<T extends AnyTaskType>(run: MLTaskRun<T>): run is FinishedMLTaskRun<T>;
/** Whether a run of the SDK, or any other object with a `Status`, has finished. */
export function isFinished<R extends { readonly Status?: TaskStatusType | undefined }>(
  run: R,
): run is R & { Status: FinalTaskStatus };
export function isFinished({ Status }: { readonly Status?: TaskStatusType | undefined }): boolean {
  return isOneOf(FINAL_STATUSES, Status);
}

/**
 * Whether a value is one of the statuses of a run: for text from outside, such as a query parameter.
 *
 * @example
 * ```ts
 * const status = new URL(request.url).searchParams.get("status");
 * if (isTaskStatus(status)) filter = filter.status(status);
 * ```
 */
export function isTaskStatus(value: unknown): value is TaskStatusType {
  return isOneOf(TASK_STATUSES, value);
}

/** Whether a value is one of the task types: for text from outside, such as a query parameter. */
export function isTaskType(value: unknown): value is TaskType {
  return isOneOf(TASK_TYPES, value);
}

function isOneOf(values: readonly unknown[], value: unknown): boolean {
  return values.includes(value);
}
