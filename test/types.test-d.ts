/** What must compile, and what must not. */
import { GetMLTaskRunsCommand, type GlueClient, type TaskRun, type TaskType } from "@aws-sdk/client-glue";
import {
  type FinishedMLTaskRun,
  isFinished,
  isTaskRunType,
  type MLTaskRun,
  type MLTaskRunIterator,
  type MLTaskRunList,
  type MLTaskRunPage,
  type MLTaskRunProperties,
  MLTaskRuns,
  type TaskRunFilter,
  taskRunFilter,
  taskRunSort,
  type UnknownTaskRunProperties,
} from "glue-ml-task-runs";
import { describe, expectTypeOf, it } from "vitest";

declare const client: GlueClient;
declare const run: MLTaskRun;
declare const taskType: TaskType;
declare const either: "FIND_MATCHES" | "EVALUATION";
const taskRuns = new MLTaskRuns(client);
const TransformId = "tfm-0123";

describe("a run", () => {
  it("is assignable to the SDK's TaskRun, and not the other way round", () => {
    expectTypeOf<MLTaskRun>().toExtend<TaskRun>();
    expectTypeOf<MLTaskRun<"EXPORT_LABELS">>().toExtend<TaskRun>();
    expectTypeOf<TaskRun>().not.toExtend<MLTaskRun>();
  });

  it("of one type is a run of several, and not the other way round", () => {
    expectTypeOf<MLTaskRun<"FIND_MATCHES">>().toExtend<MLTaskRun>();
    expectTypeOf<MLTaskRun<"FIND_MATCHES">>().toExtend<MLTaskRun<"FIND_MATCHES" | "EVALUATION">>();
    expectTypeOf<MLTaskRun<"FIND_MATCHES" | "EVALUATION">>().toExtend<MLTaskRun>();
    expectTypeOf<MLTaskRun>().not.toExtend<MLTaskRun<"FIND_MATCHES">>();
    expectTypeOf<MLTaskRun<"EVALUATION">>().not.toExtend<MLTaskRun<"FIND_MATCHES">>();
  });

  it("always has what identifies it; the rest is optional", () => {
    expectTypeOf(run.TransformId).toBeString();
    expectTypeOf(run.TaskRunId).toBeString();
    expectTypeOf(run.Status).not.toBeNullable();
    expectTypeOf(run.Properties).not.toBeNullable();
    expectTypeOf(run.StartedOn).toEqualTypeOf<Date | undefined>();
  });

  it("narrows by switch, which needs a default", () => {
    const path = (): string | undefined => {
      switch (run.Properties.TaskType) {
        case "EVALUATION":
          return undefined;
        case "EXPORT_LABELS":
          return run.Properties.ExportLabelsTaskRunProperties.OutputS3Path;
        case "IMPORT_LABELS":
          // @ts-expect-error another type's structure
          run.Properties.ExportLabelsTaskRunProperties;
          return run.Properties.ImportLabelsTaskRunProperties.InputS3Path;
        case "LABELING_SET_GENERATION":
          return run.Properties.LabelingSetGenerationTaskRunProperties.OutputS3Path;
        case "FIND_MATCHES":
          return run.Properties.FindMatchesTaskRunProperties.JobRunId;
        default:
          expectTypeOf(run.Properties).toEqualTypeOf<UnknownTaskRunProperties>();
          return run.Properties.$unknown?.TaskType;
      }
    };
    expectTypeOf(path).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error without a default a type that this version does not know falls out
    const number = (): number => {
      switch (run.Properties.TaskType) {
        case "EVALUATION":
        case "EXPORT_LABELS":
        case "IMPORT_LABELS":
        case "LABELING_SET_GENERATION":
        case "FIND_MATCHES":
          return 1;
      }
    };
    expectTypeOf(number).toBeFunction();
  });

  it("narrows by if, by destructuring, and by the guard", () => {
    if (run.Properties.TaskType === "FIND_MATCHES") {
      expectTypeOf(run.Properties).toEqualTypeOf<MLTaskRunProperties<"FIND_MATCHES">>();
    }
    const { Properties } = run;
    if (Properties.TaskType === "IMPORT_LABELS") {
      expectTypeOf(Properties.ImportLabelsTaskRunProperties.Replace).toEqualTypeOf<boolean | undefined>();
    }
    if (isTaskRunType(run, "FIND_MATCHES")) expectTypeOf(run).toEqualTypeOf<MLTaskRun<"FIND_MATCHES">>();
    if (isTaskRunType(run, either)) expectTypeOf(run).toEqualTypeOf<MLTaskRun<"FIND_MATCHES" | "EVALUATION">>();
    // @ts-expect-error no structure before it is narrowed
    run.Properties.FindMatchesTaskRunProperties;
    // @ts-expect-error there is no such type
    isTaskRunType(run, "MATCHES");
  });

  it("of a known type has no $unknown variant", () => {
    expectTypeOf<MLTaskRunProperties<"EVALUATION">>().toEqualTypeOf<{ TaskType: "EVALUATION" }>();
    expectTypeOf<UnknownTaskRunProperties>().toExtend<MLTaskRunProperties>();
    expectTypeOf<UnknownTaskRunProperties>().not.toExtend<MLTaskRunProperties<"FIND_MATCHES" | "EVALUATION">>();
  });
});

describe("list()", () => {
  it("infers the type of its runs from the filter, built or plain", () => {
    expectTypeOf(taskRuns.list({ TransformId })).toEqualTypeOf<MLTaskRunList>();
    expectTypeOf(taskRuns.list({ TransformId, Filter: { Status: "FAILED" } })).toEqualTypeOf<MLTaskRunList>();
    const plain = taskRuns.list({ TransformId, Filter: { TaskRunType: "FIND_MATCHES" } });
    expectTypeOf(plain).toEqualTypeOf<MLTaskRunList<"FIND_MATCHES">>();
    const Filter = taskRunFilter().status("FAILED").taskRunType("FIND_MATCHES").startedAfter(0);
    expectTypeOf(taskRuns.list({ TransformId, Filter })).toEqualTypeOf<MLTaskRunList<"FIND_MATCHES">>();
    expectTypeOf(taskRuns.list({ TransformId, Filter: taskRunFilter() })).toEqualTypeOf<MLTaskRunList>();
  });

  it("infers a union of types, and every type where it is known at run time only", () => {
    const some = taskRuns.list({ TransformId, Filter: { TaskRunType: either } });
    expectTypeOf(some).toEqualTypeOf<MLTaskRunList<"FIND_MATCHES" | "EVALUATION">>();
    expectTypeOf(taskRuns.list({ TransformId, Filter: taskRunFilter().taskRunType(either) })).toEqualTypeOf(some);
    expectTypeOf(taskRuns.list({ TransformId, Filter: { TaskRunType: taskType } })).toEqualTypeOf<
      MLTaskRunList<TaskType>
    >();
    const ofType = <T extends TaskType>(type: T) => taskRuns.list({ TransformId, Filter: { TaskRunType: type } });
    expectTypeOf(ofType("EVALUATION")).toEqualTypeOf<MLTaskRunList<"EVALUATION">>();
  });

  it("does not take a filter that may not be there for one that is", () => {
    const isWanted = Math.random() > 0.5;
    const maybe = isWanted ? taskRunFilter().taskRunType("FIND_MATCHES") : undefined;
    expectTypeOf(taskRuns.list({ TransformId, Filter: maybe })).toEqualTypeOf<MLTaskRunList>();
    const perhaps = isWanted ? ("FIND_MATCHES" as const) : undefined;
    expectTypeOf(taskRuns.list({ TransformId, Filter: { TaskRunType: perhaps } })).toEqualTypeOf<MLTaskRunList>();
    // @ts-expect-error nothing asked for that type
    taskRuns.list<"FIND_MATCHES">({ TransformId });
    // @ts-expect-error nor here
    const list: MLTaskRunList<"FIND_MATCHES"> = taskRuns.list({ TransformId });
    expectTypeOf(list).not.toBeAny();
  });

  it("gives runs, pages and cursors", async () => {
    const list = taskRuns.list({ TransformId, Filter: { TaskRunType: "FIND_MATCHES" } });
    for await (const found of list) {
      expectTypeOf(found.Properties.FindMatchesTaskRunProperties.JobRunId).toEqualTypeOf<string | undefined>();
    }
    expectTypeOf(await list.toArray()).toEqualTypeOf<MLTaskRun<"FIND_MATCHES">[]>();
    expectTypeOf(await list.first()).toEqualTypeOf<MLTaskRun<"FIND_MATCHES"> | undefined>();
    for await (const page of list.pages()) {
      expectTypeOf(page).toEqualTypeOf<MLTaskRunPage<"FIND_MATCHES">>();
      expectTypeOf(page.cursor).toEqualTypeOf<string | undefined>();
    }
    const iterator = list[Symbol.asyncIterator]();
    expectTypeOf(iterator).toEqualTypeOf<MLTaskRunIterator<"FIND_MATCHES">>();
    expectTypeOf(iterator.cursor).toEqualTypeOf<string | undefined>();
    taskRuns.list({ TransformId }, { cursor: iterator.cursor });
    // @ts-expect-error it is for reading
    iterator.cursor = "";
  });

  it("has no misspelt keys, no paging in the query, and no wrong types", () => {
    // @ts-expect-error
    taskRuns.list({ transformId: TransformId });
    // @ts-expect-error
    taskRuns.list({ TransformId, Filter: { status: "FAILED" } });
    // @ts-expect-error
    taskRuns.list({ TransformId, Filter: { Status: "FAILED", TaskRunTyp: "EVALUATION" } });
    // @ts-expect-error
    taskRuns.list({ TransformId, Filter: { Status: "failed" } });
    // @ts-expect-error
    taskRuns.list({ TransformId, Filter: { TaskRunType: "FIND_MATCHES", StartedAfter: "2026-11-01" } });
    // @ts-expect-error
    taskRuns.list({ TransformId, MaxResults: 10 });
    // @ts-expect-error
    taskRuns.list({ TransformId, NextToken: "" });
    // @ts-expect-error
    taskRuns.list({ TransformId }, { pagesize: 10 });
    // @ts-expect-error
    taskRuns.list({ TransformId }, { cursor: 5 });
    // @ts-expect-error
    taskRuns.list({});
  });

  it("takes a sort only with a direction", () => {
    taskRuns.list({ TransformId, Sort: taskRunSort("STARTED").ascending() });
    // @ts-expect-error
    taskRuns.list({ TransformId, Sort: taskRunSort("STARTED") });
    // @ts-expect-error nor does the SDK
    new GetMLTaskRunsCommand({ TransformId, Sort: taskRunSort("STARTED") });
    new GetMLTaskRunsCommand({ TransformId, Sort: taskRunSort("STATUS").descending(), Filter: taskRunFilter() });
  });
});

describe("listings without a cursor", () => {
  const query = { TransformId, Filter: { TaskRunType: "FIND_MATCHES" } } as const;
  const lists = [
    taskRuns.list(query, { concurrency: 8 }),
    taskRuns.listAny([query, query]),
    taskRuns.listAcrossTransforms({ Filter: query.Filter }),
  ];

  it("have runs of the filter's type, and cursors", async () => {
    expectTypeOf(lists).toEqualTypeOf<MLTaskRunList<"FIND_MATCHES">[]>();
    for (const list of lists) {
      expectTypeOf(await list.toArray()).toEqualTypeOf<MLTaskRun<"FIND_MATCHES">[]>();
      for await (const run of list) expectTypeOf(run).toEqualTypeOf<MLTaskRun<"FIND_MATCHES">>();
      for await (const page of list.pages()) expectTypeOf(page.cursor).toEqualTypeOf<string | undefined>();
      expectTypeOf(list[Symbol.asyncIterator]().cursor).toEqualTypeOf<string | undefined>();
    }
    expectTypeOf(taskRuns.listAny([{ TransformId }, query])).toEqualTypeOf<MLTaskRunList>();
    expectTypeOf(taskRuns.listAcrossTransforms()).toEqualTypeOf<MLTaskRunList>();
  });

  it("are assignable to lists of every type, and not the other way round", () => {
    expectTypeOf<MLTaskRunList<"FIND_MATCHES">>().toExtend<MLTaskRunList>();
    expectTypeOf<MLTaskRunPage<"FIND_MATCHES">>().toExtend<MLTaskRunPage>();
    expectTypeOf<MLTaskRunIterator<"FIND_MATCHES">>().toExtend<MLTaskRunIterator>();
    expectTypeOf<MLTaskRunList>().not.toExtend<MLTaskRunList<"FIND_MATCHES">>();
    const count = async (list: MLTaskRunList) => (await list.toArray()).length;
    expectTypeOf(count).toBeCallableWith(taskRuns.list(query));
  });

  it("take the same options, and no misspelt keys", () => {
    taskRuns.list(query, { concurrency: 8, cursor: "" });
    taskRuns.listAny([query], { cursor: "", limitPerQuery: 1 });
    taskRuns.listAcrossTransforms({}, { cursor: "", onTransform: ({ Name }) => Name });
    new MLTaskRuns(client, { concurrency: 8, limitPerQuery: 1 });
    // @ts-expect-error there is no such option
    taskRuns.list(query, { concurency: 8 });
    // @ts-expect-error a cursor belongs to one list
    new MLTaskRuns(client, { cursor: "" });
    // @ts-expect-error the transforms are found
    taskRuns.listAcrossTransforms({ TransformId });
    // @ts-expect-error a misspelt key
    taskRuns.listAny([{ transformId: TransformId }]);
  });
});

it("a filter can be built step by step", () => {
  let filter = taskRunFilter();
  filter = filter.taskRunType("FIND_MATCHES");
  filter = filter.status("FAILED");
  expectTypeOf(filter).toEqualTypeOf<TaskRunFilter>();
  expectTypeOf(filter.taskRunType("EVALUATION")).toEqualTypeOf<TaskRunFilter<"EVALUATION">>();
  // @ts-expect-error it is frozen
  filter.Status = "FAILED";
});

describe("isFinished", () => {
  it("narrows the Status to the four that are final, and keeps the task type", () => {
    type FinalStatus = "STOPPED" | "SUCCEEDED" | "FAILED" | "TIMEOUT";
    expectTypeOf<FinishedMLTaskRun["Status"]>().toEqualTypeOf<FinalStatus>();
    if (isFinished(run)) {
      expectTypeOf(run).toExtend<FinishedMLTaskRun>();
      expectTypeOf(run.Status).toEqualTypeOf<FinalStatus>();
    } else {
      expectTypeOf(run.Status).toEqualTypeOf<MLTaskRun["Status"]>();
    }
    const exported = run as MLTaskRun<"EXPORT_LABELS">;
    if (isFinished(exported)) expectTypeOf(exported).toExtend<FinishedMLTaskRun<"EXPORT_LABELS">>();
    const sdkRun: TaskRun = run;
    if (isFinished(sdkRun)) expectTypeOf(sdkRun.Status).toEqualTypeOf<FinalStatus>();
  });
});

describe("waitUntilFinished", () => {
  it("resolves with a finished run, and requires maxWaitTime", () => {
    const reference = { TransformId, TaskRunId: "tsk-0123" };
    expectTypeOf(
      taskRuns.waitUntilFinished(reference, { maxWaitTime: 60 }),
    ).resolves.toEqualTypeOf<FinishedMLTaskRun>();
    expectTypeOf(taskRuns.get(reference)).resolves.toEqualTypeOf<MLTaskRun>();
    // @ts-expect-error no maxWaitTime
    () => taskRuns.waitUntilFinished(reference, {});
    // @ts-expect-error no TransformId
    () => taskRuns.get({ TaskRunId: "tsk-0123" });
  });
});

describe("A watch", () => {
  it("has runs of the type that its filter asks for", () => {
    const filter = taskRunFilter().taskRunType("FIND_MATCHES");
    expectTypeOf(taskRuns.watch({ TransformId })).toEqualTypeOf<AsyncIterableIterator<MLTaskRun>>();
    expectTypeOf(taskRuns.watch({ TransformId, Filter: filter })).toEqualTypeOf<
      AsyncIterableIterator<MLTaskRun<"FIND_MATCHES">>
    >();
    expectTypeOf(taskRuns.watchAcrossTransforms({ Filter: { TaskRunType: "EVALUATION" } })).toEqualTypeOf<
      AsyncIterableIterator<MLTaskRun<"EVALUATION">>
    >();
    expectTypeOf(taskRuns.watchAcrossTransforms()).toEqualTypeOf<AsyncIterableIterator<MLTaskRun>>();
  });

  it("takes no status, no end and no order", () => {
    // @ts-expect-error a filter by status
    () => taskRuns.watch({ TransformId, Filter: { Status: "FAILED" } });
    // @ts-expect-error an end
    () => taskRuns.watch({ TransformId, Filter: { StartedBefore: new Date() } });
    // @ts-expect-error an order
    () => taskRuns.watchAcrossTransforms({ Sort: { Column: "STARTED", SortDirection: "ASCENDING" } });
    // @ts-expect-error an option of lists
    () => taskRuns.watch({ TransformId }, { limit: 1 });
  });
});
