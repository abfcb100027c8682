/** Gets one run with `GetMLTaskRun`. */
import type { GlueClient } from "@aws-sdk/client-glue";
import type { TaskRunReference } from "./criteria/query.js";
import { parseTaskRun } from "./paging/parse-task-run.js";
import type { AbortSignalLike } from "./request/abort.js";
import { getTaskRun } from "./request/send.js";
import type { MLTaskRun } from "./task-run.js";

/** Gets one run, typed and checked. */
export async function getRun(
  client: GlueClient,
  { TransformId, TaskRunId }: TaskRunReference,
  signals: readonly AbortSignalLike[],
): Promise<MLTaskRun> {
  const { members, requestId } = await getTaskRun(client, { TransformId, TaskRunId }, signals);
  const { $metadata: _, ...run } = members;
  return parseTaskRun(run, { transformId: TransformId, requestId });
}
