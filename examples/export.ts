/**
 * A resumable export: writes all runs of a transform to a file, oldest first, as NDJSON.
 *
 *     npm run example export runs.ndjson
 *     npm run example export runs.ndjson -- --transform-id tfm-... --region eu-west-1
 *
 * You can kill it at any time, even with SIGKILL. Started again, it continues, and the file holds every run once. (That
 * needs AWS or an endpoint that keeps running: the example's own local endpoint ends with the process.)
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

/** The state of an unfinished export. */
interface State {
  /** The cursor after the last complete page. */
  cursor: string;
  /** The size of the file up to that page, in bytes. */
  size: number;
}

const state = await loadState();
// Remove what was written after the last saved state: those runs are listed again.
if (state) await truncate(file, state.size);
else await writeFile(file, "");

const query = { TransformId: transformId, Sort: taskRunSort("STARTED").ascending() };
let exported = 0;
for await (const { runs, cursor } of new MLTaskRuns(client).list(query, { cursor: state?.cursor }).pages()) {
  const lines = runs.map((run) => `${JSON.stringify(run)}\n`);
  // Wait until the page is written. The next page is read ahead in the meantime.
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
  // A rename is atomic: the file holds the old state or the new one, never a part of it.
  await writeFile(`${stateFile}.new`, JSON.stringify(next));
  await rename(`${stateFile}.new`, stateFile);
}
