/** The ways to list runs that the benchmark compares. */
import { type GetMLTaskRunsResponse, type GlueClient, paginateGetMLTaskRuns, type TaskRun } from "@aws-sdk/client-glue";
import { TransformId } from "./measure.js";
import { CheckedTaskRuns } from "./schema.js";

export type Pages = AsyncIterableIterator<GetMLTaskRunsResponse>;

interface PagesConfig {
  readonly pageSize?: number;
  readonly transformId?: string;
  /** The `NextToken` of the first page to read. */
  readonly startingToken?: string;
}

/** The pages of the SDK's paginator. */
export function sdkPages(client: GlueClient, config: PagesConfig = {}): Pages {
  const { pageSize = 1000, transformId = TransformId, startingToken } = config;
  const paging = { client, pageSize, ...(startingToken !== undefined && { startingToken }) };
  return paginateGetMLTaskRuns(paging, { TransformId: transformId });
}

/** The same requests and responses with `fetch` and `JSON.parse` only: the lowest cost that is possible. */
export async function* fetchPages(endpoint: string, { pageSize = 1000, transformId = TransformId } = {}): Pages {
  const headers = { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSGlue.GetMLTaskRuns" };
  let NextToken: string | undefined;
  do {
    const body = JSON.stringify({ TransformId: transformId, MaxResults: pageSize, NextToken });
    const response = await fetch(endpoint, { method: "POST", headers, body });
    const page: GetMLTaskRunsResponse = JSON.parse(await response.text());
    yield page;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
}

/** Counts runs in a page loop with an inner `for`. */
export async function countInPages(pages: Pages): Promise<number> {
  let count = 0;
  for await (const { TaskRuns = [] } of pages) for (const run of TaskRuns) if (run.TaskRunId) count += 1;
  return count;
}

/** The same, with a schema library's check of each run. */
export async function countCheckedInPages(pages: Pages): Promise<number> {
  let count = 0;
  for await (const { TaskRuns = [] } of pages) {
    for (const run of CheckedTaskRuns.parse(TaskRuns)) if (run.TaskRunId) count += 1;
  }
  return count;
}

/** Counts runs in one `for await`. */
export async function countRuns(runs: AsyncIterable<TaskRun>): Promise<number> {
  let count = 0;
  for await (const run of runs) if (run.TaskRunId) count += 1;
  return count;
}
