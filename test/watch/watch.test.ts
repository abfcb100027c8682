/** Watching the runs of one transform: every new run and every change of status comes once. */
import type { GetMLTaskRunsCommandInput } from "@aws-sdk/client-glue";
import { InvalidQueryError, MLTaskRuns, MLTaskRunsError, taskRunFilter, type WatchProgress } from "glue-ml-task-runs";
import { LocalGlue } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import { BEGIN, follow, INTERVAL, MINUTE, runOf, SECOND, statesOf, take, useLocalGlue } from "./support.js";

const context = useLocalGlue();
const query = { TransformId: "tfm-a" };

describe("A watch of one transform", () => {
  it("yields the unfinished runs first, oldest first, and not the finished ones", async () => {
    context.glue.addTaskRuns([
      runOf("finished", BEGIN - MINUTE, "SUCCEEDED"),
      runOf("newer", BEGIN - 2 * MINUTE),
      runOf("older", BEGIN - 3 * MINUTE, "STOPPING"),
      runOf("undated", undefined, "STARTING"),
    ]);
    const changes = context.taskRuns.watch(query)[Symbol.asyncIterator]();
    const found = await take(changes, 3);
    expect(statesOf(found)).toEqual(["tfm-a/older STOPPING", "tfm-a/newer RUNNING", "tfm-a/undated STARTING"]);
    await changes.return?.();
  });

  it("yields a run when it is first seen and at each change of its status, and then not again", async () => {
    context.glue.addTransform(query);
    const watch = follow(context.taskRuns.watch(query));
    expect(await watch.states()).toEqual([]);
    for (const Status of ["STARTING", "RUNNING", "STOPPING", "STOPPED"]) {
      context.glue.addTaskRuns([runOf("1", BEGIN, Status)]);
      expect(await watch.states()).toEqual([`tfm-a/1 ${Status}`]);
      expect(await watch.states()).toEqual([]);
    }
    await watch.stop();
  });

  it("yields a run once that starts and finishes between two polls", async () => {
    context.glue.addTaskRuns([runOf("before", BEGIN - SECOND, "FAILED")]);
    const watch = follow(context.taskRuns.watch(query));
    expect(await watch.states()).toEqual([]);
    context.glue.addTaskRuns([runOf("between", BEGIN, "SUCCEEDED")]);
    expect(await watch.states()).toEqual(["tfm-a/between SUCCEEDED"]);
    expect(await watch.states()).toEqual([]);
    await watch.stop();
  });

  it("with StartedAfter yields all runs since that millisecond first, oldest first", async () => {
    context.glue.addTaskRuns([
      runOf("before", BEGIN - MINUTE - 1),
      runOf("at", BEGIN - MINUTE, "FAILED"),
      runOf("after", BEGIN - SECOND),
    ]);
    const Filter = taskRunFilter().startedAfter(BEGIN - MINUTE);
    const watch = follow(context.taskRuns.watch({ ...query, Filter }));
    expect(await watch.states()).toEqual(["tfm-a/at FAILED", "tfm-a/after RUNNING"]);
    context.glue.addTaskRuns([runOf("before", BEGIN - MINUTE - 1, "FAILED"), runOf("after", BEGIN - SECOND, "FAILED")]);
    expect(await watch.states()).toEqual(["tfm-a/after FAILED"]);
    await watch.stop();
  });

  it("with StartedAfter yields all runs since then, also where the service rounds the bound up to a minute", async () => {
    context.glue.addTaskRuns([runOf("before", BEGIN - 1, "FAILED"), runOf("at", BEGIN, "FAILED")]);
    const client = context.glue.client();
    client.middlewareStack.add(
      (next) => (args) => {
        const { Filter } = args.input as GetMLTaskRunsCommandInput;
        if (!Filter?.StartedAfter) return next(args);
        const StartedAfter = new Date(Math.ceil(Filter.StartedAfter.getTime() / MINUTE) * MINUTE);
        return next({ ...args, input: { ...args.input, Filter: { ...Filter, StartedAfter } } });
      },
      { step: "initialize" },
    );
    const watch = follow(new MLTaskRuns(client).watch({ ...query, Filter: { StartedAfter: new Date(BEGIN) } }));
    expect(await watch.states()).toEqual(["tfm-a/at FAILED"]);
    context.glue.addTaskRuns([runOf("new", BEGIN + 1, "FAILED")]);
    expect(await watch.states()).toEqual(["tfm-a/new FAILED"]);
    await watch.stop();
  });

  it("with TaskRunType yields runs of that type only", async () => {
    context.glue.addTaskRuns([
      runOf("evaluation", BEGIN),
      { ...runOf("export", BEGIN), Properties: { TaskType: "EXPORT_LABELS" } },
    ]);
    const { runs } = await context.taskRuns.watch({ ...query, Filter: { TaskRunType: "EXPORT_LABELS" } }).poll();
    expect(statesOf(runs)).toEqual(["tfm-a/export RUNNING"]);
  });

  it("follows a run without StartedOn, and one that the list leaves out, until it is finished or removed", async () => {
    context.glue.addTaskRuns([runOf("undated", undefined, "STARTING"), runOf("removed", BEGIN)]);
    const watch = follow(context.taskRuns.watch(query));
    expect(await watch.states()).toEqual(["tfm-a/removed RUNNING", "tfm-a/undated STARTING"]);
    context.glue.removeTaskRuns("tfm-a", ["removed"]);
    context.glue.addTaskRuns([runOf("undated", BEGIN, "RUNNING")]);
    expect(await watch.states()).toEqual(["tfm-a/undated RUNNING"]);
    context.glue.addTaskRuns([runOf("undated", BEGIN, "TIMEOUT")]);
    expect(await watch.states()).toEqual(["tfm-a/undated TIMEOUT"]);
    expect(await watch.states()).toEqual([]);
    await watch.stop();
  });

  it("never yields again a run that finished without StartedOn", async () => {
    context.glue.addTaskRuns([runOf("finished", undefined, "FAILED"), runOf("starting", undefined, "STARTING")]);
    const watch = follow(context.taskRuns.watch(query));
    expect(await watch.states()).toEqual(["tfm-a/starting STARTING"]);
    context.glue.addTaskRuns([runOf("starting", undefined, "FAILED")]);
    expect(await watch.states()).toEqual(["tfm-a/starting FAILED"]);
    expect(await watch.states()).toEqual([]);
    await watch.stop();
  });

  it("takes a run with an unknown status and CompletedOn for finished, and does not request it again", async () => {
    const old = BEGIN - 10 * MINUTE;
    context.glue.addTaskRuns([runOf("1", old), runOf("waiting", BEGIN, "WAITING")]);
    const watch = follow(context.taskRuns.watch(query));
    expect(await watch.states()).toEqual(["tfm-a/1 RUNNING", "tfm-a/waiting WAITING"]);
    context.glue.addTaskRuns([{ ...runOf("1", old, "EVICTED"), CompletedOn: new Date(BEGIN) }]);
    expect(await watch.states()).toEqual(["tfm-a/1 EVICTED"]);
    const { length } = context.glue.requests;
    context.glue.addTaskRuns([runOf("waiting", BEGIN, "RUNNING")]);
    expect(await watch.states()).toEqual(["tfm-a/waiting RUNNING"]);
    expect(context.glue.requests.slice(length).map(({ operation }) => operation)).toEqual(["GetMLTaskRuns"]);
    await watch.stop();
  });

  it("tells onPoll the number of the poll, of its runs and of the unfinished runs, and waits for it", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN), runOf("2", BEGIN)]);
    const progress: WatchProgress[] = [];
    const watch = follow(context.taskRuns.watch(query, { onPoll: (poll) => progress.push(poll) }));
    await watch.next();
    context.glue.addTaskRuns([runOf("2", BEGIN, "FAILED")]);
    await watch.next();
    expect(progress).toEqual([
      { poll: 1, runs: 2, unfinished: 2, failures: [] },
      { poll: 2, runs: 1, unfinished: 1, failures: [] },
    ]);
    await watch.stop();
    const onPoll = () => Promise.reject(new Error("not now"));
    const failing = context.taskRuns.watch(query, { onPoll })[Symbol.asyncIterator]();
    expect((await failing.next()).value).toMatchObject({ TaskRunId: "1" });
    await expect(failing.next()).rejects.toThrow("not now");
    await expect(context.taskRuns.watch(query, { onPoll }).poll()).rejects.toThrow("not now");
  });

  it("does not poll before the consumer has taken the runs of the poll before", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN), runOf("2", BEGIN)]);
    const changes = context.taskRuns.watch(query, { interval: INTERVAL })[Symbol.asyncIterator]();
    await changes.next();
    const { length } = context.glue.requests;
    await vi.advanceTimersByTimeAsync(10 * INTERVAL * SECOND);
    expect(context.glue.requests).toHaveLength(length);
    await changes.return?.();
  });

  it("sends no request before it is read", async () => {
    const watch = context.taskRuns.watch(query);
    const changes = watch[Symbol.asyncIterator]();
    const polls = watch.polls();
    await changes.return?.();
    await polls.return?.();
    expect(await changes.next()).toEqual({ done: true, value: undefined });
    expect(await polls.next()).toEqual({ done: true, value: undefined });
    expect(context.glue.requests).toEqual([]);
  });

  it("begins again in each loop, and its methods work without it", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN)]);
    const { poll, polls, [Symbol.asyncIterator]: iterate } = context.taskRuns.watch(query);
    expect(statesOf((await poll()).runs)).toEqual(["tfm-a/1 RUNNING"]);
    expect(statesOf((await poll()).runs)).toEqual(["tfm-a/1 RUNNING"]);
    for await (const { runs } of polls()) {
      expect(statesOf(runs)).toEqual(["tfm-a/1 RUNNING"]);
      break;
    }
    const changes = iterate();
    expect(statesOf(await take(changes, 1))).toEqual(["tfm-a/1 RUNNING"]);
    await changes.return?.();
  });

  it("cannot be written as JSON", () => {
    const watch = context.taskRuns.watch(query);
    expect(() => JSON.stringify({ watch })).toThrow(MLTaskRunsError);
    expect(() => JSON.stringify({ watch })).toThrow(/for await.*poll\(\)/);
  });
});

describe("The end of a watch", () => {
  it.each([
    { when: "before it begins", latency: 0, polls: 0 },
    { when: "during a request", latency: 3600 * SECOND, polls: 0 },
    { when: "during a pause", latency: 0, polls: 1 },
  ])("by an abort $when comes at once with the reason, and sends nothing more", async ({ when, latency, polls }) => {
    await using slow = await LocalGlue.start({ latency });
    slow.addTransform(query);
    const controller = new AbortController();
    const reason = new Error("shut down");
    if (when === "before it begins") controller.abort(reason);
    let polled = 0;
    const options = { abortSignal: controller.signal, onPoll: () => (polled += 1) };
    const changes = new MLTaskRuns(slow.client()).watch(query, options)[Symbol.asyncIterator]();
    const rejected = expect(changes.next()).rejects.toBe(reason);
    const expected = when === "before it begins" ? 0 : 1;
    await vi.waitFor(() => expect(slow.requests).toHaveLength(expected));
    await vi.waitFor(() => expect(polled).toBe(polls));
    controller.abort(reason);
    await rejected;
    expect(await changes.next()).toEqual({ done: true, value: undefined });
    expect(slow.requests).toHaveLength(expected);
    expect(vi.getTimerCount()).toBe(latency === 0 ? 0 : 1);
  });

  it("by an abort between two runs comes before the second, also while it is read poll by poll", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN), runOf("2", BEGIN)]);
    const controller = new AbortController();
    const changes = context.taskRuns.watch(query, { abortSignal: controller.signal })[Symbol.asyncIterator]();
    await changes.next();
    controller.abort("enough");
    await expect(changes.next()).rejects.toBe("enough");
    const second = new AbortController();
    const onPoll = () => second.abort("enough, too");
    const polls = context.taskRuns.watch(query, { abortSignal: second.signal, onPoll }).polls();
    await expect(polls.next()).rejects.toBe("enough, too");
  });

  it("by break clears the timer, and removes its listener from the signal", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN)]);
    const { signal } = new AbortController();
    const [added, removed] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
    const changes = context.taskRuns.watch(query, { abortSignal: signal })[Symbol.asyncIterator]();
    await changes.next();
    const next = changes.next();
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
    await changes.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(vi.getTimerCount()).toBe(0);
    expect(added.mock.calls.length).toBeGreaterThan(0);
    expect(removed.mock.calls.length).toBe(added.mock.calls.length);
  });

  it("by a signal without addEventListener whose onabort was replaced comes before the next poll", async () => {
    context.glue.addTransform(query);
    const abortSignal = { aborted: false, reason: "shut down", onabort: null };
    const onPoll = vi.fn();
    const changes = context.taskRuns.watch(query, { interval: INTERVAL, abortSignal, onPoll })[Symbol.asyncIterator]();
    const rejected = expect(changes.next()).rejects.toBe("shut down");
    await vi.waitFor(() => expect(onPoll).toHaveBeenCalledOnce());
    // The SDK does this to the signal of a request.
    Object.assign(abortSignal, { aborted: true, onabort: () => {} });
    await vi.advanceTimersByTimeAsync(INTERVAL * SECOND);
    await rejected;
    expect(context.glue.requests).toHaveLength(1);
  });

  it("by the abortSignal of the defaults", async () => {
    const defaults = { abortSignal: AbortSignal.abort("no more"), limit: 1 };
    const watch = new MLTaskRuns(context.glue.client(), defaults).watch(query);
    await expect(watch.poll()).rejects.toBe("no more");
    await expect(watch[Symbol.asyncIterator]().next()).rejects.toBe("no more");
  });
});

describe("The checks of a watch", () => {
  it.each([
    ["Sort", { Sort: { Column: "STARTED", SortDirection: "ASCENDING" } }],
    ["Filter.Status", { Filter: { Status: "FAILED" } }],
    ["Filter.StartedBefore", { Filter: { StartedBefore: new Date() } }],
    ["Filter.TaskRunType", { Filter: { TaskRunType: "OTHER" } }],
    ["status", { status: "FAILED" }],
  ])("throw an InvalidQueryError for %s in the query, before anything is sent", (field, anyQuery) => {
    // What JavaScript can pass.
    const invalid = anyQuery as object;
    expect(() => context.taskRuns.watch({ ...query, ...invalid })).toThrow(InvalidQueryError);
    expect(() => context.taskRuns.watchAcrossTransforms(invalid)).toThrow(expect.objectContaining({ field }));
    expect(context.glue.requests).toEqual([]);
  });

  it.each([
    [{ interval: 0 }, "interval must be a number of seconds above 0 and up to 86400, got 0."],
    [{ interval: Number.NaN }, "interval must be a number of seconds above 0 and up to 86400, got NaN."],
    [{ pageSize: 1001 }, "pageSize must be an integer from 1 to 1000, got 1001."],
    [{ concurrency: 65 }, "concurrency must be an integer from 1 to 64, got 65."],
    [{ cursor: 1 }, "cursor must be a string, got 1."],
    [{ maxFailedPolls: -1 }, "maxFailedPolls must be an integer of at least 0 or Infinity, got -1."],
    [{ maxFailedPolls: 1.5 }, "maxFailedPolls must be an integer of at least 0 or Infinity, got 1.5."],
    [
      { limit: 3 },
      'Unknown key "limit" in the options. Known keys: interval, pageSize, concurrency, cursor, maxFailedPolls, abortSignal, onPoll.',
    ],
  ])("throw an InvalidQueryError for the options %j", (anyOptions, message) => {
    // What JavaScript can pass.
    const options = anyOptions as object;
    expect(() => context.taskRuns.watch(query, options)).toThrow(InvalidQueryError);
    expect(() => context.taskRuns.watch(query, options)).toThrow(message);
    expect(() => context.taskRuns.watchAcrossTransforms({}, options)).toThrow(message);
  });
});
