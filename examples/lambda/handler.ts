/**
 * An AWS Lambda handler that returns the runs of a transform that failed since a given time, whenever they started. If
 * it runs out of time, its result has a `cursor` for the next invocation, for example in a Step Functions loop.
 *
 *     npx esbuild examples/lambda/handler.ts --bundle --minify --main-fields=module,main \
 *       --platform=node --target=node22 --outfile=handler.cjs
 *
 * The file has 390 kB, with the SDK. Without `--minify --main-fields=module,main` it has 1.8 MB.
 *
 * Its role needs the permission `glue:GetMLTaskRuns`.
 */
import { GlueClient } from "@aws-sdk/client-glue";
import type { Context } from "aws-lambda";
import { MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";

export interface FailuresEvent {
  readonly transformId: string;
  /** An ISO 8601 date, or a date-time with a zone. It must stay the same in a loop: a cursor belongs to its query. */
  readonly since: string;
  /** The cursor of the previous invocation's result. */
  readonly cursor?: string;
}

export interface FailedRun {
  taskRunId: string;
  startedOn?: string | undefined;
  completedOn?: string | undefined;
  error?: string | undefined;
}

export interface FailuresResult {
  failures: FailedRun[];
  /** The cursor for the next invocation; absent when all runs were listed. */
  cursor?: string | undefined;
}

/** How long a run can take: 48 hours, the default `Timeout` of a transform, and some more for the time in STARTING. */
const LONGEST_RUN = 60 * 60 * 60 * 1000;

/** The time kept for returning the result, in milliseconds. */
const MARGIN = 2000;

// Outside the handler, so that later invocations reuse its connections.
const taskRuns = new MLTaskRuns(new GlueClient());

export async function handler(
  event: FailuresEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<FailuresResult> {
  const { transformId, since, cursor } = event;
  // Throws an error for a date-time without a zone, which Date.parse accepts.
  const sinceTime = Number(taskRunFilter().startedAfter(since).StartedAfter);
  const query = {
    TransformId: transformId,
    // The service filters by start only.
    Filter: taskRunFilter()
      .status("FAILED")
      .startedAfter(sinceTime - LONGEST_RUN),
    Sort: taskRunSort("STARTED").ascending(),
  };
  const abortSignal = AbortSignal.timeout(Math.max(context.getRemainingTimeInMillis() - MARGIN, 0));
  const runs = taskRuns.list(query, { cursor, abortSignal })[Symbol.asyncIterator]();
  const failures: FailedRun[] = [];
  try {
    for await (const { TaskRunId: taskRunId, StartedOn, CompletedOn, ErrorString: error } of runs) {
      // A failed run without CompletedOn is returned.
      if (Number(CompletedOn ?? Infinity) < sinceTime) continue;
      failures.push({ taskRunId, startedOn: StartedOn?.toISOString(), completedOn: CompletedOn?.toISOString(), error });
    }
  } catch (error) {
    if (error !== abortSignal.reason) throw error;
  }
  return { failures, cursor: runs.cursor };
}
