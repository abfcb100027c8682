/** The figures as a table, for the terminal and for the README. */
import Table from "cli-table3";
import { type JudgedLine, inFigures as number, type Report } from "./figures.js";

const HEAD = ["compared with", "ours", "theirs", "figure", "limit", "of limit", "reach", "reached"];

export function toTable({ date, machine, results }: Report): string {
  const table = new Table({
    head: HEAD,
    colWidths: [48],
    wordWrap: true,
    colAligns: ["left", ...HEAD.slice(1).map(() => "right" as const)],
    style: { head: [], border: [] },
  });
  for (const { name, ours, limit, lines } of results) {
    const about = limit === undefined ? `${name}: ${ours}` : `${name}: ${ours}\nlimit: ${limit}`;
    table.push([{ colSpan: HEAD.length, content: about }], ...lines.map(toCells));
  }
  return `${table}\n${date}, ${machine}`;
}

/** The same in Markdown, without the times themselves, which are this machine's. */
export function toMarkdown({ date, machine, results }: Report): string {
  const rows = results.flatMap(({ name, ours, lines }) =>
    lines.map((line, index) => {
      const [compared, , , figure, limit, share, reach, isReached] = toCells(line);
      const what = index === 0 ? `**${name}**: ${ours}` : "";
      return `| ${[what, compared, figure, limit, share, reach && `${reach} ${isReached}`].join(" | ")} |`;
    }),
  );
  return [
    `Measured on ${date}, on ${machine}:`,
    "",
    "| ours | compared with | figure | limit | of limit | to reach |",
    "| --- | --- | ---: | ---: | ---: | ---: |",
    ...rows,
  ].join("\n");
}

function toCells({
  compared,
  setting,
  unit,
  kind,
  ours,
  theirs,
  figure,
  limit,
  share,
  reach,
  isReached,
}: JudgedLine): string[] {
  const [sign, dimension] = { cost: ["≤", ""], speed: ["≥", " x"], extra: ["≤", ` ${unit}`] }[kind];
  const shown = (value: number | undefined, before = "") =>
    value === undefined ? "" : `${before}${number(value)}${dimension}`;
  return [
    setting === undefined ? compared : `${compared}; ${setting}`,
    `${number(ours)} ${unit}`,
    theirs === 0 ? "" : `${number(theirs)} ${unit}`,
    shown(figure),
    shown(limit),
    share === undefined ? "" : `${Math.round(100 * share)} %`,
    shown(reach, `${sign} `),
    isReached === undefined ? "" : isReached ? "yes" : "NO",
  ];
}
