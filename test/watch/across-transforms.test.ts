/** Watching all transforms: those that appear, change and go, and the order over all of them. */
import { MLTaskRuns } from "glue-ml-task-runs";
import { LocalGlue } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import { BEGIN, follow, MINUTE, runOf, SECOND, statesOf, take, useLocalGlue } from "./support.js";

const context = useLocalGlue();

describe("A watch across transforms", () => {
  it("yields the runs of all transforms, also of one that is created later, and skips one that is deleted", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN, "RUNNING", "tfm-a"), runOf("2", BEGIN, "RUNNING", "tfm-b")]);
    const watch = follow(context.taskRuns.watchAcrossTransforms());
    expect(await watch.states()).toEqual(["tfm-a/1 RUNNING", "tfm-b/2 RUNNING"]);
    context.glue.removeTransform("tfm-a");
    context.glue.addTaskRuns([
      runOf("old", BEGIN - MINUTE, "FAILED", "tfm-c"),
      runOf("old-unfinished", BEGIN - 60 * MINUTE, "RUNNING", "tfm-c"),
      runOf("new", BEGIN + SECOND, "FAILED", "tfm-c"),
      runOf("2", BEGIN, "STOPPED", "tfm-b"),
    ]);
    expect(await watch.states()).toEqual(["tfm-c/old-unfinished RUNNING", "tfm-b/2 STOPPED", "tfm-c/new FAILED"]);
    const { runs, failures } = await watch.next();
    expect({ runs, failures }).toEqual({ runs: [], failures: [] });
    await watch.stop();
  });

  it("remembers nothing of a transform that is gone", async () => {
    const ids = ["1", "2", "3"];
    context.glue.addTaskRuns([runOf("1", BEGIN), ...ids.map((id) => runOf(id, BEGIN - MINUTE, "RUNNING", "tfm-b"))]);
    const watch = follow(context.taskRuns.watchAcrossTransforms());
    expect((await watch.next()).cursor).toContain("tfm-b");
    context.glue.removeTransform("tfm-b");
    expect((await watch.next()).cursor).not.toContain("tfm-b");
    context.glue.addTransform({ TransformId: "tfm-c" });
    context.glue.fail("throttling", { after: 2 });
    const { cursor, failures } = await watch.next();
    expect(failures).toMatchObject([{ TransformId: "tfm-c" }]);
    expect(cursor).toContain("tfm-c");
    context.glue.removeTransform("tfm-c");
    expect((await watch.next()).cursor).not.toContain("tfm-c");
    await watch.stop();
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
    const onPoll = vi.fn();
    const watch = follow(library.watchAcrossTransforms({}, { concurrency: 1, onPoll }));
    expect(await watch.states()).toEqual(["tfm-a/1 RUNNING", "tfm-b/2 RUNNING"]);
    deleted = "tfm-a";
    endpoint.addTaskRuns([runOf("2", BEGIN, "FAILED", "tfm-b")]);
    expect(await watch.states()).toEqual(["tfm-b/2 FAILED"]);
    expect(onPoll).toHaveBeenLastCalledWith({ poll: 2, runs: 1, unfinished: 0, failures: [] });
    await watch.stop();
  });

  it("with StartedAfter yields all runs since then first, oldest first over all transforms", async () => {
    context.glue.addTransform({ TransformId: "tfm-empty" });
    context.glue.addTaskRuns(
      [0, 1, 2, 3].map((index) => runOf(`${index}`, BEGIN + index * SECOND, "FAILED", index % 2 ? "tfm-a" : "tfm-b")),
    );
    const Filter = { StartedAfter: new Date(BEGIN + SECOND) };
    const watch = follow(context.taskRuns.watchAcrossTransforms({ Filter }));
    expect(await watch.states()).toEqual(["tfm-a/1 FAILED", "tfm-b/2 FAILED", "tfm-a/3 FAILED"]);
    context.glue.addTaskRuns([
      runOf("early", BEGIN, "RUNNING", "tfm-empty"),
      runOf("new", BEGIN + SECOND, "RUNNING", "tfm-empty"),
      runOf("early", BEGIN, "RUNNING", "tfm-created"),
    ]);
    expect(await watch.states()).toEqual(["tfm-empty/new RUNNING"]);
    await watch.stop();
  });

  it.each([undefined, BEGIN - MINUTE])(
    "follows the runs of a transform that TransformFilter no longer matches, and yields none again (StartedAfter: %s)",
    async (since) => {
      context.glue.addTransform({ TransformId: "tfm-other", Status: "NOT_READY" });
      context.glue.addTaskRuns([runOf("running", BEGIN), runOf("failing", BEGIN), runOf("stopping", BEGIN)]);
      const query = {
        TransformFilter: { Status: "READY" },
        Filter: { StartedAfter: since === undefined ? undefined : new Date(since) },
      } as const;
      const watch = follow(context.taskRuns.watchAcrossTransforms(query));
      expect(await watch.states()).toHaveLength(3);
      context.glue.addTaskRuns([runOf("short", BEGIN + SECOND, "SUCCEEDED")]);
      expect(await watch.states()).toEqual(["tfm-a/short SUCCEEDED"]);
      context.glue.addTransform({ TransformId: "tfm-a", Status: "NOT_READY" });
      context.glue.addTaskRuns([runOf("stopping", BEGIN, "STOPPED")]);
      expect(await watch.states()).toEqual(["tfm-a/stopping STOPPED"]);
      context.glue.addTransform({ TransformId: "tfm-a", Status: "READY" });
      context.glue.addTaskRuns([runOf("failing", BEGIN, "FAILED"), runOf("new", BEGIN + MINUTE)]);
      expect(await watch.states()).toEqual(["tfm-a/failing FAILED", "tfm-a/new RUNNING"]);
      await watch.stop();
    },
  );

  it("continues if the consumer takes longer for the runs of a poll than a token of GetMLTransforms is valid", async () => {
    await using endpoint = await LocalGlue.start({ tokenLifetime: MINUTE });
    endpoint.addTaskRuns(["tfm-a", "tfm-b", "tfm-c"].map((id) => runOf("1", BEGIN, "RUNNING", id)));
    const library = new MLTaskRuns(endpoint.client());
    const changes = library.watchAcrossTransforms({}, { pageSize: 1, concurrency: 1 })[Symbol.asyncIterator]();
    for (const TransformId of ["tfm-a", "tfm-b", "tfm-c"]) {
      expect((await changes.next()).value).toMatchObject({ TransformId });
      vi.setSystemTime(Date.now() + 2 * MINUTE);
    }
    await changes.return?.();
  });

  it("polls a transform while the response for another takes long, within the limit of concurrency", async () => {
    let release = () => {};
    const slow = new Promise<number>((resolve) => {
      release = () => resolve(0);
    });
    const ids = Array.from({ length: 12 }, (_, index) => `tfm-${index}`);
    await using endpoint = await LocalGlue.start({
      latency: ({ input }) => ("TransformId" in input && input.TransformId === "tfm-0" ? slow : 0),
    });
    endpoint.addTaskRuns(ids.map((id) => runOf("1", BEGIN, "RUNNING", id)));
    const polled = new MLTaskRuns(endpoint.client()).watchAcrossTransforms({}, { concurrency: 2 }).poll();
    await vi.waitFor(() => expect(endpoint.requests).toHaveLength(ids.length + 1));
    release();
    expect((await polled).runs).toHaveLength(ids.length);
  });

  it("yields the newest state of a run once whose start moves while its transform is listed", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN, "STARTING", "tfm-a"), runOf("2", BEGIN, "RUNNING", "tfm-b")]);
    const changes = context.taskRuns.watchAcrossTransforms()[Symbol.asyncIterator]();
    expect(statesOf(await take(changes, 2))).toEqual(["tfm-a/1 STARTING", "tfm-b/2 RUNNING"]);
    await changes.return?.();
  });
});
