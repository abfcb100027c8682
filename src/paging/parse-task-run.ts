/** Parses the runs of a response: checks all members, fills in missing ones, and returns typed runs. */
import { UnexpectedResponseError } from "../errors.js";
import type { MLTaskRun } from "../task-run.js";
import { type MemberType, RUN_MEMBERS, TASK_TYPE_STRUCTURES } from "../task-types.js";
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
    const run = completeRun(taskRuns[index], context.transformId);
    if (run instanceof Problem) return failAt(index, run);
    if (!context.accepts(run)) continue;
    const missing = missingMember(run);
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
export function parseTaskRun(value: Members, context: Omit<ParseContext, "accepts">): MLTaskRun {
  const run = completeRun(value, context.transformId);
  if (run instanceof Problem) throw responseError(run, value, "", context);
  const missing = missingMember(run);
  if (missing !== undefined) throw responseError(missing, value, "", context);
  return run;
}

type Members = Readonly<Record<string, unknown>>;

/** The first error of a run. */
class Problem {
  /** The path of the member; empty for the run itself. */
  readonly member: string;
  readonly message: string;

  constructor(member: string, message: string) {
    this.member = member;
    this.message = message;
  }
}

// The tables as lists, because `Object.entries` takes longer than the check of a run.
const RUN_MEMBER_LIST = Object.entries(RUN_MEMBERS);
const PROPERTIES_MEMBER_LIST: MemberList = [["TaskType", "string"]];
const KNOWN_TYPES: ReadonlySet<unknown> = new Set(Object.keys(TASK_TYPE_STRUCTURES));
const STRUCTURE_LIST = Object.entries(TASK_TYPE_STRUCTURES).flatMap(([type, structure]) =>
  structure === undefined ? [] : [{ type, name: structure.name, members: Object.entries(structure.members) }],
);

type MemberList = readonly (readonly [name: string, type: MemberType])[];

/** Checks all members of a run, and fills in those that its type requires, except for `TaskRunId` and `Status`. */
function completeRun(value: unknown, transformId: string): MLTaskRun | Problem {
  const members = checkMembers(value, RUN_MEMBER_LIST, "");
  if (members instanceof Problem) return members;
  const properties = completeProperties(members.Properties);
  if (properties instanceof Problem) return properties;
  const isComplete = members.TransformId !== undefined && members.Properties === properties;
  const run = isComplete
    ? members
    : { ...members, TransformId: members.TransformId ?? transformId, Properties: properties };
  // The tables checked all members but the two that missingMember checks. The compiler cannot know that.
  return run as Members as Members & MLTaskRun;
}

function missingMember(run: MLTaskRun): Problem | undefined {
  // They may be missing in spite of their type.
  const { TaskRunId, Status }: Partial<MLTaskRun> = run;
  if (TaskRunId === undefined) return new Problem("TaskRunId", "is missing");
  return Status === undefined ? new Problem("Status", "is missing") : undefined;
}

function completeProperties(value: unknown): Members | Problem {
  if (value === undefined || value === null) return { $unknown: undefined };
  const members = checkMembers(value, PROPERTIES_MEMBER_LIST, "Properties");
  if (members instanceof Problem) return members;
  let properties = members;
  for (const structure of STRUCTURE_LIST) {
    const { name } = structure;
    const found = members[name] ?? (structure.type === members.TaskType ? {} : undefined);
    const checked = found === undefined ? undefined : checkMembers(found, structure.members, `Properties.${name}`);
    if (checked instanceof Problem) return checked;
    if (checked !== members[name]) properties = { ...properties, [name]: checked };
  }
  return KNOWN_TYPES.has(members.TaskType) ? properties : { $unknown: properties };
}

/** Checks the members of a structure. Returns a copy without those that are null, which middleware or a mock may set. */
function checkMembers(value: unknown, members: MemberList, path: string): Members | Problem {
  if (!isObject(value)) return new Problem(path, `must be a structure, got ${formatValue(value)}`);
  let hasNull = false;
  for (const [name, type] of members) {
    const member = value[name];
    if (member === undefined) continue;
    if (member === null) hasNull = true;
    else if (type === "timestamp" ? !Number.isFinite(timeOf(member)) : typeof member !== type) {
      return new Problem(path ? `${path}.${name}` : name, `must be a ${type}, got ${formatValue(member)}`);
    }
  }
  return hasNull ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)) : value;
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
