/**
 * The types that stand in the signatures of both entries, so that a declaration file of another package can name them.
 */
export type {
  ExportLabelsTaskRunProperties,
  FindMatchesTaskRunProperties,
  GlueClient,
  ImportLabelsTaskRunProperties,
  LabelingSetGenerationTaskRunProperties,
  MLTransform,
  TaskRun,
  TaskRunProperties,
  TaskStatusType,
  TaskType,
} from "@aws-sdk/client-glue";
export type { InstantLike } from "./criteria/instant.js";
export type { TaskRunReference } from "./criteria/query.js";
export type {
  AnyTaskType,
  KnownTaskRunProperties,
  MLTaskRun,
  MLTaskRunProperties,
  PropertiesByType,
  UnknownTaskRunProperties,
  WithoutStrictNullChecks,
} from "./task-run.js";
