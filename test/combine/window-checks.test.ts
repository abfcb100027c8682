import { type MLTaskRun, UnexpectedResponseError } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { checkBounds, createBoundaryCheck, isNearEnd } from "../../src/combine/window-checks.js";
import { MARGIN } from "../../src/paging/narrow.js";
import { createRun } from "../support.js";

const runAt = (time: number): MLTaskRun =>
  createRun(`tsk-${time}`, { StartedOn: new Date(time), Properties: { $unknown: undefined } });
const runsAt = (...times: number[]) => times.map(runAt);
const pageOf = (...runs: MLTaskRun[]) => ({ runs, requestId: "request-1", isLast: true, positionAt: () => ({}) });
const range = (begin: number, end: number) => ({ begin, end, expectedRuns: 1 });

/** A window that is read oldest first, the same window read newest first, and its times. */
const [from, to] = [10_000, 20_000];
const ascendingWindow = range(from, to);
const descendingWindow = range(-to, -from);
/** The margin of the query, and how much coarser the bounds of the service may be. */
const tolerated = MARGIN + 1000;

describe("checkBounds", () => {
  it("accepts runs outside of the window within the margin and the tolerance", () => {
    const page = pageOf(...runsAt(from - tolerated, to + tolerated));
    expect(() => checkBounds(page, ascendingWindow, 1)).not.toThrow();
    expect(() => checkBounds(page, descendingWindow, -1)).not.toThrow();
  });

  it("accepts runs without StartedOn", () => {
    const { StartedOn, ...undated } = runAt(0);
    expect(() => checkBounds(pageOf(undated), ascendingWindow, 1)).not.toThrow();
  });

  it.each([
    ["an ascending", "before", "Filter.StartedAfter", 1, from - tolerated - 1],
    ["an ascending", "after", "Filter.StartedBefore", 1, to + tolerated + 1],
    ["a descending", "before", "Filter.StartedAfter", -1, from - tolerated - 1],
    ["a descending", "after", "Filter.StartedBefore", -1, to + tolerated + 1],
  ] as const)(
    "rejects a run of %s listing that started %s the tolerance and names %s",
    (_, __, member, direction, time) => {
      const window = direction === 1 ? ascendingWindow : descendingWindow;
      expect(() => checkBounds(pageOf(runAt(time)), window, direction)).toThrow(
        expect.objectContaining({ name: "UnexpectedResponseError", member, requestId: "request-1" }),
      );
    },
  );
});

describe("createBoundaryCheck", () => {
  it("accepts neighbours that agree on the runs near their boundary", () => {
    const nearFrom = [from - 500, from, from + 500];
    const nearTo = [to - 100, to + 100];
    const check = createBoundaryCheck(1, runsAt(...nearFrom), from);
    expect(() => check(runsAt(...nearFrom, ...nearTo), ascendingWindow)).not.toThrow();
    expect(() => check(runsAt(...nearTo), range(to, Infinity))).not.toThrow();
  });

  it.each([
    ["an ascending", "Filter.StartedBefore", 1, range(from, to)],
    ["a descending", "Filter.StartedAfter", -1, range(-from, 0)],
  ] as const)(
    "in %s listing rejects a run of the window before that only this window returned, and names %s",
    (_, member, direction, window) => {
      const check = createBoundaryCheck(direction, [], direction * from);
      const missingBefore = runsAt(from - direction * 500);
      expect(() => check(missingBefore, window)).toThrow(expect.objectContaining({ member }));
    },
  );

  it.each([
    ["an ascending", "Filter.StartedAfter", 1, range(from, to)],
    ["a descending", "Filter.StartedBefore", -1, range(-from, 0)],
  ] as const)(
    "in %s listing rejects a window without a run that the window before returned, and names %s",
    (_, member, direction, window) => {
      const check = createBoundaryCheck(direction, runsAt(from + direction * 500), direction * from);
      const call = () => check([], window);
      expect(call).toThrow(UnexpectedResponseError);
      expect(call).toThrow(expect.objectContaining({ member }));
    },
  );
});

describe("isNearEnd", () => {
  it("is true within the margin of both ends of a range", () => {
    const times = [from, from + MARGIN - 1, from + MARGIN, to - MARGIN - 1, to - MARGIN];
    const near = times.filter((time) => isNearEnd(runAt(time), ascendingWindow, 1));
    expect(near).toEqual([from, from + MARGIN - 1, to - MARGIN]);
  });
});
