/** Renders runs as an HTML page. Observable Plot draws the chart here, not in the browser: the page loads nothing. */
import { readFile } from "node:fs/promises";
import * as Plot from "@observablehq/plot";
import type { MLTaskRun } from "glue-ml-task-runs";
import { parseHTML } from "linkedom";
import { type Bar, type Lane, layOut, ROW, type Span, widen } from "./lanes.js";

export interface TimelineConfig {
  readonly transformId: string;
  /** The period to show. Unfinished runs are drawn up to its end. */
  readonly from: Date;
  readonly to: Date;
}

interface Style {
  /** A CSS variable of the page, which has another value in the dark colour scheme. */
  readonly color: string;
  readonly isOutlined?: boolean;
  /** The symbol of a failure, for readers who cannot tell it by its colour. */
  readonly symbol?: Plot.SymbolType;
  readonly rotate?: number;
}

const UNFINISHED: Style = { color: "var(--unfinished)", isOutlined: true };
/** The style of each status, in drawing order: failures are drawn last, on top. */
const STYLES: Readonly<Record<string, Style>> = {
  SUCCEEDED: { color: "var(--succeeded)" },
  STOPPED: { color: "var(--stopped)" },
  STARTING: UNFINISHED,
  RUNNING: UNFINISHED,
  STOPPING: UNFINISHED,
  TIMEOUT: { color: "var(--timeout)", symbol: "triangle" },
  // A cross is an upright plus; turned, it is an X.
  FAILED: { color: "var(--failed)", symbol: "cross", rotate: 45 },
};
const ORDER = Object.keys(STYLES);
const styleOf = ({ Status }: MLTaskRun): Style => STYLES[Status] ?? { color: "var(--stopped)" };

/** Lengths in pixels. */
const WIDTH = 1200;
const MARGINS = { marginTop: 28, marginRight: 24, marginBottom: 44, marginLeft: 208 };
const BAR = 10;
const FAILURE_BAR = 4;
const MIN_BAR = 3;
const SYMBOL = 16;

/** Renders runs, which must be in order of their start, as an HTML document. */
export async function renderTimeline(runs: readonly MLTaskRun[], config: TimelineConfig): Promise<string> {
  const { transformId, from, to } = config;
  const title = `Task runs of ${transformId}`;
  const pixel = (to.getTime() - from.getTime()) / (WIDTH - MARGINS.marginLeft - MARGINS.marginRight);
  const lanes = layOut(runs, to, (run) => pixel * (styleOf(run).symbol ? SYMBOL : MIN_BAR));
  const bars = lanes
    .flatMap((lane) => lane.bars)
    .sort((a, b) => ORDER.indexOf(a.run.Status) - ORDER.indexOf(b.run.Status));

  // A document, not a string, so that no text of a run becomes markup. Its type is `any`: a document's types are in
  // the compiler's library for browsers, which a project for Node does not use.
  const { document } = parseHTML(await readFile(new URL("page.html", import.meta.url), "utf8"));
  const element = (name: string, ...children: unknown[]) => {
    const created = document.createElement(name);
    created.append(...children);
    return created;
  };
  for (const heading of document.querySelectorAll("title, h1")) heading.textContent = title;
  document.querySelector("p").textContent = `${formatCount(bars)} from ${formatTime(from)} to ${formatTime(to)} UTC`;

  const plot = (options: Plot.PlotOptions) => Plot.plot({ document, ...options });
  for (const status of new Set(bars.map(({ run }) => run.Status).reverse())) {
    const ofStatus = bars.filter(({ run }) => run.Status === status);
    const sample = ofStatus.slice(0, 1).map(({ run }) => ({ run, span: [-4, 4] as const, y: 0 }));
    const swatch = plot({
      width: 18,
      height: ROW,
      margin: 0,
      x: { axis: null, domain: [-9, 9] },
      y: { axis: null, domain: [ROW / 2, -ROW / 2] },
      marks: draw(sample),
    });
    document.querySelector("ul").append(element("li", swatch, `${ofStatus.length.toLocaleString("en")} ${status}`));
  }

  const bottom = lanes.at(-1)?.bottom ?? 0;
  const label = { frameAnchor: "left", dx: -MARGINS.marginLeft, fontSize: 11 } as const;
  const chart = plot({
    ...MARGINS,
    width: WIDTH,
    height: MARGINS.marginTop + bottom + MARGINS.marginBottom,
    ariaLabel: title,
    x: { type: "utc", domain: [from, to] },
    y: { axis: null, domain: [bottom, 0] },
    marks: [
      Plot.rect(lanes, { y1: "top", y2: "bottom", fill: "var(--lane)" }),
      Plot.gridX({ stroke: "var(--line)", strokeOpacity: 1 }),
      Plot.axisX({ label: "Time (UTC)", labelAnchor: "center", labelArrow: "none", tickFormat: tick, fontSize: 11 }),
      Plot.text(["Task type"], { ...label, frameAnchor: "top-left", dy: -18 }),
      Plot.text(lanes, { ...label, y: "top", dy: 13, text: "name", fontWeight: 600 }),
      Plot.text(lanes, {
        ...label,
        y: "top",
        dy: 28,
        text: ({ bars }: Lane) => formatCount(bars),
        fill: "var(--faint)",
      }),
      ...draw(bars, pixel * MIN_BAR),
    ],
  });
  // The table of failures links to the bars.
  for (const [index, bar] of chart.querySelectorAll(".runs rect").entries()) bar.id = bars[index]?.run.TaskRunId ?? "";
  document.querySelector("figure").append(chart);

  const failures = bars.filter(({ run }) => styleOf(run).symbol).sort((a, b) => b.span[0] - a.span[0]);
  document.querySelector("section").hidden = failures.length === 0;
  for (const { run, span } of failures) {
    const link = Object.assign(element("a", formatTime(span[0])), { href: `#${run.TaskRunId}` });
    const cells = [link, run.Status, run.Properties.TaskType ?? "", formatDuration(span), run.ErrorString ?? ""];
    document.querySelector("tbody").append(element("tr", ...cells.map((cell) => element("td", cell))));
  }
  return document.toString();
}

/** Draws a bar for each run, at least `minLength` milliseconds long, and a symbol on each failed one. */
function draw(bars: readonly Bar[], minLength = 0): Plot.Markish[] {
  return [
    Plot.rect(bars, {
      className: "runs",
      x1: ({ span }) => new Date(widen(span, minLength)[0]),
      x2: ({ span }) => new Date(widen(span, minLength)[1]),
      // The bar of a failure is thin, so that its symbol stands out.
      y1: ({ run, y }) => y - (styleOf(run).symbol ? FAILURE_BAR : BAR) / 2,
      y2: ({ run, y }) => y + (styleOf(run).symbol ? FAILURE_BAR : BAR) / 2,
      fill: ({ run }) => (styleOf(run).isOutlined ? "var(--lane)" : styleOf(run).color),
      stroke: ({ run }) => (styleOf(run).isOutlined ? styleOf(run).color : "var(--lane)"),
      title: details,
    }),
    Plot.dot(
      bars.filter(({ run }) => styleOf(run).symbol),
      {
        className: "failures",
        x: ({ span: [from, to] }) => new Date((from + to) / 2),
        y: "y",
        r: 6,
        symbol: ({ run }: Bar) => styleOf(run).symbol,
        rotate: ({ run }) => styleOf(run).rotate ?? 0,
        fill: ({ run }) => styleOf(run).color,
        stroke: "var(--lane)",
      },
    ),
  ];
}

function details({ run, span }: Bar): string {
  const [from, to] = span;
  return [
    `${run.Status} ${run.Properties.TaskType ?? ""}`,
    run.TaskRunId,
    `Started ${formatTime(from)} UTC`,
    run.CompletedOn
      ? `Completed ${formatTime(to)} UTC, after ${formatDuration(span)}`
      : `Not completed after ${formatDuration(span)}`,
    run.ErrorString ?? "",
  ]
    .join("\n")
    .trim();
}

/** Formats a tick: the date at midnight, otherwise the time. */
function tick(time: Date): string {
  const clock = formatTime(time).slice(11);
  return clock === "00:00" ? time.toLocaleDateString("en", { day: "numeric", month: "short", timeZone: "UTC" }) : clock;
}

function formatCount({ length }: readonly unknown[]): string {
  return `${length.toLocaleString("en")} ${length === 1 ? "run" : "runs"}`;
}

function formatTime(time: Date | number): string {
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}

function formatDuration([from, to]: Span): string {
  const seconds = Math.round((to - from) / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
