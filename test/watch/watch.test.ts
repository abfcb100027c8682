/** Watching runs: every new run and every change of status comes once, at the cost of about one request per poll. */
import type { GetMLTaskRunsCommandInput } from "@aws-sdk/client-glue";
import fc from "fast-check";
import {
  InvalidQueryError,
  type MLTaskRun,
  MLTaskRuns,
  taskRunFilter,
  type WatchOptions,
  type WatchProgress,
} from "glue-ml-task-runs";
import { LocalGlue, type LocalTaskRun } from "glue-ml-task-runs/local";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

const INTERVAL = 30;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const BEGIN = Date.UTC(2026, 10, 1);

let glue: LocalGlue;
let taskRuns: MLTaskRuns;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"], now: BEGIN });
  glue = await LocalGlue.start();
  taskRuns = new MLTaskRuns(glue.client({ maxAttempts: 1 }));
});
afterEach(async () => {
  vi.useRealTimers();
  await glue.close();
});

const runOf = (TaskRunId: string, startedOn: number | undefined, Status = "RUNNING", TransformId = "tfm-a") =>
  ({
    TransformId,
    TaskRunId,
    Status,
    ...(startedOn !== undefined && { StartedOn: new Date(startedOn) }),
    Properties: { TaskType: "EVALUATION" },
  }) as LocalTaskRun;

const stateOf = ({ TransformId, TaskRunId, Status }: MLTaskRun) => `${TransformId}/${TaskRunId} ${Status}`;

/** Consumes a watch poll by poll. */
function follow(open: (options: WatchOptions) => AsyncIterableIterator<MLTaskRun>, options: WatchOptions = {}) {
  let states: string[] = [];
  let onPoll: (progress: WatchProgress) => void = () => {};
  let onFailure: (error: unknown) => void = () => {};
  let hasBegun = false;
  const runs = open({ interval: INTERVAL, ...options, onPoll: (progress) => onPoll(progress) });
  const consume = async () => {
    for await (const run of runs) states.push(stateOf(run));
  };
  /** Advances the clock to the next poll. */
  const progress = async (): Promise<WatchProgress> => {
    states = [];
    const polled = new Promise<WatchProgress>((resolve, reject) => {
      onPoll = resolve;
      onFailure = reject;
    });
    if (hasBegun) await vi.advanceTimersByTimeAsync(INTERVAL * SECOND);
    else consume().catch((error: unknown) => onFailure(error));
    hasBegun = true;
    return polled;
  };
  /** Advances the clock to the next poll. Returns the states that it yielded. */
  const poll = async (): Promise<string[]> => {
    await progress();
    return states;
  };
  return { runs, progress, poll, states: () => states };
}

const watchOne = (options: WatchOptions) => taskRuns.watch({ TransformId: "tfm-a" }, options);

describe("A watch of one transform", () => {
  it("yields the unfinished runs first, oldest first, and not the finished ones", async () => {
    glue.addTaskRuns([
      runOf("finished", BEGIN - MINUTE, "SUCCEEDED"),
      runOf("newer", BEGIN - 2 * MINUTE),
      runOf("older", BEGIN - 3 * MINUTE, "STOPPING"),
      runOf("undated", undefined, "STARTING"),
    ]);
    const watch = follow(watchOne);
    expect(await watch.poll()).toEqual(["tfm-a/older STOPPING", "tfm-a/newer RUNNING", "tfm-a/undated STARTING"]);
    await watch.runs.return?.();
  });

  it("yields a run when it is first seen and at each change of its status, and then not again", async () => {
    glue.addTransform({ TransformId: "tfm-a" });
    const watch = follow(watchOne);
    expect(await watch.poll()).toEqual([]);
    for (const Status of ["STARTING", "RUNNING", "STOPPING", "STOPPED"]) {
      glue.addTaskRuns([runOf("1", BEGIN, Status)]);
      expect(await watch.poll()).toEqual([`tfm-a/1 ${Status}`]);
      expect(await watch.poll()).toEqual([]);
    }
    await watch.runs.return?.();
  });

  it("yields a run once that starts and finishes between two polls", async () => {
    glue.addTaskRuns([runOf("before", BEGIN - SECOND, "FAILED")]);
    const watch = follow(watchOne);
    expect(await watch.poll()).toEqual([]);
    glue.addTaskRuns([runOf("between", BEGIN, "SUCCEEDED")]);
    expect(await watch.poll()).toEqual(["tfm-a/between SUCCEEDED"]);
    expect(await watch.poll()).toEqual([]);
    await watch.runs.return?.();
  });

  it("with StartedAfter yields all runs since that millisecond first, oldest first", async () => {
    glue.addTaskRuns([
      runOf("before", BEGIN - MINUTE - 1, "RUNNING"),
      runOf("at", BEGIN - MINUTE, "FAILED"),
      runOf("after", BEGIN - SECOND, "RUNNING"),
    ]);
    const Filter = taskRunFilter().startedAfter(BEGIN - MINUTE);
    const watch = follow((options) => taskRuns.watch({ TransformId: "tfm-a", Filter }, options));
    expect(await watch.poll()).toEqual(["tfm-a/at FAILED", "tfm-a/after RUNNING"]);
    glue.addTaskRuns([runOf("before", BEGIN - MINUTE - 1, "FAILED"), runOf("after", BEGIN - SECOND, "FAILED")]);
    expect(await watch.poll()).toEqual(["tfm-a/after FAILED"]);
    await watch.runs.return?.();
  });

  it("with StartedAfter yields all runs since then, also where the service rounds the bound up to a minute", async () => {
    glue.addTaskRuns([runOf("before", BEGIN - 1, "FAILED"), runOf("at", BEGIN, "FAILED")]);
    const client = glue.client();
    client.middlewareStack.add(
      (next) => (args) => {
        const { Filter } = args.input as GetMLTaskRunsCommandInput;
        if (!Filter?.StartedAfter) return next(args);
        const StartedAfter = new Date(Math.ceil(Filter.StartedAfter.getTime() / MINUTE) * MINUTE);
        return next({ ...args, input: { ...args.input, Filter: { ...Filter, StartedAfter } } });
      },
      { step: "initialize" },
    );
    const query = { TransformId: "tfm-a", Filter: { StartedAfter: new Date(BEGIN) } };
    const watch = follow((options) => new MLTaskRuns(client).watch(query, options));
    expect(await watch.poll()).toEqual(["tfm-a/at FAILED"]);
    glue.addTaskRuns([runOf("new", BEGIN + 1, "FAILED")]);
    expect(await watch.poll()).toEqual(["tfm-a/new FAILED"]);
    await watch.runs.return?.();
  });

  it("with StartedAfter yields each run of a long history once", async () => {
    const count = 2500;
    glue.addTaskRuns(Array.from({ length: count }, (_, index) => runOf(`${index}`, BEGIN - index * SECOND, "FAILED")));
    const query = { TransformId: "tfm-a", Filter: { StartedAfter: new Date(BEGIN - count * SECOND) } };
    const watch = follow((options) => taskRuns.watch(query, options));
    expect(new Set(await watch.poll()).size).toBe(count);
    expect(watch.states()).toHaveLength(count);
    expect(await watch.poll()).toEqual([]);
    await watch.runs.return?.();
  });

  it("with TaskRunType yields runs of that type only", async () => {
    glue.addTaskRuns([
      runOf("evaluation", BEGIN),
      { ...runOf("export", BEGIN), Properties: { TaskType: "EXPORT_LABELS" } },
    ]);
    const query = { TransformId: "tfm-a", Filter: { TaskRunType: "EXPORT_LABELS" } } as const;
    const watch = follow((options) => taskRuns.watch(query, options));
    expect(await watch.poll()).toEqual(["tfm-a/export RUNNING"]);
    await watch.runs.return?.();
  });

  it("follows a run without StartedOn, and one that the list leaves out, until it is finished or removed", async () => {
    glue.addTaskRuns([runOf("undated", undefined, "STARTING"), runOf("removed", BEGIN)]);
    const watch = follow(watchOne);
    expect(await watch.poll()).toEqual(["tfm-a/removed RUNNING", "tfm-a/undated STARTING"]);
    glue.removeTaskRuns("tfm-a", ["removed"]);
    glue.addTaskRuns([runOf("undated", BEGIN, "RUNNING")]);
    expect(await watch.poll()).toEqual(["tfm-a/undated RUNNING"]);
    glue.addTaskRuns([runOf("undated", BEGIN, "TIMEOUT")]);
    expect(await watch.progress()).toEqual({ poll: 3, runs: 1, unfinished: 0 });
    await watch.runs.return?.();
  });

  it("never yields again a run that finished without StartedOn", async () => {
    glue.addTaskRuns([runOf("finished", undefined, "FAILED"), runOf("starting", undefined, "STARTING")]);
    const watch = follow(watchOne);
    expect(await watch.poll()).toEqual(["tfm-a/starting STARTING"]);
    glue.addTaskRuns([runOf("starting", undefined, "FAILED")]);
    expect(await watch.poll()).toEqual(["tfm-a/starting FAILED"]);
    expect(await watch.poll()).toEqual([]);
    await watch.runs.return?.();
  });

  it("tells onPoll the number of the poll, of its runs and of the unfinished runs, and waits for it", async () => {
    glue.addTaskRuns([runOf("1", BEGIN), runOf("2", BEGIN)]);
    const watch = follow(watchOne);
    expect(await watch.progress()).toEqual({ poll: 1, runs: 2, unfinished: 2 });
    glue.addTaskRuns([runOf("2", BEGIN, "FAILED")]);
    expect(await watch.progress()).toEqual({ poll: 2, runs: 1, unfinished: 1 });
    await watch.runs.return?.();
    const failing = taskRuns.watch({ TransformId: "tfm-a" }, { onPoll: () => Promise.reject(new Error("not now")) });
    expect((await failing.next()).value).toMatchObject({ TaskRunId: "1" });
    await expect(failing.next()).rejects.toThrow("not now");
  });

  it("does not poll before the consumer has taken the runs of the poll before", async () => {
    glue.addTaskRuns([runOf("1", BEGIN), runOf("2", BEGIN)]);
    const runs = taskRuns.watch({ TransformId: "tfm-a" }, { interval: INTERVAL });
    await runs.next();
    const { length } = glue.requests;
    await vi.advanceTimersByTimeAsync(10 * INTERVAL * SECOND);
    expect(glue.requests).toHaveLength(length);
    await runs.return?.();
  });

  it("sends no request before the first call of next()", async () => {
    const runs = taskRuns.watch({ TransformId: "tfm-a" });
    expect(glue.requests).toEqual([]);
    await runs.return?.();
    expect(await runs.next()).toEqual({ done: true, value: undefined });
    expect(glue.requests).toEqual([]);
  });
});

describe("The requests of a watch", () => {
  const finished = (count: number, first: number) =>
    Array.from({ length: count }, (_, index) => runOf(`finished-${index}`, first + index * SECOND, "SUCCEEDED"));

  it.each([
    { name: "the oldest", startedOn: BEGIN - 200_000 * SECOND },
    { name: "in the middle", startedOn: BEGIN - 50_000.5 * SECOND },
    { name: "the newest", startedOn: BEGIN },
  ])(
    "are one or two for each poll among 100,000 finished runs, where the unfinished run is $name",
    async ({ startedOn }) => {
      glue.addTaskRuns([...finished(100_000, BEGIN - 100_000 * SECOND), runOf("unfinished", startedOn)]);
      const watch = follow(watchOne);
      expect(await watch.poll()).toEqual(["tfm-a/unfinished RUNNING"]);
      // One page of the newest runs, and the runs of each unfinished status.
      expect(glue.requests).toHaveLength(4);
      for (let poll = 2; poll < 6; poll += 1) {
        const before = glue.requests.length;
        await watch.poll();
        expect(glue.requests.length - before).toBeLessThanOrEqual(2);
      }
      glue.addTaskRuns([runOf("unfinished", startedOn, "FAILED")]);
      expect(await watch.poll()).toEqual(["tfm-a/unfinished FAILED"]);
      await watch.runs.return?.();
    },
  );

  it("are one for each poll where all that started since the oldest unfinished run is on one page", async () => {
    const old = [1, 2, 3].map((number) => runOf(`unfinished-${number}`, BEGIN - (800 + number) * SECOND));
    glue.addTaskRuns([...finished(900, BEGIN - 900 * SECOND), ...old]);
    const watch = follow(watchOne);
    // The whole history is on one page.
    expect(await watch.poll()).toHaveLength(3);
    expect(glue.requests).toHaveLength(1);
    await watch.poll();
    expect(glue.requests).toHaveLength(2);
    await watch.runs.return?.();
  });

  it("that are throttled are retried by the client, which the watch does not show", async () => {
    glue.addTaskRuns([runOf("1", BEGIN)]);
    taskRuns = new MLTaskRuns(glue.client());
    vi.useRealTimers();
    glue.fail("throttling", { times: 2 });
    const runs = taskRuns.watch({ TransformId: "tfm-a" });
    expect((await runs.next()).value).toMatchObject({ TaskRunId: "1" });
    await runs.return?.();
  });

  it("end the watch with the error of one that fails, after the runs before it", async () => {
    glue.addTaskRuns([runOf("old", BEGIN - 100 * MINUTE), runOf("undated", undefined)]);
    const watch = follow(watchOne);
    await watch.poll();
    glue.addTaskRuns([runOf("new", BEGIN)]);
    // The list is answered; the request for the run without StartedOn is not.
    glue.fail("internalError", { after: 1 });
    await expect(watch.poll()).rejects.toMatchObject({ name: "InternalServiceException" });
    expect(watch.states()).toEqual(["tfm-a/new RUNNING"]);
    expect(await watch.runs.next()).toEqual({ done: true, value: undefined });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("The end of a watch", () => {
  it.each([
    { when: "before it begins", latency: 0, polls: 0 },
    { when: "during a request", latency: 3600 * SECOND, polls: 0 },
    { when: "during a pause", latency: 0, polls: 1 },
  ])("by an abort $when comes at once with the reason, and sends nothing more", async ({ when, latency, polls }) => {
    await using slow = await LocalGlue.start({ latency });
    slow.addTransform({ TransformId: "tfm-a" });
    const controller = new AbortController();
    const reason = new Error("shut down");
    if (when === "before it begins") controller.abort(reason);
    let polled = 0;
    const runs = new MLTaskRuns(slow.client()).watch(
      { TransformId: "tfm-a" },
      { abortSignal: controller.signal, onPoll: () => (polled += 1) },
    );
    const next = runs.next();
    const rejected = expect(next).rejects.toBe(reason);
    const expected = when === "before it begins" ? 0 : 1;
    await vi.waitFor(() => expect(slow.requests).toHaveLength(expected));
    await vi.waitFor(() => expect(polled).toBe(polls));
    controller.abort(reason);
    await rejected;
    expect(await runs.next()).toEqual({ done: true, value: undefined });
    expect(slow.requests).toHaveLength(expected);
  });

  it("by an abort while it lists the runs since a time comes at once with the reason", async () => {
    await using slow = await LocalGlue.start({ latency: 3600 * SECOND });
    const controller = new AbortController();
    const query = { TransformId: "tfm-a", Filter: { StartedAfter: new Date(BEGIN) } };
    const next = new MLTaskRuns(slow.client()).watch(query, { abortSignal: controller.signal }).next();
    const rejected = expect(next).rejects.toBe("enough");
    await vi.waitFor(() => expect(slow.requests).toHaveLength(1));
    controller.abort("enough");
    await rejected;
  });

  it("by an abort between two runs comes before the second", async () => {
    glue.addTaskRuns([runOf("1", BEGIN), runOf("2", BEGIN)]);
    const controller = new AbortController();
    const runs = taskRuns.watch({ TransformId: "tfm-a" }, { abortSignal: controller.signal });
    await runs.next();
    controller.abort("enough");
    await expect(runs.next()).rejects.toBe("enough");
  });

  it("by break clears the timer, and removes its listener from the signal", async () => {
    glue.addTaskRuns([runOf("1", BEGIN)]);
    const { signal } = new AbortController();
    const [added, removed] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
    const runs = taskRuns.watch({ TransformId: "tfm-a" }, { abortSignal: signal });
    await runs.next();
    const next = runs.next();
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
    await runs.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(vi.getTimerCount()).toBe(0);
    expect(added.mock.calls.length).toBeGreaterThan(0);
    expect(removed.mock.calls.length).toBe(added.mock.calls.length);
  });

  it("by a signal without addEventListener whose onabort was replaced comes before the next poll", async () => {
    glue.addTransform({ TransformId: "tfm-a" });
    const abortSignal = { aborted: false, reason: "shut down", onabort: null };
    const onPoll = vi.fn();
    const runs = taskRuns.watch({ TransformId: "tfm-a" }, { interval: INTERVAL, abortSignal, onPoll });
    const rejected = expect(runs.next()).rejects.toBe("shut down");
    await vi.waitFor(() => expect(onPoll).toHaveBeenCalledOnce());
    // The SDK does this to the signal of a request.
    Object.assign(abortSignal, { aborted: true, onabort: () => {} });
    await vi.advanceTimersByTimeAsync(INTERVAL * SECOND);
    await rejected;
    expect(glue.requests).toHaveLength(1);
  });

  it("by the abortSignal of the defaults", async () => {
    const abortSignal = AbortSignal.abort("no more");
    const runs = new MLTaskRuns(glue.client(), { abortSignal, limit: 1 }).watch({ TransformId: "tfm-a" });
    await expect(runs.next()).rejects.toBe("no more");
  });

  it("by an error of the service, if the transform does not exist", async () => {
    const runs = taskRuns.watch({ TransformId: "tfm-missing" });
    await expect(runs.next()).rejects.toMatchObject({ name: "EntityNotFoundException" });
  });
});

describe("A watch across transforms", () => {
  const watchAll = (options: WatchOptions) => taskRuns.watchAcrossTransforms(undefined, options);

  it("yields the runs of all transforms, also of one that is created later, and skips one that is deleted", async () => {
    glue.addTaskRuns([runOf("1", BEGIN, "RUNNING", "tfm-a"), runOf("2", BEGIN, "RUNNING", "tfm-b")]);
    const watch = follow(watchAll);
    expect(await watch.poll()).toEqual(["tfm-a/1 RUNNING", "tfm-b/2 RUNNING"]);
    glue.removeTransform("tfm-a");
    glue.addTaskRuns([
      runOf("old", BEGIN - MINUTE, "FAILED", "tfm-c"),
      runOf("new", BEGIN + SECOND, "FAILED", "tfm-c"),
      runOf("2", BEGIN, "STOPPED", "tfm-b"),
    ]);
    expect(await watch.poll()).toEqual(["tfm-b/2 STOPPED", "tfm-c/new FAILED"]);
    expect(await watch.progress()).toEqual({ poll: 3, runs: 0, unfinished: 0 });
    await watch.runs.return?.();
  });

  it("skips a transform that is deleted after a poll has found it", async () => {
    let deleted: string | undefined;
    await using endpoint = await LocalGlue.start({
      latency: ({ operation }) => {
        if (operation === "GetMLTaskRuns" && deleted !== undefined) endpoint.removeTransform(deleted);
        return 0;
      },
    });
    endpoint.addTaskRuns([runOf("1", BEGIN, "RUNNING", "tfm-a"), runOf("2", BEGIN, "RUNNING", "tfm-b")]);
    const library = new MLTaskRuns(endpoint.client({ maxAttempts: 1 }));
    const watch = follow((options) => library.watchAcrossTransforms({}, options), { concurrency: 1 });
    expect(await watch.poll()).toEqual(["tfm-a/1 RUNNING", "tfm-b/2 RUNNING"]);
    deleted = "tfm-a";
    endpoint.addTaskRuns([runOf("2", BEGIN, "FAILED", "tfm-b")]);
    expect(await watch.progress()).toEqual({ poll: 2, runs: 1, unfinished: 0 });
    expect(watch.states()).toEqual(["tfm-b/2 FAILED"]);
    await watch.runs.return?.();
  });

  it("with StartedAfter yields all runs since then first, oldest first over all transforms", async () => {
    glue.addTransform({ TransformId: "tfm-empty" });
    glue.addTaskRuns(
      [0, 1, 2, 3].map((index) => runOf(`${index}`, BEGIN + index * SECOND, "FAILED", index % 2 ? "tfm-a" : "tfm-b")),
    );
    const Filter = { StartedAfter: new Date(BEGIN + SECOND) };
    const watch = follow((options) => taskRuns.watchAcrossTransforms({ Filter }, options));
    expect(await watch.poll()).toEqual(["tfm-a/1 FAILED", "tfm-b/2 FAILED", "tfm-a/3 FAILED"]);
    glue.addTaskRuns([
      runOf("late", BEGIN, "RUNNING", "tfm-empty"),
      runOf("new", BEGIN + SECOND, "RUNNING", "tfm-empty"),
    ]);
    expect(await watch.poll()).toEqual(["tfm-empty/new RUNNING"]);
    await watch.runs.return?.();
  });

  it("watches the transforms that TransformFilter matches", async () => {
    glue.addTransform({ TransformId: "tfm-b", Status: "NOT_READY" });
    glue.addTaskRuns([runOf("1", BEGIN, "RUNNING", "tfm-a"), runOf("2", BEGIN, "RUNNING", "tfm-b")]);
    const watch = follow((options) =>
      taskRuns.watchAcrossTransforms({ TransformFilter: { Status: "NOT_READY" } }, options),
    );
    expect(await watch.poll()).toEqual(["tfm-b/2 RUNNING"]);
    await watch.runs.return?.();
  });

  it.each([undefined, BEGIN - MINUTE])(
    "does not yield runs again of a transform that TransformFilter matches again (StartedAfter: %s)",
    async (since) => {
      glue.addTaskRuns([runOf("running", BEGIN), runOf("failing", BEGIN)]);
      const query = {
        TransformFilter: { Status: "READY" },
        Filter: { StartedAfter: since === undefined ? undefined : new Date(since) },
      } as const;
      const watch = follow((options) => taskRuns.watchAcrossTransforms(query, options));
      expect(await watch.poll()).toEqual(["tfm-a/failing RUNNING", "tfm-a/running RUNNING"]);
      glue.addTaskRuns([runOf("short", BEGIN + SECOND, "SUCCEEDED")]);
      expect(await watch.poll()).toEqual(["tfm-a/short SUCCEEDED"]);
      glue.addTransform({ TransformId: "tfm-a", Status: "NOT_READY" });
      expect(await watch.progress()).toEqual({ poll: 3, runs: 0, unfinished: 0 });
      glue.addTransform({ TransformId: "tfm-a", Status: "READY" });
      glue.addTaskRuns([runOf("failing", BEGIN, "FAILED"), runOf("new", BEGIN + MINUTE)]);
      expect(await watch.poll()).toEqual(["tfm-a/failing FAILED", "tfm-a/new RUNNING"]);
      await watch.runs.return?.();
    },
  );

  it("takes one request for each transform and poll, and one to find the transforms", async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `tfm-${index}`);
    glue.addTaskRuns(ids.map((id) => runOf("1", BEGIN, "RUNNING", id)));
    const watch = follow(watchAll);
    expect(await watch.poll()).toHaveLength(30);
    expect(glue.requests).toHaveLength(31);
    await watch.poll();
    expect(glue.requests).toHaveLength(62);
    await watch.runs.return?.();
  });

  it("continues if the consumer takes longer for the runs of a poll than a token of GetMLTransforms is valid", async () => {
    await using endpoint = await LocalGlue.start({ tokenLifetime: MINUTE });
    endpoint.addTaskRuns(["tfm-a", "tfm-b", "tfm-c"].map((id) => runOf("1", BEGIN, "RUNNING", id)));
    const library = new MLTaskRuns(endpoint.client());
    const runs = library.watchAcrossTransforms({}, { pageSize: 1, concurrency: 1 });
    for (const TransformId of ["tfm-a", "tfm-b", "tfm-c"]) {
      expect((await runs.next()).value).toMatchObject({ TransformId });
      vi.setSystemTime(Date.now() + 2 * MINUTE);
    }
    await runs.return?.();
  });

  it("ends with an error other than that of a deleted transform, after the runs that came before it", async () => {
    glue.addTaskRuns([runOf("1", BEGIN, "RUNNING", "tfm-a"), runOf("2", BEGIN, "RUNNING", "tfm-b")]);
    glue.fail("internalError", { after: 2 });
    const runs = taskRuns.watchAcrossTransforms({}, { concurrency: 1 });
    expect((await runs.next()).value).toMatchObject({ TaskRunId: "1" });
    await expect(runs.next()).rejects.toMatchObject({ name: "InternalServiceException" });
  });
});

describe("The checks of a watch", () => {
  it.each([
    ["Sort", { Sort: { Column: "STARTED", SortDirection: "ASCENDING" } }],
    ["Filter.Status", { Filter: { Status: "FAILED" } }],
    ["Filter.StartedBefore", { Filter: { StartedBefore: new Date() } }],
    ["Filter.TaskRunType", { Filter: { TaskRunType: "OTHER" } }],
    ["status", { status: "FAILED" }],
  ])("throw an InvalidQueryError for %s in the query, before anything is sent", (field, query) => {
    // What JavaScript can pass.
    const anyQuery = query as object;
    expect(() => taskRuns.watch({ TransformId: "tfm-a", ...anyQuery })).toThrow(InvalidQueryError);
    expect(() => taskRuns.watchAcrossTransforms(anyQuery)).toThrow(expect.objectContaining({ field }));
    expect(glue.requests).toEqual([]);
  });

  it.each([
    [{ interval: 0 }, "interval must be a number of seconds above 0 and up to 86400, got 0."],
    [{ interval: Number.NaN }, "interval must be a number of seconds above 0 and up to 86400, got NaN."],
    [{ pageSize: 1001 }, "pageSize must be an integer from 1 to 1000, got 1001."],
    [{ concurrency: 65 }, "concurrency must be an integer from 1 to 64, got 65."],
    [
      { limit: 3 },
      'Unknown key "limit" in the options. Known keys: interval, pageSize, concurrency, abortSignal, onPoll.',
    ],
  ])("throw an InvalidQueryError for the options %j", (anyOptions, message) => {
    // What JavaScript can pass.
    const options = anyOptions as object;
    expect(() => taskRuns.watch({ TransformId: "tfm-a" }, options)).toThrow(InvalidQueryError);
    expect(() => taskRuns.watch({ TransformId: "tfm-a" }, options)).toThrow(message);
    expect(() => taskRuns.watchAcrossTransforms({}, options)).toThrow(message);
  });
});

/** What happens between two polls. */
const anyAction = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("start" as const),
      transform: fc.nat({ max: 1 }),
      time: fc.constantFrom(0, 0, 1, 500, 3000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("change" as const), index: fc.nat({ max: 30 }), isCancel: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("poll" as const) }) },
);

describe.each(["exclusive", "inclusive"] as const)("For any script, with %s bounds of the service,", (bounds) => {
  let endpoint: LocalGlue;
  beforeAll(async () => {
    endpoint = await LocalGlue.start({ bounds });
  });
  afterAll(() => endpoint.close());

  const NEXT: Record<string, string> = { STARTING: "RUNNING", RUNNING: "SUCCEEDED", STOPPING: "STOPPED" };
  interface ModelRun {
    readonly id: string;
    readonly transform: string;
    readonly startedOn: number;
    status: string;
    /** The status at the last poll. */
    seen?: string;
  }

  const anyScript = fc.record({
    history: fc.array(
      fc.record({
        transform: fc.nat({ max: 1 }),
        age: fc.constantFrom(0, 1, 2000, 59_000, 61_000, 3_600_000),
        status: fc.constantFrom("STARTING", "RUNNING", "FAILED", "FAILED", "SUCCEEDED"),
      }),
      { maxLength: 12 },
    ),
    actions: fc.array(anyAction, { maxLength: 25 }),
    later: fc.array(anyAction, { maxLength: 6 }),
    pageSize: fc.integer({ min: 1, max: 4 }),
    isSince: fc.boolean(),
    isAcross: fc.boolean(),
  });

  it("each poll yields exactly the runs that are new or have changed, and a restart loses none", async () => {
    await fc.assert(
      fc.asyncProperty(anyScript, async ({ history, actions, later, pageSize, isSince, isAcross }) => {
        vi.setSystemTime(BEGIN);
        for (const transform of ["tfm-a", "tfm-b"]) {
          endpoint.removeTransform(transform);
          endpoint.addTransform({ TransformId: transform });
        }
        const library = new MLTaskRuns(endpoint.client());
        const model: ModelRun[] = [];
        let nextId = 0;
        const save = ({ id, startedOn, status, transform }: ModelRun) =>
          endpoint.addTaskRuns([runOf(id, startedOn, status, transform)]);
        const add = (transformIndex: number, startedOn: number, status: string) => {
          const transform = isAcross && transformIndex === 1 ? "tfm-b" : "tfm-a";
          nextId += 1;
          const run = { id: `${nextId}`, transform, startedOn, status };
          model.push(run);
          save(run);
        };
        const isFinished = (run: ModelRun) => !(run.status in NEXT);
        const act = (action: Exclude<typeof anyAction extends fc.Arbitrary<infer A> ? A : never, { kind: "poll" }>) => {
          if (action.kind === "start") {
            vi.setSystemTime(Date.now() + action.time);
            return add(action.transform, Date.now(), "STARTING");
          }
          const run = model.at(action.index % Math.max(1, model.length));
          if (run === undefined || isFinished(run)) return;
          run.status = action.isCancel && run.status !== "STOPPING" ? "STOPPING" : (NEXT[run.status] ?? run.status);
          save(run);
        };
        const open = (StartedAfter: Date | undefined) => (options: WatchOptions) => {
          const Filter = { StartedAfter };
          return isAcross
            ? library.watchAcrossTransforms({ Filter }, { ...options, pageSize })
            : library.watch({ TransformId: "tfm-a", Filter }, { ...options, pageSize });
        };
        /** What a poll has to yield: runs that are new, and those whose status has changed. */
        const expectPoll = async (watch: ReturnType<typeof follow>) => {
          const changed = model.filter((run) => run.seen !== run.status);
          expect((await watch.poll()).sort()).toEqual(
            changed.map(({ transform, id, status }) => `${transform}/${id} ${status}`).sort(),
          );
          for (const run of model) run.seen = run.status;
        };

        for (const { transform, age, status } of history) add(transform, BEGIN - age, status);
        const since = BEGIN - 60_000;
        const isWatched = (run: ModelRun) => (isSince ? run.startedOn >= since : !isFinished(run));
        for (const run of model) if (!isWatched(run)) run.seen = run.status;
        // Runs before the time of the filter do not come, also not when they change.
        const watched = model.filter(isWatched);
        if (isSince) model.splice(0, model.length, ...watched);
        const watch = follow(open(isSince ? new Date(since) : undefined));
        await expectPoll(watch);
        for (const action of actions) {
          if (action.kind === "poll") await expectPoll(watch);
          else act(action);
        }
        await expectPoll(watch);
        await watch.runs.return?.();

        // Restart at the oldest unfinished run. All runs since then come again, with the changes since the last poll.
        const unfinished = model.filter((run) => !isFinished(run)).map(({ startedOn }) => startedOn);
        const restart = Math.min(...unfinished, Date.now());
        for (const action of later) if (action.kind !== "poll") act(action);
        for (const run of model) if (run.startedOn >= restart) delete run.seen;
        const restarted = follow(open(new Date(restart)));
        await expectPoll(restarted);
        await restarted.runs.return?.();
      }),
      { numRuns: 40 },
    );
  });
});

it("A watch yields each run with its last status, and no status twice, where runs change between the requests of a poll", async () => {
  const NEXT: Record<string, string> = { STARTING: "RUNNING", RUNNING: "SUCCEEDED" };
  const anyChange = fc.record({ isStart: fc.boolean(), index: fc.nat({ max: 20 }), time: fc.constantFrom(0, 1, 2500) });
  let beforeResponse = () => {};
  const latency = () => {
    beforeResponse();
    return 0;
  };
  await using endpoint = await LocalGlue.start({ latency });
  const library = new MLTaskRuns(endpoint.client());
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("STARTING", "RUNNING", "FAILED"), { maxLength: 8 }),
      fc.array(fc.option(anyChange, { nil: undefined }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      async (history, changes, pageSize, isAcross) => {
        vi.setSystemTime(BEGIN);
        endpoint.removeTransform("tfm-a");
        endpoint.addTransform({ TransformId: "tfm-a" });
        const model: { id: string; startedOn: number; status: string; isWatched: boolean }[] = [];
        const save = ({ id, startedOn, status }: (typeof model)[number]) =>
          endpoint.addTaskRuns([runOf(id, startedOn, status)]);
        const add = (startedOn: number, status: string, isWatched: boolean) => {
          const run = { id: `${model.length}`, startedOn, status, isWatched };
          model.push(run);
          save(run);
        };
        for (const [age, status] of history.entries()) add(BEGIN - age * 20_000, status, status !== "FAILED");
        let requests = 0;
        let hasPolled = false;
        beforeResponse = () => {
          requests += 1;
          const change = changes[requests - 1];
          if (change === undefined) return;
          vi.setSystemTime(Date.now() + change.time);
          const run = model[change.index % Math.max(1, model.length)];
          if (change.isStart || run === undefined) add(Date.now() + 1, "STARTING", requests > 1);
          // A run that finishes during the first poll may have finished before the watch asked for it.
          else if (hasPolled && run.status in NEXT) {
            run.status = NEXT[run.status] ?? run.status;
            save(run);
          }
        };
        const watch = follow((options) =>
          isAcross
            ? library.watchAcrossTransforms({}, { ...options, pageSize })
            : library.watch({ TransformId: "tfm-a" }, { ...options, pageSize }),
        );
        const seen: string[] = [];
        do {
          seen.push(...(await watch.poll()));
          hasPolled = true;
        } while (requests < changes.length);
        // One poll more, without changes.
        seen.push(...(await watch.poll()));
        await watch.runs.return?.();
        beforeResponse = () => {};
        expect(new Set(seen).size).toBe(seen.length);
        for (const { id, status } of model.filter(({ isWatched }) => isWatched)) {
          expect(seen).toContain(`tfm-a/${id} ${status}`);
        }
      },
    ),
    { numRuns: 40 },
  );
});
