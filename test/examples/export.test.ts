/** The resumable export, killed. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ids, idsNewestFirst, startGlue } from "../support.js";
import { makeFolder, ownRuns, runExample, startExample, toAws } from "./support.js";

it("killed with SIGKILL again and again, and started again, exports every run once, in order", async () => {
  const glue = await startGlue(12_500, { latency: 10 });
  const { args, env } = toAws(glue);
  const folder = await makeFolder();
  const start = () => startExample("export", folder, { args: ["all.ndjson", ...args], env });
  const kill = async (pages: number, delay: number) => {
    const child = start();
    let seen = 0;
    for await (const chunk of child.stdout) {
      seen += String(chunk).split(" runs\n").length - 1;
      if (seen < pages) continue;
      // Somewhere in the middle of the next page.
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    return child.signalCode;
  };
  for (const [pages, delay] of [
    [1, 0],
    [2, 7],
    [2, 15],
    [3, 3],
  ] as const) {
    expect(await kill(pages, delay)).toBe("SIGKILL");
  }
  const [code] = await once(start(), "exit");
  expect(code).toBe(0);
  const lines = (await readFile(join(folder, "all.ndjson"), "utf8")).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).TaskRunId)).toEqual(idsNewestFirst(12_500).reverse());
  await expect(readFile(join(folder, "all.ndjson.state"))).rejects.toThrow("ENOENT");
}, 60_000);

it("exports the runs of its own endpoint", async () => {
  const { stdout, folder } = await runExample("export");
  expect(stdout).toBe("1000 runs\n2000 runs\n2500 runs\nThe runs of tfm-0123456789abcdef are in runs.ndjson.\n");
  const lines = (await readFile(join(folder, "runs.ndjson"), "utf8")).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).TaskRunId)).toEqual(ids(ownRuns()));
});
