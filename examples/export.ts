/**
 * A resumable export: all runs of a transform, oldest first, as NDJSON.
 *
 *     npm run example export runs.ndjson
 *     npm run example export runs.ndjson -- --transform-id tfm-... --region eu-west-1
 *
 * Kill it at any time, even with SIGKILL, and start it again: it goes on where it stood, and the file has every run once.
 * (A local endpoint of its own ends with it, and so does where it stood.)
 */
import { createWriteStream } from "node:fs";
import { readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import { openSource, sourceOptions } from "./client.js";

const { values, positionals } = parseArgs({ options: sourceOptions, allowPositionals: true });
const [file = "runs.ndjson"] = positionals;
await using source = await openSource({ values });
const { client, transformId } = source;
const stateFile = `${file}.state`;

/** Where an export stands: the cursor after a page, and how long the file was when that page was in it. */
interface State {
  cursor: string;
  size: number;
}

const state = await loadState();
// What was written of a page whose state was not saved any more comes again.
if (state) await truncate(file, state.size);
else await writeFile(file, "");

const query = { TransformId: transformId, Sort: taskRunSort("STARTED").ascending() };
let exported = 0;
for await (const { runs, cursor } of new MLTaskRuns(client).list(query, { cursor: state?.cursor }).pages()) {
  const lines = runs.map((run) => `${JSON.stringify(run)}\n`);
  // Resolves when the disk has taken the page, and not before: the next one waits for it, read ahead by then.
  await pipeline(Readable.from(lines), createWriteStream(file, { flags: "a" }));
  exported += runs.length;
  console.log(`${exported} runs`);
  if (cursor !== undefined) await saveState({ cursor, size: (await stat(file)).size });
}
await rm(stateFile, { force: true });
console.log(`The runs of ${transformId} are in ${file}.`);

async function loadState(): Promise<State | undefined> {
  try {
    return JSON.parse(await readFile(stateFile, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function saveState(next: State): Promise<void> {
  // Renamed into place, so that there is the old state or the new one, never half of one.
  await writeFile(`${stateFile}.new`, JSON.stringify(next));
  await rename(`${stateFile}.new`, stateFile);
}
