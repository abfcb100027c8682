/** Parses the runs of a response: checks all members, completes missing ones, and returns typed runs. */
import type {
  ExportLabelsTaskRunProperties,
  FindMatchesTaskRunProperties,
  ImportLabelsTaskRunProperties,
  LabelingSetGenerationTaskRunProperties,
  TaskRun,
  TaskRunProperties,
} from "@aws-sdk/client-glue";
import { UnexpectedResponseError } from "../errors.js";
import type { MLTaskRun } from "../task-run.js";
import { type MemberTypes, RUN_MEMBERS, TASK_TYPE_STRUCTURES } from "../task-types.js";
import { formatValue, isObject, timeOf } from "../values.js";

/** The request and the response that the runs belong to. */
export interface ParseContext {
  /** The transform of the query, for runs without `TransformId`. */
  readonly transformId: string;
  /** The service's request id, for error messages. */
  readonly requestId: string | undefined;
  /** Whether a run belongs to the listing. Other runs are left out. */
  accepts(run: MLTaskRun): boolean;
}

/**
 * Returns the typed runs of a response. A run that fits its type is returned as it is. A run that has to be completed
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
  // The usual case: the SDK's own list, without a copy.
  const isListed = (value: unknown): value is MLTaskRun => isTypedRun(value) && context.accepts(value);
  if (taskRuns.every(isListed)) return { runs: taskRuns };
  const runs: MLTaskRun[] = [];
  for (const [index, value] of taskRuns.entries()) {
    const completed = isTypedRun(value) ? { run: value } : completeRun(value, context.transformId);
    if (completed.run !== undefined && !context.accepts(completed.run)) continue;
    if (completed.problem !== undefined) {
      return { runs, error: responseError(completed.problem, value, `TaskRuns[${index}]`, context) };
    }
    runs.push(completed.run);
  }
  return { runs };
}

/**
 * Returns the typed run of a response that has one run.
 *
 * @throws {@link UnexpectedResponseError} if the run is invalid
 */
export function parseTaskRun(value: Members, context: Omit<ParseContext, "accepts">): MLTaskRun {
  if (isTypedRun(value)) return value;
  const { run, problem } = completeRun(value, context.transformId);
  if (problem !== undefined) throw responseError(problem, value, "", context);
  return run;
}

/**
 * The fast path: whether a value fits the type of a run as it is. It reads each member by its name, which is several
 * times as fast as {@link completeRun} with its tables. A value that does not fit is left to `completeRun`.
 */
function isTypedRun(value: unknown): value is MLTaskRun {
  if (typeof value !== "object" || value === null) return false;
  const run: Unchecked<TaskRun> = value;
  return (
    typeof run.TransformId === "string" &&
    typeof run.TaskRunId === "string" &&
    typeof run.Status === "string" &&
    isOptionalString(run.LogGroupName) &&
    isOptionalString(run.ErrorString) &&
    (run.ExecutionTime === undefined || typeof run.ExecutionTime === "number") &&
    isOptionalTime(run.StartedOn) &&
    isOptionalTime(run.LastModifiedOn) &&
    isOptionalTime(run.CompletedOn) &&
    isTypedProperties(run.Properties)
  );
}

/** A structure of the SDK whose members are not checked yet. */
type Unchecked<T> = { readonly [K in keyof T]?: unknown };

const isOptionalString = (value: unknown) => value === undefined || typeof value === "string";
const isOptionalTime = (value: unknown) => value === undefined || isTime(value);

function isTime(value: unknown): boolean {
  const time = timeOf(value);
  return time !== undefined && !Number.isNaN(time);
}

/** Like {@link TASK_TYPE_STRUCTURES}, for the fast path. A task type that is missing here takes the slow path. */
function isTypedProperties(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const properties: Unchecked<TaskRunProperties> = value;
  const labelingSet = properties.LabelingSetGenerationTaskRunProperties;
  const imported = properties.ImportLabelsTaskRunProperties;
  const exported = properties.ExportLabelsTaskRunProperties;
  const matches = properties.FindMatchesTaskRunProperties;
  switch (properties.TaskType) {
    case "EVALUATION":
      return !labelingSet && !imported && !exported && !matches;
    case "LABELING_SET_GENERATION":
      return isLabelingSet(labelingSet) && !imported && !exported && !matches;
    case "IMPORT_LABELS":
      return isImport(imported) && !labelingSet && !exported && !matches;
    case "EXPORT_LABELS":
      return isExport(exported) && !labelingSet && !imported && !matches;
    case "FIND_MATCHES":
      return isFindMatches(matches) && !labelingSet && !imported && !exported;
    default:
      return false;
  }
}

function isLabelingSet(value: unknown): boolean {
  if (!isObject(value)) return false;
  const structure: Unchecked<LabelingSetGenerationTaskRunProperties> = value;
  return isOptionalString(structure.OutputS3Path);
}

function isImport(value: unknown): boolean {
  if (!isObject(value)) return false;
  const structure: Unchecked<ImportLabelsTaskRunProperties> = value;
  return (
    isOptionalString(structure.InputS3Path) &&
    (structure.Replace === undefined || typeof structure.Replace === "boolean")
  );
}

function isExport(value: unknown): boolean {
  if (!isObject(value)) return false;
  const structure: Unchecked<ExportLabelsTaskRunProperties> = value;
  return isOptionalString(structure.OutputS3Path);
}

function isFindMatches(value: unknown): boolean {
  if (!isObject(value)) return false;
  const structure: Unchecked<FindMatchesTaskRunProperties> = value;
  return (
    isOptionalString(structure.JobId) && isOptionalString(structure.JobName) && isOptionalString(structure.JobRunId)
  );
}

type Members = Readonly<Record<string, unknown>>;

/** The first error of a run. */
interface Problem {
  /** The path of the member; empty for the run itself. */
  readonly member: string;
  readonly message: string;
}

/** The slow path: checks and completes a run, and returns its first error, if it has one. */
function completeRun(
  value: unknown,
  transformId: string,
): { readonly run: MLTaskRun; readonly problem?: undefined } | { readonly run?: MLTaskRun; readonly problem: Problem } {
  const { members, problem } = checkMembers(value, RUN_MEMBERS, "");
  if (problem !== undefined) return { problem };
  const properties = completeProperties(members.Properties ?? undefined);
  if (properties.problem !== undefined) return { problem: properties.problem };
  const completed = { ...members, TransformId: members.TransformId ?? transformId, Properties: properties.members };
  // The tables checked all members except the two below. The compiler cannot know that.
  const run = completed as Members as Members & MLTaskRun;
  const missing = (["TaskRunId", "Status"] as const).find((member) => run[member] === undefined);
  return missing ? { run, problem: { member: missing, message: "is missing" } } : { run };
}

function completeProperties(value: unknown): { readonly members: Members; readonly problem?: Problem | undefined } {
  if (value === undefined) return { members: { $unknown: value } };
  const { members, problem } = checkMembers(value, { TaskType: "string" }, "Properties");
  let properties = members;
  let firstProblem = problem;
  for (const [type, structure] of Object.entries(TASK_TYPE_STRUCTURES)) {
    if (structure === undefined) continue;
    const { name, members: types } = structure;
    const isOfType = type === members.TaskType;
    const structureValue = members[name] ?? (isOfType ? {} : undefined);
    if (structureValue === undefined) continue;
    const checked = checkMembers(structureValue, types, `Properties.${name}`);
    firstProblem ??= checked.problem;
    if (checked.members !== members[name]) properties = { ...properties, [name]: checked.members };
  }
  const isKnown = typeof members.TaskType === "string" && Object.hasOwn(TASK_TYPE_STRUCTURES, members.TaskType);
  return { members: isKnown ? properties : { $unknown: value }, problem: firstProblem };
}

/** Checks the members of a structure. Leaves out members that are null, which a mocked client may return. */
function checkMembers(
  value: unknown,
  types: MemberTypes,
  path: string,
): { readonly members: Members; readonly problem?: Problem } {
  if (!isObject(value)) {
    return { members: {}, problem: { member: path, message: `must be a structure, got ${formatValue(value)}` } };
  }
  for (const [member, type] of Object.entries(types)) {
    const found = value[member] ?? undefined;
    if (found !== undefined && !(type === "timestamp" ? isTime(found) : typeof found === type)) {
      const message = `must be a ${type}, got ${formatValue(found)}`;
      return { members: value, problem: { member: path ? `${path}.${member}` : member, message } };
    }
  }
  const hasNull = Object.values(value).includes(null);
  return { members: hasNull ? Object.fromEntries(Object.entries(value).filter(([, found]) => found !== null)) : value };
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
