/** The report as a picture: the share of the limit that the library reaches, and the SDK beside it. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { formatNumber, type RatedComparison, type Report } from "./figures.js";

const TITLE = "Share of the best possible result";
// The picture has its own background, since a page may not use the colour scheme that its reader prefers. Blue and
// orange are from the palette of Okabe and Ito, which suits any colour vision.
const STYLE = `
  svg { --back: #ffffff; --text: #1f2328; --faint: #59636e; --track: #e2e6eb; --library: #0072b2; --sdk: #d55e00; }
  @media (prefers-color-scheme: dark) {
    svg { --back: #0d1117; --text: #f0f6fc; --faint: #9198a1; --track: #2d343e; --library: #56b4e9; --sdk: #e69f00; }
  }
  .back { fill: var(--back); }
  .text { fill: var(--text); }
  .faint { fill: var(--faint); }
  .track { fill: var(--track); }
  .library { fill: var(--library); }
  .sdk { fill: var(--sdk); stroke: var(--back); }
`;

// In pixels.
const [WIDTH, LINE, GAP, BAR, INSET] = [880, 22, 12, 14, 20];
const MARGIN = { marginTop: 86, marginRight: 166, marginBottom: 74, marginLeft: 280 };

/** The used members of the picture that Plot makes: its own type is of a browser's DOM. */
interface Svg {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  insertAdjacentHTML(position: "afterbegin", html: string): void;
  querySelector(selector: "style"): { textContent: string };
}

export function toSvg({ date, machine, isNewestSdk, rows }: Report): string {
  const headings: { y: number; name: string; subject: string }[] = [];
  const lines: (RatedComparison & { y: number })[] = [];
  let bottom = 0;
  for (const { name, subject, comparisons } of rows) {
    // A limit of 1 is the baseline itself.
    const withLimit = comparisons.filter(({ limit }) => limit !== undefined && limit !== 1);
    if (withLimit.length === 0) continue;
    const y = bottom + GAP + LINE / 2;
    headings.push({ y, name, subject });
    lines.push(...withLimit.map((comparison, index) => ({ ...comparison, y: y + LINE * (index + 1) })));
    bottom = y + LINE * (withLimit.length + 0.5);
  }
  const height = MARGIN.marginTop + bottom + MARGIN.marginBottom;

  /** A position in pixels from the left edge and from the top; a negative y is from the bottom. */
  const at = (x: number, y: number) =>
    ({
      frameAnchor: "top-left",
      lineAnchor: "middle",
      dx: x - MARGIN.marginLeft,
      dy: (y < 0 ? height + y : y) - MARGIN.marginTop,
    }) as const;
  const [text, faint, bold] = [{ className: "text" }, { className: "faint" }, { className: "text", fontWeight: 600 }];
  const bar = (className: string, end: (comparison: RatedComparison) => number) =>
    Plot.rect(lines, { className, x1: 0, x2: end, y1: ({ y }) => y - BAR / 2, y2: ({ y }) => y + BAR / 2 });
  const diamond = { className: "sdk", symbol: "diamond", r: 5.5, strokeWidth: 1.5 } as const;
  const key = (x: number, label: string, symbol: Plot.DotOptions) => [
    Plot.dot([label], { ...at(x, 56), ...symbol }),
    Plot.text([label], { ...at(x + 12, 56), ...faint }),
  ];

  const { document } = parseHTML("<html></html>");
  const svg: Svg = Plot.plot({
    document,
    ...MARGIN,
    width: WIDTH,
    height,
    style: { fontSize: "13px" },
    x: { domain: [0, 1], axis: null },
    y: { domain: [0, bottom], reverse: true, axis: null },
    marks: [
      Plot.frame({ className: "back", fill: "white", inset: -WIDTH }),
      Plot.text([TITLE], { ...at(INSET, 26), ...bold, fontSize: 18 }),
      ...key(INSET + 6, "glue-ml-task-runs", { className: "library", symbol: "square", stroke: "none", r: 6.5 }),
      ...key(INSET + 160, "the SDK", diamond),
      ...key(INSET + 250, "the limit", { className: "track", symbol: "square", stroke: "none", r: 6.5 }),
      Plot.text(headings, { ...bold, y: "y", text: "name", frameAnchor: "left", dx: INSET - MARGIN.marginLeft }),
      Plot.text(headings, { ...faint, y: "y", text: "subject", frameAnchor: "left" }),
      Plot.text(lines, {
        ...text,
        y: "y",
        text: ({ setting, comparedWith }) => setting ?? comparedWith,
        frameAnchor: "left",
        textAnchor: "end",
        dx: -10,
      }),
      bar("track", () => 1),
      bar("library", ({ shareOfLimit }) => Math.min(1, Number(shareOfLimit))),
      Plot.dot(lines, { ...diamond, x: sdkShare, y: "y" }),
      Plot.text(lines, {
        ...bold,
        y: "y",
        text: ({ shareOfLimit }) => percent(Number(shareOfLimit)),
        frameAnchor: "right",
        dx: 48,
      }),
      Plot.text(lines, { ...faint, y: "y", text: formatFigure, frameAnchor: "right", textAnchor: "start", dx: 58 }),
      Plot.axisX([0, 0.25, 0.5, 0.75, 1], { ...faint, tickFormat: percent, tickSize: 0, label: null }),
      Plot.text([`${date}; ${machine}; npm run bench${isNewestSdk ? "" : " -- --offline"}`], {
        ...at(INSET, -20),
        ...faint,
        fontSize: 12,
      }),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("role", "img");
  svg.insertAdjacentHTML("afterbegin", `<title>${TITLE}</title>`);
  // Replaces Plot's own style, which is for a picture inside an HTML document.
  svg.querySelector("style").textContent = STYLE;
  return svg.outerHTML;
}

const percent = (share: number) => `${Math.round(100 * share)} %`;

/** The share of the limit that the SDK reaches. */
const sdkShare = ({ kind, limit = Number.NaN }: RatedComparison) => (kind === "speedup" ? 1 / limit : limit);

function formatFigure({ kind, figure }: RatedComparison): string {
  return kind === "speedup" ? `${formatNumber(figure)} x as fast` : `${formatNumber(figure)} x the time`;
}
