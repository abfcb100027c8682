/** The figures as a picture: how near to what is possible this library comes, and the SDK beside it. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { inFigures, type JudgedLine, type Report } from "./figures.js";

const TITLE = "How near to the limit that physics sets";
// The picture has a ground of its own, since the page that it stands on may not be in the colours that its reader prefers.
// Blue and orange are from the palette of Okabe and Ito: they differ whatever one's colour vision.
const STYLE = `
  svg { --ground: #ffffff; --text: #1f2328; --faint: #59636e; --track: #e2e6eb; --ours: #0072b2; --theirs: #d55e00; }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #0d1117; --text: #f0f6fc; --faint: #9198a1; --track: #2d343e; --ours: #56b4e9; --theirs: #e69f00; }
  }
  .ground { fill: var(--ground); }
  .text { fill: var(--text); }
  .faint { fill: var(--faint); }
  .track { fill: var(--track); }
  .ours { fill: var(--ours); }
  .theirs { fill: var(--theirs); stroke: var(--ground); }
`;

// In pixels.
const [WIDTH, LINE, GAP, BAR, INSET] = [880, 22, 12, 14, 20];
const MARGIN = { marginTop: 86, marginRight: 166, marginBottom: 74, marginLeft: 280 };

/** What is done with the picture that Plot makes, whose type is that of a browser's DOM. */
interface Svg {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  insertAdjacentHTML(position: "afterbegin", html: string): void;
  querySelector(selector: "style"): { textContent: string };
}

export function toSvg({ date, machine, results }: Report): string {
  const headings: { y: number; name: string; ours: string }[] = [];
  const lines: (JudgedLine & { y: number })[] = [];
  let bottom = 0;
  for (const { name, ours, lines: all } of results) {
    // Where it is compared with the limit itself, there is nothing between the two to show.
    const shown = all.filter(({ limit }) => limit !== undefined && limit !== 1);
    if (shown.length === 0) continue;
    const y = bottom + GAP + LINE / 2;
    headings.push({ y, name, ours });
    lines.push(...shown.map((line, index) => ({ ...line, y: y + LINE * (index + 1) })));
    bottom = y + LINE * (shown.length + 0.5);
  }
  const height = MARGIN.marginTop + bottom + MARGIN.marginBottom;

  /** Places of the picture, and not of its data: so far from its left edge, and from the upper one, or the lower where that is negative. */
  const at = (x: number, y: number) =>
    ({
      frameAnchor: "top-left",
      lineAnchor: "middle",
      dx: x - MARGIN.marginLeft,
      dy: (y < 0 ? height + y : y) - MARGIN.marginTop,
    }) as const;
  const [text, faint, bold] = [{ className: "text" }, { className: "faint" }, { className: "text", fontWeight: 600 }];
  const bar = (className: string, end: (line: JudgedLine) => number) =>
    Plot.rect(lines, { className, x1: 0, x2: end, y1: ({ y }) => y - BAR / 2, y2: ({ y }) => y + BAR / 2 });
  const diamond = { className: "theirs", symbol: "diamond", r: 5.5, strokeWidth: 1.5 } as const;
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
      Plot.frame({ className: "ground", fill: "white", inset: -WIDTH }),
      Plot.text([TITLE], { ...at(INSET, 26), ...bold, fontSize: 18 }),
      ...key(INSET + 6, "glue-ml-task-runs", { className: "ours", symbol: "square", stroke: "none", r: 6.5 }),
      ...key(INSET + 160, "the SDK", diamond),
      ...key(INSET + 250, "the limit", { className: "track", symbol: "square", stroke: "none", r: 6.5 }),
      Plot.text(headings, { ...bold, y: "y", text: "name", frameAnchor: "left", dx: INSET - MARGIN.marginLeft }),
      Plot.text(headings, { ...faint, y: "y", text: "ours", frameAnchor: "left" }),
      Plot.text(lines, {
        ...text,
        y: "y",
        text: ({ setting, compared }) => setting ?? compared,
        frameAnchor: "left",
        textAnchor: "end",
        dx: -10,
      }),
      bar("track", () => 1),
      bar("ours", ({ share }) => Math.min(1, Number(share))),
      Plot.dot(lines, { ...diamond, x: shareOfTheirs, y: "y" }),
      Plot.text(lines, { ...bold, y: "y", text: ({ share }) => percent(share), frameAnchor: "right", dx: 48 }),
      Plot.text(lines, { ...faint, y: "y", text: inWords, frameAnchor: "right", textAnchor: "start", dx: 58 }),
      Plot.axisX([0, 0.25, 0.5, 0.75, 1], { ...faint, tickFormat: percent, tickSize: 0, label: null }),
      Plot.text([`${date}; ${machine}; npm run bench`], { ...at(INSET, -20), ...faint, fontSize: 12 }),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("role", "img");
  svg.insertAdjacentHTML("afterbegin", `<title>${TITLE}</title>`);
  // Instead of Plot's own, which is for HTML around it.
  svg.querySelector("style").textContent = STYLE;
  return svg.outerHTML;
}

const percent = (share: number) => `${Math.round(100 * share)} %`;

/** What `share` is for theirs. */
const shareOfTheirs = ({ kind, limit = Number.NaN }: JudgedLine) => (kind === "speed" ? 1 / limit : limit);

function inWords({ kind, unit, figure }: JudgedLine): string {
  if (kind === "speed") return `${inFigures(figure)} x as fast`;
  return `${inFigures(figure)} x the ${unit === "MB" ? "heap" : "time"}`;
}
