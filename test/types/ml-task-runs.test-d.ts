/** The methods of `MLTaskRuns`: what type their runs have, and what they do not accept. */
import type { TaskRunFilterCriteria, TaskType } from "@aws-sdk/client-glue";
import {
  type AnyTaskType,
  type FinishedMLTaskRun,
  isFinished,
  isTaskRunType,
  type ListTaskRunFilter,
  type MLTaskRun,
  type MLTaskRunList,
  type MLTaskRunProperties,
  type MLTaskRuns,
  type MLTaskRunWatch,
  type TaskRunFilter,
  type TaskRunQuery,
  type TypedTaskRunQuery,
  taskRunFilter,
  type WaitOptions,
} from "glue-ml-task-runs";
import { describe, expectTypeOf, it } from "vitest";

declare const taskRuns: MLTaskRuns;
declare const reference: { TransformId: string; TaskRunId: string };
declare const every: MLTaskRun;
declare const known: MLTaskRun<TaskType>;
declare const evaluation: MLTaskRun<"EVALUATION">;
declare const finished: FinishedMLTaskRun<"EVALUATION">;
declare const either: MLTaskRun<"EVALUATION"> | MLTaskRun<"FIND_MATCHES">;
declare const unknown: MLTaskRun<"$unknown">;
declare const isTyped: boolean;
const TransformId = "tfm-0123";

describe("get()", () => {
  it("keeps the type of a run, of a finished run and of a union of runs", () => {
    expectTypeOf(taskRuns.get(evaluation)).resolves.toEqualTypeOf<MLTaskRun<"EVALUATION">>();
    expectTypeOf(taskRuns.get(finished)).resolves.toEqualTypeOf<MLTaskRun<"EVALUATION">>();
    expectTypeOf(taskRuns.get(either)).resolves.toEqualTypeOf<MLTaskRun<"EVALUATION" | "FIND_MATCHES">>();
    expectTypeOf(taskRuns.get(known)).resolves.toEqualTypeOf<MLTaskRun<TaskType>>();
    if (isTaskRunType(every, "EVALUATION") && isFinished(every)) {
      expectTypeOf(taskRuns.get(every)).resolves.toEqualTypeOf<MLTaskRun<"EVALUATION">>();
    }
  });

  it("returns a run of any type for ids alone and for a run whose type may be unknown", () => {
    expectTypeOf(taskRuns.get(reference)).resolves.toEqualTypeOf<MLTaskRun>();
    expectTypeOf(taskRuns.get({ TransformId, TaskRunId: "tsk-0123" })).resolves.toEqualTypeOf<MLTaskRun>();
    expectTypeOf(taskRuns.get(every)).resolves.toEqualTypeOf<MLTaskRun>();
    expectTypeOf(taskRuns.get(unknown)).resolves.toEqualTypeOf<MLTaskRun>();
    expectTypeOf(taskRuns.get(JSON.parse("{}"))).resolves.toEqualTypeOf<MLTaskRun>();
  });

  it("does not give ids alone a type", () => {
    // @ts-expect-error The ids have no type.
    () => taskRuns.get<"EVALUATION">(reference);
    // @ts-expect-error As above.
    (): Promise<MLTaskRun<"EVALUATION">> => taskRuns.get(reference);
    // @ts-expect-error The run may have another type.
    (): Promise<MLTaskRun<"EVALUATION">> => taskRuns.get(either);
    // @ts-expect-error An unknown type may become a known one.
    <T extends AnyTaskType>(run: MLTaskRun<T>): Promise<MLTaskRun<T>> => taskRuns.get(run);
  });
});

describe("waitUntilFinished()", () => {
  it("keeps the type of a run, also for onPoll", () => {
    const wait = taskRuns.waitUntilFinished(evaluation, {
      maxWaitTime: 60,
      onPoll: (run) => expectTypeOf(run).toEqualTypeOf<MLTaskRun<"EVALUATION">>(),
    });
    expectTypeOf(wait).resolves.toEqualTypeOf<FinishedMLTaskRun<"EVALUATION">>();
    const wide = taskRuns.waitUntilFinished(either, { maxWaitTime: 60, onPoll: (run: MLTaskRun) => run.Status });
    expectTypeOf(wide).resolves.toEqualTypeOf<FinishedMLTaskRun<"EVALUATION" | "FIND_MATCHES">>();
    const generic = <T extends TaskType>(run: MLTaskRun<T>, options: WaitOptions): Promise<FinishedMLTaskRun<T>> =>
      taskRuns.waitUntilFinished(run, options);
    expectTypeOf(generic).toBeCallableWith(finished, { maxWaitTime: 60 });
  });

  it("does not give ids alone a type", () => {
    // @ts-expect-error The ids have no type.
    () => taskRuns.waitUntilFinished<"EVALUATION">(reference, { maxWaitTime: 60 });
    // @ts-expect-error The run may have any type.
    () => taskRuns.waitUntilFinished(reference, { maxWaitTime: 60, onPoll: (run: MLTaskRun<"EVALUATION">) => run });
  });
});

describe("A run", () => {
  it("can be made of any properties", () => {
    const create = (Properties: MLTaskRunProperties): MLTaskRun => ({ ...every, Properties });
    expectTypeOf(create).toBeCallableWith({ TaskType: "EVALUATION" });
  });

  it("of a type parameter is a run of every type", () => {
    const widen = <T extends AnyTaskType>(run: MLTaskRun<T> | undefined): MLTaskRun | undefined => run;
    const first = async <T extends AnyTaskType>(list: MLTaskRunList<T>): Promise<MLTaskRun | undefined> => list.first();
    expectTypeOf(widen).toBeCallableWith(evaluation);
    expectTypeOf(first).returns.resolves.toEqualTypeOf<MLTaskRun | undefined>();
  });
});

describe("A filter", () => {
  const filter = taskRunFilter().taskRunType("EVALUATION");

  it("that may be missing or have another type sets the types that are possible", () => {
    const other = { TaskRunType: "FIND_MATCHES" } as const;
    type Both = MLTaskRunList<"EVALUATION" | "FIND_MATCHES">;
    expectTypeOf(taskRuns.list({ TransformId, Filter: isTyped ? filter : other })).toEqualTypeOf<Both>();
    expectTypeOf(
      taskRuns.list({ TransformId, Filter: isTyped ? filter : taskRunFilter() }),
    ).toEqualTypeOf<MLTaskRunList>();
    expectTypeOf(taskRuns.list({ TransformId, ...(isTyped && { Filter: filter }) })).toEqualTypeOf<MLTaskRunList>();
    expectTypeOf(taskRuns.listAcrossTransforms({ Filter: isTyped ? filter : [other] })).toEqualTypeOf<Both>();
    const optional = isTyped ? { Filter: filter } : undefined;
    expectTypeOf(taskRuns.listAcrossTransforms(optional)).toEqualTypeOf<MLTaskRunList>();
    expectTypeOf(taskRuns.watchAcrossTransforms(optional)).toEqualTypeOf<MLTaskRunWatch>();
  });

  it("of a variable or of several queries sets the type of the runs if all have one", () => {
    const criteria: TaskRunFilterCriteria = filter;
    const query: TaskRunQuery = { TransformId, Filter: criteria };
    const typed: TypedTaskRunQuery<"EVALUATION"> = { TransformId, Filter: filter };
    expectTypeOf(taskRuns.list(query)).toEqualTypeOf<MLTaskRunList>();
    expectTypeOf(taskRuns.list(typed)).toEqualTypeOf<MLTaskRunList<"EVALUATION">>();
    expectTypeOf(taskRuns.listAny([typed, query])).toEqualTypeOf<MLTaskRunList>();
    expectTypeOf(taskRuns.listAny(new Set([typed]))).toEqualTypeOf<MLTaskRunList<"EVALUATION">>();
    const queries = (["EVALUATION", "FIND_MATCHES"] as const).map((TaskRunType) => ({
      ...typed,
      Filter: { TaskRunType },
    }));
    expectTypeOf(taskRuns.listAny(queries)).toEqualTypeOf<MLTaskRunList<"EVALUATION" | "FIND_MATCHES">>();
  });

  it("of a type parameter sets the type of the runs in every method", () => {
    const methods = <T extends AnyTaskType>(Filter: TaskRunFilter<T>, failed: ListTaskRunFilter<T>) => ({
      list: taskRuns.list({ TransformId, Filter: failed }) satisfies MLTaskRunList<T>,
      listAny: taskRuns.listAny([{ TransformId, Filter }]) satisfies MLTaskRunList<T>,
      listAcrossTransforms: taskRuns.listAcrossTransforms({ Filter: [Filter, failed] }) satisfies MLTaskRunList<T>,
      watch: taskRuns.watch({ TransformId, Filter }) satisfies MLTaskRunWatch<T>,
      watchAcrossTransforms: taskRuns.watchAcrossTransforms({ Filter }) satisfies MLTaskRunWatch<T>,
    });
    expectTypeOf(methods).toBeCallableWith(filter, filter.status("FAILED"));
  });

  it("is needed for a type of the runs", () => {
    // @ts-expect-error There is no filter.
    () => taskRuns.listAny<"EVALUATION">([{ TransformId }]);
    // @ts-expect-error As above.
    () => taskRuns.listAcrossTransforms<"EVALUATION">();
    // @ts-expect-error As above.
    (): MLTaskRunList<"EVALUATION"> => taskRuns.listAcrossTransforms();
    // @ts-expect-error A run without a type would not be one of a known type.
    (): MLTaskRunWatch<TaskType> => taskRuns.watchAcrossTransforms();
    // @ts-expect-error The filter may have another type.
    (): MLTaskRunWatch<"EVALUATION"> => taskRuns.watch({ TransformId, Filter: taskRunFilter() });
  });
});
