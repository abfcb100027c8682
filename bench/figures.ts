/** What a row of the benchmark says: ours, theirs, the figure that compares them, and what it could and should be. */
import { median } from "simple-statistics";

/** One comparison. */
export interface Line {
  /** With what ours is compared. */
  readonly compared: string;
  /** Under which of several conditions. */
  readonly setting?: string;
  /** Whether the figure is ours as a part of theirs, how many times as fast ours is, or what ours has more. */
  readonly kind: "cost" | "speed" | "extra";
  readonly unit: "ms" | "µs" | "MB" | "B";
  /** Medians. */
  readonly ours: number;
  readonly theirs: number;
  /** The median of the rounds' own figures. */
  readonly figure: number;
  /** What the figure is at best. */
  readonly limit?: number;
  /** What the figure should be: at least for a speed, at most otherwise. */
  readonly reach?: number;
}

type Samples = readonly number[];

const comparison =
  (kind: Line["kind"], figureOf: (ours: number, theirs: number) => number) =>
  (about: Pick<Line, "compared" | "setting" | "unit" | "limit" | "reach">, ours: Samples, theirs: Samples): Line => ({
    ...about,
    kind,
    ours: median([...ours]),
    theirs: median([...theirs]),
    figure: median(ours.map((sample, round) => figureOf(sample, Number(theirs[round])))),
  });

export const cost = comparison("cost", (ours, theirs) => ours / theirs);
export const speed = comparison("speed", (ours, theirs) => theirs / ours);
export const extra = comparison("extra", (ours, theirs) => ours - theirs);

/** A number with as many digits as it is worth. */
export const inFigures = (value: number) =>
  value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });

export function judge(line: Line): JudgedLine {
  const { kind, figure, limit, reach } = line;
  // Of a speed more is better, of anything else less.
  const [share, isReached] =
    kind === "speed"
      ? [figure / Number(limit), figure >= Number(reach)]
      : [Number(limit) / figure, figure <= Number(reach)];
  return {
    ...line,
    share: limit === undefined ? undefined : share,
    isReached: reach === undefined ? undefined : isReached,
  };
}

/** A comparison with what follows from it. */
export interface JudgedLine extends Line {
  readonly share: number | undefined;
  readonly isReached: boolean | undefined;
}

/** A row of the benchmark, measured. */
export interface Result {
  readonly name: string;
  readonly ours: string;
  /** What sets the limits. */
  readonly limit?: string | undefined;
  readonly lines: readonly JudgedLine[];
}

/** What `npm run bench -- --json` prints. */
export interface Report {
  readonly date: string;
  readonly machine: string;
  readonly results: readonly Result[];
}
