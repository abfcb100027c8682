/** The typed run: the union of its properties, and its type guards. */
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
import { FINAL_STATUSES } from "./criteria/enumerations.js";

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

/**
 * A run whose status no longer changes.
 *
 * @typeParam T - its task type, where it is known
 */
export type FinishedMLTaskRun<T extends TaskType = TaskType> = MLTaskRun<T> & {
  Status: "STOPPED" | "SUCCEEDED" | "FAILED" | "TIMEOUT";
};

/**
 * Whether a run has finished, so that its status no longer changes: STOPPED, SUCCEEDED, FAILED or TIMEOUT. It is false for
 * STOPPING, which becomes STOPPED, and for a status that is newer than this version.
 *
 * @param run - a run of this library (then a {@link FinishedMLTaskRun}) or of the SDK
 *
 * @example
 * ```ts
 * if (isFinished(run)) console.log(run.Status); // "STOPPED" | "SUCCEEDED" | "FAILED" | "TIMEOUT" to the compiler
 * ```
 */
export function isFinished<R extends { readonly Status?: TaskStatusType | undefined }>(
  run: R,
): run is R & Pick<FinishedMLTaskRun, "Status"> {
  const statuses: readonly unknown[] = FINAL_STATUSES;
  return statuses.includes(run.Status);
}
