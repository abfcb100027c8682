/** The options for what AWS leaves open, and the clock of the endpoint. */
import { GetMLTaskRunsCommand, GetMLTransformCommand } from "@aws-sdk/client-glue";
import { LocalGlue, type LocalGlueOptions } from "glue-ml-task-runs/local";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createRun, ids, startGlue, TransformId } from "../support.js";
import { allPages, cancel, getRun, post, startEvaluation, throwError } from "./support.js";

const START = Date.parse("2026-11-01T08:00:00.750Z");

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: START }));

const setClock = (milliseconds: number) => vi.setSystemTime(START + milliseconds);
const listedIds = async (glue: LocalGlue, Filter = {}) =>
  ids((await allPages(glue.client(), { TransformId, Filter })).flat());

describe("With listingDelay", () => {
  it("a started run is listed after that time, and GetMLTaskRun returns it at once", async () => {
    const glue = await startGlue(0, { listingDelay: 1000, runTime: Infinity });
    const TaskRunId = await startEvaluation(glue);
    expect(await getRun(glue, TaskRunId)).toMatchObject({ TaskRunId, Status: "RUNNING" });
    setClock(999);
    expect(await listedIds(glue)).toEqual([]);
    setClock(1000);
    expect(await listedIds(glue)).toEqual([TaskRunId]);
  });

  it("an added run is listed when that time has passed since its StartedOn, or since it was added", async () => {
    const glue = await startGlue(0, { listingDelay: 1000 });
    glue.addTaskRuns([
      createRun("old", { StartedOn: new Date(START - 1000) }),
      createRun("new", { StartedOn: new Date(START - 999) }),
      createRun("undated"),
    ]);
    expect(await listedIds(glue)).toEqual(["old"]);
    setClock(1);
    expect(await listedIds(glue)).toEqual(["new", "old"]);
    setClock(1000);
    expect(await listedIds(glue)).toEqual(["new", "old", "undated"]);
  });

  it("a run that is replaced is listed as soon as it would have been without that", async () => {
    const glue = await startGlue(0, { listingDelay: 1000 });
    glue.addTaskRuns([createRun("a"), createRun("b")]);
    setClock(500);
    glue.addTaskRuns([createRun("a", { Status: "STOPPED" })]);
    glue.removeTaskRuns(TransformId, ["b"]);
    setClock(1000);
    expect((await allPages(glue.client(), { TransformId })).flat()).toMatchObject([{ Status: "STOPPED" }]);
    glue.addTaskRuns([createRun("a")]);
    expect(await listedIds(glue)).toEqual(["a"]);
  });

  it("a run is not missing from the pages that follow when it is listed between two pages", async () => {
    const glue = await startGlue(0, { listingDelay: 1000 });
    const at = (second: number) => ({ StartedOn: new Date(START - second * 1000) });
    glue.addTaskRuns([createRun("a", at(1)), createRun("b", at(0.5)), createRun("c", at(3)), createRun("d", at(4))]);
    const page = (NextToken?: string) =>
      glue.client().send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 2, NextToken }));
    const first = await page();
    expect(ids(first.TaskRuns ?? [])).toEqual(["a", "c"]);
    setClock(1000);
    expect(ids((await page(first.NextToken)).TaskRuns ?? [])).toEqual(["d"]);
    expect(await listedIds(glue)).toEqual(["b", "a", "c", "d"]);
  });
});

describe("With startedOn: running", () => {
  it("a started run has the time at which it became RUNNING as its StartedOn", async () => {
    const glue = await startGlue(0, { startedOn: "running", startingTime: 1000, runTime: 5000 });
    const TaskRunId = await startEvaluation(glue);
    expect((await getRun(glue, TaskRunId)).StartedOn).toBeUndefined();
    expect(await listedIds(glue, { StartedAfter: new Date(0) })).toEqual([]);
    setClock(1000);
    expect(await getRun(glue, TaskRunId)).toMatchObject({ Status: "RUNNING", StartedOn: new Date(START + 1000) });
    expect(await listedIds(glue, { StartedAfter: new Date(0) })).toEqual([TaskRunId]);
    setClock(6000);
    expect(await getRun(glue, TaskRunId)).toMatchObject({ Status: "SUCCEEDED", ExecutionTime: 5 });
  });

  it("a run that is cancelled while it is STARTING never has one", async () => {
    const glue = await startGlue(0, { startedOn: "running", startingTime: 1000 });
    const TaskRunId = await startEvaluation(glue);
    await cancel(glue, TaskRunId);
    setClock(9000);
    const { Status, StartedOn, ExecutionTime } = await getRun(glue, TaskRunId);
    expect({ Status, StartedOn, ExecutionTime }).toEqual({ Status: "STOPPED", StartedOn: undefined, ExecutionTime: 0 });
  });

  it("an added run has its own unless it is STARTING", async () => {
    const glue = await startGlue(0, { startedOn: "running" });
    const StartedOn = new Date(START);
    glue.addTaskRuns([
      createRun("a", { Status: "STARTING", StartedOn }),
      createRun("b", { Status: "RUNNING", StartedOn }),
    ]);
    expect((await getRun(glue, "a")).StartedOn).toBeUndefined();
    expect((await getRun(glue, "b")).StartedOn).toEqual(StartedOn);
  });
});

describe("With timestamps: seconds", () => {
  const options: LocalGlueOptions = { timestamps: "seconds" };
  const second = new Date("2026-11-01T08:00:00Z");

  it("the times of runs and transforms are rounded down to whole seconds", async () => {
    const glue = await startGlue(0, options);
    const TaskRunId = await startEvaluation(glue);
    setClock(1000);
    // It finished 100 milliseconds after its start.
    const times = { StartedOn: second, CompletedOn: second, LastModifiedOn: second };
    expect(await getRun(glue, TaskRunId)).toMatchObject(times);
    const { CreatedOn, LastModifiedOn } = await glue.client().send(new GetMLTransformCommand({ TransformId }));
    expect({ CreatedOn, LastModifiedOn }).toEqual({ CreatedOn: second, LastModifiedOn: second });
  });

  it("runs of one second are sorted by id, and filtered by the time that is served", async () => {
    const glue = await startGlue(0, options);
    const at = (milliseconds: number) => ({ StartedOn: new Date(second.getTime() + milliseconds) });
    glue.addTaskRuns([createRun("b", at(100)), createRun("c", at(0)), createRun("a", at(900))]);
    expect(await listedIds(glue)).toEqual(["c", "b", "a"]);
    expect(await listedIds(glue, { StartedAfter: at(500).StartedOn })).toEqual([]);
    expect(await listedIds(glue, { StartedBefore: at(500).StartedOn })).toEqual(["c", "b", "a"]);
  });
});

describe("A token whose run was removed", () => {
  const start = async (removedRunTokens?: "refuse" | "continue") => {
    const glue = await startGlue(0, { removedRunTokens });
    const runs = ["a", "b", "c", "d"].map((id, index) => createRun(id, { StartedOn: new Date(START - index * 1000) }));
    glue.addTaskRuns(runs);
    const input = { TransformId, MaxResults: 2 };
    const { NextToken } = await glue.client().send(new GetMLTaskRunsCommand(input));
    return { glue, next: () => glue.client().send(new GetMLTaskRunsCommand({ ...input, NextToken })) };
  };

  it("is refused by default, until the run is added again", async () => {
    const { glue, next } = await start();
    glue.removeTaskRuns(TransformId, ["b"]);
    await expect(next()).rejects.toMatchObject({
      name: "EntityNotFoundException",
      message: `No ML Task Run found for b: in account 123456789012 for transform ${TransformId}.`,
    });
    glue.addTaskRuns([createRun("b")]);
    expect(ids((await next()).TaskRuns ?? [])).toEqual(["c", "d"]);
  });

  it("leads to the next page with the option continue, and in any case if another run was removed", async () => {
    const { glue, next } = await start("continue");
    glue.removeTaskRuns(TransformId, ["b"]);
    expect(ids((await next()).TaskRuns ?? [])).toEqual(["c", "d"]);
    const other = await start();
    other.glue.removeTaskRuns(TransformId, ["a", "c"]);
    expect(ids((await other.next()).TaskRuns ?? [])).toEqual(["d"]);
  });
});

describe("The clock", () => {
  const dateOf = async (glue: LocalGlue) => (await fetch(glue.endpoint)).headers.get("Date");

  it("is Date.now by default, also for the Date header while a test fakes Date", async () => {
    const glue = await startGlue();
    setClock(86_400_000);
    expect(await dateOf(glue)).toBe("Mon, 02 Nov 2026 08:00:00 GMT");
  });

  it.each([START - 3_600_000, new Date(START - 3_600_000), "2026-11-01T07:00:00.750Z"])(
    "may return %j: runs, tokens, requests and the Date header have its time",
    async (time) => {
      const glue = await startGlue(2, { clock: () => time, tokenLifetime: 0 });
      const started = await getRun(glue, await startEvaluation(glue));
      expect(started).toMatchObject({ Status: "RUNNING", StartedOn: new Date(START - 3_600_000) });
      expect(glue.requests[0]?.at).toEqual(new Date(START - 3_600_000));
      expect(await dateOf(glue)).toBe("Sun, 01 Nov 2026 07:00:00 GMT");
      setClock(1000);
      expect((await allPages(glue.client(), { TransformId, MaxResults: 1 })).flat()).toHaveLength(3);
    },
  );

  it.each<[string, () => unknown, string]>([
    ["throws", () => throwError(new Error("a bug")), "a bug"],
    ["returns no time", () => Number.NaN, "The result of clock must be a valid point in time, got NaN."],
  ])("that %s causes an InternalServiceException, and the endpoint continues", async (_, clock, reason) => {
    let isBroken = false;
    // The types allow a point in time only.
    const glue = await startGlue(0, { clock: () => (isBroken ? clock() : START) as number });
    isBroken = true;
    expect(await post(glue, { TransformId })).toEqual({
      status: 500,
      body: { __type: "InternalServiceException", Message: `The local endpoint failed: ${reason}` },
    });
    isBroken = false;
    expect(await post(glue, { TransformId })).toMatchObject({ status: 200 });
  });
});

it("A token is valid if its request arrives in time, however long the response is delayed", async () => {
  let respond = (_latency: number) => {};
  const latency = () => new Promise<number>((resolve) => (respond = resolve));
  const glue = await startGlue(3, { tokenLifetime: 10_000, latency });
  const send = async (NextToken?: string) => {
    const response = glue.client().send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 1, NextToken }));
    const count = glue.requests.length;
    await vi.waitFor(() => expect(glue.requests).toHaveLength(count + 1));
    vi.setSystemTime(Date.now() + 60_000);
    respond(0);
    return response;
  };
  const { NextToken } = await send();
  expect((await send(NextToken)).TaskRuns).toHaveLength(1);
});

it.each(["GET", "HEAD"])("A health probe with %s gets the name and version of the package", async (method) => {
  const glue = await startGlue();
  const response = await fetch(glue.endpoint, { method });
  expect(response.status).toBe(200);
  expect(await response.text()).toMatch(method === "HEAD" ? /^$/ : /^\{"name":"glue-ml-task-runs","version":"\d/);
});

it.each([
  ["0.0.0.0", /^http:\/\/127\.0\.0\.1:\d+$/],
  ["::", /^http:\/\/\[::1\]:\d+$/],
])("An endpoint on %s has the URL of this machine", async (host, url) => {
  await using glue = await LocalGlue.start({ host });
  expect(glue.endpoint).toMatch(url);
  expect((await fetch(glue.endpoint)).status).toBe(200);
});
