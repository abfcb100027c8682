import { type MLTaskRun, UnexpectedResponseError } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { checkBounds, createBoundaryCheck, isNearEnd } from "../src/combine/window-checks.js";

const run = (time: number): MLTaskRun => ({
  TransformId: "tfm-1",
  TaskRunId: `tsk-${time}`,
  Status: "FAILED",
  StartedOn: new Date(time),
  Properties: { $unknown: undefined },
});
const runs = (...times: number[]) => times.map(run);
const pageOf = (...times: number[]) => ({
  runs: runs(...times),
  requestId: "request-1",
  positionAfter: () => undefined,
});
const range = (begin: number, end: number) => ({ begin, end, expectedRuns: 1 });

describe("checkBounds", () => {
  it("accepts runs up to three seconds outside of a window, and runs without StartedOn", () => {
    const { StartedOn, ...undated } = run(0);
    const page = { ...pageOf(7000, 23_000), runs: [...runs(7000, 23_000), undated] };
    expect(() => checkBounds(page, range(10_000, 20_000), 1)).not.toThrow();
  });

  it.each([
    [1, 6999, "Filter.StartedAfter"],
    [1, 23_001, "Filter.StartedBefore"],
  ] as const)("names the bound that an ascending listing finds ignored (%i, %i)", (direction, time, member) => {
    expect(() => checkBounds(pageOf(time), range(10_000, 20_000), direction)).toThrow(
      expect.objectContaining({ member, requestId: "request-1" }),
    );
  });

  it.each([
    [-1, 23_001, "Filter.StartedBefore"],
    [-1, 6999, "Filter.StartedAfter"],
  ] as const)("names the bound that a descending listing finds ignored (%i, %i)", (direction, time, member) => {
    expect(() => checkBounds(pageOf(time), range(-20_000, -10_000), direction)).toThrow(
      expect.objectContaining({ member }),
    );
  });
});

describe("createBoundaryCheck", () => {
  it("accepts neighbours that agree on the runs near their boundary", () => {
    const boundary = createBoundaryCheck(1);
    boundary.leave(runs(9500, 10_000, 10_500), 10_000);
    expect(() => boundary.cross(runs(9500, 10_000, 10_500, 19_900, 20_100), range(10_000, 20_000))).not.toThrow();
    expect(() => boundary.cross(runs(19_900, 20_100), range(20_000, Infinity))).not.toThrow();
  });

  it.each([
    [1, "Filter.StartedBefore"],
    [-1, "Filter.StartedAfter"],
  ] as const)("finds a run that the window before did not have (%i)", (direction, member) => {
    const boundary = createBoundaryCheck(direction);
    boundary.leave([], direction * 10_000);
    const late = runs(10_000 - direction * 500);
    const next = direction === 1 ? range(10_000, 20_000) : range(-10_000, 0);
    expect(() => boundary.cross(late, next)).toThrow(expect.objectContaining({ member }));
  });

  it.each([
    [1, "Filter.StartedAfter"],
    [-1, "Filter.StartedBefore"],
  ] as const)("finds a run of the window before that this one lacks (%i)", (direction, member) => {
    const boundary = createBoundaryCheck(direction);
    boundary.leave(runs(10_000 + direction * 500), direction * 10_000);
    const next = direction === 1 ? range(10_000, 20_000) : range(-10_000, 0);
    expect(() => boundary.cross([], next)).toThrow(UnexpectedResponseError);
    expect(() => boundary.cross([], next)).toThrow(expect.objectContaining({ member }));
  });
});

it("isNearEnd is true within the margin of both ends of a range", () => {
  const near = [10_000, 11_999, 12_000, 17_999, 18_000].filter((time) =>
    isNearEnd(run(time), range(10_000, 20_000), 1),
  );
  expect(near).toEqual([10_000, 11_999, 18_000]);
});
