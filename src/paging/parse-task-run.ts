/** Parses the runs of a response: checks all members, fills in missing ones, and returns typed runs. */
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
 * Returns the typed runs of a response. A run that fits its type is returned as it is; a run that has to be completed is
 * copied. An invalid run ends the list, and `error` says what is wrong with it.
 *
 * @param taskRuns - the member `TaskRuns` of the response; absent means none
 * @param isDecoded - whether the library decoded the runs, so that their members have the right types
 */
export function parseTaskRuns(
  taskRuns: unknown,
  isDecoded: boolean,
  context: ParseContext,
): { readonly runs: MLTaskRun[]; readonly error?: UnexpectedResponseError } {
  if (taskRuns === undefined || taskRuns === null) return { runs: [] };
  if (!Array.isArray(taskRuns)) {
    const message = `TaskRuns in the response must be a list, got ${formatValue(taskRuns)}.`;
    return { runs: [], error: new UnexpectedResponseError("TaskRuns", message, context) };
  }
  // The usual case: the decoded list, without a copy.
  if (isDecoded && taskRuns.every((run) => isComplete(run) && context.accepts(run))) return { runs: taskRuns };
  const runs: MLTaskRun[] = [];
  for (const [index, value] of taskRuns.entries()) {
    const { run, problem } = completeRun(value, context.transformId);
    if (run !== undefined && !context.accepts(run)) continue;
    if (problem !== undefined) return { runs, error: responseError(problem, value, `TaskRuns[${index}]`, context) };
    runs.push(run);
  }
  return { runs };
}

/**
 * Returns the typed run of a response that has one run.
 *
 * @throws {@link UnexpectedResponseError} if the run is invalid
 */
export function parseTaskRun(value: Members, context: Omit<ParseContext, "accepts">): MLTaskRun {
  const { run, problem } = completeRun(value, context.transformId);
  if (problem !== undefined) throw responseError(problem, value, "", context);
  return run;
}

/** Whether a decoded run has all that its type requires. Otherwise, {@link completeRun} completes it or says why not. */
function isComplete(run: unknown): boolean {
  if (!isObject(run)) return false;
  const { TransformId, TaskRunId, Status, Properties } = run;
  if (TransformId === undefined || TaskRunId === undefined || Status === undefined) return false;
  if (!isObject(Properties) || !isKnownType(Properties.TaskType)) return false;
  const structure = TASK_TYPE_STRUCTURES[Properties.TaskType];
  return structure === undefined || Properties[structure.name] !== undefined;
}

function isKnownType(type: unknown): type is keyof typeof TASK_TYPE_STRUCTURES {
  return typeof type === "string" && Object.hasOwn(TASK_TYPE_STRUCTURES, type);
}

type Members = Readonly<Record<string, unknown>>;

/** The first error of a run. */
interface Problem {
  /** The path of the member; empty for the run itself. */
  readonly member: string;
  readonly message: string;
}

/** Checks and completes a run, and returns its first error, if it has one. */
function completeRun(
  value: unknown,
  transformId: string,
): { readonly run: MLTaskRun; readonly problem?: undefined } | { readonly run?: MLTaskRun; readonly problem: Problem } {
  const { members, problem } = checkMembers(value, RUN_MEMBERS, "");
  if (problem !== undefined) return { problem };
  const properties = completeProperties(members.Properties ?? undefined);
  if (properties.problem !== undefined) return { problem: properties.problem };
  const isAsReceived =
    members === value && members.TransformId !== undefined && members.Properties === properties.members;
  const completed = isAsReceived
    ? members
    : { ...members, TransformId: members.TransformId ?? transformId, Properties: properties.members };
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
  return { members: isKnownType(members.TaskType) ? properties : { $unknown: value }, problem: firstProblem };
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
    if (found !== undefined && !(type === "timestamp" ? Number.isFinite(timeOf(found)) : typeof found === type)) {
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
