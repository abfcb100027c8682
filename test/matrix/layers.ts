/** What a package between this one and its user exports, without type annotations. */
import { isTaskRunType, MLTaskRuns, taskRunFilter } from "glue-ml-task-runs";

const taskRuns = new MLTaskRuns({ send: async () => ({}) });
const TransformId = "tfm-0123";
export const filter = taskRunFilter().taskRunType("FIND_MATCHES").status("FAILED");
export const list = taskRuns.list({ TransformId, Filter: filter });
export const all = taskRuns.list({ TransformId });
export const pages = list.pages();
export const iterator = list[Symbol.asyncIterator]();
export const first = list.first();
export const jobs = async () => (await list.toArray()).map((run) => run.Properties.FindMatchesTaskRunProperties);
export const matches = async () => (await all.toArray()).filter(isTaskRunType("FIND_MATCHES"));
export const properties = async () => (await all.toArray()).map((run) => run.Properties);
export const status = async () => (await taskRuns.get({ TransformId, TaskRunId: "tsk-0123" })).Status;
export const wait = (TaskRunId: string) => taskRuns.waitUntilFinished({ TransformId, TaskRunId }, { maxWaitTime: 60 });
export const watch = taskRuns.watch({ TransformId });
