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
import { FINAL_STATUSES } from "./criteria/enumerations.js";

/**
 * One run of a machine learning transform, in the service's own shape. `TransformId`, `TaskRunId`, `Status` and
 * `Properties` are always present. The other members are optional, as in the SDK. It is assignable to the SDK's
 * `TaskRun`.
 *
 * @typeParam T - its task type, if known: `MLTaskRun<"FIND_MATCHES">` has only the `Properties` of that type
 * @typeParam P - the type of its properties, which follows from T. As a parameter it makes a run of a task type
 *   assignable to `MLTaskRun`.
 * @see https://docs.aws.amazon.com/glue/latest/webapi/API_TaskRun.html
 */
export interface MLTaskRun<T extends TaskType = TaskType, P extends TaskRunProperties = MLTaskRunProperties<T>>
  extends TaskRun {
  /** The transform that ran. */
  TransformId: string;
  /** The id of this run, unique within its transform. */
  TaskRunId: string;
  /** The status. A value that the installed SDK does not know is passed through. */
  Status: TaskStatusType;
  /** The properties of the run's type. Narrow them by `Properties.TaskType`, or with {@link isTaskRunType}. */
  Properties: P;
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
export type MLTaskRunProperties<T extends TaskType = TaskType> =
  | (T extends keyof KnownTaskRunProperties ? KnownTaskRunProperties[T] : UnknownTaskRunProperties)
  | (TaskType extends T ? UnknownTaskRunProperties : never);

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
  TaskType?: undefined;
  /** The properties as the SDK returned them; undefined if it returned none. */
  $unknown: TaskRunProperties | undefined;
}

/**
 * Whether a run has this task type. Narrows the type of the run.
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
 * @typeParam T - its task type, if known
 */
export type FinishedMLTaskRun<T extends TaskType = TaskType> = MLTaskRun<T> & {
  /** The final status. */
  Status: "STOPPED" | "SUCCEEDED" | "FAILED" | "TIMEOUT";
};

/**
 * Whether a run has finished, so that its status no longer changes: STOPPED, SUCCEEDED, FAILED or TIMEOUT. It is false
 * for STOPPING, which becomes STOPPED, and for a status that this version does not know.
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
