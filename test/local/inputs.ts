/** Valid inputs of every operation, and inputs that break a documented constraint, with the message of each. */
import { OPERATIONS, type Operation } from "../../src/local/input.js";
import { TransformId } from "../support.js";

const [TaskRunId, OutputS3Path, InputS3Path] = ["tsk-gone", "s3://bucket/labels/", "s3://bucket/labels.csv"];

/** An input of each operation with its required members. */
export const VALID_INPUTS: Record<Operation, Record<string, unknown>> = {
  GetMLTaskRuns: { TransformId },
  GetMLTaskRun: { TransformId, TaskRunId },
  GetMLTransforms: {},
  GetMLTransform: { TransformId },
  StartMLEvaluationTaskRun: { TransformId },
  StartMLLabelingSetGenerationTaskRun: { TransformId, OutputS3Path },
  StartImportLabelsTaskRun: { TransformId, InputS3Path },
  StartExportLabelsTaskRun: { TransformId, OutputS3Path },
  CancelMLTaskRun: { TransformId, TaskRunId },
};

/** The pattern of an id, as messages show it. */
export const SINGLE_LINE = "[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\t]*";
const pattern = (text: string) => `satisfy regular expression pattern: ${text}`;
const minLength = "have length greater than or equal to 1";
const missing = (path: string): Broken => ["null", path, "not be null"];
/** A broken constraint: the value as the message shows it, its path and the constraint. */
export type Broken = [value: string, path: string, constraint: string];

const id: [string, unknown, string, string][] = [
  ["an empty id", "", "''", minLength],
  ["an id of 256 characters", "x".repeat(256), `'${"x".repeat(256)}'`, "have length less than or equal to 255"],
  ["an id with a line break", "a\nb", "'a\nb'", pattern(SINGLE_LINE)],
  ["an id with a lone surrogate", "\ud800", "'\ud800'", pattern(SINGLE_LINE)],
  ["an id that is a number", 5, "'5'", "be a string"],
];
const Sort = { Column: "STARTED", SortDirection: "ASCENDING" };
const paging: [string, Record<string, unknown>, ...Broken][] = [
  ["a token that is a number", { NextToken: 5 }, "'5'", "nextToken", "be a string"],
  ["MaxResults of 0", { MaxResults: 0 }, "'0'", "maxResults", "have value greater than or equal to 1"],
  ["MaxResults of 1001", { MaxResults: 1001 }, "'1001'", "maxResults", "have value less than or equal to 1000"],
  ["MaxResults of 1.5", { MaxResults: 1.5 }, "'1.5'", "maxResults", "be an integer"],
  ["MaxResults that is a string", { MaxResults: "5" }, "'5'", "maxResults", "be an integer"],
  ["a filter that is a list", { Filter: [] }, "'[]'", "filter", "be a structure"],
  ["a sort without a direction", { Sort: { Column: "STATUS" } }, ...missing("sort.sortDirection")],
  ["a sort without a column", { Sort: { SortDirection: "ASCENDING" } }, ...missing("sort.column")],
  [
    "an unknown direction",
    { Sort: { Column: "STATUS", SortDirection: "UP" } },
    "'UP'",
    "sort.sortDirection",
    "satisfy enum value set: [ASCENDING, DESCENDING]",
  ],
];
const time = "be a timestamp in seconds since the epoch";
const version = pattern(String.raw`^(\w+\.)+\w+$`);
const filter = (Filter: object) => ({ Filter });

/** What to change of a valid input to break one constraint, for every member of every operation. */
export const BROKEN_INPUTS: [Operation, string, Record<string, unknown>, ...Broken][] = [
  ...Object.entries(VALID_INPUTS).flatMap(([operation, input]) =>
    Object.keys(input).map((name): [Operation, string, Record<string, unknown>, ...Broken] => [
      // The keys of the record are operations.
      operation as Operation,
      `no ${name}`,
      { [name]: null },
      ...missing(name.charAt(0).toLowerCase() + name.slice(1)),
    ]),
  ),
  ...OPERATIONS.flatMap((operation) =>
    ["TransformId", "TaskRunId"]
      .filter((name) => name in VALID_INPUTS[operation])
      .flatMap((name) =>
        id.map(([title, value, shown, words]): [Operation, string, Record<string, unknown>, ...Broken] => [
          operation,
          `${title} as ${name}`,
          { [name]: value },
          shown,
          name.charAt(0).toLowerCase() + name.slice(1),
          words,
        ]),
      ),
  ),
  ...(["GetMLTaskRuns", "GetMLTransforms"] as const).flatMap((operation) =>
    paging.map((row): [Operation, ...typeof row] => [operation, ...row]),
  ),
  [
    "GetMLTaskRuns",
    "an unknown status",
    filter({ Status: "failed" }),
    "'failed'",
    "filter.status",
    "satisfy enum value set: [FAILED, RUNNING, STARTING, STOPPED, STOPPING, SUCCEEDED, TIMEOUT]",
  ],
  [
    "GetMLTaskRuns",
    "a type that is a number",
    filter({ TaskRunType: 5 }),
    "'5'",
    "filter.taskRunType",
    "satisfy enum value set: [EVALUATION, EXPORT_LABELS, FIND_MATCHES, IMPORT_LABELS, LABELING_SET_GENERATION]",
  ],
  [
    "GetMLTaskRuns",
    "a time in ISO 8601",
    filter({ StartedAfter: "2026-11-01" }),
    "'2026-11-01'",
    "filter.startedAfter",
    time,
  ],
  ["GetMLTaskRuns", "a time out of range", filter({ StartedBefore: 1e300 }), "'1e+300'", "filter.startedBefore", time],
  [
    "GetMLTaskRuns",
    "an unknown column",
    { Sort: { ...Sort, Column: "NAME" } },
    "'NAME'",
    "sort.column",
    "satisfy enum value set: [STARTED, STATUS, TASK_RUN_TYPE]",
  ],
  ...["CreatedBefore", "CreatedAfter", "LastModifiedBefore", "LastModifiedAfter"].map(
    (name): [Operation, string, Record<string, unknown>, ...Broken] => [
      "GetMLTransforms",
      `${name} that is a boolean`,
      filter({ [name]: true }),
      "'true'",
      `filter.${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      time,
    ],
  ),
  ["GetMLTransforms", "an empty name", filter({ Name: "" }), "''", "filter.name", minLength],
  [
    "GetMLTransforms",
    "an unknown type",
    filter({ TransformType: "X" }),
    "'X'",
    "filter.transformType",
    "satisfy enum value set: [FIND_MATCHES]",
  ],
  [
    "GetMLTransforms",
    "an unknown status",
    filter({ Status: "X" }),
    "'X'",
    "filter.status",
    "satisfy enum value set: [DELETING, NOT_READY, READY]",
  ],
  ["GetMLTransforms", "a version without a dot", filter({ GlueVersion: "1" }), "'1'", "filter.glueVersion", version],
  [
    "GetMLTransforms",
    "a version after a space",
    filter({ GlueVersion: " 1.0" }),
    "' 1.0'",
    "filter.glueVersion",
    version,
  ],
  [
    "GetMLTransforms",
    "a version before a space",
    filter({ GlueVersion: "1.0 " }),
    "'1.0 '",
    "filter.glueVersion",
    version,
  ],
  ["GetMLTransforms", "a schema that is not a list", filter({ Schema: {} }), "'{}'", "filter.schema", "be a list"],
  [
    "GetMLTransforms",
    "a schema of 101 columns",
    filter({ Schema: Array(101).fill({}) }),
    `'[${Array(101).fill("{}").join()}]'`,
    "filter.schema",
    "have length less than or equal to 100",
  ],
  [
    "GetMLTransforms",
    "a column that is null",
    filter({ Schema: [null] }),
    "null",
    "filter.schema.1.member",
    "be a structure",
  ],
  [
    "GetMLTransforms",
    "a column with an empty name",
    filter({ Schema: [{}, { Name: "" }] }),
    "''",
    "filter.schema.2.member.name",
    minLength,
  ],
  [
    "GetMLTransforms",
    "a column type with a line break",
    filter({ Schema: [{ DataType: "a\nb" }] }),
    "'a\nb'",
    "filter.schema.1.member.dataType",
    pattern(SINGLE_LINE),
  ],
  [
    "StartImportLabelsTaskRun",
    "ReplaceAllLabels of 1",
    { ReplaceAllLabels: 1 },
    "'1'",
    "replaceAllLabels",
    "be a boolean",
  ],
  ["StartImportLabelsTaskRun", "a path of 5", { InputS3Path: 5 }, "'5'", "inputS3Path", "be a string"],
  ["StartExportLabelsTaskRun", "a path of 5", { OutputS3Path: 5 }, "'5'", "outputS3Path", "be a string"],
  ["StartMLLabelingSetGenerationTaskRun", "a path of 5", { OutputS3Path: 5 }, "'5'", "outputS3Path", "be a string"],
];

/** The message for one broken constraint. */
export function messageOf(value: string, path: string, constraint: string): string {
  const subject = `1 validation error detected: Value ${value} at '${path}'`;
  return `${subject} failed to satisfy constraint: Member must ${constraint}`;
}
