/** The probe: what it finds out about a service, for each variant of the local endpoint and some others. */
import type { TaskRun } from "@aws-sdk/client-glue";
import { describe, expect, it } from "vitest";
import { createRun, idsNewestFirst, startGlue, startGlueWith, TransformId } from "../support.js";
import { changeQueries, changeRuns, deny, runProbe } from "./probe-support.js";

const HOUR = 60 * 60 * 1000;
const PASS = expect.stringMatching(/^PASS: each listing has the same \d+ runs$/);

describe("The probe on pages and orders", () => {
  it.for([100, 37])("finds the default page size %i", async (defaultPageSize) => {
    const { answers, result } = await runProbe(await startGlue(150, { defaultPageSize }));
    expect(answers["Page size without `MaxResults`"]).toBe(`${defaultPageSize} runs`);
    expect(result).toEqual(PASS);
  });

  it("says that the default page size is unknown where the whole history is smaller", async () => {
    const { answers } = await runProbe(await startGlue(20));
    expect(answers).toMatchObject({
      "Page size without `MaxResults`": "at least 20 runs, the whole history",
      "`MaxResults` 1000": "accepted, and the whole history is 20 runs",
    });
  });

  it("finds that MaxResults 1000 is accepted and 1001 is not", async () => {
    const { answers, report } = await runProbe(await startGlue(1010));
    expect(answers["`MaxResults` 1000"]).toBe("accepted");
    expect(answers["`MaxResults` 1001"]).toMatch(/^refused: ValidationException: "1 validation error detected: /);
    expect(report).toContain("Read: 1000 runs, and there are more\n");
  });

  it("finds that MaxResults 1000 is refused, and the largest size that is accepted", async () => {
    const { answers, result } = await runProbe(await startGlue(250, { maxPageSize: 200 }));
    const refused = 'refused: InvalidInputException: "MaxResults size must be between 1 and 200"';
    expect(answers).toMatchObject({
      "`MaxResults` 1000": refused,
      "`MaxResults` 500": refused,
      "`MaxResults` 200": "accepted",
      "`GetMLTransforms` with `MaxResults` 1000": refused,
    });
    expect(result).toBe("PASS: each listing has the same 199 runs");
  });

  it("lists without MaxResults where no size is accepted", async () => {
    const { answers, result } = await runProbe(await startGlue(120, { maxPageSize: 30 }));
    expect(answers["`MaxResults` 100"]).toMatch(/^refused: InvalidInputException/);
    expect(result).toBe("PASS: each listing has the same 29 runs");
  });

  it("finds that MaxResults 1000 is accepted, but capped", async () => {
    const { answers } = await runProbe(await startGlue(250, { maxPageSize: 200, largerPages: "cap" }));
    expect(answers["`MaxResults` 1000"]).toBe("accepted, but a page holds 200 runs");
  });

  it.for<[order: string, sort: "ASCENDING" | "DESCENDING"]>([
    ["newest first, by `StartedOn`", "DESCENDING"],
    ["oldest first, by `StartedOn`", "ASCENDING"],
  ])("finds that the order without Sort is %s", async ([order, SortDirection]) => {
    const { answers } = await runProbe(await startGlue(150), {
      configure: (client) => changeQueries(client, ({ Sort = { Column: "STARTED", SortDirection } }) => ({ Sort })),
    });
    expect(answers["Order without `Sort`"]).toContain(order);
    expect(answers["Order of STARTED, descending"]).toMatch(/^newest first, by `StartedOn`/);
  });

  it.for<[order: string, compare: (a: TaskRun, b: TaskRun) => number]>([
    ["newest first, by `LastModifiedOn`", (a, b) => Number(b.LastModifiedOn) - Number(a.LastModifiedOn)],
    [
      "oldest first, by `StartedOn`; also by `TaskRunId`, ascending",
      (a, b) => Number(a.StartedOn) - Number(b.StartedOn),
    ],
    [
      "neither by `StartedOn` nor `LastModifiedOn` nor `TaskRunId`",
      (a, b) => (a.ExecutionTime ?? 0) - (b.ExecutionTime ?? 0),
    ],
    ["newest first, by `StartedOn`; also by `TaskRunId`, descending", () => 0],
  ])("finds that the order without Sort is %s", async ([order, compare]) => {
    // Each member sorts these runs in another way, but StartedOn and TaskRunId.
    const runs = [
      { StartedOn: new Date(1), LastModifiedOn: new Date(9), ExecutionTime: 2 },
      { StartedOn: new Date(2), LastModifiedOn: new Date(7), ExecutionTime: 1 },
      { StartedOn: new Date(3), LastModifiedOn: new Date(8), ExecutionTime: 3 },
    ].map((members, index) => createRun(`tsk-${index}`, members));
    const { answers } = await runProbe(await startGlueWith(runs), {
      configure: (client) => changeRuns(client, (runs, { Sort }) => (Sort ? runs : runs.toSorted(compare))),
    });
    expect(answers["Order without `Sort`"]).toBe(order);
  });

  it("finds that the values of STATUS and TASK_RUN_TYPE sort alphabetically", async () => {
    const { answers } = await runProbe(await startGlue(150));
    expect(answers).toMatchObject({
      "Order of STATUS, ascending": "alphabetical: FAILED, RUNNING, STOPPED, SUCCEEDED, TIMEOUT",
      "Order of TASK_RUN_TYPE, ascending":
        "alphabetical: EVALUATION, EXPORT_LABELS, FIND_MATCHES, IMPORT_LABELS, LABELING_SET_GENERATION",
    });
  });

  it.for<[order: string, values: (string | undefined)[]]>([
    [
      "as the documentation lists them: RUNNING, STOPPED, SUCCEEDED, FAILED",
      ["RUNNING", "STOPPED", "SUCCEEDED", "FAILED"],
    ],
    ["another order: SUCCEEDED, FAILED, RUNNING, STOPPED", ["SUCCEEDED", "FAILED", "RUNNING", "STOPPED"]],
  ])("finds that the values of STATUS sort %s", async ([order, values]) => {
    const runs = ["FAILED", "RUNNING", "STOPPED", "SUCCEEDED"].map((Status, hour) =>
      createRun(`tsk-${hour}`, { Status: Status as "FAILED", StartedOn: new Date(hour * HOUR) }),
    );
    const { answers } = await runProbe(await startGlueWith(runs), {
      configure: (client) =>
        changeRuns(client, (runs, { Sort }) =>
          Sort?.Column === "STATUS"
            ? runs.toSorted((a, b) => values.indexOf(a.Status) - values.indexOf(b.Status))
            : runs,
        ),
    });
    expect(answers["Order of STATUS, ascending"]).toBe(order);
  });

  it("finds that a service ignores Sort by STATUS", async () => {
    const { answers } = await runProbe(await startGlue(150), {
      configure: (client) =>
        changeQueries(client, ({ Sort }) => ({
          Sort: Sort?.Column === "STATUS" ? { ...Sort, Column: "STARTED" } : Sort,
        })),
    });
    expect(answers["Order of STATUS, ascending"]).toBe("not sorted: the runs of a value are apart");
  });
});

describe("The probe on times", () => {
  it.for([
    { bounds: "exclusive", timestamps: "milliseconds" },
    { bounds: "inclusive", timestamps: "milliseconds" },
    { bounds: "exclusive", timestamps: "seconds" },
    { bounds: "inclusive", timestamps: "seconds" },
  ] as const)("finds that bounds are $bounds with timestamps in $timestamps", async (options) => {
    const { answers, result } = await runProbe(await startGlue(150, options));
    expect(answers).toMatchObject({
      "`StartedAfter` at the start of a run": options.bounds,
      "`StartedBefore` at the start of a run": options.bounds,
      "Precision of the bounds": "milliseconds",
    });
    expect(answers["Precision of `StartedOn`"]).toMatch(
      options.timestamps === "seconds"
        ? /^whole seconds$/
        : /^milliseconds \(\d+ of 150 have a fraction of a second\)$/,
    );
    expect(result).toEqual(PASS);
  });

  it("finds that only one of the bounds is inclusive", async () => {
    const { answers } = await runProbe(await startGlue(150), {
      configure: (client) =>
        changeQueries(client, ({ Filter }) => ({
          Filter: Filter?.StartedAfter
            ? { ...Filter, StartedAfter: new Date(Number(Filter.StartedAfter) - 1) }
            : Filter,
        })),
    });
    // The widest bound lists the run in any case.
    expect(answers["`StartedAfter` at the start of a run"]).toBe("inclusive");
    expect(answers["`StartedBefore` at the start of a run"]).toBe("exclusive");
  });

  it.for(["milliseconds", "seconds"] as const)(
    "finds that bounds are rounded, with timestamps in %s",
    async (timestamps) => {
      const floor = (time: Date | undefined) => time && new Date(Math.floor(Number(time) / 1000) * 1000);
      const { answers, result } = await runProbe(await startGlue(150, { timestamps }), {
        configure: (client) =>
          changeQueries(client, ({ Filter }) => ({
            Filter: Filter && {
              ...Filter,
              StartedAfter: floor(Filter.StartedAfter),
              StartedBefore: floor(Filter.StartedBefore),
            },
          })),
      });
      expect(answers["Precision of the bounds"]).toBe("not milliseconds: a bound is rounded or ignored");
      expect(result).toEqual(PASS);
    },
  );

  it("counts the runs that started at the same time", async () => {
    const runs = [0, 0, 0, 1, 2, 2].map((hour, index) =>
      createRun(`tsk-${index}`, { StartedOn: new Date(hour * HOUR) }),
    );
    const { answers, result } = await runProbe(await startGlueWith(runs));
    expect(answers["Runs that started at the same time as another run before them"]).toBe("3");
    expect(result).toBe("PASS: each listing has the same 6 runs");
  });

  it.for(["running", "starting"] as const)("finds whether a run has StartedOn from %s on", async (startedOn) => {
    const glue = await startGlue(150, { startedOn });
    glue.addTaskRuns([createRun("tsk-new", { Status: "STARTING", StartedOn: new Date("2026-11-02") })]);
    const { answers, members } = await runProbe(glue);
    const isRunning = startedOn === "running";
    expect(answers["Does every run have `StartedOn`?"]).toBe(isRunning ? "no: 1 run without it" : "yes");
    expect(members).toMatchObject({
      STARTING: { runs: "1", "`StartedOn`": isRunning ? "0" : "1" },
      RUNNING: { runs: "2", "`StartedOn`": "2" },
    });
    const position = "; runs without `StartedOn` last";
    expect(answers["Order of STARTED, descending"]?.endsWith(position)).toBe(isRunning);
    expect(answers["Is a run without `StartedOn` listed with time bounds?"]).toBe(isRunning ? "no" : undefined);
  });

  it("asks for runs of each status that are not among the newest runs", async () => {
    const glue = await startGlue(1100);
    glue.addTaskRuns([createRun("tsk-old", { Status: "STARTING", StartedOn: new Date("2020-01-01") })]);
    expect((await runProbe(glue)).members).toMatchObject({ STARTING: { runs: "1" } });
  });
});

describe("The probe on members and other operations", () => {
  it("counts the members that are missing", async () => {
    const Properties = { TaskType: "EXPORT_LABELS" } as const;
    const LogGroupName = "logs";
    const glue = await startGlueWith([
      createRun("tsk-1", { LogGroupName, Properties, StartedOn: new Date(HOUR) }),
      createRun("tsk-2", { Properties: { ...Properties, ExportLabelsTaskRunProperties: {} }, StartedOn: new Date(0) }),
    ]);
    expect((await runProbe(glue)).members).toEqual({
      FAILED: {
        status: "FAILED",
        runs: "2",
        "`StartedOn`": "2",
        "`LastModifiedOn`": "0",
        "`CompletedOn`": "0",
        "`ExecutionTime`": "0",
        "`ErrorString`": "0",
        "`TransformId`": "2",
        "`TaskRunId`": "2",
        "`LogGroupName`": "1",
        TaskType: "2",
        "its structure": "1",
      },
    });
  });

  it("finds the texts for unknown transforms and runs, without ids", async () => {
    const { answers } = await runProbe(await startGlue(10));
    const unknownTransform = 'EntityNotFoundException: "Cannot find MLTransform in account [id] with handle [id]."';
    expect(answers).toMatchObject({
      "`GetMLTaskRuns` of an unknown transform": unknownTransform,
      "`GetMLTaskRun` of an unknown transform": unknownTransform,
      "`GetMLTaskRun` of an unknown run":
        'EntityNotFoundException: "No ML Task Run found for [id]: in account [id] for transform [id]."',
    });
  });

  it("finds whether GetMLTaskRun returns the members of a listed run", async () => {
    const question = "Does `GetMLTaskRun` return the members of a listed run?";
    const glue = await startGlue(10);
    expect((await runProbe(glue)).answers[question]).toBe("yes, the same");
    const { answers } = await runProbe(glue, {
      configure: (client) => changeRuns(client, (runs) => runs.map((run) => ({ ...run, LogGroupName: undefined }))),
    });
    expect(answers[question]).toBe("no: without none; in addition `LogGroupName`");
  });

  it("says which operations are not permitted, and continues", async () => {
    const { answers, result } = await runProbe(await startGlue(10), {
      configure: (client) => {
        deny(client, "GetMLTaskRun");
        deny(client, "GetMLTransforms");
      },
    });
    expect(answers).toMatchObject({
      "`GetMLTaskRun` of an unknown run": "not permitted",
      "Does `GetMLTaskRun` return the members of a listed run?": "not permitted",
      "`GetMLTransforms` with `MaxResults` 1000": "not permitted",
    });
    expect(result).toEqual(PASS);
  });
});

describe("The probe on tokens", () => {
  it("finds that damaged tokens and tokens of another query are refused", async () => {
    const refused = 'refused: InvalidInputException: "The NextToken is not valid for this request."';
    expect((await runProbe(await startGlue(10))).answers).toMatchObject({
      "A token that is used": "accepted: 1 run",
      "The same token again, with another `MaxResults`": "accepted: 2 runs",
      "A damaged token": refused,
      "A token of another query": refused,
    });
  });

  it("finds that a service accepts any token", async () => {
    const { answers } = await runProbe(await startGlue(10), {
      // The listings that are compared have pages of 3 runs.
      configure: (client) =>
        changeQueries(client, ({ NextToken, MaxResults = 0 }) => (MaxResults < 3 ? { NextToken: "" } : { NextToken })),
    });
    expect(answers["A damaged token"]).toBe("accepted: 1 run");
    expect(answers["A token of another query"]).toBe("accepted: 1 run");
  });

  it("says that nothing is known where the history has a single run", async () => {
    const { answers, token } = await runProbe(await startGlue(1));
    expect(answers["A damaged token"]).toBe("unknown: the history has a single page");
    expect(token).toBeUndefined();
  });

  it.for([
    [
      "refuse",
      'refused: EntityNotFoundException: "No ML Task Run found for [id]: in account [id] for transform [id]."',
    ],
    ["continue", "accepted: 1 run"],
  ] as const)(
    "finds that a saved token whose run was removed is treated with %s",
    async ([removedRunTokens, answer]) => {
      const glue = await startGlue(10, { removedRunTokens });
      const { token = "" } = await runProbe(glue);
      glue.removeTaskRuns(TransformId, idsNewestFirst(10).slice(0, 1));
      const { answers } = await runProbe(glue, { savedToken: { token, savedAt: Date.now() - HOUR } });
      expect(answers["A token that is 60 minutes old"]).toBe(answer);
    },
  );

  it("finds what a token of the day before gets", async () => {
    const now = { time: Date.now() };
    const clock = () => now.time;
    for (const [tokenLifetime, answer] of [
      [HOUR, 'refused: InvalidInputException: "The NextToken has expired."'],
      [Infinity, "accepted: 1 run"],
    ] as const) {
      const glue = await startGlue(10, { tokenLifetime, clock });
      const { token = "" } = await runProbe(glue);
      now.time += 25 * HOUR;
      const { answers } = await runProbe(glue, { savedToken: { token, savedAt: Date.now() - 25 * HOUR } });
      expect(answers["A token that is 25 hours old"]).toBe(answer);
    }
  });
});
