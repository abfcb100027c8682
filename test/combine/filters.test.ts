/** A list of filters in `listAcrossTransforms()`: a run is listed if it matches at least one of them. */
import { MLTaskRuns, type TaskRunFilterCriteria } from "glue-ml-task-runs";
import { type LocalTaskRun, sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { createRun, fastRetries, identityOf, ids, readToError, startGlueWith, takeIds } from "../support.js";

const ended = [{ Status: "FAILED" }, { Status: "TIMEOUT" }] as const satisfies TaskRunFilterCriteria[];

/** Starts an endpoint with runs of several transforms, and returns those that match one of the filters, newest first. */
async function start() {
  const history = Array.from({ length: 4 }, (_, index) =>
    sampleTaskRuns({ transformId: `tfm-${index}`, count: 60, seed: index }),
  ).flat();
  const glue = await startGlueWith(history);
  const expected = history
    .filter(({ Status }) => Status === "FAILED" || Status === "TIMEOUT")
    .toSorted((a, b) => Number(b.StartedOn) - Number(a.StartedOn))
    .map(identityOf);
  return { glue, taskRuns: new MLTaskRuns(glue.client()), history, expected };
}

describe("A list of filters", () => {
  it("lists the runs that match one of them, in one order", async () => {
    const { glue, taskRuns, expected } = await start();
    const found = await taskRuns.listAcrossTransforms({ Filter: ended }).toArray();
    expect(found.map(identityOf)).toEqual(expected);
    expect(found.map(({ Status }) => Status)).toEqual(expect.arrayContaining(["FAILED", "TIMEOUT"]));
    // One request for the transforms, and one for each transform and filter.
    expect(glue.requests).toHaveLength(1 + 4 * ended.length);
  });

  it("lists a run that matches several of them once, and requests the runs of a repeated filter once", async () => {
    const { glue, taskRuns, history, expected } = await start();
    const Filter = [{ Status: "FAILED" }, {}, { Status: "FAILED" }] as const;
    const all = await taskRuns.listAcrossTransforms({ Filter }).toArray();
    expect(all.map(identityOf).toSorted()).toEqual(history.map(identityOf).toSorted());
    expect(glue.requests).toHaveLength(1 + 4 * 2);
    const runs = await taskRuns.listAcrossTransforms({ Filter: [...ended, ...ended] }).toArray();
    expect(runs.map(identityOf)).toEqual(expected);
  });

  it("has the same cursor for every order of the filters", async () => {
    const { taskRuns, expected } = await start();
    for (let count = 0; count < expected.length; count += 7) {
      const runs = taskRuns.listAcrossTransforms({ Filter: ended }, { pageSize: 3 })[Symbol.asyncIterator]();
      await takeIds(runs, count);
      const { cursor } = runs;
      const rest = await taskRuns.listAcrossTransforms({ Filter: ended.toReversed() }, { cursor }).toArray();
      expect(rest.map(identityOf)).toEqual(expected.slice(count));
    }
  });

  it("has another cursor than one of its filters", async () => {
    const { taskRuns } = await start();
    const { cursor } = taskRuns.listAcrossTransforms({ Filter: ended })[Symbol.asyncIterator]();
    expect(() => taskRuns.listAcrossTransforms({ Filter: ended[0] }, { cursor })).toThrow("belongs to another query");
    expect(() => taskRuns.listAcrossTransforms({ Filter: [ended[0]] }, { cursor })).toThrow("belongs to another query");
  });

  it("of one filter is that filter", async () => {
    const { taskRuns } = await start();
    const { cursor } = taskRuns.listAcrossTransforms({ Filter: ended[0] })[Symbol.asyncIterator]();
    expect(() => taskRuns.listAcrossTransforms({ Filter: [ended[0]] }, { cursor })).not.toThrow();
  });
});

describe("limitPerQuery with a list of filters", () => {
  const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000);
  const runOf = (TransformId: string, Status: LocalTaskRun["Status"], seconds: number) =>
    createRun(`tsk-${seconds}`, { TransformId, Status, StartedOn: at(seconds) });
  const history = [
    runOf("tfm-a", "FAILED", 1),
    runOf("tfm-a", "TIMEOUT", 2),
    runOf("tfm-a", "FAILED", 3),
    runOf("tfm-b", "TIMEOUT", 4),
    runOf("tfm-b", "TIMEOUT", 5),
  ];

  it("is the number of runs of each transform, also when it is resumed", async () => {
    const taskRuns = new MLTaskRuns((await startGlueWith(history)).client());
    const idsOf = async (limitPerQuery: number, cursor?: string) =>
      (await taskRuns.listAcrossTransforms({ Filter: ended }, { limitPerQuery, cursor }).toArray()).map(identityOf);
    expect(await idsOf(1)).toEqual(["tfm-b/tsk-5", "tfm-a/tsk-3"]);
    const both = ["tfm-b/tsk-5", "tfm-b/tsk-4", "tfm-a/tsk-3", "tfm-a/tsk-2"];
    expect(await idsOf(2)).toEqual(both);
    for (let count = 0; count < both.length; count += 1) {
      const list = taskRuns.listAcrossTransforms({ Filter: ended }, { limitPerQuery: 2 });
      const runs = list[Symbol.asyncIterator]();
      await takeIds(runs, count);
      expect(await idsOf(2, runs.cursor)).toEqual(both.slice(count));
    }
  });

  it("counts the runs without StartedOn, which come last", async () => {
    const undated = createRun("tsk-6", { TransformId: "tfm-a" });
    const taskRuns = new MLTaskRuns((await startGlueWith([...history, undated])).client());
    const list = (limitPerQuery: number) => taskRuns.listAcrossTransforms({ Filter: ended }, { limitPerQuery });
    expect((await list(3).toArray()).map(identityOf)).not.toContain("tfm-a/tsk-6");
    expect((await list(4).toArray()).map(identityOf).at(-1)).toBe("tfm-a/tsk-6");
  });

  it("leaves the runs of the start time at an error to the resumed listing, which sorts them", async () => {
    const runAt9 = (TaskRunId: string, Status: LocalTaskRun["Status"]) =>
      createRun(TaskRunId, { TransformId: "tfm-a", Status, StartedOn: at(9) });
    const same = [runAt9("tsk-z", "FAILED"), runAt9("tsk-a", "TIMEOUT"), runAt9("tsk-b", "TIMEOUT")];
    const glue = await startGlueWith([...same, runOf("tfm-a", "FAILED", 1)]);
    const taskRuns = new MLTaskRuns(glue.client(fastRetries(1)));
    const options = { limitPerQuery: 2, pageSize: 1, prefetch: 0 };
    // The second page of a filter fails.
    glue.fail("internalError", { after: 1 + ended.length });
    const runs = taskRuns.listAcrossTransforms({ Filter: ended }, options)[Symbol.asyncIterator]();
    const { found, error } = await readToError(runs);
    expect(error).toMatchObject({ name: "InternalServiceException" });
    const { cursor } = runs;
    const rest = await taskRuns.listAcrossTransforms({ Filter: ended }, { ...options, cursor }).toArray();
    expect([...found, ...ids(rest)]).toEqual(["tsk-a", "tsk-b"]);
  });
});
