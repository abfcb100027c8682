/**
 * A local Glue endpoint on loopback, for tests, demos and development without AWS.
 *
 * @module glue-ml-task-runs/local
 */

// The types of the SDK in the signatures of this entry, so that a declaration file of another package can name them.
export type {
  CancelMLTaskRunCommandInput,
  GetMLTaskRunCommandInput,
  GetMLTaskRunsCommandInput,
  GetMLTransformCommandInput,
  GetMLTransformsCommandInput,
  GlueClientConfig,
  StartExportLabelsTaskRunCommandInput,
  StartImportLabelsTaskRunCommandInput,
  StartMLEvaluationTaskRunCommandInput,
  StartMLLabelingSetGenerationTaskRunCommandInput,
} from "@aws-sdk/client-glue";
export type * from "../shared-types.js";
export type { FailOptions, FailRandomlyOptions, LocalGlueFault } from "./faults.js";
export { LocalGlue } from "./local-glue.js";
export type { LocalGlueOptions } from "./options.js";
export type { LocalTaskRun, LocalTaskRunOutcome, LocalTransform } from "./record.js";
export { type SampleOptions, sampleTaskRuns } from "./sample.js";
export type { LocalGlueResponse } from "./server.js";
export type { LocalGlueRequest } from "./service.js";
