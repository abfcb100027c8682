/** The report as tables: for the terminal, and in Markdown for the documentation. */
import Table from "cli-table3";
import { formatNumber, type RatedComparison, type Report } from "./figures.js";

const HEAD = ["compared with", "library", "baseline", "figure", "limit", "of limit", "target", "met"];

export function toTable(report: Report): string {
  const table = new Table({
    head: HEAD,
    colWidths: [48],
    wordWrap: true,
    colAligns: ["left", ...HEAD.slice(1).map(() => "right" as const)],
    style: { head: [], border: [] },
  });
  for (const { name, subject, limit, comparisons } of report.rows) {
    const title = limit === undefined ? `${name}: ${subject}` : `${name}: ${subject}\nlimit: ${limit}`;
    table.push([{ colSpan: HEAD.length, content: title }], ...comparisons.map(toCells));
  }
  const tables = [
    report.rows.length > 0 && `${table}`,
    listingTimesToMarkdown(report),
    [...conditions(report)].join("\n"),
  ];
  return tables.filter(Boolean).join("\n\n");
}

/** The same in Markdown, without the absolute times, which depend on the machine, and without the project's targets. */
export function toMarkdown(report: Report): string {
  const rows = report.rows.flatMap(({ name, subject, comparisons }) =>
    comparisons.map((comparison, index) => {
      const [comparedWith, , , figure, limit, share] = toCells(comparison);
      const title = index === 0 ? `**${name}**: ${subject}` : "";
      return `| ${[title, comparedWith, figure, limit, share].join(" | ")} |`;
    }),
  );
  return [
    ...conditions(report),
    "",
    "| measured | compared with | figure | limit | of limit |",
    "| --- | --- | ---: | ---: | ---: |",
    ...rows,
  ].join("\n");
}

/** The times of listings in Markdown; empty if they were not measured. */
export function listingTimesToMarkdown({ date, listingTimes }: Report): string {
  if (listingTimes === undefined) return "";
  const { latency, settings, rows } = listingTimes;
  const toLine = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    `All runs of one transform, at ${latency} ms a request, each measured once on ${date}:`,
    "",
    toLine(["runs", ...settings]),
    toLine(["---:", ...settings.map(() => "---:")]),
    ...rows.map(({ runs, listings }) =>
      toLine([
        formatNumber(runs),
        ...listings.map(({ seconds, requests }) => `${formatNumber(seconds)} s, ${requests} requests`),
      ]),
    ),
  ].join("\n");
}

function* conditions({ date, machine, isNewestSdk }: Report): Generator<string> {
  yield `Measured on ${date} with \`npm run bench\`: ${machine}.`;
  if (!isNewestSdk) yield "Measured with `--offline`: the SDK was not compared with the newest one of the registry.";
}

function toCells(comparison: RatedComparison): string[] {
  const { comparedWith, setting, unit, kind, library, baseline, figure, limit, target } = comparison;
  const { shareOfLimit, meetsTarget } = comparison;
  const [sign, dimension] = { cost: ["≤", ""], speedup: ["≥", " x"], difference: ["≤", ` ${unit}`] }[kind];
  const format = (value: number | undefined, before = "") =>
    value === undefined ? "" : `${before}${formatNumber(value)}${dimension}`;
  return [
    setting === undefined ? comparedWith : `${comparedWith}; ${setting}`,
    `${formatNumber(library)} ${unit}`,
    `${formatNumber(baseline)} ${unit}`,
    format(figure),
    format(limit),
    shareOfLimit === undefined ? "" : `${Math.round(100 * shareOfLimit)} %`,
    format(target, `${sign} `),
    meetsTarget === undefined ? "" : meetsTarget ? "yes" : "NO",
  ];
}
