/** The generated history of `sampleTaskRuns`. */
import { createHash } from "node:crypto";
import { isFinished } from "glue-ml-task-runs";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { fitsItsType, ids } from "../support.js";

const history = sampleTaskRuns({ count: 2500 });
const share = (matches: (run: (typeof history)[number]) => boolean) => history.filter(matches).length / 2500;

describe("A sample history", () => {
  it("is the same for the same options and different for another seed", () => {
    expect(sampleTaskRuns({ count: 2500 })).toEqual(history);
    expect(ids(sampleTaskRuns({ count: 2500, seed: 2 }))).not.toEqual(ids(history));
  });

  it("is the same in every version, because tests of users may name its runs", () => {
    const [first] = sampleTaskRuns({ count: 1 });
    expect(first).toEqual({
      TransformId: "tfm-0123456789abcdef0123456789abcdef01234567",
      TaskRunId: "tsk-47f666309ce301f0b8829f5c6d010770feacb771",
      Status: "SUCCEEDED",
      LogGroupName: "/aws-glue/mltransforms/tfm-0123456789abcdef0123456789abcdef01234567",
      Properties: {
        TaskType: "FIND_MATCHES",
        FindMatchesTaskRunProperties: {
          JobId: "job-748ca60a7d213b2e",
          JobName: "find-matches-tfm-0123456789abcdef0123456789abcdef01234567",
          JobRunId: "jr_239126bd675bd1223f5db9e0278cdcb27d3888ca113f27166505c581c461310c",
        },
      },
      StartedOn: new Date("2026-09-28T10:28:46.962Z"),
      LastModifiedOn: new Date("2026-09-28T12:00:31.009Z"),
      CompletedOn: new Date("2026-09-28T12:00:31.009Z"),
      ExecutionTime: 5483,
    });
    const named = sampleTaskRuns({ transformId: "tfm-0123456789abcdef", count: 2500 });
    expect(createHash("sha256").update(JSON.stringify(named)).digest("hex")).toBe(
      "195eb4fa1f073f49f1dc12a97a7f5a5f8ccbe812f941709955a61f3d3546d475",
    );
  });

  it("has runs of the declared type with distinct ids, oldest first", () => {
    expect(history.every(fitsItsType)).toBe(true);
    expect(new Set(ids(history)).size).toBe(2500);
    const started = history.map(({ StartedOn }) => StartedOn?.getTime() ?? 0);
    expect(started).toEqual(started.toSorted((a, b) => a - b));
  });

  it("has all types and all statuses in a plausible mix", () => {
    expect(share(({ Properties }) => Properties.TaskType === "FIND_MATCHES")).toBeCloseTo(0.46, 1);
    expect(new Set(history.map(({ Properties }) => Properties.TaskType)).size).toBe(5);
    expect(share(({ Status }) => Status === "SUCCEEDED")).toBeGreaterThan(0.75);
    expect(share(({ Status }) => Status === "FAILED")).toBeCloseTo(0.1, 1);
    const statuses = new Set(
      Array.from({ length: 20 }, (_, seed) => sampleTaskRuns({ seed, count: 200 }).map(({ Status }) => Status)).flat(),
    );
    expect(statuses.size).toBe(7);
  });

  it("has an error string exactly if a run failed or timed out", () => {
    for (const { Status, ErrorString } of history) {
      expect(ErrorString !== undefined).toBe(Status === "FAILED" || Status === "TIMEOUT");
    }
  });

  it("has unfinished runs only among the newest, and they have no CompletedOn", () => {
    expect(history.slice(0, -2).every(isFinished)).toBe(true);
    expect(history.slice(-2).some(isFinished)).toBe(false);
    for (const run of history) expect(run.CompletedOn !== undefined).toBe(isFinished(run));
    expect(sampleTaskRuns({ count: 3 }).every(isFinished)).toBe(true);
  });

  it("has an ExecutionTime of 0 for runs that are starting", () => {
    const starting = [1, 2, 3, 4].flatMap((seed) =>
      sampleTaskRuns({ count: 100, seed }).filter(({ Status }) => Status === "STARTING"),
    );
    expect(starting.length).toBeGreaterThan(0);
    for (const { ExecutionTime } of starting) expect(ExecutionTime).toBe(0);
  });

  it("has timestamps in order, and durations that fit the type", () => {
    const to = Date.parse("2026-11-01");
    const minutes = (type: string) => {
      const durations = history
        .filter(({ Properties, Status }) => Properties.TaskType === type && Status === "SUCCEEDED")
        .map(({ StartedOn, CompletedOn }) => (Number(CompletedOn) - Number(StartedOn)) / 60_000);
      return durations.reduce((sum, duration) => sum + duration, 0) / durations.length;
    };
    for (const { StartedOn, LastModifiedOn, CompletedOn, ExecutionTime = 0 } of history) {
      expect(Number(LastModifiedOn)).toBeGreaterThanOrEqual(Number(StartedOn));
      expect(Number(CompletedOn ?? to)).toBeLessThanOrEqual(to);
      expect(ExecutionTime).toBeGreaterThanOrEqual(0);
      expect(ExecutionTime * 1000).toBeLessThanOrEqual(Number(CompletedOn ?? to) - Number(StartedOn));
    }
    expect(minutes("FIND_MATCHES")).toBeGreaterThan(20);
    expect(minutes("EXPORT_LABELS")).toBeLessThan(2);
  });

  it("starts and ends between from and to", () => {
    const [from, to] = [new Date("2026-11-01"), new Date("2026-11-02")];
    const day = sampleTaskRuns({ from: "2026-11-01", to: to.getTime(), count: 50, transformId: "tfm-day" });
    for (const run of day) {
      expect(run.TransformId).toBe("tfm-day");
      expect(Number(run.StartedOn)).toBeGreaterThanOrEqual(Number(from));
      expect(Number(run.StartedOn)).toBeLessThan(Number(to));
    }
  });

  it("is not generated for invalid options", () => {
    expect(sampleTaskRuns({ count: 0 })).toEqual([]);
    expect(() => sampleTaskRuns({ count: -1 })).toThrow("count must be an integer from 0 to 10000000, got -1.");
    const error = expect.objectContaining({ field: "from", message: "from must be before to." });
    expect(() => sampleTaskRuns({ to: -8.64e15 })).toThrow("from must be before to.");
    expect(() => sampleTaskRuns({ from: "2026-11-01", to: "2026-11-01" })).toThrow(error);
  });
});
