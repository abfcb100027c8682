/** The layout of the timeline: each run is in the lane of its task type, in a row that is free at that time. */
import { TaskType } from "@aws-sdk/client-glue";
import { isFinished, type MLTaskRun } from "glue-ml-task-runs";

/** Lengths in pixels. */
export const ROW = 16;
const PADDING = 4;
const MIN_LANE = 40;
const GAP = 10;

/** A time range, in milliseconds since the epoch. */
export type Span = readonly [from: number, to: number];

export interface Bar {
  readonly run: MLTaskRun;
  readonly span: Span;
  /** The middle of its row, in pixels from the top. */
  readonly y: number;
}

export interface Lane {
  readonly name: string;
  readonly bars: readonly Bar[];
  /** The edges of the lane, in pixels from the top. */
  readonly top: number;
  readonly bottom: number;
}

/**
 * Lays out runs, which must be in order of their start. Unfinished runs last until `now`. A run occupies its row for at
 * least `minTime(run)` milliseconds, so that its bar or symbol does not cover another one.
 */
export function layOut(runs: readonly MLTaskRun[], now: Date, minTime: (run: MLTaskRun) => number): Lane[] {
  const lanes: Lane[] = [];
  for (const type of [...Object.values(TaskType), undefined]) {
    const top = (lanes.at(-1)?.bottom ?? -GAP) + GAP;
    const bars: Bar[] = [];
    /** The end of the last run of each row. */
    const rowEnds: number[] = [];
    for (const run of runs) {
      const span = spanOf(run, now);
      if (run.Properties.TaskType !== type || span === undefined) continue;
      const [from, to] = widen(span, minTime(run));
      const free = rowEnds.findIndex((end) => end <= from);
      const row = free === -1 ? rowEnds.length : free;
      rowEnds[row] = to;
      bars.push({ run, span, y: top + PADDING + (row + 0.5) * ROW });
    }
    const bottom = top + Math.max(rowEnds.length * ROW + 2 * PADDING, MIN_LANE);
    if (bars.length > 0) lanes.push({ name: type ?? "(unknown type)", bars, top, bottom });
  }
  return lanes;
}

/** The time range of a run; undefined if it has not started. */
function spanOf(run: MLTaskRun, now: Date): Span | undefined {
  const { StartedOn, CompletedOn, LastModifiedOn } = run;
  if (StartedOn === undefined) return undefined;
  const end = CompletedOn ?? (isFinished(run) ? (LastModifiedOn ?? StartedOn) : now);
  return [StartedOn.getTime(), Math.max(StartedOn.getTime(), end.getTime())];
}

/** Widens a time range to a minimum length around its middle. */
export function widen([from, to]: Span, minLength: number): Span {
  const missing = Math.max(0, minLength - (to - from)) / 2;
  return [from - missing, to + missing];
}
