/** The documented input of each operation, as data, and the check of requests against it. */
import type * as glue from "@aws-sdk/client-glue";
import { COLUMN_DATA_TYPE, COLUMN_NAME, GLUE_VERSION, ID, MAX_COLUMNS } from "../criteria/constraints.js";
import {
  SORT_COLUMNS,
  SORT_DIRECTIONS,
  TASK_STATUSES,
  TASK_TYPES,
  TRANSFORM_SORT_COLUMNS,
  TRANSFORM_STATUSES,
  TRANSFORM_TYPES,
} from "../criteria/enumerations.js";
import type { Rule } from "../criteria/rules.js";
import { ServiceError, serviceError } from "./service-error.js";
import { boolean, ConstraintError, list, oneOf, pageSize, string, structure, text, timestamp } from "./shapes.js";

type Transform = { TransformId: string };
type Run = Transform & { TaskRunId: string };
type Output = Transform & { OutputS3Path: string };

/** The input of each operation: the SDK's type, with the required members. */
export interface OperationInputs {
  GetMLTaskRuns: glue.GetMLTaskRunsCommandInput & Transform;
  GetMLTaskRun: glue.GetMLTaskRunCommandInput & Run;
  GetMLTransforms: glue.GetMLTransformsCommandInput;
  GetMLTransform: glue.GetMLTransformCommandInput & Transform;
  StartMLEvaluationTaskRun: glue.StartMLEvaluationTaskRunCommandInput & Transform;
  StartMLLabelingSetGenerationTaskRun: glue.StartMLLabelingSetGenerationTaskRunCommandInput & Output;
  StartImportLabelsTaskRun: glue.StartImportLabelsTaskRunCommandInput & Transform & { InputS3Path: string };
  StartExportLabelsTaskRun: glue.StartExportLabelsTaskRunCommandInput & Output;
  CancelMLTaskRun: glue.CancelMLTaskRunCommandInput & Run;
}

/**
 * The name of a supported operation.
 *
 * @inline
 */
export type Operation = keyof OperationInputs;

const S3_OBJECT = /^s3:\/\/[^/\s]+\/./;
const id = text(ID);
const transform = { TransformId: id };
const run = { ...transform, TaskRunId: id };
// The service documents no pattern of an S3 path.
const output = { ...transform, OutputS3Path: string };
const paging = { NextToken: string, MaxResults: pageSize };
const sortBy = <T>(Column: Rule<T>) => structure({}, { Column, SortDirection: oneOf(SORT_DIRECTIONS) });

// What these two operations refuse with documented errors of their own.
const labelPath: Rule<string> = (value, path) => {
  const location = string(value, path);
  if (!S3_OBJECT.test(location)) throw serviceError("invalidLabelPath", {});
  return location;
};
const transformColumn: Rule<glue.TransformSortColumnType> = (value, path) => {
  const column = string(value, path);
  const known = TRANSFORM_SORT_COLUMNS.find((each) => each === column);
  if (known === undefined) throw serviceError("unsupportedSort", { column });
  return known;
};

const SHAPES: { readonly [O in Operation]: Rule<OperationInputs[O]> } = {
  GetMLTaskRuns: structure(
    {
      ...paging,
      Filter: structure({
        TaskRunType: oneOf(TASK_TYPES),
        Status: oneOf(TASK_STATUSES),
        StartedBefore: timestamp,
        StartedAfter: timestamp,
      }),
      Sort: sortBy(oneOf(SORT_COLUMNS)),
    },
    transform,
  ),
  GetMLTaskRun: structure({}, run),
  GetMLTransforms: structure({
    ...paging,
    Filter: structure({
      Name: id,
      TransformType: oneOf(TRANSFORM_TYPES),
      Status: oneOf(TRANSFORM_STATUSES),
      GlueVersion: text(GLUE_VERSION),
      CreatedBefore: timestamp,
      CreatedAfter: timestamp,
      LastModifiedBefore: timestamp,
      LastModifiedAfter: timestamp,
      Schema: list(structure({ Name: text(COLUMN_NAME), DataType: text(COLUMN_DATA_TYPE) }), MAX_COLUMNS),
    }),
    Sort: sortBy(transformColumn),
  }),
  GetMLTransform: structure({}, transform),
  StartMLEvaluationTaskRun: structure({}, transform),
  StartMLLabelingSetGenerationTaskRun: structure({}, output),
  StartImportLabelsTaskRun: structure({ ReplaceAllLabels: boolean }, { ...transform, InputS3Path: labelPath }),
  StartExportLabelsTaskRun: structure({}, output),
  CancelMLTaskRun: structure({}, run),
};

// The type of the table has exactly these keys; `Object.keys` has a wider type.
export const OPERATIONS = Object.keys(SHAPES) as Operation[];

export function isOperation(name: string): name is Operation {
  return Object.hasOwn(SHAPES, name);
}

/** Returns the input of a request: its documented members, with timestamps as Dates. */
export function readInput<O extends Operation>(operation: O, body: object): OperationInputs[O] {
  try {
    return SHAPES[operation](body, "");
  } catch (error) {
    if (!(error instanceof ConstraintError)) throw error;
    const { all } = error;
    const count = `${all.length} validation error${all.length === 1 ? "" : "s"} detected`;
    throw new ServiceError("ValidationException", `${count}: ${all.map(inServiceWords).join("; ")}`);
  }
}

function inServiceWords({ value, field, constraint }: ConstraintError): string {
  const shown = value === null ? "null" : `'${typeof value === "string" ? value : JSON.stringify(value)}'`;
  // The service writes "filter.schema.1.member.name" for Filter.Schema[0].Name.
  const path = field
    .replace(/[A-Z]\w*/g, (name) => name.charAt(0).toLowerCase() + name.slice(1))
    .replace(/\[(\d+)\]/g, (_, index) => `.${Number(index) + 1}.member`);
  return `Value ${shown} at '${path}' failed to satisfy constraint: Member must ${constraint}`;
}
