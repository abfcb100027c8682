/** The table of runs: which columns fit the terminal, and the rows. */
import type { MLTaskRun } from "glue-ml-task-runs";
import { taskTypeOf } from "./record.js";
import { formatTable, INDENT, type Row, sumOfWidths, widthOfText } from "./table.js";
import { formatDuration, formatTime, toOneLine } from "./text.js";

interface RunsTableOptions {
  /** The width of the terminal. */
  readonly width: number;
  /** Whether to colour failures. */
  readonly colors: boolean;
  /** Whether the runs are of several transforms. */
  readonly showTransform: boolean;
  /** The width to keep for an id, where runs come that are not known yet. */
  readonly idWidth?: number;
}

interface Column {
  readonly head: string;
  readonly width: number;
  readonly text: (run: MLTaskRun) => string;
}

const STATUS: Column = { head: "STATUS", width: 9, text: (run) => run.Status };
const TYPE: Column = { head: "TYPE", width: 23, text: (run) => taskTypeOf(run) ?? "" };
const STARTED: Column = {
  head: "STARTED (UTC)",
  width: 16,
  text: ({ StartedOn }) => (StartedOn ? formatTime(StartedOn) : ""),
};
const AGE: Column = {
  head: "AGE",
  width: 5,
  text: ({ StartedOn }) => (StartedOn ? formatDuration(Date.now() - StartedOn.getTime()) : ""),
};
const TOOK: Column = {
  head: "TOOK",
  width: 5,
  text: ({ StartedOn, CompletedOn }) =>
    StartedOn && CompletedOn ? formatDuration(CompletedOn.getTime() - StartedOn.getTime()) : "",
};

/** The least width of a table. */
const MIN_WIDTH = 20;
/** Longer error messages are cut off. */
const MAX_ERROR = 400;

/**
 * Formats runs as a table. Each run has one line where its ids fit into it. Otherwise the ids are below, and are
 * wrapped rather than cut off, since they are to be copied.
 */
export function formatRunsTable(runs: readonly MLTaskRun[], hasHead: boolean, options: RunsTableOptions): string {
  const { showTransform, idWidth = 0 } = options;
  const width = Math.max(options.width, MIN_WIDTH);
  const ids = [
    ...(showTransform ? [{ head: "TRANSFORM", text: (run: MLTaskRun) => toOneLine(run.TransformId) }] : []),
    { head: "RUN", text: (run: MLTaskRun) => toOneLine(run.TaskRunId) },
  ];
  const idColumns = ids.map(({ head, text }) => {
    const widths = runs.map((run) => widthOfText(text(run)));
    return { head, text, width: widths.reduce((max, each) => Math.max(max, each), Math.max(idWidth, head.length)) };
  });
  const all = [STATUS, TYPE, STARTED, AGE, TOOK, ...idColumns];
  const hasIdColumns = fits(all, width);
  const shown = hasIdColumns ? all : fitColumns(width);
  const isOneLine = INDENT + sumOfWidths(idColumns.map((column) => column.width)) <= width;
  const linesBelow = (texts: string[]) => (hasIdColumns ? [] : isOneLine ? [texts.join("  ")] : texts);
  const rowOf = (run: MLTaskRun): Row[] => {
    const isFailure = run.Status === "FAILED" || run.Status === "TIMEOUT";
    const color = (text: string) => (isFailure && options.colors ? `\u001b[31m${text}\u001b[39m` : text);
    const cells = shown.map(({ text }, index) => (index === 0 ? color(toOneLine(text(run))) : toOneLine(text(run))));
    const error = toOneLine(run.ErrorString ?? "");
    return [
      cells,
      ...linesBelow(idColumns.map(({ text }) => text(run))),
      ...(error === "" ? [] : [color(error.length > MAX_ERROR ? `${error.slice(0, MAX_ERROR)}…` : error)]),
    ];
  };
  const head = [shown.map((column) => column.head), ...linesBelow(ids.map((id) => id.head))];
  const rows = [...(hasHead ? head : []), ...runs.flatMap(rowOf)];
  return formatTable(
    rows,
    shown.map((column) => column.width),
    width,
  );
}

function fits(columns: readonly Column[], width: number): boolean {
  return sumOfWidths(columns.map((column) => column.width)) <= width;
}

/** The columns without ids that fit. In a very narrow terminal, the type is cut off. */
function fitColumns(width: number): Column[] {
  const choices = [
    [STATUS, TYPE, STARTED, AGE, TOOK],
    [STATUS, TYPE, STARTED],
  ];
  const rest = width - sumOfWidths([STATUS.width, 0]);
  return choices.find((columns) => fits(columns, width)) ?? [STATUS, { ...TYPE, width: Math.min(TYPE.width, rest) }];
}
