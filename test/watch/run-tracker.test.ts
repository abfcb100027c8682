/** The tracker of a transform's runs: what is new, what has changed, and from when on a poll lists the runs. */
import type { MLTaskRun } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { createRunTracker, OVERLAP } from "../../src/watch/run-tracker.js";

const PAGE_SIZE = 100;
const NOW = 1_000_000_000;

const runOf = (
  TaskRunId: string,
  startedOn: number | undefined,
  Status: MLTaskRun["Status"] = "RUNNING",
): MLTaskRun => ({
  TransformId: "tfm-a",
  TaskRunId,
  Status,
  ...(startedOn !== undefined && { StartedOn: new Date(startedOn) }),
  Properties: { TaskType: "EVALUATION" },
});

/** A tracker that has seen finished runs, a second apart up to now, and one unfinished run among them. */
function trackerOf(finishedRuns: number, unfinishedStart: number) {
  const tracker = createRunTracker();
  const starts = Array.from({ length: finishedRuns }, (_, index) => NOW - index * 1000).reverse();
  let isAdded = false;
  for (const [index, start] of starts.entries()) {
    if (!isAdded && start >= unfinishedStart) {
      tracker.observe(runOf("unfinished", unfinishedStart));
      isAdded = true;
    }
    tracker.observe(runOf(`${index}`, start, "SUCCEEDED"));
  }
  tracker.endPoll(NOW);
  return tracker;
}

describe("A run tracker", () => {
  it("lists everything in the first poll, and then what started in the overlap before the newest run", () => {
    const tracker = createRunTracker();
    expect(tracker.beginPoll(PAGE_SIZE)).toBe(-Infinity);
    tracker.observe(runOf("1", NOW, "FAILED"));
    tracker.endPoll(NOW + 1);
    expect(tracker.beginPoll(PAGE_SIZE)).toBe(NOW - OVERLAP);
  });

  it("lists from the oldest unfinished run on, where one page has all that started since", () => {
    const unfinishedStart = NOW - (PAGE_SIZE - 2) * 1000;
    const tracker = trackerOf(300, unfinishedStart);
    expect(tracker.beginPoll(PAGE_SIZE)).toBe(unfinishedStart);
    expect(tracker.unseenIds()).toEqual(["unfinished"]);
    expect(tracker.observe(runOf("unfinished", unfinishedStart))).toBe(false);
    expect(tracker.unseenIds()).toEqual([]);
  });

  it("lists the overlap only, where the runs since the oldest unfinished one would take more requests", () => {
    const tracker = trackerOf(300, NOW - 2 * PAGE_SIZE * 1000);
    expect(tracker.beginPoll(PAGE_SIZE)).toBe(NOW - OVERLAP);
    expect(tracker.unseenIds()).toEqual(["unfinished"]);
  });

  it("lists the overlap only, where it is not known how many runs started since an unfinished one", () => {
    const tracker = createRunTracker(undefined, NOW - 10);
    tracker.observe(runOf("newest", NOW, "FAILED"));
    tracker.observe(runOf("unfinished", NOW - OVERLAP - 1));
    tracker.endPoll(NOW);
    expect(tracker.beginPoll(PAGE_SIZE)).toBe(NOW - OVERLAP);
  });

  it("does not skip runs that start before a run whose start is in the future", () => {
    const tracker = createRunTracker();
    tracker.observe(runOf("future", NOW + 10 * OVERLAP, "FAILED"));
    tracker.endPoll(NOW);
    expect(tracker.beginPoll(PAGE_SIZE)).toBe(NOW - OVERLAP);
    expect(tracker.observe(runOf("future", NOW + 10 * OVERLAP, "FAILED"))).toBe(false);
    expect(tracker.observe(runOf("new", NOW, "FAILED"))).toBe(true);
  });

  it("removes finished runs that are older than the overlap, and does not report them as new", () => {
    const tracker = createRunTracker();
    const old = runOf("old", NOW - OVERLAP, "FAILED");
    expect(tracker.observe(old)).toBe(true);
    tracker.endPoll(NOW - OVERLAP);
    expect(tracker.observe(old)).toBe(false);
    tracker.observe(runOf("newest", NOW + 1, "FAILED"));
    tracker.endPoll(NOW + 1);
    expect(tracker.observe(old)).toBe(false);
  });

  it("takes an unfinished run for new, however long ago it started", () => {
    const tracker = createRunTracker();
    tracker.observe(runOf("newest", NOW, "FAILED"));
    tracker.endPoll(NOW);
    expect(tracker.observe(runOf("late", NOW - 100 * OVERLAP))).toBe(true);
    expect(tracker.unfinished).toBe(1);
  });

  it("leaves out runs that started before its time", () => {
    const tracker = createRunTracker(NOW);
    expect(tracker.beginPoll(PAGE_SIZE)).toBe(NOW - OVERLAP);
    expect(tracker.observe(runOf("before", NOW - 1))).toBe(false);
    expect(tracker.observe(runOf("at", NOW))).toBe(true);
    tracker.endPoll(NOW);
    expect(tracker.beginPoll(PAGE_SIZE)).toBe(NOW - OVERLAP);
  });

  it("follows a run that gets its StartedOn later", () => {
    const tracker = createRunTracker();
    expect(tracker.observe(runOf("1", undefined, "STARTING"))).toBe(true);
    expect(tracker.observe(runOf("1", NOW, "STARTING"))).toBe(false);
    expect(tracker.observe(runOf("1", NOW, "SUCCEEDED"))).toBe(true);
    expect(tracker.observe(runOf("1", NOW, "SUCCEEDED"))).toBe(false);
    expect(tracker.observe(runOf("2", undefined, "STARTING"))).toBe(true);
    expect(tracker.observe(runOf("2", undefined, "FAILED"))).toBe(true);
    expect(tracker.unfinished).toBe(0);
  });

  it("does not take a finished run without StartedOn for new", () => {
    const tracker = createRunTracker();
    expect(tracker.observe(runOf("finished", undefined, "FAILED"))).toBe(false);
    tracker.observe(runOf("starting", undefined, "STARTING"));
    expect(tracker.observe(runOf("starting", undefined, "FAILED"))).toBe(true);
    expect(tracker.observe(runOf("starting", undefined, "FAILED"))).toBe(false);
  });

  it("lists the overlap only, where each run was first seen without StartedOn", () => {
    const tracker = createRunTracker();
    tracker.observe(runOf("1", undefined, "STARTING"));
    tracker.observe(runOf("1", NOW, "SUCCEEDED"));
    tracker.endPoll(NOW);
    expect(tracker.beginPoll(PAGE_SIZE)).toBe(NOW - OVERLAP);
  });

  it("removes the finished runs before the overlap during a poll, too, and no others", () => {
    const tracker = createRunTracker();
    tracker.observe(runOf("old", NOW - OVERLAP - 1, "FAILED"));
    tracker.observe(runOf("old and unfinished", NOW - OVERLAP - 1));
    tracker.observe(runOf("in the overlap", NOW - OVERLAP, "FAILED"));
    tracker.observe(runOf("newest", NOW, "FAILED"));
    tracker.removeOld(NOW);
    expect(tracker.observe(runOf("old", NOW - OVERLAP - 1, "FAILED"))).toBe(true);
    expect(tracker.observe(runOf("old and unfinished", NOW - OVERLAP - 1))).toBe(false);
    expect(tracker.observe(runOf("in the overlap", NOW - OVERLAP, "FAILED"))).toBe(false);
  });

  it("removes a run on request", () => {
    const tracker = createRunTracker();
    tracker.observe(runOf("1", NOW));
    tracker.remove("1");
    expect(tracker.unfinished).toBe(0);
  });
});
