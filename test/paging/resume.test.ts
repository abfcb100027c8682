import type { MLTaskRun } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { resume } from "../../src/paging/resume.js";
import type { DatedPosition, TimePosition } from "../../src/paging/time-position.js";
import { collect, createRun } from "../support.js";

const runAt = (TaskRunId: string, time: number | undefined): MLTaskRun =>
  createRun(TaskRunId, {
    Properties: { $unknown: undefined },
    ...(time !== undefined && { StartedOn: new Date(time) }),
  });

/** The runs of a query: two of them started at one time, and one has no start. */
const ALL = [runAt("tsk-1", 1), runAt("tsk-2", 2), runAt("tsk-3", 2), runAt("tsk-4", 3), runAt("tsk-5", undefined)];

/** How a test reads the runs. */
interface Reading {
  readonly position: TimePosition | undefined;
  /** The runs of the narrowed query. */
  readonly narrowed?: readonly MLTaskRun[];
  readonly canNarrow?: boolean;
  readonly mayHaveUndatedRuns?: boolean;
}

/** Resumes, and returns the ids that were found, and what was read. */
async function read({ position, narrowed = ALL.slice(1, 4), canNarrow = true, mayHaveUndatedRuns = false }: Reading) {
  const reads: (readonly [from: number | undefined, lacksPosition: boolean])[] = [];
  let current = position;
  const batches = resume({
    direction: 1,
    position: () => current,
    canNarrow,
    async *read(narrowedTo: DatedPosition | undefined, lacksPosition) {
      reads.push([narrowedTo?.startedOn, lacksPosition]);
      for (const run of narrowedTo ? narrowed : ALL) yield { runs: [run] };
    },
    mayHaveUndatedRuns: () => mayHaveUndatedRuns,
  });
  const found: string[] = [];
  for await (const { runs } of batches) {
    for (const { TaskRunId, StartedOn } of runs) {
      found.push(TaskRunId);
      // The consumer moves the position.
      const time = StartedOn?.getTime() ?? null;
      current = { startedOn: time, count: current?.startedOn === time ? current.count + 1 : 1 };
    }
  }
  return { found, reads };
}

describe("A listing that is resumed by time", () => {
  it("reads all runs from the start", async () => {
    expect(await read({ position: undefined })).toEqual({
      found: ["tsk-1", "tsk-2", "tsk-3", "tsk-4", "tsk-5"],
      reads: [[undefined, false]],
    });
  });

  it("reads only the narrowed runs if there are no runs without StartedOn", async () => {
    expect(await read({ position: { startedOn: 2, count: 1 } })).toEqual({
      found: ["tsk-3", "tsk-4"],
      reads: [[2, false]],
    });
  });

  it("then reads all runs for those without StartedOn", async () => {
    expect(await read({ position: { startedOn: 2, count: 1 }, mayHaveUndatedRuns: true })).toEqual({
      found: ["tsk-3", "tsk-4", "tsk-5"],
      reads: [
        [2, false],
        [undefined, false],
      ],
    });
  });

  it("reads all runs in place of narrowed runs that lack those of the position", async () => {
    expect(await read({ position: { startedOn: 2, count: 1 }, narrowed: ALL.slice(3, 4) })).toEqual({
      found: ["tsk-3", "tsk-4", "tsk-5"],
      reads: [
        [2, false],
        [undefined, true],
      ],
    });
  });

  it("reads all runs at once where it cannot narrow them, and at a position among the runs without StartedOn", async () => {
    const whole = [[undefined, false]];
    expect(await read({ position: { startedOn: 2, count: 2 }, canNarrow: false })).toEqual({
      found: ["tsk-4", "tsk-5"],
      reads: whole,
    });
    expect(await read({ position: { startedOn: null, count: 1 } })).toEqual({ found: [], reads: whole });
  });
});

it("A batch keeps its other members", async () => {
  const batches = resume({
    direction: 1,
    position: () => undefined,
    canNarrow: true,
    async *read() {
      yield { runs: ALL, requestId: "request-1" };
    },
    mayHaveUndatedRuns: () => false,
  });
  expect(await collect(batches)).toEqual([{ runs: ALL, requestId: "request-1" }]);
});
