/** The documented input of each operation, as data, and the check of requests against it. */
import type {
  CancelMLTaskRunCommandInput,
  GetMLTaskRunCommandInput,
  GetMLTaskRunsCommandInput,
  GetMLTransformCommandInput,
  GetMLTransformsCommandInput,
  StartExportLabelsTaskRunCommandInput,
  StartImportLabelsTaskRunCommandInput,
  StartMLEvaluationTaskRunCommandInput,
  StartMLLabelingSetGenerationTaskRunCommandInput,
} from "@aws-sdk/client-glue";
import {
  COLUMN_DATA_TYPE,
  COLUMN_NAME,
  GLUE_VERSION,
  ID,
  MAX_COLUMNS,
  PAGE_SIZE,
  type TextConstraint,
} from "../criteria/constraints.js";
import {
  SORT_COLUMNS,
  SORT_DIRECTIONS,
  TASK_STATUSES,
  TASK_TYPES,
  TRANSFORM_SORT_COLUMNS,
  TRANSFORM_STATUSES,
  TRANSFORM_TYPES,
} from "../criteria/enumerations.js";
import { hasLength } from "../criteria/rules.js";
import { isObject } from "../values.js";
import { invalidInput, type ServiceError } from "./service-error.js";

/** The input of each operation: the SDK's type, with the required members. */
export interface OperationInputs {
  GetMLTaskRuns: GetMLTaskRunsCommandInput & { TransformId: string };
  GetMLTaskRun: GetMLTaskRunCommandInput & { TransformId: string; TaskRunId: string };
  GetMLTransforms: GetMLTransformsCommandInput;
  GetMLTransform: GetMLTransformCommandInput & { TransformId: string };
  StartMLEvaluationTaskRun: StartMLEvaluationTaskRunCommandInput & { TransformId: string };
  StartMLLabelingSetGenerationTaskRun: StartMLLabelingSetGenerationTaskRunCommandInput & {
    TransformId: string;
    OutputS3Path: string;
  };
  StartImportLabelsTaskRun: StartImportLabelsTaskRunCommandInput & { TransformId: string; InputS3Path: string };
  StartExportLabelsTaskRun: StartExportLabelsTaskRunCommandInput & { TransformId: string; OutputS3Path: string };
  CancelMLTaskRun: CancelMLTaskRunCommandInput & { TransformId: string; TaskRunId: string };
}

/**
 * The name of a supported operation.
 *
 * @inline
 */
export type Operation = keyof OperationInputs;

/** Checks a member of an input and converts it. Throws the service's error for a broken constraint. */
type Shape = (value: unknown, path: string) => unknown;
type Shapes = Readonly<Record<string, Shape>>;

const string = text({});
const id = text(ID);
const timestamp: Shape = (value, path) => {
  const date = new Date(typeof value === "number" ? Math.round(value * 1000) : Number.NaN);
  if (Number.isNaN(date.getTime())) throw constraintError(path, "be a timestamp in seconds since the epoch");
  return date;
};
const boolean: Shape = (value, path) => {
  if (typeof value !== "boolean") throw constraintError(path, "be a boolean");
  return value;
};
const pageSize: Shape = (value, path) => {
  const { min, max } = PAGE_SIZE;
  if (typeof value !== "number" || !Number.isInteger(value)) throw constraintError(path, "be an integer");
  if (value < min) throw constraintError(path, `have value greater than or equal to ${min}`);
  if (value > max) throw constraintError(path, `have value less than or equal to ${max}`);
  return value;
};
const paging = { NextToken: string, MaxResults: pageSize };

const SHAPES: Readonly<Record<Operation, Shape>> = {
  GetMLTaskRuns: structure(
    { TransformId: id },
    {
      ...paging,
      Filter: structure(
        {},
        {
          TaskRunType: oneOf(TASK_TYPES),
          Status: oneOf(TASK_STATUSES),
          StartedBefore: timestamp,
          StartedAfter: timestamp,
        },
      ),
      Sort: structure({ Column: oneOf(SORT_COLUMNS), SortDirection: oneOf(SORT_DIRECTIONS) }),
    },
  ),
  GetMLTaskRun: structure({ TransformId: id, TaskRunId: id }),
  GetMLTransforms: structure(
    {},
    {
      ...paging,
      Filter: structure(
        {},
        {
          Name: id,
          TransformType: oneOf(TRANSFORM_TYPES),
          Status: oneOf(TRANSFORM_STATUSES),
          GlueVersion: text(GLUE_VERSION),
          CreatedBefore: timestamp,
          CreatedAfter: timestamp,
          LastModifiedBefore: timestamp,
          LastModifiedAfter: timestamp,
          Schema: list(structure({}, { Name: text(COLUMN_NAME), DataType: text(COLUMN_DATA_TYPE) }), MAX_COLUMNS),
        },
      ),
      Sort: structure({ Column: oneOf(TRANSFORM_SORT_COLUMNS), SortDirection: oneOf(SORT_DIRECTIONS) }),
    },
  ),
  GetMLTransform: structure({ TransformId: id }),
  StartMLEvaluationTaskRun: structure({ TransformId: id }),
  // The service documents no constraint of an S3 path.
  StartMLLabelingSetGenerationTaskRun: structure({ TransformId: id, OutputS3Path: string }),
  StartImportLabelsTaskRun: structure({ TransformId: id, InputS3Path: string }, { ReplaceAllLabels: boolean }),
  StartExportLabelsTaskRun: structure({ TransformId: id, OutputS3Path: string }),
  CancelMLTaskRun: structure({ TransformId: id, TaskRunId: id }),
};

// The type of the table has exactly these keys; `Object.keys` has a wider type.
export const OPERATIONS = Object.keys(SHAPES) as Operation[];

export function isOperation(name: string): name is Operation {
  return Object.hasOwn(SHAPES, name);
}

/** Returns the input of a request: its documented members, with timestamps as Dates. */
export function readInput<O extends Operation>(operation: O, body: object): OperationInputs[O] {
  // The shapes describe the same members as the SDK's types. The compiler cannot compare them.
  return SHAPES[operation](body, "") as OperationInputs[O];
}

/** The error for a member that breaks a constraint, in the words of the service. */
export function constraintError(path: string, constraint: string, subject = "Value"): ServiceError {
  const rule = `Member must ${constraint}`;
  return invalidInput(`1 validation error detected: ${subject} at '${path}' failed to satisfy constraint: ${rule}`);
}

function text({ min = 0, max = Infinity, pattern = /^/ }: Partial<TextConstraint>): Shape {
  return (value, path) => {
    if (typeof value !== "string") throw constraintError(path, "be a string");
    if (!hasLength(value, min, Infinity)) throw constraintError(path, `have length greater than or equal to ${min}`);
    if (!hasLength(value, 0, max)) throw constraintError(path, `have length less than or equal to ${max}`);
    if (!pattern.test(value)) throw constraintError(path, `satisfy regular expression pattern: ${pattern.source}`);
    return value;
  };
}

function oneOf(values: readonly unknown[]): Shape {
  return (value, path) => {
    if (values.includes(value)) return value;
    throw constraintError(path, `satisfy enum value set: [${values.join(", ")}]`);
  };
}

function list(item: Shape, max: number): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) throw constraintError(path, "be a list");
    if (value.length > max) throw constraintError(path, `have length less than or equal to ${max}`);
    return value.map((member, index) => item(member, `${path}.${index + 1}.member`));
  };
}

function structure(requiredMembers: Shapes, optionalMembers: Shapes = {}): Shape {
  const shapes = Object.entries({ ...requiredMembers, ...optionalMembers });
  return (value, path) => {
    if (!isObject(value)) throw constraintError(path, "be a structure");
    const input: Record<string, unknown> = {};
    for (const [name, shape] of shapes) {
      const member = value[name] ?? undefined;
      const memberPath = path === "" ? name : `${path}.${name}`;
      if (member !== undefined) input[name] = shape(member, memberPath);
      else if (name in requiredMembers) throw constraintError(memberPath, "not be null", "Value null");
    }
    return input;
  };
}
