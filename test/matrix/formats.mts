/** The declarations of ESM and of CommonJS fit each other. This program is ESM. */
import type * as esm from "glue-ml-task-runs";
import type { LocalGlue } from "glue-ml-task-runs/local";
import type * as commonjs from "./commonjs.cjs";

export const toCommonJs = (
  taskRuns: esm.MLTaskRuns,
  list: esm.MLTaskRunList<"EVALUATION">,
  filter: esm.TaskRunFilter<"EVALUATION">,
  error: esm.InvalidQueryError,
  glue: LocalGlue,
): [
  commonjs.MLTaskRuns,
  commonjs.MLTaskRunList<"EVALUATION">,
  commonjs.TaskRunFilter<"EVALUATION">,
  commonjs.InvalidQueryError,
  commonjs.LocalGlue,
] => [taskRuns, list, filter, error, glue];

export const toEsm = (
  taskRuns: commonjs.MLTaskRuns,
  list: commonjs.MLTaskRunList<"EVALUATION">,
  filter: commonjs.TaskRunFilter<"EVALUATION">,
  error: commonjs.InvalidQueryError,
  glue: commonjs.LocalGlue,
): [
  esm.MLTaskRuns,
  esm.MLTaskRunList<"EVALUATION">,
  esm.TaskRunFilter<"EVALUATION">,
  esm.InvalidQueryError,
  LocalGlue,
] => [taskRuns, list, filter, error, glue];
