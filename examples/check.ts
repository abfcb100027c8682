/**
 * A monitoring check for Nagios, Icinga or Sensu: prints one line and exits with a code for the number of failed runs.
 * It counts the runs that finished in the last hours, whenever they started.
 *
 *     npm run example check
 *     npm run example check -- --hours 24 --warning 1 --critical 5 --transform-id tfm-... --region eu-west-1
 *
 * Exit codes: 0 (OK), 1 (WARNING) and 2 (CRITICAL) if at least that number of runs failed or timed out, 3 (UNKNOWN)
 * after an error.
 */
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { isFinished, MLTaskRuns, taskRunFilter } from "glue-ml-task-runs";

const HOUR = 60 * 60 * 1000;
/** How long a run can take: 48 hours, the default `Timeout` of a transform, and some more for the time in STARTING. */
const LONGEST_RUN = 60 * HOUR;

try {
  const { values } = parseArgs({
    options: {
      "transform-id": { type: "string", default: "tfm-0123" },
      hours: { type: "string", default: "24" },
      warning: { type: "string", default: "1" },
      critical: { type: "string", default: "5" },
    },
  });
  const hours = toNumber(values.hours);
  const warning = toNumber(values.warning);
  const critical = toNumber(values.critical);
  const TransformId = values["transform-id"];
  const taskRuns = new MLTaskRuns(new GlueClient());
  const since = Date.now() - hours * HOUR;
  // The service filters by start only.
  const Filter = taskRunFilter().startedAfter(since - LONGEST_RUN);
  // A check must end in time, even if the service does not answer.
  const abortSignal = AbortSignal.timeout(30_000);
  let total = 0;
  let failed = 0;
  for await (const run of taskRuns.list({ TransformId, Filter }, { abortSignal })) {
    // A finished run without CompletedOn counts.
    if (!isFinished(run) || Number(run.CompletedOn ?? Infinity) < since) continue;
    total += 1;
    if (run.Status === "FAILED" || run.Status === "TIMEOUT") failed += 1;
  }
  const code = failed >= critical ? 2 : failed >= warning ? 1 : 0;
  const text = `${TransformId}: ${failed} failed of ${total} that finished in the last ${hours} h`;
  finish(code, `${text} | failed=${failed};${warning};${critical};0 runs=${total};;;0`);
} catch (error) {
  finish(3, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}

function finish(code: 0 | 1 | 2 | 3, text: string): void {
  const state = ["OK", "WARNING", "CRITICAL", "UNKNOWN"][code];
  console.log(`GLUE ML ${state} - ${text.replaceAll(/\s+/g, " ")}`);
  process.exitCode = code;
}

function toNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0)) throw new Error(`${text} should be a number from 0.`);
  return number;
}
