/**
 * A local Glue endpoint on loopback, for tests, demos and development without AWS.
 *
 * @module glue-ml-task-runs/local
 */

// The types of the SDK in the signatures of this entry, so that a declaration file of another package can name them.
export type {
  CancelMLTaskRunCommandInput,
  ExportLabelsTaskRunProperties,
  FindMatchesTaskRunProperties,
  GetMLTaskRunCommandInput,
  GetMLTaskRunsCommandInput,
  GetMLTransformCommandInput,
  GetMLTransformsCommandInput,
  GlueClient,
  GlueClientConfig,
  ImportLabelsTaskRunProperties,
  LabelingSetGenerationTaskRunProperties,
  MLTransform,
  StartExportLabelsTaskRunCommandInput,
  StartImportLabelsTaskRunCommandInput,
  StartMLEvaluationTaskRunCommandInput,
  StartMLLabelingSetGenerationTaskRunCommandInput,
  TaskRun,
  TaskRunProperties,
  TaskStatusType,
  TaskType,
} from "@aws-sdk/client-glue";
export type { InstantLike } from "../criteria/instant.js";
export type { TaskRunReference } from "../criteria/query.js";
export type {
  AnyTaskType,
  KnownTaskRunProperties,
  MLTaskRun,
  MLTaskRunProperties,
  PropertiesByType,
  UnknownTaskRunProperties,
  WithoutStrictNullChecks,
} from "../task-run.js";
export type { FailOptions, FailRandomlyOptions, LocalGlueFault } from "./faults.js";
export { LocalGlue } from "./local-glue.js";
export type { LocalGlueOptions } from "./options.js";
export type { LocalTaskRun, LocalTaskRunOutcome, LocalTransform } from "./record.js";
export { type SampleOptions, sampleTaskRuns } from "./sample.js";
export type { LocalGlueResponse } from "./server.js";
export type { LocalGlueRequest } from "./service.js";
