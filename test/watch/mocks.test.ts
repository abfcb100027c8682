/** Watching through a mocked client, whose responses have no `Date`, and responses with unusual members. */
import type { TaskRun } from "@aws-sdk/client-glue";
import { MLTaskRuns, type WatchOptions } from "glue-ml-task-runs";
import { describe, expect, it, vi } from "vitest";
import { createFakeClient } from "../support.js";
import { BEGIN, MINUTE, runOf, SECOND, statesOf, takeNext } from "./support.js";

const query = { TransformId: "tfm-a" };

/** A client with these runs, oldest first, which ignores every criterion but the order. */
function mockRuns(runs: readonly TaskRun[], onRequest: () => void = () => {}) {
  return new MLTaskRuns(
    createFakeClient(({ input }) => {
      onRequest();
      const { TaskRunId, Sort } = input as { TaskRunId?: string; Sort?: { SortDirection: string } };
      if (TaskRunId !== undefined) return runs.find((run) => run.TaskRunId === TaskRunId);
      return { TaskRuns: Sort?.SortDirection === "DESCENDING" ? [...runs].reverse() : [...runs] };
    }),
  );
}

describe("A watch through a client whose responses have no Date", () => {
  it("takes the start of the newest run for the service's time", async () => {
    const runs: TaskRun[] = [
      runOf("old", BEGIN - 10 * MINUTE, "FAILED"),
      runOf("running", BEGIN - 5 * MINUTE),
      runOf("newest", BEGIN, "FAILED"),
    ];
    const taskRuns = mockRuns(runs);
    const first = await taskRuns.watch(query).poll();
    expect(statesOf(first.runs)).toEqual(["tfm-a/running RUNNING"]);
    runs.push(runOf("new", BEGIN + SECOND, "FAILED"));
    const second = await taskRuns.watch(query, { cursor: first.cursor }).poll();
    expect(statesOf(second.runs)).toEqual(["tfm-a/new FAILED"]);
    runs.push(runOf("later", BEGIN + 60 * MINUTE, "FAILED"));
    const third = await taskRuns.watch(query, { cursor: second.cursor }).poll();
    expect(statesOf(third.runs)).toEqual(["tfm-a/later FAILED"]);
    const last = await taskRuns.watch(query, { cursor: third.cursor }).poll();
    expect(last.runs).toEqual([]);
    // It has forgotten the runs of an hour before.
    expect(last.cursor.length).toBeLessThan(second.cursor.length);
  });

  it("yields every run that appears after a first poll without any run", async () => {
    const runs: TaskRun[] = [];
    const taskRuns = mockRuns(runs);
    let { cursor } = await taskRuns.watch(query).poll();
    runs.push(runOf("1", BEGIN, "FAILED"), runOf("2", BEGIN + MINUTE));
    const second = await taskRuns.watch(query, { cursor }).poll();
    expect(statesOf(second.runs)).toEqual(["tfm-a/1 FAILED", "tfm-a/2 RUNNING"]);
    ({ cursor } = second);
    expect((await taskRuns.watch(query, { cursor }).poll()).runs).toEqual([]);
  });

  it("begins again after a first poll that failed", async () => {
    let isFailing = true;
    const runs = [runOf("old", BEGIN, "FAILED"), runOf("1", BEGIN)];
    const taskRuns = mockRuns(runs, () => {
      if (isFailing) throw Object.assign(new Error("busy"), { name: "ThrottlingException" });
    });
    const polls = taskRuns.watch(query, { interval: 0.001 }).polls();
    const value = await takeNext(polls);
    expect(value).toMatchObject({ runs: [], failures: [{ TransformId: "tfm-a" }] });
    isFailing = false;
    expect(statesOf((await takeNext(polls)).runs)).toEqual(["tfm-a/1 RUNNING"]);
    await polls.return?.();
    expect(statesOf((await taskRuns.watch(query, { cursor: value.cursor }).poll()).runs)).toEqual(["tfm-a/1 RUNNING"]);
  });
});

it("An unfinished run whose request is aborted, with an error that says that something does not exist, stays known", async () => {
  const run = runOf("1", BEGIN - 60 * MINUTE);
  let isRequested = false;
  const taskRuns = new MLTaskRuns(
    createFakeClient(({ input }) => {
      if (!("TaskRunId" in input)) return { TaskRuns: [run, runOf("newest", BEGIN, "FAILED")] };
      const isFirst = !isRequested;
      isRequested = true;
      return isFirst ? new Promise(() => {}) : { ...run, Status: "FAILED" };
    }),
  );
  const { cursor } = await taskRuns.watch(query).poll();
  const controller = new AbortController();
  const changes = taskRuns.watch(query, { cursor, abortSignal: controller.signal })[Symbol.asyncIterator]();
  const reason = Object.assign(new Error("Job not found."), { name: "EntityNotFoundException" });
  const rejected = expect(changes.next()).rejects.toBe(reason);
  await vi.waitFor(() => expect(isRequested).toBe(true));
  controller.abort(reason);
  await rejected;
  const { runs } = await taskRuns.watch(query, { cursor: changes.cursor }).poll();
  expect(statesOf(runs)).toEqual(["tfm-a/1 FAILED"]);
});

it("A transform that is found later, and whose first poll fails, is polled for its unfinished runs by the next poll", async () => {
  const runs: Record<string, TaskRun[]> = { "tfm-a": [runOf("1", BEGIN, "FAILED")] };
  let failing: string | undefined;
  const taskRuns = new MLTaskRuns(
    createFakeClient(({ input }) => {
      const { TransformId } = input as { TransformId?: string };
      if (TransformId === undefined) return { Transforms: Object.keys(runs).map((id) => ({ TransformId: id })) };
      if (TransformId === failing) throw Object.assign(new Error("busy"), { name: "ThrottlingException" });
      return { TaskRuns: runs[TransformId] };
    }),
  );
  const polls = taskRuns.watchAcrossTransforms({}, { interval: 0.001 }).polls();
  await takeNext(polls);
  // The responses have no time, and no run is new, so that the time of the watch does not advance.
  failing = "tfm-b";
  runs["tfm-b"] = [runOf("2", BEGIN - 60 * MINUTE, "RUNNING", "tfm-b")];
  expect((await takeNext(polls)).failures).toMatchObject([{ TransformId: "tfm-b" }]);
  failing = undefined;
  expect(statesOf((await takeNext(polls)).runs)).toEqual(["tfm-b/2 RUNNING"]);
  await polls.return?.();
});

it("A run that finishes without a start comes from the cursor of a poll that was left before it", async () => {
  const finished = { ...runOf("1", undefined, "FAILED"), CompletedOn: new Date(BEGIN + 2 * MINUTE) };
  const runs: TaskRun[] = [];
  const taskRuns = mockRuns(runs);
  const { cursor } = await taskRuns.watch({ ...query, Filter: { StartedAfter: new Date(BEGIN) } }).poll();
  runs.push(finished, runOf("2", BEGIN + 15 * MINUTE, "FAILED"));
  const changes = taskRuns.watch(query, { cursor })[Symbol.asyncIterator]();
  expect(statesOf([await takeNext(changes)])).toEqual(["tfm-a/2 FAILED"]);
  await changes.return?.();
  const rest = await taskRuns.watch(query, { cursor: changes.cursor }).poll();
  expect(statesOf(rest.runs)).toEqual(["tfm-a/1 FAILED"]);
});

it("A run that the last next() was waiting for when the watch was stopped comes from the cursor", async () => {
  let [isWaiting, isStopped] = [false, false];
  const client = createFakeClient(({ input }) => {
    if (!("NextToken" in input)) return { TaskRuns: [runOf("1", BEGIN, "FAILED")], NextToken: "more" };
    isWaiting = true;
    return isStopped ? { TaskRuns: [runOf("2", BEGIN + SECOND, "FAILED")] } : new Promise(() => {});
  });
  const watch = (options: WatchOptions) =>
    new MLTaskRuns(client).watch({ ...query, Filter: { StartedAfter: new Date(BEGIN) } }, options);
  const changes = watch({})[Symbol.asyncIterator]();
  const next = changes.next();
  await vi.waitFor(() => expect(isWaiting).toBe(true));
  await changes.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
  isStopped = true;
  const { runs } = await watch({ cursor: changes.cursor }).poll();
  expect(statesOf(runs)).toEqual(["tfm-a/1 FAILED", "tfm-a/2 FAILED"]);
});

it("A service that rounds bounds up to minutes does not hide runs after a page with an unfinished run", async () => {
  const times = { u: 10, "1": 20, "2": 30, "3": 90 };
  const runs: TaskRun[] = [];
  const client = createFakeClient(({ input }) => {
    const {
      Filter,
      MaxResults = 1000,
      NextToken,
    } = input as {
      Filter?: { StartedAfter?: Date };
      MaxResults?: number;
      NextToken?: string;
    };
    const after = Math.ceil(Number(Filter?.StartedAfter ?? 0) / MINUTE) * MINUTE;
    const matching = runs.filter(({ StartedOn }) => Number(StartedOn) > after);
    const begin = Number(NextToken ?? 0);
    const end = begin + MaxResults;
    return { TaskRuns: matching.slice(begin, end), ...(end < matching.length && { NextToken: String(end) }) };
  });
  const taskRuns = new MLTaskRuns(client);
  const { cursor } = await taskRuns.watch({ ...query, Filter: { StartedAfter: new Date(BEGIN) } }).poll();
  for (const [id, second] of Object.entries(times)) {
    runs.push(runOf(id, BEGIN + second * SECOND, id === "u" ? "RUNNING" : "FAILED"));
  }
  runs.sort((a, b) => Number(a.StartedOn) - Number(b.StartedOn));
  const found = await taskRuns.watch(query, { cursor, pageSize: 2 }).poll();
  expect(statesOf(found.runs).sort()).toEqual([
    "tfm-a/1 FAILED",
    "tfm-a/2 FAILED",
    "tfm-a/3 FAILED",
    "tfm-a/u RUNNING",
  ]);
});

describe("A service that lists runs without StartedOn in spite of StartedAfter", () => {
  const undated = (id: string, Status: string, completedOn?: number): TaskRun => ({
    ...runOf(id, undefined, Status),
    ...(completedOn !== undefined && { CompletedOn: new Date(completedOn) }),
  });

  it("shows runs that finish without a start, and the watch yields them once", async () => {
    const runs: TaskRun[] = [undated("old", "FAILED", BEGIN - 10 * MINUTE), runOf("dated", BEGIN, "FAILED")];
    const taskRuns = mockRuns(runs);
    const first = await taskRuns.watch(query).poll();
    expect(first.runs).toEqual([]);
    runs.unshift(
      undated("new", "FAILED", BEGIN + SECOND),
      undated("unknown", "FAILED"),
      undated("starting", "STARTING"),
    );
    const second = await taskRuns.watch(query, { cursor: first.cursor }).poll();
    expect(statesOf(second.runs)).toEqual(["tfm-a/new FAILED", "tfm-a/starting STARTING"]);
    runs.splice(2, 1, undated("starting", "FAILED"));
    const third = await taskRuns.watch(query, { cursor: second.cursor }).poll();
    expect(statesOf(third.runs)).toEqual(["tfm-a/starting FAILED"]);
    expect((await taskRuns.watch(query, { cursor: third.cursor }).poll()).runs).toEqual([]);
  });
});

describe("A run whose start appears between two pages", () => {
  it("comes once, in its later state", async () => {
    const pages = [
      { TaskRuns: [runOf("0", BEGIN, "FAILED")] },
      { TaskRuns: [runOf("1", undefined, "STARTING"), runOf("2", BEGIN, "FAILED")], NextToken: "more" },
      { TaskRuns: [runOf("1", BEGIN + SECOND)] },
      { TaskRuns: [runOf("1", BEGIN + SECOND)] },
    ];
    const taskRuns = new MLTaskRuns(createFakeClient(() => pages.shift()));
    const { cursor } = await taskRuns.watch(query).poll();
    const { runs } = await taskRuns.watch(query, { cursor }).poll();
    expect(statesOf(runs)).toEqual(["tfm-a/2 FAILED", "tfm-a/1 RUNNING"]);
  });
});

describe("A run that finishes between two pages of the first poll", () => {
  it("comes once, as finished", async () => {
    const pages = [
      { TaskRuns: [runOf("1", BEGIN, "RUNNING")], NextToken: "more" },
      { TaskRuns: [runOf("2", BEGIN, "FAILED"), runOf("1", BEGIN, "SUCCEEDED")] },
    ];
    const { runs } = await new MLTaskRuns(createFakeClient(() => pages.shift())).watch(query).poll();
    expect(statesOf(runs)).toEqual(["tfm-a/1 SUCCEEDED"]);
  });
});

describe("The runs of a status that fill several pages", () => {
  it("are listed until two listings are the same, since a run that leaves the status shifts offsets", async () => {
    const old = (id: string) => runOf(id, BEGIN - 60 * MINUTE, "RUNNING");
    const finished = { TaskRuns: [runOf("finished", BEGIN, "FAILED")], NextToken: "older" };
    const none = { TaskRuns: [] };
    const pages = [
      finished,
      { TaskRuns: [] as TaskRun[], NextToken: "more" },
      { TaskRuns: [runOf("oldest", BEGIN - 90 * MINUTE, "FAILED")], NextToken: "even older" },
      none,
      // RUNNING: the second run is missing, because the first has just left the status.
      { TaskRuns: [old("1")], NextToken: "page 2" },
      { TaskRuns: [old("3")] },
      { TaskRuns: [old("2")], NextToken: "page 2" },
      { TaskRuns: [old("3")] },
      { TaskRuns: [old("2")], NextToken: "page 2" },
      { TaskRuns: [old("3")] },
      none,
    ];
    const { runs } = await new MLTaskRuns(createFakeClient(() => pages.shift())).watch(query).poll();
    expect(statesOf(runs)).toEqual(["tfm-a/1", "tfm-a/2", "tfm-a/3"].map((id) => `${id} RUNNING`));
    expect(pages).toEqual([]);
  });
});
