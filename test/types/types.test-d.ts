/** Code that must compile, and code that must not. */
import { GetMLTaskRunsCommand, type GlueClient, type TaskRun, type TaskType } from "@aws-sdk/client-glue";
import {
  type FinishedMLTaskRun,
  isFinished,
  isTaskRunType,
  type MLTaskRun,
  type MLTaskRunIterator,
  type MLTaskRunList,
  type MLTaskRunPage,
  type MLTaskRunPoll,
  type MLTaskRunProperties,
  MLTaskRuns,
  type MLTaskRunWatch,
  type TaskRunFilter,
  taskRunFilter,
  taskRunSort,
  type UnknownTaskRunProperties,
  type WatchFailure,
} from "glue-ml-task-runs";
import { describe, expectTypeOf, it } from "vitest";

declare const client: GlueClient;
declare const run: MLTaskRun;
declare const taskType: TaskType;
declare const either: "FIND_MATCHES" | "EVALUATION";
const taskRuns = new MLTaskRuns(client);
const TransformId = "tfm-0123";

describe("A run", () => {
  it("is assignable to the SDK's TaskRun, and a TaskRun is not assignable to it", () => {
    expectTypeOf<MLTaskRun>().toExtend<TaskRun>();
    expectTypeOf<MLTaskRun<"EXPORT_LABELS">>().toExtend<TaskRun>();
    expectTypeOf<TaskRun>().not.toExtend<MLTaskRun>();
  });

  it("of one task type is assignable to a run of several task types, and not the reverse", () => {
    expectTypeOf<MLTaskRun<"FIND_MATCHES">>().toExtend<MLTaskRun>();
    expectTypeOf<MLTaskRun<"FIND_MATCHES">>().toExtend<MLTaskRun<"FIND_MATCHES" | "EVALUATION">>();
    expectTypeOf<MLTaskRun<"FIND_MATCHES" | "EVALUATION">>().toExtend<MLTaskRun>();
    expectTypeOf<MLTaskRun>().not.toExtend<MLTaskRun<"FIND_MATCHES">>();
    expectTypeOf<MLTaskRun<"EVALUATION">>().not.toExtend<MLTaskRun<"FIND_MATCHES">>();
  });

  it("always has its ids, its status and its properties, and its other members are optional", () => {
    expectTypeOf(run.TransformId).toBeString();
    expectTypeOf(run.TaskRunId).toBeString();
    expectTypeOf(run.Status).not.toBeNullable();
    expectTypeOf(run.Properties).not.toBeNullable();
    expectTypeOf(run.StartedOn).toEqualTypeOf<Date | undefined>();
  });

  it("narrows by switch, which is exhaustive only with a default", () => {
    const path = (): string | undefined => {
      switch (run.Properties.TaskType) {
        case "EVALUATION":
          return undefined;
        case "EXPORT_LABELS":
          return run.Properties.ExportLabelsTaskRunProperties.OutputS3Path;
        case "IMPORT_LABELS":
          // @ts-expect-error A run has only the structure of its own type.
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
    // @ts-expect-error The switch does not return a number for an unknown task type.
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

  it("narrows by if, by destructuring and by isTaskRunType", () => {
    if (run.Properties.TaskType === "FIND_MATCHES") {
      expectTypeOf(run.Properties).toEqualTypeOf<MLTaskRunProperties<"FIND_MATCHES">>();
    }
    const { Properties } = run;
    if (Properties.TaskType === "IMPORT_LABELS") {
      expectTypeOf(Properties.ImportLabelsTaskRunProperties.Replace).toEqualTypeOf<boolean | undefined>();
    }
    if (isTaskRunType(run, "FIND_MATCHES")) expectTypeOf(run).toEqualTypeOf<MLTaskRun<"FIND_MATCHES">>();
    if (isTaskRunType(run, either)) {
      expectTypeOf(run).toExtend<MLTaskRun<"FIND_MATCHES" | "EVALUATION">>();
      expectTypeOf(run.Properties.TaskType).toEqualTypeOf<"FIND_MATCHES" | "EVALUATION">();
    }
    // @ts-expect-error A run that is not narrowed has no structure.
    run.Properties.FindMatchesTaskRunProperties;
    // @ts-expect-error The SDK has no such task type.
    isTaskRunType(run, "MATCHES");
  });

  it("of a known task type has no $unknown variant", () => {
    expectTypeOf<MLTaskRunProperties<"EVALUATION">>().toEqualTypeOf<{ TaskType: "EVALUATION" }>();
    expectTypeOf<UnknownTaskRunProperties>().toExtend<MLTaskRunProperties>();
    expectTypeOf<UnknownTaskRunProperties>().not.toExtend<MLTaskRunProperties<"FIND_MATCHES" | "EVALUATION">>();
  });
});

describe("list()", () => {
  it("infers the type of its runs from a plain filter and from a built one", () => {
    expectTypeOf(taskRuns.list({ TransformId })).toEqualTypeOf<MLTaskRunList>();
    expectTypeOf(taskRuns.list({ TransformId, Filter: { Status: "FAILED" } })).toEqualTypeOf<MLTaskRunList>();
    const plain = taskRuns.list({ TransformId, Filter: { TaskRunType: "FIND_MATCHES" } });
    expectTypeOf(plain).toEqualTypeOf<MLTaskRunList<"FIND_MATCHES">>();
    const Filter = taskRunFilter().status("FAILED").taskRunType("FIND_MATCHES").startedAfter(0);
    expectTypeOf(taskRuns.list({ TransformId, Filter })).toEqualTypeOf<MLTaskRunList<"FIND_MATCHES">>();
    expectTypeOf(taskRuns.list({ TransformId, Filter: taskRunFilter() })).toEqualTypeOf<MLTaskRunList>();
  });

  it("infers a union of task types, and all task types if the type is known only at run time", () => {
    const some = taskRuns.list({ TransformId, Filter: { TaskRunType: either } });
    expectTypeOf(some).toEqualTypeOf<MLTaskRunList<"FIND_MATCHES" | "EVALUATION">>();
    expectTypeOf(taskRuns.list({ TransformId, Filter: taskRunFilter().taskRunType(either) })).toEqualTypeOf(some);
    expectTypeOf(taskRuns.list({ TransformId, Filter: { TaskRunType: taskType } })).toEqualTypeOf<
      MLTaskRunList<TaskType>
    >();
    const ofType = <T extends TaskType>(type: T) => taskRuns.list({ TransformId, Filter: { TaskRunType: type } });
    expectTypeOf(ofType("EVALUATION")).toEqualTypeOf<MLTaskRunList<"EVALUATION">>();
  });

  it("does not narrow its runs by a filter or a task type that may be undefined", () => {
    const hasFilter = Math.random() > 0.5;
    const optionalFilter = hasFilter ? taskRunFilter().taskRunType("FIND_MATCHES") : undefined;
    expectTypeOf(taskRuns.list({ TransformId, Filter: optionalFilter })).toEqualTypeOf<MLTaskRunList>();
    const optionalType = hasFilter ? ("FIND_MATCHES" as const) : undefined;
    expectTypeOf(taskRuns.list({ TransformId, Filter: { TaskRunType: optionalType } })).toEqualTypeOf<MLTaskRunList>();
    // @ts-expect-error The query has no filter by this type.
    taskRuns.list<"FIND_MATCHES">({ TransformId });
    // @ts-expect-error The query has no filter by this type.
    const list: MLTaskRunList<"FIND_MATCHES"> = taskRuns.list({ TransformId });
    expectTypeOf(list).not.toBeAny();
  });

  it("has typed runs, pages and cursors", async () => {
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
    // @ts-expect-error The cursor is readonly.
    iterator.cursor = "";
  });

  it("rejects misspelt keys, paging members in the query and wrong types", () => {
    // @ts-expect-error The key is TransformId.
    taskRuns.list({ transformId: TransformId });
    // @ts-expect-error The key is Status.
    taskRuns.list({ TransformId, Filter: { status: "FAILED" } });
    // @ts-expect-error The key is TaskRunType.
    taskRuns.list({ TransformId, Filter: { Status: "FAILED", TaskRunTyp: "EVALUATION" } });
    // @ts-expect-error Values are in capitals.
    taskRuns.list({ TransformId, Filter: { Status: "failed" } });
    // @ts-expect-error A plain filter has a Date.
    taskRuns.list({ TransformId, Filter: { TaskRunType: "FIND_MATCHES", StartedAfter: "2026-11-01" } });
    // @ts-expect-error The page size is an option.
    taskRuns.list({ TransformId, MaxResults: 10 });
    // @ts-expect-error The cursor is an option.
    taskRuns.list({ TransformId, NextToken: "" });
    // @ts-expect-error The key is pageSize.
    taskRuns.list({ TransformId }, { pagesize: 10 });
    // @ts-expect-error A cursor is a string.
    taskRuns.list({ TransformId }, { cursor: 5 });
    // @ts-expect-error TransformId is required.
    taskRuns.list({});
  });

  it("accepts a sort only with a direction", () => {
    taskRuns.list({ TransformId, Sort: taskRunSort("STARTED").ascending() });
    // @ts-expect-error The sort has no direction.
    taskRuns.list({ TransformId, Sort: taskRunSort("STARTED") });
    // @ts-expect-error The SDK does not accept it either.
    new GetMLTaskRunsCommand({ TransformId, Sort: taskRunSort("STARTED") });
    new GetMLTaskRunsCommand({ TransformId, Sort: taskRunSort("STATUS").descending(), Filter: taskRunFilter() });
  });
});

describe("Listings in windows, unions and listings across transforms", () => {
  const query = { TransformId, Filter: { TaskRunType: "FIND_MATCHES" } } as const;
  const lists = [
    taskRuns.list(query, { concurrency: 8 }),
    taskRuns.listAny([query, query]),
    taskRuns.listAcrossTransforms({ Filter: query.Filter }),
  ];

  it("have runs of the type of the filter, and cursors", async () => {
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

  it("are assignable to lists of all task types, and not the reverse", () => {
    expectTypeOf<MLTaskRunList<"FIND_MATCHES">>().toExtend<MLTaskRunList>();
    expectTypeOf<MLTaskRunPage<"FIND_MATCHES">>().toExtend<MLTaskRunPage>();
    expectTypeOf<MLTaskRunIterator<"FIND_MATCHES">>().toExtend<MLTaskRunIterator>();
    expectTypeOf<MLTaskRunList>().not.toExtend<MLTaskRunList<"FIND_MATCHES">>();
    const count = async (list: MLTaskRunList) => (await list.toArray()).length;
    expectTypeOf(count).toBeCallableWith(taskRuns.list(query));
  });

  it("accept the options of list() and reject misspelt keys", () => {
    taskRuns.list(query, { concurrency: 8, cursor: "" });
    taskRuns.listAny([query], { cursor: "", limitPerQuery: 1 });
    taskRuns.listAcrossTransforms({}, { cursor: "", onTransform: ({ Name }) => Name });
    new MLTaskRuns(client, { concurrency: 8, limitPerQuery: 1 });
    // @ts-expect-error The option is misspelt.
    taskRuns.list(query, { concurency: 8 });
    // @ts-expect-error A cursor belongs to one list.
    new MLTaskRuns(client, { cursor: "" });
    // @ts-expect-error The library finds the transforms.
    taskRuns.listAcrossTransforms({ TransformId });
    // @ts-expect-error The key is misspelt.
    taskRuns.listAny([{ transformId: TransformId }]);
  });
});

it("A filter can be built step by step in one variable", () => {
  let filter = taskRunFilter();
  filter = filter.taskRunType("FIND_MATCHES");
  filter = filter.status("FAILED");
  expectTypeOf(filter).toEqualTypeOf<TaskRunFilter>();
  expectTypeOf(filter.taskRunType("EVALUATION")).toEqualTypeOf<TaskRunFilter<"EVALUATION">>();
  // @ts-expect-error A filter is frozen.
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
    expectTypeOf(taskRuns.watch({ TransformId })).toEqualTypeOf<MLTaskRunWatch>();
    expectTypeOf(taskRuns.watch({ TransformId, Filter: filter })).toEqualTypeOf<MLTaskRunWatch<"FIND_MATCHES">>();
    const evaluations = taskRuns.watchAcrossTransforms({ Filter: { TaskRunType: "EVALUATION" } });
    expectTypeOf(evaluations).toEqualTypeOf<MLTaskRunWatch<"EVALUATION">>();
    expectTypeOf(taskRuns.watchAcrossTransforms()).toEqualTypeOf<MLTaskRunWatch>();
    async () => {
      for await (const run of evaluations) expectTypeOf(run).toEqualTypeOf<MLTaskRun<"EVALUATION">>();
      for await (const poll of evaluations.polls()) expectTypeOf(poll).toEqualTypeOf<MLTaskRunPoll<"EVALUATION">>();
      const { runs, cursor, failures } = await evaluations.poll();
      expectTypeOf(runs).toEqualTypeOf<MLTaskRun<"EVALUATION">[]>();
      expectTypeOf(cursor).toBeString();
      expectTypeOf(failures).toEqualTypeOf<WatchFailure[]>();
      const changes = evaluations[Symbol.asyncIterator]();
      expectTypeOf(changes.cursor).toBeString();
    };
  });

  it("can be replaced by a plain object", () => {
    const evaluations = taskRuns.watch({ TransformId, Filter: { TaskRunType: "EVALUATION" } });
    const { poll, polls, [Symbol.asyncIterator]: iterate } = evaluations;
    expectTypeOf({ poll, polls, [Symbol.asyncIterator]: iterate }).toExtend<typeof evaluations>();
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

describe("await using", () => {
  it("takes the iterators of runs, of pages and of a watch", () => {
    const list = taskRuns.list({ TransformId });
    async () => {
      await using runs = list[Symbol.asyncIterator]();
      await using pages = list.pages();
      await using changes = taskRuns.watch({ TransformId })[Symbol.asyncIterator]();
      await using polls = taskRuns.watch({ TransformId }).polls();
      return [runs.cursor, await pages.next(), await changes.next(), await polls.next()];
    };
  });
});
