/** Waiting for a run: polls with growing pauses, up to a time, and ends at once when it is aborted. */
import fc from "fast-check";
import { InvalidQueryError, MLTaskRuns, type WaitOptions, WaitTimeoutError } from "glue-ml-task-runs";
import { LocalGlue, type LocalTaskRun } from "glue-ml-task-runs/local";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const reference = { TransformId: "tfm-a", TaskRunId: "tsk-1" };
const SECOND = 1000;

let glue: LocalGlue;
let taskRuns: MLTaskRuns;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"], now: 0 });
  glue = await LocalGlue.start();
  taskRuns = new MLTaskRuns(glue.client({ maxAttempts: 1 }));
  setStatus("RUNNING");
});
afterEach(async () => {
  vi.useRealTimers();
  await glue.close();
});

function setStatus(Status: LocalTaskRun["Status"]): void {
  glue.addTaskRuns([{ ...reference, Status, Properties: { TaskType: "EVALUATION" } }]);
}

/** Waits, and lets time pass after each poll until the wait has ended. Returns the seconds at which it polled. */
async function waitAndPoll(options: Omit<WaitOptions, "onPoll">, onPoll?: (polls: number) => void) {
  const times: number[] = [];
  const begin = performance.now();
  let hasEnded = false;
  const result = taskRuns
    .waitUntilFinished(reference, {
      ...options,
      onPoll: () => {
        times.push((performance.now() - begin) / SECOND);
        onPoll?.(times.length);
      },
    })
    .then(
      (run) => ({ run }),
      (error: unknown) => ({ error }),
    )
    .finally(() => {
      hasEnded = true;
    });
  for (let polls = 1; !hasEnded; polls += 1) {
    await vi.waitUntil(() => hasEnded || (times.length === polls && vi.getTimerCount() === 1), REAL_TIME);
    if (!hasEnded) await vi.advanceTimersToNextTimerAsync();
  }
  return { times, ...(await result) } as { times: number[]; run?: unknown; error?: unknown };
}

/** `vi.waitUntil` advances fake timers by its interval. */
const REAL_TIME = { interval: 0, timeout: 10_000 };

describe("waitUntilFinished", () => {
  it.each(["STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT"] as const)(
    "resolves with the run at its first poll if its status is %s",
    async (Status) => {
      setStatus(Status);
      const { times, run } = await waitAndPoll({ maxWaitTime: 60 });
      expect(run).toMatchObject({ ...reference, Status });
      expect(times).toEqual([0]);
      expect(glue.requests.map(({ operation, input }) => ({ operation, input }))).toEqual([
        { operation: "GetMLTaskRun", input: reference },
      ]);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it("polls again while the status is STARTING, RUNNING or STOPPING", async () => {
    setStatus("STARTING");
    const statuses = ["RUNNING", "STOPPING", "STOPPED"] as const;
    const { times, run } = await waitAndPoll({ maxWaitTime: 1000 }, (polls) => setStatus(statuses[polls - 1]));
    expect(run).toMatchObject({ Status: "STOPPED" });
    expect(times).toHaveLength(4);
  });

  it("pauses for minDelay first, and up to twice as long after each poll, but not longer than maxDelay", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1 - Number.EPSILON);
    const { times } = await waitAndPoll({ maxWaitTime: 200, minDelay: 5, maxDelay: 60 });
    const pauses = times.map((time, index) => Math.round(time - (times[index - 1] ?? 0)));
    // The last pause ends at maxWaitTime.
    expect(pauses).toEqual([0, 5, 10, 20, 40, 60, 60, 5]);
  });

  it("polls a last time at maxWaitTime, and then rejects with a WaitTimeoutError that has the last run", async () => {
    const { times, error } = await waitAndPoll({ maxWaitTime: 12, minDelay: 5, maxDelay: 5 });
    expect(times).toEqual([0, 5, 10, 12]);
    expect(error).toBeInstanceOf(WaitTimeoutError);
    expect(error).toMatchObject({
      name: "WaitTimeoutError",
      run: { ...reference, Status: "RUNNING" },
      message: 'Task run "tsk-1" of transform "tfm-a" did not finish within 12 seconds; its last status was "RUNNING".',
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("resolves if the run has finished at the last poll", async () => {
    const { run } = await waitAndPoll({ maxWaitTime: 3 }, () => setStatus("SUCCEEDED"));
    expect(run).toMatchObject({ Status: "SUCCEEDED" });
  });

  it("keeps each pause between the delays, and never waits beyond maxWaitTime", async () => {
    const anySeconds = fc.integer({ min: 1, max: 100_000 }).map((milliseconds) => milliseconds / SECOND);
    await fc.assert(
      fc.asyncProperty(anySeconds, anySeconds, anySeconds, async (a, b, max) => {
        const [minDelay, maxDelay] = [Math.max(Math.min(a, b), max / 20), Math.max(a, b, max / 20)];
        const { times, error } = await waitAndPoll({ maxWaitTime: max, minDelay, maxDelay });
        expect(error).toBeInstanceOf(WaitTimeoutError);
        // Timers have a resolution of a millisecond.
        expect(times.at(-1)).toBeGreaterThanOrEqual(max - 0.001);
        expect(times.at(-1)).toBeLessThanOrEqual(max + 0.0011);
        for (const [index, time] of times.slice(1, -1).entries()) {
          const pause = time - (times[index] ?? 0);
          expect(pause).toBeGreaterThanOrEqual(minDelay - 0.0001);
          expect(pause).toBeLessThanOrEqual(maxDelay + 0.0011);
        }
      }),
    );
  });

  it("aborts a request that is still in flight minDelay after maxWaitTime", async () => {
    glue.fail("noResponse", { after: 1 });
    const wait = taskRuns.waitUntilFinished(reference, { maxWaitTime: 12, minDelay: 5, maxDelay: 5 });
    const rejected = expect(wait).rejects.toMatchObject({
      name: "WaitTimeoutError",
      run: reference,
      cause: { name: "TimeoutError" },
    });
    await vi.waitUntil(() => glue.requests.length === 1 && vi.getTimerCount() === 1, REAL_TIME);
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    await vi.waitUntil(() => glue.requests.length === 2, REAL_TIME);
    await vi.advanceTimersByTimeAsync(12 * SECOND);
    await rejected;
    expect(glue.requests).toHaveLength(2);
  });

  it("polls again after a request without a response for 60 seconds", async () => {
    glue.fail("noResponse");
    const wait = taskRuns.waitUntilFinished(reference, { maxWaitTime: 3600 });
    await vi.waitUntil(() => glue.requests.length === 1, REAL_TIME);
    setStatus("SUCCEEDED");
    await vi.advanceTimersByTimeAsync(59.9 * SECOND);
    expect(glue.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(0.1 * SECOND);
    await vi.waitUntil(() => vi.getTimerCount() === 1, REAL_TIME);
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(await wait).toMatchObject({ Status: "SUCCEEDED" });
  });

  it.each([
    "connectionReset",
    "throttling",
    "internalError",
    "operationTimeout",
    "truncatedBody",
    "garbageBody",
  ] as const)("polls again after the fault %s", async (fault) => {
    vi.useRealTimers();
    setStatus("SUCCEEDED");
    glue.fail(fault, { times: 3 });
    const run = await taskRuns.waitUntilFinished(reference, { maxWaitTime: 60, minDelay: 0.01, maxDelay: 0.01 });
    expect(run).toMatchObject({ Status: "SUCCEEDED" });
    expect(glue.requests).toHaveLength(4);
  });

  it("rejects after maxWaitTime with the last run, and with the last transient error if the last poll failed", async () => {
    vi.useRealTimers();
    const delays = { maxWaitTime: 1, minDelay: 0.1, maxDelay: 0.1 };
    const onPoll = () => glue.fail("throttling", { times: 1000 });
    const wait = taskRuns.waitUntilFinished(reference, { ...delays, onPoll });
    await expect(wait).rejects.toMatchObject({
      name: "WaitTimeoutError",
      run: { Status: "RUNNING" },
      cause: { name: "ThrottlingException" },
    });
    const withoutRun = taskRuns.waitUntilFinished(reference, delays);
    await expect(withoutRun).rejects.toMatchObject({
      name: "MLTaskRunsError",
      message: "No poll of the run has succeeded within 1 seconds.",
      cause: { name: "ThrottlingException" },
    });
  });

  it("has no cause after maxWaitTime if only an earlier poll failed", async () => {
    vi.useRealTimers();
    glue.fail("throttling");
    const wait = taskRuns.waitUntilFinished(reference, { maxWaitTime: 1, minDelay: 0.1, maxDelay: 0.1 });
    const error = await wait.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WaitTimeoutError);
    expect(error).not.toHaveProperty("cause");
  });

  it("polls a last time if onPoll takes longer than maxWaitTime", async () => {
    const onPoll = vi.fn(() => {
      setStatus("FAILED");
      if (onPoll.mock.calls.length === 1) vi.advanceTimersByTime(100 * SECOND);
    });
    const wait = taskRuns.waitUntilFinished(reference, { maxWaitTime: 12, minDelay: 5, onPoll });
    await vi.waitUntil(() => onPoll.mock.calls.length === 2, REAL_TIME);
    expect(await wait).toMatchObject({ Status: "FAILED" });
  });

  it.each([
    { latency: 2, error: { name: "WaitTimeoutError", run: { Status: "STARTING" } } },
    {
      latency: 3600,
      error: { name: "MLTaskRunsError", message: "No poll of the run has succeeded within 1 seconds." },
    },
  ])(
    "waits for a first response after $latency seconds until minDelay after maxWaitTime",
    async ({ latency, error }) => {
      await using slow = await LocalGlue.start({ latency: latency * SECOND });
      slow.addTaskRuns([{ ...reference, Status: "STARTING" }]);
      const wait = new MLTaskRuns(slow.client()).waitUntilFinished(reference, { maxWaitTime: 1, minDelay: 2 });
      const rejected = expect(wait).rejects.toMatchObject(error);
      await vi.waitUntil(() => slow.requests.length === 1, REAL_TIME);
      await vi.advanceTimersByTimeAsync(3 * SECOND);
      await rejected;
      expect(slow.requests).toHaveLength(1);
      // The endpoint has one of its own.
      expect(vi.getTimerCount()).toBe(latency === 2 ? 0 : 1);
    },
  );

  it("can wait without a limit", async () => {
    const wait = taskRuns.waitUntilFinished(reference, { maxWaitTime: Number.POSITIVE_INFINITY });
    await vi.waitUntil(() => glue.requests.length === 1 && vi.getTimerCount() === 1, REAL_TIME);
    setStatus("FAILED");
    await vi.advanceTimersToNextTimerAsync();
    expect(await wait).toMatchObject({ Status: "FAILED" });
  });

  it("awaits onPoll, and rejects with its error", async () => {
    const onPoll = () => Promise.reject(new Error("stop here"));
    await expect(taskRuns.waitUntilFinished(reference, { maxWaitTime: 9, onPoll })).rejects.toThrow("stop here");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("rejects at once with an error of the service", async () => {
    const missing = taskRuns.waitUntilFinished({ ...reference, TaskRunId: "tsk-missing" }, { maxWaitTime: 60 });
    await expect(missing).rejects.toMatchObject({ name: "EntityNotFoundException" });
    glue.fail("expiredToken");
    const failed = taskRuns.waitUntilFinished(reference, { maxWaitTime: 60 });
    await expect(failed).rejects.toMatchObject({ name: "ExpiredTokenException" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    { when: "before it begins", latency: 0, polls: 0, requests: 0 },
    { when: "during a request", latency: 3600 * SECOND, polls: 0, requests: 1 },
    { when: "during a pause", latency: 0, polls: 1, requests: 1 },
  ])(
    "rejects at once with the reason of an abort $when, and leaves no timer or listener",
    async ({ when, latency, polls, requests }) => {
      await using slow = await LocalGlue.start({ latency });
      slow.addTaskRuns([{ ...reference, Status: "RUNNING" }]);
      const controller = new AbortController();
      const [added, removed] = (["addEventListener", "removeEventListener"] as const).map((name) =>
        vi.spyOn(controller.signal, name),
      );
      const reason = new Error("shut down");
      if (when === "before it begins") controller.abort(reason);
      const library = new MLTaskRuns(slow.client());
      const onPoll = vi.fn();
      const wait = library.waitUntilFinished(reference, { maxWaitTime: 60, abortSignal: controller.signal, onPoll });
      const rejected = expect(wait).rejects.toBe(reason);
      await vi.waitUntil(() => slow.requests.length === requests && onPoll.mock.calls.length === polls, REAL_TIME);
      controller.abort(reason);
      await rejected;
      expect(slow.requests).toHaveLength(requests);
      expect(removed?.mock.calls).toHaveLength(added?.mock.calls.length ?? 0);
      await vi.advanceTimersByTimeAsync(100 * SECOND);
      expect(slow.requests).toHaveLength(requests);
    },
  );

  it.each([
    [{}, "maxWaitTime is required."],
    [{ maxWaitTime: 0 }, "maxWaitTime must be a number of seconds above 0, got 0."],
    [{ maxWaitTime: Number.NaN }, "maxWaitTime must be a number of seconds above 0, got NaN."],
    [{ maxWaitTime: 9, minDelay: -1 }, "minDelay must be a number of seconds above 0 and up to 86400, got -1."],
    [
      { maxWaitTime: 9, maxDelay: 1e9 },
      "maxDelay must be a number of seconds above 0 and up to 86400, got 1000000000.",
    ],
    [{ maxWaitTime: 9, minDelay: 3, maxDelay: 2 }, "maxDelay must be at least minDelay (3), got 2."],
    [{ maxWaitTime: 9, abortSignal: 1 }, "abortSignal must be an AbortSignal, got 1."],
    [
      { maxWaitTime: 9, signal: 1 },
      'Unknown key "signal" in the options. Use abortSignal. Known keys: maxWaitTime, minDelay, maxDelay, abortSignal, onPoll.',
    ],
  ])("throws an InvalidQueryError for the options %j", (options, message) => {
    // What JavaScript can pass.
    const anyOptions = options as WaitOptions;
    expect(() => taskRuns.waitUntilFinished(reference, anyOptions)).toThrow(InvalidQueryError);
    expect(() => taskRuns.waitUntilFinished(reference, anyOptions)).toThrow(message);
    expect(glue.requests).toEqual([]);
  });

  it.each([
    [{ minDelay: 100 }, 100],
    [{ maxDelay: 2 }, 2],
  ])("takes %j alone, and moves the other delay to it", async (delays, first) => {
    const { times } = await waitAndPoll({ maxWaitTime: 101, ...delays });
    expect(times[1]).toBe(first);
  });
});
