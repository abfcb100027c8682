/** The ways to list that are compared. */
import { type GetMLTaskRunsResponse, type GlueClient, paginateGetMLTaskRuns, type TaskRun } from "@aws-sdk/client-glue";
import { TransformId } from "./measure.js";

export type Pages = AsyncIterableIterator<GetMLTaskRunsResponse>;

/** The SDK's paginator. */
export function sdkPages(client: GlueClient, { pageSize = 1000, id = TransformId } = {}): Pages {
  return paginateGetMLTaskRuns({ client, pageSize }, { TransformId: id });
}

/** The least that listing takes: the same requests and answers, sent by `fetch` and read by `JSON.parse`. */
export async function* barePages(endpoint: string, { pageSize = 1000, id = TransformId } = {}): Pages {
  const headers = { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSGlue.GetMLTaskRuns" };
  let NextToken: string | undefined;
  do {
    const body = JSON.stringify({ TransformId: id, MaxResults: pageSize, NextToken });
    const response = await fetch(endpoint, { method: "POST", headers, body });
    const page: GetMLTaskRunsResponse = JSON.parse(await response.text());
    yield page;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
}

/** The generator that people write by hand. */
export async function* runsByHand(pages: Pages): AsyncGenerator<TaskRun, void> {
  for await (const { TaskRuns = [] } of pages) for (const run of TaskRuns) yield run;
}

/** The page loop with an inner `for`. */
export async function countPages(pages: Pages): Promise<number> {
  let count = 0;
  for await (const { TaskRuns = [] } of pages) for (const run of TaskRuns) if (run.TaskRunId) count += 1;
  return count;
}

/** One `for await` over runs. */
export async function countRuns(runs: AsyncIterable<TaskRun>): Promise<number> {
  let count = 0;
  for await (const run of runs) if (run.TaskRunId) count += 1;
  return count;
}
