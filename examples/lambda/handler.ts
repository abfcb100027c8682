/**
 * An AWS Lambda handler: the runs of a transform that failed since a time. Where its time does not suffice, its result has
 * a `cursor` for the next invocation, as a Step Functions loop makes it.
 *
 *     npx esbuild examples/lambda/handler.ts --bundle --platform=node --target=node22 --outfile=handler.cjs
 *
 * Its role needs the permission `glue:GetMLTaskRuns`.
 */
import { GlueClient } from "@aws-sdk/client-glue";
import type { Context } from "aws-lambda";
import { MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";

export interface FailuresEvent {
  readonly transformId: string;
  /** An ISO 8601 date, or date-time with a zone. The same for each invocation of a loop: a cursor belongs to its query. */
  readonly since: string;
  /** Where the invocation before had to stop. */
  readonly cursor?: string;
}

export interface FailuresResult {
  failures: { taskRunId: string; startedOn?: string | undefined; error?: string | undefined }[];
  /** Where to go on; absent once there is no more. */
  cursor?: string | undefined;
}

/** Time to return the result in, in milliseconds. */
const MARGIN = 2000;

// Outside of the handler, so that its connections serve later invocations, too.
const taskRuns = new MLTaskRuns(new GlueClient());

export async function handler(
  event: FailuresEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<FailuresResult> {
  const { transformId, since, cursor } = event;
  const query = {
    TransformId: transformId,
    Filter: taskRunFilter().status("FAILED").startedAfter(since),
    Sort: taskRunSort("STARTED").ascending(),
  };
  const abortSignal = AbortSignal.timeout(Math.max(context.getRemainingTimeInMillis() - MARGIN, 0));
  const runs = taskRuns.list(query, { cursor, abortSignal })[Symbol.asyncIterator]();
  const failures: FailuresResult["failures"] = [];
  try {
    for await (const { TaskRunId, StartedOn, ErrorString } of runs) {
      failures.push({ taskRunId: TaskRunId, startedOn: StartedOn?.toISOString(), error: ErrorString });
    }
  } catch (error) {
    if (error !== abortSignal.reason) throw error;
  }
  return { failures, cursor: runs.cursor };
}
