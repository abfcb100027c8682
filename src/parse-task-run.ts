/** Parses the runs of a response: checks all members, fills in missing ones, and returns typed runs. */
import type {
  ExportLabelsTaskRunProperties,
  FindMatchesTaskRunProperties,
  ImportLabelsTaskRunProperties,
  LabelingSetGenerationTaskRunProperties,
  TaskRun,
  TaskRunProperties,
  TaskStatusType,
  TaskType,
} from "@aws-sdk/client-glue";
import { hasAnyTaskType } from "./criteria/matches-filter.js";
import { UnexpectedResponseError } from "./errors.js";
import type { KnownTaskRunProperties, MLTaskRun } from "./task-run.js";
import { formatValue, isObject, timeOf } from "./values.js";

/** The request and the response that the runs belong to. */
interface ParseContext {
  /** The transform of the query, for runs without `TransformId`. */
  readonly transformId: string;
  /** The service's request id, for error messages. */
  readonly requestId: string | undefined;
  /** Whether a run belongs to the listing. Other runs are left out. */
  accepts(run: MLTaskRun): boolean;
  /** Whether each run has to have a task type, because the query filters by it. */
  readonly requiresTaskType: boolean;
}

/**
 * Returns the typed runs of a response. A run that fits its type is returned as it is; a run that has to be completed
 * is copied. An invalid run ends the list, and `error` says what is wrong with it.
 *
 * @param taskRuns - the member `TaskRuns` of the response; absent means none
 */
export function parseTaskRuns(
  taskRuns: unknown,
  context: ParseContext,
): { readonly runs: MLTaskRun[]; readonly error?: UnexpectedResponseError } {
  if (taskRuns === undefined || taskRuns === null) return { runs: [] };
  if (!Array.isArray(taskRuns)) {
    const message = `TaskRuns in the response must be a list, got ${formatValue(taskRuns)}.`;
    return { runs: [], error: new UnexpectedResponseError("TaskRuns", message, context) };
  }
  const runs: MLTaskRun[] = [];
  const failAt = (index: number, problem: Problem) => {
    return { runs, error: responseError(problem, taskRuns[index], `TaskRuns[${index}]`, context) };
  };
  for (let index = 0; index < taskRuns.length; index += 1) {
    const run = toTypedRun(taskRuns[index], context.transformId);
    if (run instanceof Problem) return failAt(index, run);
    if (!context.accepts(run)) continue;
    const missing = missingMember(run, context.requiresTaskType);
    if (missing !== undefined) return failAt(index, missing);
    runs.push(run);
  }
  return { runs };
}

/**
 * Returns the typed run of a response that has one run.
 *
 * @throws {@link UnexpectedResponseError} if the run is invalid
 */
export function parseTaskRun(value: Members, context: Omit<ParseContext, "accepts" | "requiresTaskType">): MLTaskRun {
  const run = toTypedRun(value, context.transformId);
  if (run instanceof Problem) throw responseError(run, value, "", context);
  const missing = missingMember(run);
  if (missing !== undefined) throw responseError(missing, value, "", context);
  return run;
}

type Members = Readonly<Record<string, unknown>>;

/** The first error of a run. It stays within this file, and is not an Error, whose stack takes long to create. */
class Problem {
  /** The path of the member; empty for the run itself. */
  readonly member: string;
  readonly message: string;

  constructor(member: string, message: string) {
    this.member = member;
    this.message = message;
  }
}

/** Checks all members of a run, and fills in those that its type requires, except for `TaskRunId` and `Status`. */
function toTypedRun(value: unknown, transformId: string): MLTaskRun | Problem {
  try {
    const members = readStructure(value, "");
    const { TransformId, Properties } = readRun(members);
    const properties = toTypedProperties(Properties);
    const isTyped = TransformId !== undefined && Properties === properties;
    const run = isTyped ? members : { ...members, TransformId: TransformId ?? transformId, Properties: properties };
    // readRun has checked all members but the two that missingMember checks. The compiler cannot know that.
    return run as Members as Members & MLTaskRun;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const copy = withoutNulls(value);
    return copy === value ? problem : toTypedRun(copy, transformId);
  }
}

function missingMember(run: MLTaskRun, requiresTaskType = false): Problem | undefined {
  // They may be missing in spite of their type.
  const { TaskRunId, Status }: Partial<MLTaskRun> = run;
  if (TaskRunId === undefined) return new Problem("TaskRunId", "is missing");
  if (Status === undefined) return new Problem("Status", "is missing");
  return requiresTaskType && !hasAnyTaskType(run)
    ? new Problem("Properties.TaskType", "is missing, although the query filters by type")
    : undefined;
}

type StructureName = Exclude<keyof TaskRunProperties, "TaskType">;

/** The structure of each task type; undefined for a type without one. */
const STRUCTURES: Readonly<Record<keyof KnownTaskRunProperties, StructureName | undefined>> = {
  EVALUATION: undefined,
  LABELING_SET_GENERATION: "LabelingSetGenerationTaskRunProperties",
  IMPORT_LABELS: "ImportLabelsTaskRunProperties",
  EXPORT_LABELS: "ExportLabelsTaskRunProperties",
  FIND_MATCHES: "FindMatchesTaskRunProperties",
};

function toTypedProperties(properties: TaskRunProperties | undefined): object {
  const type = properties?.TaskType;
  // The service may be newer than the SDK's closed type.
  if (properties === undefined || type === undefined || !Object.hasOwn(STRUCTURES, type))
    return { $unknown: properties };
  const name = STRUCTURES[type];
  return name === undefined || properties[name] !== undefined ? properties : { ...properties, [name]: {} };
}

/** All members of one of the SDK's structures: a forgotten one does not compile. */
type Read<S> = { readonly [K in keyof Required<S>]: S[K] | undefined };

// Straight-line code, because a loop over a table of the members takes several times as long for each run.
function readRun(run: Members): Read<TaskRun> {
  return {
    TransformId: readText(run.TransformId, "TransformId"),
    TaskRunId: readText(run.TaskRunId, "TaskRunId"),
    // A value that the SDK does not know is passed through, in spite of its closed type. So is a TaskType.
    Status: readText(run.Status, "Status") as TaskStatusType | undefined,
    LogGroupName: readText(run.LogGroupName, "LogGroupName"),
    ErrorString: readText(run.ErrorString, "ErrorString"),
    ExecutionTime: readScalar<number>("number", run.ExecutionTime, "ExecutionTime"),
    StartedOn: readTime(run.StartedOn, "StartedOn"),
    LastModifiedOn: readTime(run.LastModifiedOn, "LastModifiedOn"),
    CompletedOn: readTime(run.CompletedOn, "CompletedOn"),
    Properties: readOptional(run.Properties, "Properties", readProperties),
  };
}

function readProperties(properties: Members): Read<TaskRunProperties> {
  return {
    TaskType: readText(properties.TaskType, "Properties.TaskType") as TaskType | undefined,
    LabelingSetGenerationTaskRunProperties: readOptional(
      properties.LabelingSetGenerationTaskRunProperties,
      "Properties.LabelingSetGenerationTaskRunProperties",
      readOutputPath,
    ),
    ImportLabelsTaskRunProperties: readOptional(
      properties.ImportLabelsTaskRunProperties,
      "Properties.ImportLabelsTaskRunProperties",
      readImport,
    ),
    ExportLabelsTaskRunProperties: readOptional(
      properties.ExportLabelsTaskRunProperties,
      "Properties.ExportLabelsTaskRunProperties",
      readOutputPath,
    ),
    FindMatchesTaskRunProperties: readOptional(
      properties.FindMatchesTaskRunProperties,
      "Properties.FindMatchesTaskRunProperties",
      readFindMatches,
    ),
  };
}

function readOutputPath(
  { OutputS3Path }: Members,
  path: string,
): Read<LabelingSetGenerationTaskRunProperties> & Read<ExportLabelsTaskRunProperties> {
  return { OutputS3Path: readText(OutputS3Path, "OutputS3Path", path) };
}

function readImport({ InputS3Path, Replace }: Members, path: string): Read<ImportLabelsTaskRunProperties> {
  return {
    InputS3Path: readText(InputS3Path, "InputS3Path", path),
    Replace: readScalar<boolean>("boolean", Replace, "Replace", path),
  };
}

function readFindMatches({ JobId, JobName, JobRunId }: Members, path: string): Read<FindMatchesTaskRunProperties> {
  return {
    JobId: readText(JobId, "JobId", path),
    JobName: readText(JobName, "JobName", path),
    JobRunId: readText(JobRunId, "JobRunId", path),
  };
}

function readText(value: unknown, name: string, path?: string): string | undefined {
  return value === undefined || typeof value === "string" ? value : fail("string", value, name, path);
}

function readScalar<T extends number | boolean>(
  type: T extends number ? "number" : "boolean",
  value: unknown,
  name: string,
  path?: string,
): T | undefined {
  // The compiler does not relate T to the name of its type.
  return value === undefined || typeof value === type ? (value as T | undefined) : fail(type, value, name, path);
}

/** A valid `Date`. */
function readTime(value: unknown, name: string): Date | undefined {
  // timeOf returns a number only for a Date, which the compiler cannot know.
  return value === undefined || Number.isFinite(timeOf(value))
    ? (value as Date | undefined)
    : fail("timestamp", value, name);
}

/** Checks the members of a structure, and returns the structure itself. */
function readOptional<S>(
  value: unknown,
  path: string,
  read: (members: Members, path: string) => Read<S>,
): S | undefined {
  if (value === undefined) return undefined;
  read(readStructure(value, path), path);
  // `read` has checked each of its members.
  return value as S;
}

function readStructure(value: unknown, path: string): Members {
  return isObject(value) ? value : fail("structure", value, path);
}

function fail(type: string, value: unknown, name: string, path?: string): never {
  throw new Problem(path === undefined ? name : `${path}.${name}`, `must be a ${type}, got ${formatValue(value)}`);
}

/**
 * Returns a copy of a run without the members that are null, which middleware or a mock may set; the run itself if none
 * is. The levels are the run, its properties and their structure.
 */
function withoutNulls(value: unknown, levels = 3): unknown {
  if (levels === 0 || !isObject(value) || timeOf(value) !== undefined) return value;
  const members = Object.entries(value);
  const copies = members.map(([name, member]) => [name, withoutNulls(member, levels - 1)] as const);
  const isSame = copies.every(([name, copy]) => copy !== null && copy === value[name]);
  return isSame ? value : Object.fromEntries(copies.filter(([, copy]) => copy !== null));
}

function responseError(
  { member, message }: Problem,
  value: unknown,
  path: string,
  { requestId }: Pick<ParseContext, "requestId">,
): UnexpectedResponseError {
  const id = isObject(value) ? value.TaskRunId : undefined;
  const taskRunId = typeof id === "string" ? id : undefined;
  const name = taskRunId === undefined ? "" : `TaskRunId ${formatValue(taskRunId)}`;
  const run = path && name ? `${path} (${name})` : path || name;
  const subject = member && run ? `${member} of ${run}` : member || run;
  return new UnexpectedResponseError(member || path, `${subject} in the response ${message}.`, {
    requestId,
    taskRunId,
  });
}
