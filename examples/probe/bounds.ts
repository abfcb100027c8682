/** Time bounds: whether `StartedAfter` and `StartedBefore` include a run that started exactly then; their precision. */
import type { TaskRun } from "@aws-sdk/client-glue";
import { type AskForPage, type Row, yesNo } from "./ask.js";
import type { Sample } from "./pages.js";

/** How far the other bound is away, in milliseconds. */
const AWAY = 2000;

/** Asks for one run with bounds 1 ms before its start, exactly at it and 1 ms after it. */
export async function askForBounds(ask: AskForPage, sample: Sample): Promise<Row[]> {
  const run = selectRun(sample.runs);
  const rows = [
    "`StartedAfter` at the start of a run",
    "`StartedBefore` at the start of a run",
    "Precision of the bounds",
  ] as const;
  if (run?.StartedOn === undefined) return rows.map((question) => [question, "unknown: no run has `StartedOn`"]);
  const time = run.StartedOn.getTime();
  const isListed = async (after: number, before: number) => {
    const Filter = { StartedAfter: new Date(after), StartedBefore: new Date(before) };
    const { output, refusal } = await ask({ Filter, MaxResults: sample.pageSize });
    return output === undefined ? refusal : output.runs.some(({ TaskRunId }) => TaskRunId === run.TaskRunId);
  };
  // From the widest bound to the narrowest.
  const after = [];
  for (const offset of [-1, 0, 1]) after.push(await isListed(time + offset, time + AWAY));
  const before = [];
  for (const offset of [1, 0, -1]) before.push(await isListed(time - AWAY, time + offset));
  const isExact = [after, before].every(([wide, , narrow]) => wide === true && narrow === false);
  const refusal = [...after, ...before].find((listed) => typeof listed === "string");
  const precision = isExact ? "milliseconds" : "not milliseconds: a bound is rounded or ignored";
  return [
    [rows[0], describeBound(after)],
    [rows[1], describeBound(before)],
    [rows[2], typeof refusal === "string" ? refusal : precision],
  ];
}

function describeBound(listed: readonly (boolean | string)[]): string {
  const refusal = listed.find((each) => typeof each === "string");
  if (typeof refusal === "string") return refusal;
  const [wide, exact, narrow] = listed;
  if (wide === true && narrow === false) return exact === true ? "inclusive" : "exclusive";
  const answers = listed.map((each) => yesNo(each === true)).join(", ");
  return `unclear: with a bound 1 ms wider, exact and 1 ms narrower the run is listed: ${answers}`;
}

/** Selects a run that started at a fraction of a second and far from the others, as far as there is one. */
function selectRun(runs: readonly TaskRun[]): TaskRun | undefined {
  const times = runs.flatMap(({ StartedOn }) => StartedOn?.getTime() ?? []);
  const score = ({ StartedOn }: TaskRun) => {
    if (StartedOn === undefined) return -1;
    const time = StartedOn.getTime();
    const isAlone = times.filter((each) => Math.abs(each - time) <= AWAY).length === 1;
    // Rounded up or down, 1 ms makes no difference.
    const hasFraction = time % 1000 > 1 && time % 1000 < 998;
    return (isAlone ? 2 : 0) + (hasFraction ? 1 : 0);
  };
  return runs.toSorted((a, b) => score(b) - score(a))[0];
}
