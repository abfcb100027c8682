/** Gets one run with `GetMLTaskRun`. */
import type { TaskType } from "@aws-sdk/client-glue";
import type { AbortSignalLike } from "./abort.js";
import type { TaskRunReference } from "./criteria/query.js";
import { UnexpectedResponseError } from "./errors.js";
import { parseTaskRun } from "./parse-task-run.js";
import type { GlueClientLike } from "./request/client.js";
import { send } from "./request/send.js";
import { isTaskRunType, isTaskType, type MLTaskRun } from "./task-run.js";
import { formatValue, isObject } from "./values.js";

/**
 * Gets one run, typed and checked.
 *
 * @param taskType - the type that the run must have
 * @throws {@link UnexpectedResponseError} also for a run of another type
 */
export async function getRun(
  client: GlueClientLike,
  { TransformId, TaskRunId }: TaskRunReference,
  signals: readonly AbortSignalLike[],
  taskType?: TaskType,
): Promise<MLTaskRun> {
  const { members, requestId } = await send(client, "GetMLTaskRun", { TransformId, TaskRunId }, signals);
  const { $metadata: _, ...run } = members;
  const parsed = parseTaskRun(run, { transformId: TransformId, requestId });
  if (taskType !== undefined && !isTaskRunType(parsed, taskType)) {
    const found = isObject(run.Properties) ? run.Properties.TaskType : undefined;
    const message = `Properties.TaskType in the response must be ${taskType}, got ${formatValue(found)}.`;
    throw new UnexpectedResponseError("Properties.TaskType", message, { requestId, taskRunId: TaskRunId });
  }
  return parsed;
}

/** The task type of a run that the caller passed; undefined for ids alone, and for a type that is not known. */
export function knownTaskTypeOf(run: unknown): TaskType | undefined {
  const type = isObject(run) && isObject(run.Properties) ? run.Properties.TaskType : undefined;
  return isTaskType(type) ? type : undefined;
}
