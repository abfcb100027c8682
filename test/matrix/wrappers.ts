/** What users build on the types: test doubles, generic functions, guards. It compiles with and without `--strict`. */
import type { GlueClient, TaskRun, TaskType } from "@aws-sdk/client-glue";
import {
  type AnyTaskType,
  type DisposableIterator,
  type FinalTaskStatus,
  type FinishedMLTaskRun,
  isFinished,
  isTaskRunType,
  isTaskStatus,
  isTaskType,
  type ListTaskRunFilter,
  type MLTaskRun,
  type MLTaskRunIterator,
  type MLTaskRunList,
  MLTaskRuns,
  type MLTaskRunsDefaults,
  type MLTaskRunWatch,
  type TaskRunFilter,
  type TaskRunQuery,
  type TypedWatchQuery,
  taskRunFilter,
} from "glue-ml-task-runs";

declare const run: MLTaskRun;
declare const someRuns: MLTaskRun[];
// biome-ignore lint/suspicious/noExplicitAny: These tests are about values of the type `any`.
declare const untyped: any;
const TransformId = "tfm-0123";
const defaults: MLTaskRunsDefaults = { pageSize: 100 };
const taskRuns = new MLTaskRuns({ send: async () => ({}) }, defaults);

/** The client is any object with `send`. */
export function clients(client: GlueClient): MLTaskRuns[] {
  // @ts-expect-error It has no `send`.
  new MLTaskRuns({});
  const wrapper = { send: (command: { input: object }) => Promise.resolve(command.input) };
  return [new MLTaskRuns(client), new MLTaskRuns(wrapper), new MLTaskRuns({ send: async ({ input }) => input })];
}

/** A plain object is a list. */
export function double(runs: MLTaskRun[]): MLTaskRunList {
  const iterator: MLTaskRunIterator = Object.assign(generate(runs), { cursor: "" });
  return {
    [Symbol.asyncIterator]: () => iterator,
    pages: () => generate([{ runs }]),
    toArray: async () => [...runs],
    first: async () => runs[0],
  };
}

async function* generate<R>(items: readonly R[]): AsyncGenerator<R> {
  for (const item of items) yield item;
}

const poll = { runs: [run], cursor: "", failures: [] };
export const watchDouble: MLTaskRunWatch = {
  [Symbol.asyncIterator]: () => Object.assign(generate([run]), { cursor: "" }),
  polls: () => generate([poll]),
  poll: async () => poll,
};

/** A plain object is an `MLTaskRuns`, and so is a subclass. */
export class Recorder extends MLTaskRuns {
  readonly queries: TaskRunQuery[] = [];
}
export const whole: MLTaskRuns = {
  list: () => double([run]),
  listAny: () => double([run]),
  listAcrossTransforms: () => double([run]),
  get: async () => run,
  waitUntilFinished: async () => ({ ...run, Status: "FAILED" as const }),
  watch: () => watchDouble,
  watchAcrossTransforms: () => watchDouble,
};
export const port: Pick<MLTaskRuns, "list"> = { list: () => double([run]) };
export const watching: DisposableIterator<MLTaskRun> = generate([run]);
export const realPort: Pick<MLTaskRuns, "list" | "watch"> = taskRuns;

/** Generic functions keep the task type. */
export const ofType = <T extends TaskType>(type: T): MLTaskRunList<T> =>
  taskRuns.list({ TransformId, Filter: { TaskRunType: type } });
export const ofFilter = <T extends AnyTaskType>(Filter: TaskRunFilter<T>): MLTaskRunList<T> =>
  taskRuns.list({ TransformId, Filter });
export const widen = <T extends AnyTaskType>(list: MLTaskRunList<T>): MLTaskRunList => list;
export const again = <T extends TaskType>(old: MLTaskRun<T>): Promise<MLTaskRun<T>> => taskRuns.get(old);
export const finish = <T extends TaskType>(old: MLTaskRun<T>): Promise<FinishedMLTaskRun<T>> =>
  taskRuns.waitUntilFinished(old, { maxWaitTime: 60, onPoll: (found) => found.Status });
export const widenRun = <T extends AnyTaskType>(found: MLTaskRun<T> | undefined): MLTaskRun | undefined => found;
export const latest = async <T extends AnyTaskType>(list: MLTaskRunList<T>): Promise<MLTaskRun<T> | undefined> => {
  for (const found of await list.toArray()) if (isFinished(found)) return found;
  return list.first();
};
export const jobs: (list: MLTaskRunList<"FIND_MATCHES">) => Promise<string | undefined> = async (list) => {
  const result = await list[Symbol.asyncIterator]().next();
  return result.done ? undefined : result.value.Properties.FindMatchesTaskRunProperties.JobRunId;
};

/** `MLTaskRun<TaskType>` has a known type, and a list can be assigned to one of more types, not of fewer. */
export function assign(one: MLTaskRunList<"EVALUATION">, known: MLTaskRunList<TaskType>, every: MLTaskRunList): void {
  const wider: MLTaskRunList<TaskType> = one;
  const widest: MLTaskRunList = known;
  // @ts-expect-error It may have runs of unknown types.
  const narrower: MLTaskRunList<TaskType> = every;
  // @ts-expect-error It may have runs of other types.
  const narrowest: MLTaskRunList<"EVALUATION"> = known;
  console.log(wider, widest, narrower, narrowest);
}

/** A value is never `any`. */
export async function values(): Promise<unknown[]> {
  const list = taskRuns.list({ TransformId });
  // @ts-expect-error The member is cursor.
  const cursor = (await list.pages().next()).value?.curser;
  // @ts-expect-error The member is TaskRunId.
  const id = (await list[Symbol.asyncIterator]().next()).value?.taskRunId;
  for await (const found of taskRuns.list({ TransformId, Filter: { TaskRunType: untyped } })) {
    // @ts-expect-error A task type of the type `any` does not turn the runs to `any`.
    found.Properties.FindMatchesTaskRunProperties;
  }
  for await (const found of taskRuns.list({ TransformId, Filter: taskRunFilter().taskRunType(untyped) })) {
    // @ts-expect-error As above.
    found.Properties.FindMatchesTaskRunProperties;
  }
  // @ts-expect-error As above.
  if (isTaskRunType(run, untyped)) run.Properties.FindMatchesTaskRunProperties;
  // @ts-expect-error As above.
  for (const found of someRuns.filter(isTaskRunType(untyped))) found.Properties.FindMatchesTaskRunProperties;
  return [cursor, id, (await list.pages().next()).value?.cursor];
}

/** The runs of a built filter without a type can be of every type, also of an unknown one. */
export async function narrow(): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for await (const { Properties } of taskRuns.list({ TransformId, Filter: taskRunFilter().status("FAILED") })) {
    switch (Properties.TaskType) {
      case "FIND_MATCHES":
        found.push(Properties.FindMatchesTaskRunProperties.JobRunId);
        break;
      case "EXPORT_LABELS":
        found.push(Properties.ExportLabelsTaskRunProperties.OutputS3Path);
        break;
      case undefined:
        found.push(Properties.$unknown?.TaskType);
    }
  }
  return found;
}

/** The guards narrow a run, a run of the SDK, and text. */
export function guards(ofSdk: TaskRun, either: MLTaskRun<"EVALUATION"> | MLTaskRun<"IMPORT_LABELS">): unknown[] {
  const one: MLTaskRun<"FIND_MATCHES">[] = someRuns.filter(isTaskRunType("FIND_MATCHES"));
  const text: unknown = "FAILED";
  if (isTaskStatus(text)) taskRunFilter().status(text);
  if (isTaskType(text)) taskRunFilter().taskRunType(text);
  if (isTaskRunType(ofSdk, "EVALUATION")) {
    const type: "EVALUATION" = ofSdk.Properties.TaskType;
    one.length = type.length;
  }
  if (isTaskRunType(either, "EVALUATION")) either.Properties.TaskType satisfies "EVALUATION";
  else either.Properties.ImportLabelsTaskRunProperties;
  if (isFinished(run)) {
    const finished: FinishedMLTaskRun = run;
    const status: FinalTaskStatus = finished.Status;
    return [status];
  }
  // A guard for several types says nothing if it is false.
  const several: MLTaskRun<"EVALUATION" | "FIND_MATCHES"> = either as MLTaskRun<"EVALUATION">;
  const types = text as "EVALUATION" | "FIND_MATCHES";
  if (!isTaskRunType(several, types)) several.TaskRunId;
  return [...one, ...[ofSdk].filter(isTaskRunType("EVALUATION"))];
}

/** A watch refuses at compile time what it refuses at run time. */
export function watch(query: TaskRunQuery): void {
  const typed: TypedWatchQuery<"EVALUATION"> = { TransformId, Filter: taskRunFilter().taskRunType("EVALUATION") };
  taskRuns
    .watch(typed)
    [Symbol.asyncIterator]()
    .next()
    .then(({ value }) => value && (value.Properties.TaskType satisfies "EVALUATION"));
  taskRuns.watch({ TransformId, Filter: taskRunFilter().startedAfter(0) });
  // @ts-expect-error A filter by status hides changes.
  taskRuns.watch({ TransformId, Filter: taskRunFilter().status("FAILED") });
  // @ts-expect-error Also with a task type.
  taskRuns.watch({ TransformId, Filter: taskRunFilter().status("FAILED").taskRunType("EVALUATION") });
  // @ts-expect-error A watch has no end.
  taskRuns.watchAcrossTransforms({ Filter: taskRunFilter().startedBefore(0) });
  // @ts-expect-error The query may have a Sort.
  taskRuns.watch(query);
}

/** Filters in a list, whose runs have one of their types. */
export function across(filter: ListTaskRunFilter): MLTaskRunList[] {
  const Filter = [taskRunFilter().taskRunType("EVALUATION"), { TaskRunType: "FIND_MATCHES" }] as const;
  const typed: MLTaskRunList<"EVALUATION" | "FIND_MATCHES"> = taskRuns.listAcrossTransforms({ Filter });
  // @ts-expect-error One of the filters is for every type.
  const wrong: MLTaskRunList<"EVALUATION"> = taskRuns.listAcrossTransforms({ Filter: [filter, Filter[0]] });
  // @ts-expect-error A filter has one status.
  taskRuns.listAcrossTransforms({ Filter: { Status: ["FAILED", "TIMEOUT"] } });
  return [typed, wrong, taskRuns.listAcrossTransforms({ Filter: [filter] })];
}

/** One run keeps its type. Ids alone, and a run whose type is not known, have none. */
export async function one(run: MLTaskRun<"FIND_MATCHES">, finished: FinishedMLTaskRun<"EVALUATION">): Promise<unknown> {
  const ids = { TransformId, TaskRunId: run.TaskRunId };
  // @ts-expect-error The ids have no type.
  const wrong: MLTaskRun<"EVALUATION"> = await taskRuns.get(ids);
  // @ts-expect-error As above.
  taskRuns.waitUntilFinished<"EVALUATION">(ids, { maxWaitTime: 60 });
  const either: MLTaskRun<"EVALUATION"> | MLTaskRun<"FIND_MATCHES"> = Math.random() > 0.5 ? run : finished;
  const again: MLTaskRun<"EVALUATION" | "FIND_MATCHES"> = await taskRuns.get(either);
  const done: FinishedMLTaskRun<"EVALUATION"> = await taskRuns.waitUntilFinished(finished, { maxWaitTime: 60 });
  return [wrong, again, done, (await taskRuns.get(run)).Properties.FindMatchesTaskRunProperties.JobRunId];
}
