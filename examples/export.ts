/**
 * A resumable export: writes all runs of a transform to a file, oldest first, as NDJSON.
 *
 *     npm run example export runs.ndjson
 *     npm run example export runs.ndjson -- --transform-id tfm-... --region eu-west-1
 *
 * You can kill it at any time, even with SIGKILL. Started again, it continues, and the file holds every run once. (That
 * needs AWS or an endpoint that keeps running: the local endpoint of `npm run example` ends with the process.)
 */
import { createWriteStream } from "node:fs";
import { readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { MLTaskRuns, taskRunSort } from "glue-ml-task-runs";

const { values, positionals } = parseArgs({
  options: { "transform-id": { type: "string", default: "tfm-0123" } },
  allowPositionals: true,
});
const TransformId = values["transform-id"];
const [file = "runs.ndjson"] = positionals;
const taskRuns = new MLTaskRuns(new GlueClient());
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

const query = { TransformId, Sort: taskRunSort("STARTED").ascending() };
let exported = 0;
for await (const { runs, cursor } of taskRuns.list(query, { cursor: state?.cursor }).pages()) {
  const lines = runs.map((run) => `${JSON.stringify(run)}\n`);
  // Wait until the page is written. The next page is read ahead in the meantime.
  await pipeline(Readable.from(lines), createWriteStream(file, { flags: "a" }));
  exported += runs.length;
  console.log(`Exported runs: ${exported}`);
  if (cursor !== undefined) await saveState({ cursor, size: (await stat(file)).size });
}
await rm(stateFile, { force: true });
console.log(`The runs of ${TransformId} are in ${file}.`);

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
