/** The probe: how it compares the library with the SDK, and what keeps it harmless. */
import { GetMLTaskRunsCommand, GlueClient, StartMLEvaluationTaskRunCommand } from "@aws-sdk/client-glue";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { mask } from "../../examples/probe/ask.js";
import { guard } from "../../examples/probe/guard.js";
import { createRun, SERVICE_VARIANTS, startGlue, startGlueWith, TransformId } from "../support.js";
import { changeQueries, changeRuns, runProbe } from "./probe-support.js";

const LISTINGS = ["plain", "resumed", "time windows", "time windows, resumed", "union of queries by type"];

/** The successful responses before the library reads: two of the first questions, and four pages of the SDK's paginator. */
const FIRST_OF_LIBRARY = 6;

describe("The comparison of the probe", () => {
  it.for(SERVICE_VARIANTS)("passes on an endpoint with %s", async ([, options]) => {
    const { answers, isPass } = await runProbe(await startGlue(1200, options));
    for (const name of LISTINGS) expect(answers[name]).toMatch(/^the same \d+ runs in the same order$/);
    expect(isPass).toBe(true);
  });

  it("passes where many runs started at the same time", async () => {
    const runs = sampleTaskRuns({ transformId: TransformId, count: 120 }).map((run, index) => ({
      ...run,
      StartedOn: new Date(Date.UTC(2026, 0, 1, Math.floor(index / 30))),
    }));
    expect((await runProbe(await startGlueWith(runs))).result).toBe("PASS: each listing has the same 120 runs");
  });

  it("passes although a run starts while it reads", async () => {
    const glue = await startGlue(100);
    let number = 0;
    const { isPass } = await runProbe(glue, {
      configure: (client) =>
        changeRuns(client, (runs) => {
          number += 1;
          // Later than the newest run that the probe knows.
          const StartedOn = new Date(Date.UTC(2027, 0, number));
          glue.addTaskRuns([createRun(`tsk-new-${number}`, { StartedOn })]);
          return runs;
        }),
    });
    expect(isPass).toBe(true);
  });

  it("reports a run that the union of the library loses", async () => {
    const { answers, isPass, result } = await runProbe(await startGlue(100), {
      configure: (client) =>
        changeRuns(client, (runs, { Filter }) => (Filter?.TaskRunType === "FIND_MATCHES" ? runs.slice(1) : runs)),
    });
    expect(answers["union of queries by type"]).toMatch(/^differs: [1-9] lost, 0 additional, 0 more than once$/);
    expect(answers.plain).toBe("the same 100 runs in the same order");
    expect(answers["The SDK's paginator a second time"]).toBe("the same runs as the first time");
    expect(result).toBe("DIFFERS: union of queries by type");
    expect(isPass).toBe(false);
  });

  it("reports a run that is additional", async () => {
    const { answers } = await runProbe(await startGlue(100), {
      configure: (client) => {
        changeAfter(client, FIRST_OF_LIBRARY, (runs) =>
          runs.flatMap((run, index) => (index === 1 ? [run, { ...run, TaskRunId: `${run.TaskRunId}-more` }] : [run])),
        );
      },
    });
    expect(answers.plain).toBe("differs: 0 lost, 4 additional, 0 more than once");
  });

  it("reports a run that is returned twice", async () => {
    const { answers } = await runProbe(await startGlue(100), {
      configure: (client) =>
        changeAfter(client, FIRST_OF_LIBRARY, (runs) =>
          runs.flatMap((run, index) => (index === 1 ? [run, run] : [run])),
        ),
    });
    expect(answers.plain).toBe("differs: 0 lost, 0 additional, 4 more than once");
  });

  it("reports another order", async () => {
    const { answers } = await runProbe(await startGlue(100), {
      configure: (client) =>
        changeAfter(client, FIRST_OF_LIBRARY, ([first, second, ...runs]) => [second ?? {}, first ?? {}, ...runs]),
    });
    expect(answers.plain).toBe("differs: the same runs in another order");
  });

  it("reports other members of finished runs", async () => {
    const { answers } = await runProbe(await startGlue(100), {
      configure: (client) =>
        changeAfter(client, FIRST_OF_LIBRARY, (runs) => runs.map((run) => ({ ...run, ExecutionTime: -1 }))),
    });
    expect(answers.plain).toBe("differs: other members in 98 runs");
  });

  it("says that the history has changed where the SDK's paginator differs from itself", async () => {
    const { answers, isPass, result } = await runProbe(await startGlue(100), {
      configure: (client) => changeAfter(client, FIRST_OF_LIBRARY, (runs) => runs.slice(1)),
    });
    expect(answers.plain).toBe("differs: 4 lost, 0 additional, 0 more than once");
    expect(answers["The SDK's paginator a second time"]).toMatch(/^differs: 4 lost/);
    expect(result).toMatch(/^DIFFERS: plain; .*\. The history may have changed meanwhile: run the probe again$/);
    expect(isPass).toBe(false);
  });

  it("reports an error of the library as a difference, without the id of the run", async () => {
    const { answers, result } = await runProbe(await startGlue(100), {
      configure: (client) => changeRuns(client, (runs) => runs.map((run) => ({ ...run, Status: undefined }))),
    });
    expect(answers.plain).toMatch(/^differs: UnexpectedResponseError: ".*Status.*"$/);
    expect(answers.plain).not.toContain("tsk-");
    expect(result).toMatch(/^DIFFERS: plain; /);
  });

  it("says that listings were not compared which the service refused", async () => {
    const { answers, isPass, result } = await runProbe(await startGlue(100), {
      configure: (client) =>
        changeQueries(client, ({ Filter }) => {
          if (Filter?.TaskRunType === undefined) return {};
          throw Object.assign(new Error("Not for account 123456789012."), { name: "InvalidInputException" });
        }),
    });
    expect(answers["union of queries by type"]).toBe('refused: InvalidInputException: "Not for account [id]."');
    expect(result).toBe("NOT COMPARED: union of queries by type");
    expect(isPass).toBe(false);
  });

  it.for([
    ["no run", []],
    ["a single run", [createRun("tsk-1", { StartedOn: new Date() })]],
    ["runs without StartedOn", [createRun("tsk-1"), createRun("tsk-2"), createRun("tsk-3")]],
  ] as const)("says that a history of %s cannot be compared", async ([, runs]) => {
    const glue = await startGlue();
    glue.addTaskRuns(runs);
    const { isPass, result } = await runProbe(glue);
    expect(result).toBe("NOT COMPARED: the transform has too few runs, or all started at one time");
    expect(isPass).toBe(false);
  });
});

describe("The probe", () => {
  it("sends only reading operations, and no more than the limit, with retries", async () => {
    const glue = await startGlue(1200, { maxPageSize: 200 });
    glue.failRandomly({ rate: 0.1, seed: 1, faults: ["throttling"] });
    const { report } = await runProbe(glue, { requestLimit: 50 });
    expect(new Set(glue.requests.map(({ operation }) => operation))).toEqual(new Set(["GetMLTaskRuns"]));
    expect(report).toContain("with 50 of at most 50 requests\n");
    expect(report).toContain("not asked: the limit of requests is reached");
  });

  it("needs at most 72 requests for all questions, also where pages are small and statuses are rare", async () => {
    const glue = await startGlue(400, {
      maxPageSize: 60,
      startedOn: "running",
      bounds: "inclusive",
      timestamps: "seconds",
    });
    glue.addTaskRuns([createRun("tsk-new", { Status: "STARTING" })]);
    const { report, token = "" } = await runProbe(glue);
    const { report: second } = await runProbe(glue, { savedToken: { token, savedAt: 0 } });
    for (const text of [report, second]) {
      expect(text).not.toContain("not asked");
      expect(Number(/with (\d+) of at most 72 requests/.exec(text)?.[1])).toBeLessThanOrEqual(72);
    }
  });

  it("says that nothing was compared where the limit is reached before", async () => {
    const { answers, isPass, result } = await runProbe(await startGlue(100), { requestLimit: 10 });
    expect(answers["time windows"]).toBe("not asked: the limit of requests is reached");
    expect(result).toMatch(/^NOT COMPARED: /);
    expect(isPass).toBe(false);
  });

  it("rejects where the runs cannot be listed at all", async () => {
    const glue = await startGlue();
    glue.removeTransform(TransformId);
    await expect(runProbe(glue)).rejects.toMatchObject({ name: "EntityNotFoundException" });
  });

  it("has no data of the account in its report", async () => {
    const secrets = ["secret", "bucket", "a-log-group", "jr_", "tfm-", "tsk-", "s3:", "arn:", "123456789012"];
    const run = {
      Properties: { TaskType: "EXPORT_LABELS", ExportLabelsTaskRunProperties: { OutputS3Path: "s3://bucket/secret" } },
      ErrorString: "secret of arn:aws:glue:eu-west-1:123456789012:job/secret",
      LogGroupName: "a-log-group",
    } as const;
    const glue = await startGlue(1100);
    glue.addTaskRuns(
      [0, 1, 2].map((hour) =>
        createRun(`tsk-secret-${hour}`, { ...run, StartedOn: new Date(Date.UTC(2027, 1, 1, hour)) }),
      ),
    );
    const { report, token = "" } = await runProbe(glue);
    for (const secret of [...secrets, TransformId, token]) expect(report).not.toContain(secret);
    // Dates and times, and ids in hexadecimal digits.
    expect(report).not.toMatch(/\d{4}-\d\d-\d\d|\d\d:\d\d|[\da-f]{16}/);
  });
});

describe("The guard of the probe", () => {
  it.for([
    { name: "AWS", config: {}, isAws: true },
    { name: "another endpoint", config: { endpoint: "http://amazonaws.com.example" }, isAws: false },
  ])("sees that requests go to $name", async ({ config, isAws }) => {
    const credentials = { accessKeyId: "x", secretAccessKey: "x" };
    const client = new GlueClient({ region: "eu-west-1", credentials, ...config });
    const guarded = guard(client, 10);
    // Answers in place of the connection.
    client.middlewareStack.addRelativeTo(() => async () => ({ output: { $metadata: {} }, response: {} }), {
      relation: "after",
      toMiddleware: "probeGuard",
    });
    await client.send(new GetMLTaskRunsCommand({ TransformId }));
    expect(guarded).toEqual({ limit: 10, sent: 1, isAws });
  });

  it("throws instead of sending an operation that does not only read", async () => {
    const glue = await startGlue();
    const client = glue.client();
    guard(client, 10);
    await expect(client.send(new StartMLEvaluationTaskRunCommand({ TransformId }))).rejects.toThrow(
      "The probe only reads: it does not send StartMLEvaluationTaskRunCommand.",
    );
    expect(glue.requests).toEqual([]);
  });
});

describe("The mask of the probe", () => {
  it.for([
    ["tfm-0123 and tsk-abc", "[id] and [id]"],
    ["account 123456789012.", "account [id]."],
    ["User: arn:aws:sts::123456789012:assumed-role/Admin/me is not", "User: [id] is not"],
    ["s3://bucket/folder and https://example.com", "[id] and [id]"],
    ["/aws-glue/logs of user@example.com", "[id] of [id]"],
    ["6ba7b810-9dad-11d1-80b4-00c04fd430c8", "[id]"],
    ["Value '1001' is not between 1 and 200", "Value '1001' is not between 1 and 200"],
    ["line\nwith | and `code` <b>", "line with   and  code   b "],
  ] as const)("turns %s into %s", ([text, masked]) => {
    expect(mask(text)).toBe(masked);
  });
});

/** Changes the runs of the responses after a number of them. */
function changeAfter(client: GlueClient, count: number, change: Parameters<typeof changeRuns>[1]): void {
  let responses = 0;
  changeRuns(client, (runs, query) => {
    responses += 1;
    return responses > count ? change(runs, query) : runs;
  });
}
