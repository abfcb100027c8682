import fc from "fast-check";
import type { MLTaskRun } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { mergeSources, type Source } from "../../src/combine/merge.js";
import { collect, createRun, identityOf } from "../support.js";

const runAt = (TaskRunId: string, time: number | undefined): MLTaskRun =>
  createRun(TaskRunId, {
    Properties: { $unknown: undefined },
    ...(time !== undefined && { StartedOn: new Date(time) }),
  });

/** A source with these pages. After the last page it ends, or fails with an error. */
function sourceOf(pages: readonly MLTaskRun[][], error?: Error, isReady = true): Source {
  const left = [...pages];
  return {
    isReady,
    async next() {
      const runs = left.shift();
      if (runs === undefined && error) throw error;
      return runs && { runs };
    },
  };
}

/** Divides runs into pages of two. */
function toPages(runs: readonly MLTaskRun[]): MLTaskRun[][] {
  return runs.flatMap((_, index) => (index % 2 === 0 ? [runs.slice(index, index + 2)] : []));
}

describe("Merged sources", () => {
  it("are the runs of all sources in order, each once, sorted by id where they start at one time", async () => {
    const anyTimes = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.array(anyTimes, { maxLength: 5 }), fc.boolean(), async (sources, isReady) => {
        // Runs with the same time and index are the same run in several sources.
        const lists = sources.map((times) =>
          times
            .map((time, index) => runAt(`tsk-${time}-${index}`, time))
            .sort((a, b) => Number(a.StartedOn) - Number(b.StartedOn)),
        );
        const merged = mergeSources(
          lists.map((runs) => sourceOf(toPages(runs), undefined, isReady)),
          1,
        );
        const found = (await collect(merged)).flatMap(({ runs }) => runs);
        const all = new Map(lists.flat().map((run) => [identityOf(run), run]));
        const expected = [...all.values()].sort(
          (a, b) => Number(a.StartedOn) - Number(b.StartedOn) || (a.TaskRunId < b.TaskRunId ? -1 : 1),
        );
        expect(found.map(identityOf)).toEqual(expected.map(identityOf));
      }),
    );
  });

  it("lack the runs without StartedOn", async () => {
    const sources = [sourceOf([[runAt("tsk-1", undefined), runAt("tsk-2", 2)], [runAt("tsk-3", undefined)]])];
    const found = (await collect(mergeSources(sources, 1))).flatMap(({ runs }) => runs);
    expect(found.map(({ TaskRunId }) => TaskRunId)).toEqual(["tsk-2"]);
  });

  it("come before the error of a source, and runs of the time at which it failed are marked as incomplete", async () => {
    const error = new Error("no");
    const sources = [
      sourceOf([[runAt("tsk-1", 1), runAt("tsk-3", 3)]], error),
      sourceOf([[runAt("tsk-2", 2), runAt("tsk-4", 3)]]),
    ];
    const found: (readonly [string, boolean])[] = [];
    const read = async () => {
      for await (const { runs, isPartOfOneTime } of mergeSources(sources, 1)) {
        for (const { TaskRunId } of runs) found.push([TaskRunId, isPartOfOneTime]);
      }
    };
    await expect(read()).rejects.toBe(error);
    expect(found.slice(0, 2)).toEqual([
      ["tsk-1", false],
      ["tsk-2", false],
    ]);
    expect(found.slice(2).every(([, isPartOfOneTime]) => isPartOfOneTime)).toBe(true);
  });
});
