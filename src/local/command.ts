/** The command `glue-ml-task-runs-local`: its arguments and its output. */
import { createRequire } from "node:module";
import type { Writable } from "node:stream";
import { parseArgs } from "node:util";
import { LocalGlue, type LocalGlueResponse, sampleTaskRuns } from "glue-ml-task-runs/local";
import { describeError } from "../command/errors.js";
import { escapeInvisible } from "../command/text.js";
import { readDataFile } from "./data-file.js";
import { SAMPLE_TRANSFORM_ID } from "./sample.js";

const HELP = `Usage: glue-ml-task-runs-local [options]

A local AWS Glue endpoint that serves the task runs of machine learning
transforms to any AWS client, without AWS: GetMLTaskRuns, GetMLTaskRun,
GetMLTransforms, GetMLTransform, StartMLEvaluationTaskRun,
StartMLLabelingSetGenerationTaskRun, StartImportLabelsTaskRun,
StartExportLabelsTaskRun and CancelMLTaskRun.

Options:
  --port N            port to listen on; 0 selects a free port          (4577)
  --host ADDRESS      address to listen on                         (127.0.0.1)
  --transform-id ID   transform with a sample history; repeatable
                                (tfm-0123456789abcdef0123456789abcdef01234567)
  --runs N            number of sample runs of each transform            (100)
  --seed N            seed of the sample runs                              (1)
  --data FILE         your own runs and transforms: JSON as the AWS CLI, boto3
                      and the SDK print it, in pages or with a run on each line
  --latency MS        delay of each response, in milliseconds              (0)
  --page-size N       page size of requests without MaxResults           (100)
  --starting-time MS  how long a started run is STARTING                   (0)
  --run-time MS       how long a started run is RUNNING, or Infinity     (100)
  --help              print this help
  --version           print the version
`;

/** Runs the command until the signal aborts. Returns the exit code: 0, or 2 for invalid arguments or data. */
export async function runCommand(
  args: string[],
  { out, err, signal }: { out: Writable; err: Writable; signal: AbortSignal },
): Promise<number> {
  try {
    const options = readArguments(args);
    if (options.help) out.write(HELP);
    else if (options.version)
      out.write(`${createRequire(import.meta.url)("glue-ml-task-runs/package.json").version}\n`);
    else await serve(options, out, signal);
    return 0;
  } catch (error) {
    const text = describeError(error);
    const line = /EADDRINUSE/.test(text) ? `the address is already in use (${text})` : text;
    err.write(`glue-ml-task-runs-local: ${line}\n`);
    return 2;
  }
}

function readArguments(args: string[]) {
  const text = { type: "string" } as const;
  const options = {
    port: { ...text, default: "4577" },
    host: text,
    "transform-id": { ...text, multiple: true },
    runs: text,
    seed: { ...text, default: "1" },
    data: text,
    latency: { ...text, default: "0" },
    "page-size": { ...text, default: "100" },
    "starting-time": { ...text, default: "0" },
    "run-time": { ...text, default: "100" },
    help: { type: "boolean" },
    version: { type: "boolean" },
  } as const;
  return parseArgs({ args, options }).values;
}

async function serve(options: ReturnType<typeof readArguments>, out: Writable, signal: AbortSignal) {
  const { data } = options;
  const { Transforms = [], TaskRuns = [] } = data === undefined ? {} : await inFile(data, () => readDataFile(data));
  // With a data file, sample runs are added only on request.
  const needsSample = data === undefined || options.runs !== undefined;
  const transformIds = options["transform-id"] ?? (needsSample ? [SAMPLE_TRANSFORM_ID] : []);
  const [count, seed] = [integer("--runs", options.runs ?? "100"), integer("--seed", options.seed)];
  const sampleOf = (transformId: string, index: number) =>
    sampleTaskRuns({ transformId, count, seed: seed + index, to: new Date() });

  await using glue = await LocalGlue.start({
    port: integer("--port", options.port),
    host: options.host,
    latency: integer("--latency", options.latency),
    defaultPageSize: integer("--page-size", options["page-size"]),
    startingTime: integer("--starting-time", options["starting-time"]),
    runTime: integer("--run-time", options["run-time"], "Infinity"),
    onResponse: createLogger(out),
  });
  await inFile(data, () => {
    for (const transform of Transforms) glue.addTransform(transform);
    glue.addTaskRuns(TaskRuns);
  });
  for (const TransformId of transformIds) glue.addTransform({ TransformId });
  glue.addTaskRuns(transformIds.flatMap(sampleOf));
  const example = Transforms[0]?.TransformId ?? TaskRuns[0]?.TransformId ?? transformIds[0] ?? "tfm-...";
  out.write(`The local Glue endpoint listens at ${glue.endpoint}. Examples:

  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws glue get-ml-task-runs \\
    --endpoint-url ${glue.endpoint} --region us-east-1 --transform-id ${escapeInvisible(example)}

  new GlueClient({ endpoint: "${glue.endpoint}", region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" } })

Ctrl-C ends it.

`);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

function integer(option: string, text: string, alternative?: "Infinity"): number {
  if (/^\d{1,15}$/.test(text) || text === alternative) return Number(text);
  const rule = `an integer of at least 0${alternative ? ` or ${alternative}` : ""}`;
  throw new RangeError(`${option} must be ${rule}, got ${JSON.stringify(text)}.`);
}

/** Writes a line for each response. Drops lines while the stream is full, as when a pipe is not read. */
function createLogger(out: Writable): (response: LocalGlueResponse) => void {
  let dropped = 0;
  return (response) => {
    if (out.writableNeedDrain) {
      dropped += 1;
      return;
    }
    if (dropped > 0) out.write(`... ${dropped} log lines were dropped because the output was not read.\n`);
    dropped = 0;
    out.write(`${escapeInvisible(logLine(response))}\n`);
  };
}

function logLine({ at, operation, input, statusCode, errorType, duration }: LocalGlueResponse): string {
  const time = at.toISOString().slice(11, 23);
  const text = input && JSON.stringify(input);
  const shown = text && text.length > 160 ? `${text.slice(0, 160)}...` : text;
  const parts = [time, statusCode, operation ?? "-", errorType, `${Math.round(duration)} ms`, shown];
  return parts.filter((part) => part !== undefined).join(" ");
}

/** Names the file in an error of its content. */
async function inFile<T>(file: string | undefined, use: () => T): Promise<Awaited<T>> {
  try {
    return await use();
  } catch (error) {
    throw new Error(`${file}: ${describeError(error)}`);
  }
}
