/**
 * An incremental copy of the run history of all transforms into an SQLite database, for a job that runs once a day.
 *
 *     npm run example sync runs.db
 *     npm run example sync runs.db -- --region eu-west-1
 *
 * The first time it copies the whole history, and then only what is new or has changed, however long ago it started: also
 * the end of runs that were unfinished the last time. If it is interrupted, the database stays as it was, and nothing is
 * lost.
 *
 * Exit codes: 0 (copied), 1 (an error, or a transform that could not be read: the next time includes it), 2 (wrong
 * usage, or the runtime has no `node:sqlite`: Node.js 22.13 has it).
 */
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { type MLTaskRun, MLTaskRuns } from "glue-ml-task-runs";

/** The part of `node:sqlite` that is used here: the types of Node.js 20 do not have it. */
interface Sqlite {
  readonly DatabaseSync: new (
    file: string,
  ) => {
    exec(sql: string): void;
    prepare(sql: string): Statement;
    close(): void;
  };
}
interface Statement {
  run(...values: (string | number | null)[]): unknown;
  get(...values: (string | number | null)[]): Record<string, unknown> | undefined;
}

// A runtime that has the module has these members of it.
const sqlite = process.getBuiltinModule?.("node:sqlite") as Sqlite | undefined;
if (sqlite === undefined) {
  console.error(`This example needs node:sqlite, which Node.js ${process.versions.node} does not have; 22.13 has it.`);
  process.exit(2);
}

const { positionals } = parseArgs({ allowPositionals: true });
const [file = "runs.db"] = positionals;
const database = new sqlite.DatabaseSync(file);
database.exec(`
  CREATE TABLE IF NOT EXISTS runs (
    transform_id TEXT NOT NULL,
    task_run_id TEXT NOT NULL,
    task_type TEXT,
    status TEXT NOT NULL,
    error TEXT,
    started_on TEXT,
    last_modified_on TEXT,
    completed_on TEXT,
    execution_time INTEGER,
    run TEXT NOT NULL,
    PRIMARY KEY (transform_id, task_run_id)
  );
  CREATE TABLE IF NOT EXISTS position (id INTEGER PRIMARY KEY CHECK (id = 1), cursor TEXT NOT NULL);
`);
const insertRun = database.prepare("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
const insertCursor = database.prepare("INSERT OR REPLACE INTO position VALUES (1, ?)");
const saved = database.prepare("SELECT cursor FROM position").get()?.cursor;
const cursor = typeof saved === "string" ? saved : undefined;

const taskRuns = new MLTaskRuns(new GlueClient());
// Without a cursor all runs since then are listed. A cursor replaces it.
const Filter = { StartedAfter: new Date(0) };
const { runs, failures, ...next } = await taskRuns.watchAcrossTransforms({ Filter }, { cursor }).poll();

// The runs and the position after them in one transaction: the database has both or neither.
database.exec("BEGIN IMMEDIATE");
try {
  for (const run of runs) insertRun.run(...toRow(run));
  insertCursor.run(next.cursor);
  database.exec("COMMIT");
} catch (error) {
  database.exec("ROLLBACK");
  throw error;
}
database.close();
console.log(`New or changed runs in ${file}: ${runs.length}`);
for (const { TransformId = "The transforms", error } of failures) console.error(`${TransformId}: ${error}`);
if (failures.length > 0) process.exitCode = 1;

function toRow(run: MLTaskRun): (string | number | null)[] {
  const { TransformId, TaskRunId, Status, Properties, ErrorString, ExecutionTime } = run;
  const times = [run.StartedOn, run.LastModifiedOn, run.CompletedOn].map((time) => time?.toISOString() ?? null);
  const type = Properties.TaskType ?? null;
  return [
    TransformId,
    TaskRunId,
    type,
    Status,
    ErrorString ?? null,
    ...times,
    ExecutionTime ?? null,
    JSON.stringify(run),
  ];
}
