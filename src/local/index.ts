/**
 * A local Glue endpoint on loopback, for tests, demos and development without AWS.
 *
 * @module glue-ml-task-runs/local
 */

export type { TaskRunReference } from "../criteria/query.js";
export type { FailOptions, FailRandomlyOptions, LocalGlueFault } from "./faults.js";
export { LocalGlue } from "./local-glue.js";
export type { LocalGlueOptions } from "./options.js";
export type { LocalTaskRun, LocalTaskRunOutcome, LocalTransform } from "./record.js";
export { type SampleOptions, sampleTaskRuns } from "./sample.js";
export type { LocalGlueResponse } from "./server.js";
export type { LocalGlueRequest } from "./service.js";
