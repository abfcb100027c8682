/** The types of the CommonJS declarations. */
export type { InvalidQueryError, MLTaskRunList, MLTaskRuns, TaskRunFilter } from "glue-ml-task-runs";
export type { LocalGlue } from "glue-ml-task-runs/local";
