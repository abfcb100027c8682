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
import { ServiceError, serviceError } from "./service-error.js";
import { boolean, list, oneOf, pageSize, required, type Shape, string, structure, text, timestamp } from "./shapes.js";

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
const id = required(text(ID));
const transform = { TransformId: id };
const path = required(string);
const paging = { NextToken: string, MaxResults: pageSize };
const sortBy = (Column: Shape) =>
  structure({ Column: required(Column), SortDirection: required(oneOf(SORT_DIRECTIONS)) });

const SHAPES: Readonly<Record<Operation, Shape>> = {
  GetMLTaskRuns: structure({
    ...transform,
    ...paging,
    Filter: structure({
      TaskRunType: oneOf(TASK_TYPES),
      Status: oneOf(TASK_STATUSES),
      StartedBefore: timestamp,
      StartedAfter: timestamp,
    }),
    Sort: sortBy(oneOf(SORT_COLUMNS)),
  }),
  GetMLTaskRun: structure({ ...transform, TaskRunId: id }),
  GetMLTransforms: structure({
    ...paging,
    Filter: structure({
      Name: text(ID),
      TransformType: oneOf(TRANSFORM_TYPES),
      Status: oneOf(TRANSFORM_STATUSES),
      GlueVersion: text(GLUE_VERSION),
      CreatedBefore: timestamp,
      CreatedAfter: timestamp,
      LastModifiedBefore: timestamp,
      LastModifiedAfter: timestamp,
      Schema: list(structure({ Name: text(COLUMN_NAME), DataType: text(COLUMN_DATA_TYPE) }), MAX_COLUMNS),
    }),
    // The operation itself documents an error for another column.
    Sort: sortBy(string),
  }),
  GetMLTransform: structure(transform),
  StartMLEvaluationTaskRun: structure(transform),
  // The service documents no pattern of an S3 path.
  StartMLLabelingSetGenerationTaskRun: structure({ ...transform, OutputS3Path: path }),
  StartImportLabelsTaskRun: structure({ ...transform, InputS3Path: path, ReplaceAllLabels: boolean }),
  StartExportLabelsTaskRun: structure({ ...transform, OutputS3Path: path }),
  CancelMLTaskRun: structure({ ...transform, TaskRunId: id }),
};

// The type of the table has exactly these keys; `Object.keys` has a wider type.
export const OPERATIONS = Object.keys(SHAPES) as Operation[];

export function isOperation(name: string): name is Operation {
  return Object.hasOwn(SHAPES, name);
}

/** Returns the input of a request: its documented members, with timestamps as Dates. */
export function readInput<O extends Operation>(operation: O, body: object): OperationInputs[O] {
  const errors: string[] = [];
  const input = SHAPES[operation](body, "", (value, path, constraint) => {
    const shown = value === null ? "null" : `'${typeof value === "string" ? value : JSON.stringify(value)}'`;
    // The service writes "filter.schema.1.member.name" for Filter.Schema[0].Name.
    const servicePath = path
      .replace(/[A-Z]\w*/g, (name) => name.charAt(0).toLowerCase() + name.slice(1))
      .replace(/\[(\d+)\]/g, (_, index) => `.${Number(index) + 1}.member`);
    errors.push(`Value ${shown} at '${servicePath}' failed to satisfy constraint: Member must ${constraint}`);
  });
  if (errors.length > 0) {
    const count = `${errors.length} validation error${errors.length === 1 ? "" : "s"} detected`;
    throw new ServiceError("ValidationException", `${count}: ${errors.join("; ")}`);
  }
  // The shapes describe the same members as the SDK's types. The compiler cannot compare them.
  const checked = input as OperationInputs[O];
  if ("InputS3Path" in checked && !S3_OBJECT.test(checked.InputS3Path)) throw serviceError("invalidLabelPath", {});
  const column = operation === "GetMLTransforms" && "Sort" in checked ? checked.Sort?.Column : undefined;
  if (column !== undefined && !TRANSFORM_SORT_COLUMNS.some((each) => each === column)) {
    throw serviceError("unsupportedSort", { column });
  }
  return checked;
}
