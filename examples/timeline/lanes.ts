/** Where each run is drawn: in the lane of its type, there in a row that is free while it runs. */
import { TaskType } from "@aws-sdk/client-glue";
import { isFinished, type MLTaskRun } from "glue-ml-task-runs";

/** Lengths in pixels. */
export const ROW = 16;
const PADDING = 4;
const LEAST_LANE = 40;
const GAP = 10;

/** A time, in milliseconds since the epoch, from and to. */
export type Span = readonly [from: number, to: number];

export interface Bar {
  readonly run: MLTaskRun;
  readonly span: Span;
  /** How far down the middle of its row is. */
  readonly y: number;
}

export interface Lane {
  readonly name: string;
  readonly bars: readonly Bar[];
  /** How far down it is, from and to. */
  readonly top: number;
  readonly bottom: number;
}

/**
 * Lays out runs that come in order of their start, and last up to `now` where they have not finished. A run takes up its
 * row for no less than `leastTime` milliseconds, so that what is drawn of it covers no other.
 */
export function layOut(runs: readonly MLTaskRun[], now: Date, leastTime: (run: MLTaskRun) => number): Lane[] {
  const lanes: Lane[] = [];
  for (const type of [...Object.values(TaskType), undefined]) {
    const top = (lanes.at(-1)?.bottom ?? -GAP) + GAP;
    const bars: Bar[] = [];
    /** Until when each row is taken. */
    const rows: number[] = [];
    for (const run of runs) {
      const span = spanOf(run, now);
      if (run.Properties.TaskType !== type || span === undefined) continue;
      const [from, to] = widen(span, leastTime(run));
      const free = rows.findIndex((until) => until <= from);
      const row = free === -1 ? rows.length : free;
      rows[row] = to;
      bars.push({ run, span, y: top + PADDING + (row + 0.5) * ROW });
    }
    const bottom = top + Math.max(rows.length * ROW + 2 * PADDING, LEAST_LANE);
    if (bars.length > 0) lanes.push({ name: type ?? "(unknown type)", bars, top, bottom });
  }
  return lanes;
}

/** From when to when a run lasts, or undefined where it has not started. */
function spanOf(run: MLTaskRun, now: Date): Span | undefined {
  const { StartedOn, CompletedOn, LastModifiedOn } = run;
  if (StartedOn === undefined) return undefined;
  const end = CompletedOn ?? (isFinished(run) ? (LastModifiedOn ?? StartedOn) : now);
  return [StartedOn.getTime(), Math.max(StartedOn.getTime(), end.getTime())];
}

/** A span that is no shorter than so long, around the same middle. */
export function widen([from, to]: Span, least: number): Span {
  const spare = Math.max(0, least - (to - from)) / 2;
  return [from - spare, to + spare];
}
