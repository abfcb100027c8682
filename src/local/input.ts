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
import { COLUMN_DATA_TYPE, COLUMN_NAME, GLUE_VERSION, ID, MAX_COLUMNS, PAGE_SIZE } from "../criteria/constraints.js";
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

/** The operations that return pages. */
export const LIST_OPERATIONS = ["GetMLTaskRuns", "GetMLTransforms"] as const satisfies readonly Operation[];

type Shape =
  | { readonly kind: "string"; readonly min?: number; readonly max?: number; readonly pattern?: RegExp }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  | { readonly kind: "boolean" }
  | { readonly kind: "timestamp" }
  | { readonly kind: "list"; readonly item: Shape; readonly max: number }
  | {
      readonly kind: "structure";
      readonly members: Readonly<Record<string, Shape>>;
      readonly required: readonly string[];
    };

const structure = (members: Record<string, Shape>, required: readonly string[] = []): Shape => ({
  kind: "structure",
  members,
  required,
});
const oneOf = (values: readonly string[]): Shape => ({ kind: "enum", values });

const string: Shape = { kind: "string" };
const timestamp: Shape = { kind: "timestamp" };
const pageSize: Shape = { kind: "integer", ...PAGE_SIZE };
const id: Shape = { kind: "string", ...ID };

const SHAPES: Readonly<Record<Operation, Shape>> = {
  GetMLTaskRuns: structure(
    {
      TransformId: id,
      NextToken: string,
      MaxResults: pageSize,
      Filter: structure({
        TaskRunType: oneOf(TASK_TYPES),
        Status: oneOf(TASK_STATUSES),
        StartedBefore: timestamp,
        StartedAfter: timestamp,
      }),
      Sort: structure({ Column: oneOf(SORT_COLUMNS), SortDirection: oneOf(SORT_DIRECTIONS) }, [
        "Column",
        "SortDirection",
      ]),
    },
    ["TransformId"],
  ),
  GetMLTaskRun: structure({ TransformId: id, TaskRunId: id }, ["TransformId", "TaskRunId"]),
  GetMLTransforms: structure({
    NextToken: string,
    MaxResults: pageSize,
    Filter: structure({
      Name: id,
      TransformType: oneOf(TRANSFORM_TYPES),
      Status: oneOf(TRANSFORM_STATUSES),
      GlueVersion: { kind: "string", ...GLUE_VERSION },
      CreatedBefore: timestamp,
      CreatedAfter: timestamp,
      LastModifiedBefore: timestamp,
      LastModifiedAfter: timestamp,
      Schema: {
        kind: "list",
        max: MAX_COLUMNS,
        item: structure({
          Name: { kind: "string", ...COLUMN_NAME },
          DataType: { kind: "string", ...COLUMN_DATA_TYPE },
        }),
      },
    }),
    Sort: structure({ Column: oneOf(TRANSFORM_SORT_COLUMNS), SortDirection: oneOf(SORT_DIRECTIONS) }, [
      "Column",
      "SortDirection",
    ]),
  }),
  GetMLTransform: structure({ TransformId: id }, ["TransformId"]),
  StartMLEvaluationTaskRun: structure({ TransformId: id }, ["TransformId"]),
  // The service documents no constraint of an S3 path.
  StartMLLabelingSetGenerationTaskRun: structure({ TransformId: id, OutputS3Path: string }, [
    "TransformId",
    "OutputS3Path",
  ]),
  StartImportLabelsTaskRun: structure({ TransformId: id, InputS3Path: string, ReplaceAllLabels: { kind: "boolean" } }, [
    "TransformId",
    "InputS3Path",
  ]),
  StartExportLabelsTaskRun: structure({ TransformId: id, OutputS3Path: string }, ["TransformId", "OutputS3Path"]),
  CancelMLTaskRun: structure({ TransformId: id, TaskRunId: id }, ["TransformId", "TaskRunId"]),
};

// The type of the table has exactly these keys; `Object.keys` has a wider type.
export const OPERATIONS = Object.keys(SHAPES) as Operation[];

/** Whether this endpoint supports the operation. */
export function isOperation(name: string): name is Operation {
  return Object.hasOwn(SHAPES, name);
}

/**
 * Returns the input of a request: its documented members, with timestamps as Dates.
 *
 * @throws ServiceError `InvalidInputException` for the first broken constraint
 */
export function readInput<O extends Operation>(operation: O, body: object): OperationInputs[O] {
  // The shapes describe the same members as the SDK's types. The compiler cannot compare them.
  return read(SHAPES[operation], body, "") as OperationInputs[O];
}

/** The error for a member that breaks a constraint, in the words of the service. */
export function constraintError(path: string, constraint: string, value = "Value"): ServiceError {
  return invalidInput(`1 validation error detected: ${value} at '${path}' failed to satisfy constraint: ${constraint}`);
}

function read(shape: Shape, value: unknown, path: string): unknown {
  const reject = (constraint: string): never => {
    throw constraintError(path, constraint);
  };
  switch (shape.kind) {
    case "string": {
      if (typeof value !== "string") return reject("Member must be a string");
      const { min = 0, max = Infinity, pattern } = shape;
      if (!hasLength(value, min, Infinity)) return reject(`Member must have length greater than or equal to ${min}`);
      if (!hasLength(value, 0, max)) return reject(`Member must have length less than or equal to ${max}`);
      if (pattern && !pattern.test(value))
        return reject(`Member must satisfy regular expression pattern: ${pattern.source}`);
      return value;
    }
    case "enum":
      return typeof value === "string" && shape.values.includes(value)
        ? value
        : reject(`Member must satisfy enum value set: [${shape.values.join(", ")}]`);
    case "integer":
      if (typeof value !== "number" || !Number.isInteger(value)) return reject("Member must be an integer");
      if (value < shape.min) return reject(`Member must have value greater than or equal to ${shape.min}`);
      if (value > shape.max) return reject(`Member must have value less than or equal to ${shape.max}`);
      return value;
    case "boolean":
      return typeof value === "boolean" ? value : reject("Member must be a boolean");
    case "timestamp": {
      const date = new Date(typeof value === "number" ? Math.round(value * 1000) : Number.NaN);
      return Number.isNaN(date.getTime()) ? reject("Member must be a timestamp in seconds since the epoch") : date;
    }
    case "list":
      if (!Array.isArray(value)) return reject("Member must be a list");
      if (value.length > shape.max) return reject(`Member must have length less than or equal to ${shape.max}`);
      return value.map((item, index) => read(shape.item, item, `${path}.${index + 1}.member`));
    case "structure": {
      if (typeof value !== "object" || value === null || Array.isArray(value))
        return reject("Member must be a structure");
      const body: Readonly<Record<string, unknown>> = { ...value };
      const input: Record<string, unknown> = {};
      for (const [name, member] of Object.entries(shape.members)) {
        const memberPath = path === "" ? name : `${path}.${name}`;
        const isPresent = Object.hasOwn(body, name) && body[name] !== null;
        if (isPresent) input[name] = read(member, body[name], memberPath);
        else if (shape.required.includes(name)) {
          throw constraintError(memberPath, "Member must not be null", "Value null");
        }
      }
      return input;
    }
  }
}
