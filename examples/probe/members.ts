/** The members of runs: which are there in which status, and the precision of `StartedOn`. */
import { type TaskRun, TaskStatusType } from "@aws-sdk/client-glue";
import { type AskForPage, countOf, type Row, yesNo } from "./ask.js";
import type { Sample } from "./pages.js";

/** Asks for runs of each status that the sample does not have. Returns the sample's runs and these. */
export async function askForEachStatus(ask: AskForPage, { runs }: Sample): Promise<{ runs: TaskRun[]; rows: Row[] }> {
  const found = new Map(runs.map((run) => [run.TaskRunId, run]));
  const rows: Row[] = [];
  const seen = new Set(runs.map(({ Status }) => Status));
  for (const Status of Object.values(TaskStatusType)) {
    if (seen.has(Status)) continue;
    const { output, refusal } = await ask({ Filter: { Status }, MaxResults: 10 });
    if (output === undefined) rows.push([`Runs that are ${Status}`, refusal]);
    else for (const run of output.runs) found.set(run.TaskRunId, run);
  }
  return { runs: [...found.values()], rows };
}

/** Describes `StartedOn`: its precision, ties, and whether every run has it. */
export async function describeStarts(ask: AskForPage, runs: readonly TaskRun[]): Promise<Row[]> {
  const times = runs.flatMap(({ StartedOn }) => StartedOn?.getTime() ?? []);
  const fractions = times.filter((time) => time % 1000 !== 0).length;
  const ties = times.length - new Set(times).size;
  const undated = runs.find(({ StartedOn }) => StartedOn === undefined);
  const precision =
    fractions > 0 ? `milliseconds (${fractions} of ${times.length} have a fraction of a second)` : "whole seconds";
  const rows: Row[] = [
    ["Precision of `StartedOn`", times.length === 0 ? "unknown: no run has it" : precision],
    ["Runs that started at the same time as another run before them", String(ties)],
    [
      "Does every run have `StartedOn`?",
      undated === undefined ? "yes" : `no: ${countOf(runs.length - times.length, "run")} without it`,
    ],
  ];
  if (undated === undefined) return rows;
  const Filter = { Status: undated.Status, StartedAfter: new Date(0) };
  const { output, refusal } = await ask({ Filter, MaxResults: 100 });
  const isListed = output?.runs.some(({ TaskRunId }) => TaskRunId === undated.TaskRunId) ?? false;
  return [...rows, ["Is a run without `StartedOn` listed with time bounds?", refusal ?? yesNo(isListed)]];
}

type Member = readonly [name: string, hasMember: (run: TaskRun) => boolean];

const MEMBERS: readonly Member[] = [
  ...(["StartedOn", "LastModifiedOn", "CompletedOn", "ExecutionTime", "ErrorString"] as const).map(toMember),
  ...(["TransformId", "TaskRunId", "LogGroupName"] as const).map(toMember),
  ["TaskType", ({ Properties }) => Properties?.TaskType !== undefined],
  ["its structure", hasStructure],
];

function toMember(name: keyof TaskRun): Member {
  return [`\`${name}\``, (run) => run[name] !== undefined];
}

/** Whether a run has the structure of its task type. Evaluations have none. */
function hasStructure({ Properties = {} as NonNullable<TaskRun["Properties"]> }: TaskRun): boolean {
  switch (Properties.TaskType) {
    case "EXPORT_LABELS":
      return Properties.ExportLabelsTaskRunProperties !== undefined;
    case "FIND_MATCHES":
      return Properties.FindMatchesTaskRunProperties !== undefined;
    case "IMPORT_LABELS":
      return Properties.ImportLabelsTaskRunProperties !== undefined;
    case "LABELING_SET_GENERATION":
      return Properties.LabelingSetGenerationTaskRunProperties !== undefined;
    default:
      return Properties.TaskType === "EVALUATION";
  }
}

/** Counts the runs of each status that have each member. The first line is the heading. */
export function countMembers(runs: readonly TaskRun[]): string[][] {
  const known: (string | undefined)[] = Object.values(TaskStatusType);
  // A status that the SDK does not know is not printed.
  const nameOf = ({ Status }: TaskRun) =>
    known.includes(Status) ? String(Status) : Status === undefined ? "none" : "another";
  const lines = [...new Set(runs.map(nameOf))].sort().map((status) => {
    const ofStatus = runs.filter((run) => nameOf(run) === status);
    const counts = MEMBERS.map(([, hasMember]) => ofStatus.filter(hasMember).length);
    return [status, ofStatus.length, ...counts].map(String);
  });
  return [["status", "runs", ...MEMBERS.map(([name]) => name)], ...lines];
}
