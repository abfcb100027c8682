/** The command `glue-ml-task-runs-local`: its arguments, and what it prints. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Writable } from "node:stream";
import { parseArgs } from "node:util";
import {
  LocalGlue,
  type LocalGlueResponse,
  type LocalTaskRun,
  type LocalTransform,
  sampleTaskRuns,
} from "glue-ml-task-runs/local";
import { toDate } from "../criteria/instant.js";
import { type Rule, struct, throwInvalid } from "../criteria/rules.js";
import { isObject } from "../values.js";
import { escapeInvisible } from "./text.js";

const HELP = `Usage: glue-ml-task-runs-local [options]

A local AWS Glue endpoint that serves the task runs of machine learning
transforms to any AWS client, without AWS: GetMLTaskRuns, GetMLTaskRun and
GetMLTransforms.

Options:
  --port N            the port to listen on; 0 is any free one          (4577)
  --host ADDRESS      the address to listen on                     (127.0.0.1)
  --transform-id ID   a transform with a made-up history; repeatable
                                                        (tfm-0123456789abcdef)
  --runs N            how many runs each of them has                     (100)
  --seed N            the same seed makes up the same runs, up to now      (1)
  --data FILE         transforms and runs of your own, as the service returns
                      them: {"Transforms": [...], "TaskRuns": [...]}
  --latency MS        how long each answer takes                           (0)
  --page-size N       the page size of requests without MaxResults       (100)
  --help              print this
  --version           print the version
`;

/** Where the command writes, and what ends it. */
export interface Surroundings {
  readonly out: Writable;
  readonly err: Writable;
  /** Ends the endpoint when it aborts. */
  readonly signal: AbortSignal;
}

/** Runs the command to its end; returns its exit code: 0, or 2 for what it can not do as it was told. */
export async function runCommand(args: string[], { out, err, signal }: Surroundings): Promise<number> {
  try {
    const { help, version, ...options } = readArguments(args);
    if (help) out.write(HELP);
    else if (version) out.write(`${createRequire(import.meta.url)("glue-ml-task-runs/package.json").version}\n`);
    else await serve(options, out, signal);
    return 0;
  } catch (error) {
    err.write(`glue-ml-task-runs-local: ${escapeInvisible(explain(error))}\n`);
    return 2;
  }
}

type Arguments = ReturnType<typeof readArguments>;

function readArguments(args: string[]) {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: {
      port: { ...text, default: "4577" },
      host: { ...text, default: "127.0.0.1" },
      "transform-id": { ...text, multiple: true },
      runs: text,
      seed: { ...text, default: "1" },
      data: text,
      latency: { ...text, default: "0" },
      "page-size": { ...text, default: "100" },
      help: { type: "boolean" },
      version: { type: "boolean" },
    },
  });
  return values;
}

async function serve(options: Omit<Arguments, "help" | "version">, out: Surroundings["out"], signal: AbortSignal) {
  const data = options.data === undefined ? undefined : await readData(options.data);
  // Whoever brings data of their own gets no made-up runs beside it, unless they ask for them.
  const wantsSample = data === undefined || options.runs !== undefined;
  const transformIds = options["transform-id"] ?? (wantsSample ? ["tfm-0123456789abcdef"] : []);
  const [count, seed] = [integer("--runs", options.runs ?? "100"), integer("--seed", options.seed)];
  const to = new Date();
  const sample = transformIds.flatMap((transformId, index) =>
    sampleTaskRuns({ transformId, count, seed: seed + index, to }),
  );

  await using glue = await LocalGlue.start({
    port: integer("--port", options.port),
    host: options.host,
    latency: integer("--latency", options.latency),
    defaultPageSize: integer("--page-size", options["page-size"]),
    onResponse: createLog(out),
  });
  for (const transform of data?.transforms ?? []) glue.addTransform(transform);
  for (const TransformId of transformIds) glue.addTransform({ TransformId });
  glue.addTaskRuns([...(data?.taskRuns ?? []), ...sample]);
  const example = data?.transforms[0]?.TransformId ?? data?.taskRuns[0]?.TransformId ?? transformIds[0] ?? "tfm-...";
  out.write(`A local Glue endpoint at ${glue.endpoint}. Try it:

  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws glue get-ml-task-runs \\
    --endpoint-url ${glue.endpoint} --region us-east-1 --transform-id ${escapeInvisible(example)}

  new GlueClient({ endpoint: "${glue.endpoint}", region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" } })

Ctrl-C ends it.

`);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

function integer(option: string, text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new RangeError(`${option} takes a whole number, and not ${JSON.stringify(text)}.`);
  return Number(text);
}

/** Writes a line for each response. Lines are dropped while the stream is full, as when no one reads a pipe. */
function createLog(out: Writable): (response: LocalGlueResponse) => void {
  let dropped = 0;
  return (response) => {
    if (out.writableNeedDrain) {
      dropped += 1;
      return;
    }
    if (dropped > 0) out.write(`... ${dropped} lines were dropped, because the output was not read.\n`);
    dropped = 0;
    out.write(`${escapeInvisible(logLine(response))}\n`);
  };
}

function logLine({ at, operation, input, statusCode, errorType, duration }: LocalGlueResponse): string {
  const time = at.toISOString().slice(11, 23);
  const parts = [time, statusCode, operation ?? "-", errorType, `${Math.round(duration)} ms`, shortened(input)];
  return parts.filter((part) => part !== undefined).join(" ");
}

function shortened(input: object | undefined): string | undefined {
  if (input === undefined) return undefined;
  const text = JSON.stringify(input);
  return text.length <= 160 ? text : `${text.slice(0, 160)}...`;
}

/** Transforms and runs as the service's own responses have them; timestamps in seconds, or as the AWS CLI writes them. */
async function readData(file: string): Promise<{ transforms: LocalTransform[]; taskRuns: LocalTaskRun[] }> {
  const content: unknown = JSON.parse(await readFile(file, "utf8"), (key, value) =>
    TIMESTAMPS.has(key) && value !== null ? toDate(typeof value === "number" ? value * 1000 : value, key) : value,
  );
  const { Transforms = [], TaskRuns = [] } = dataRule(content);
  // Their ids and timestamps were checked; whatever else they hold, the endpoint serves as it is.
  return { transforms: Transforms as LocalTransform[], taskRuns: TaskRuns as LocalTaskRun[] };
}

const TIMESTAMPS: ReadonlySet<string> = new Set(["StartedOn", "LastModifiedOn", "CompletedOn", "CreatedOn"]);

const dataRule = struct(
  "data file",
  {},
  { Transforms: listOf("TransformId"), TaskRuns: listOf("TransformId", "TaskRunId") },
);

function listOf(...ids: string[]): Rule<object[]> {
  return (value, field) => {
    if (!Array.isArray(value)) return throwInvalid(field, "a list", value);
    for (const [index, item] of value.entries()) {
      if (!isObject(item)) return throwInvalid(`${field}[${index}]`, "an object", item);
      for (const id of ids)
        if (typeof item[id] !== "string") throwInvalid(`${field}[${index}].${id}`, "a string", item[id]);
    }
    return value;
  };
}

/** What went wrong, in one line. */
function explain(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return `another program listens there already (${message})`;
  return message.replace(/\. To specify.*/s, "").replace(/\s+/g, " ");
}
