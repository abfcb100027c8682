import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const cwd = fileURLToPath(new URL("..", import.meta.url));

it("The demo shows the pages of 2,500 runs, their counts and the latest failures, in 80 columns", async () => {
  const { stdout } = await run("node", ["--import", "tsx", "examples/demo.ts"], { cwd });
  expect(stdout).toContain("in 3 pages");
  expect(stdout).toMatch(/^TOTAL .* 2,500$/m);
  const counts = [...stdout.matchAll(/^[A-Z]+ .* ([\d,]+)$/gm)].map(([, count = ""]) => Number(count.replace(",", "")));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2 * 2500);
  expect(stdout.match(/^(?:FAILED|TIMEOUT) .*\n {2}tsk-[\da-f]{40}\n {2}\w/gm)).toHaveLength(5);
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
});
