/** The example of an export that resumes. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { ids, idsNewestFirst, startGlue } from "../support.js";
import { configureFor, createFolder, runExample, runsOfExample, startExample } from "./support.js";

const COUNT = 12_500;

/** Starts an endpoint whose responses can be held, so that an export cannot finish before it is killed. */
async function startHoldingGlue() {
  let remainingResponses = Infinity;
  let release = () => {};
  let held = Promise.resolve();
  const latency = async () => {
    remainingResponses -= 1;
    if (remainingResponses < 0) await held;
    return 0;
  };
  const glue = await startGlue(COUNT, { latency });
  return {
    glue,
    holdAfter(responses: number): void {
      remainingResponses = responses;
      held = new Promise((resolve) => {
        release = resolve;
      });
    },
    release(): void {
      remainingResponses = Infinity;
      release();
    },
  };
}

/** The ids in the lines of a file. */
async function readIds(file: string): Promise<string[]> {
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line).TaskRunId);
}

it("The export that is killed with SIGKILL several times and started again writes each run once, in order", async () => {
  const { glue, holdAfter, release } = await startHoldingGlue();
  const { args, env } = configureFor(glue);
  const folder = await createFolder();
  const file = join(folder, "all.ndjson");
  const start = () => startExample("export", folder, { args: ["all.ndjson", ...args], env });
  const read = (path: string) => readFile(path, "utf8").catch(() => "");

  /** The events after which the export is killed: each reads what changes with the event. */
  const events: ((output: () => string) => unknown)[] = [
    // A page was written and its state perhaps not yet.
    (output) => output(),
    // A page has arrived.
    () => glue.requests.length,
    // The file was cut to the saved state, or a part of a page was written.
    async () => (await read(file)).length,
    // A state was saved.
    () => read(`${file}.state`),
  ];
  for (const observe of events) {
    holdAfter(3);
    let output = "";
    const before = await observe(() => output);
    const child = start();
    child.stdout.on("data", (chunk) => (output += chunk));
    await vi.waitFor(async () => expect(await observe(() => output)).not.toEqual(before), {
      timeout: 20_000,
      interval: 1,
    });
    child.kill("SIGKILL");
    const [, signal] = await once(child, "exit");
    expect(signal).toBe("SIGKILL");
    release();
  }

  const [code] = await once(start(), "exit");
  expect(code).toBe(0);
  expect(await readIds(file)).toEqual(idsNewestFirst(COUNT).reverse());
  await expect(readFile(`${file}.state`)).rejects.toThrow("ENOENT");
}, 120_000);

it("The export writes the runs of the local endpoint of npm run example", async () => {
  const { stdout, folder } = await runExample("export");
  expect(stdout).toBe(
    "Exported runs: 1000\nExported runs: 2000\nExported runs: 2500\nThe runs of tfm-0123 are in runs.ndjson.\n",
  );
  expect(await readIds(join(folder, "runs.ndjson"))).toEqual(ids(runsOfExample("tfm-0123")));
});
