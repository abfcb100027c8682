/** A watch loses no change and repeats none: in the middle of a poll, in another process, and with wrong clocks. */
import { MLTaskRuns, type WatchOptions } from "glue-ml-task-runs";
import { LocalGlue } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import { BEGIN, follow, MINUTE, runOf, SECOND, statesOf, take, useLocalGlue } from "./support.js";

const context = useLocalGlue();
const query = { TransformId: "tfm-a" };

describe("A watch that is left in the middle of a poll", () => {
  it("goes on with the changes of the transforms that it had not reached", async () => {
    const ids = ["tfm-a", "tfm-b", "tfm-c", "tfm-d"];
    context.glue.addTaskRuns(ids.map((id) => runOf("old", BEGIN - 90 * MINUTE, "RUNNING", id)));
    let { cursor } = await context.taskRuns.watchAcrossTransforms().poll();
    vi.setSystemTime(BEGIN + MINUTE);
    context.glue.addTaskRuns(
      ids.flatMap((id) => [
        runOf("old", BEGIN - 90 * MINUTE, "FAILED", id),
        runOf("new", BEGIN + SECOND, "FAILED", id),
      ]),
    );
    const found: string[] = [];
    for (let process = 0; process < 2 * ids.length; process += 1) {
      const changes = context.taskRuns.watchAcrossTransforms({}, { cursor })[Symbol.asyncIterator]();
      found.push(...statesOf(await take(changes, 1)));
      ({ cursor } = changes);
      await changes.return?.();
    }
    expect(found.sort()).toEqual(ids.flatMap((id) => [`${id}/new FAILED`, `${id}/old FAILED`]));
    expect((await context.taskRuns.watchAcrossTransforms({}, { cursor }).poll()).runs).toEqual([]);
  });

  it("goes on with the runs that were unfinished when it began, also if they finish before it goes on", async () => {
    context.glue.addTaskRuns(["1", "2", "3"].map((id) => runOf(id, BEGIN - 90 * MINUTE)));
    const changes = context.taskRuns.watch(query)[Symbol.asyncIterator]();
    expect(statesOf(await take(changes, 1))).toEqual(["tfm-a/1 RUNNING"]);
    await changes.return?.();
    vi.setSystemTime(BEGIN + 90 * MINUTE);
    context.glue.addTaskRuns(["2", "3"].map((id) => runOf(id, BEGIN - 90 * MINUTE, "FAILED")));
    const { runs } = await context.taskRuns.watch(query, { cursor: changes.cursor }).poll();
    expect(statesOf(runs).sort()).toEqual(["tfm-a/2 FAILED", "tfm-a/3 FAILED"]);
  });

  it("begins again from a cursor that it had before its first run", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN)]);
    const { cursor } = context.taskRuns.watch(query)[Symbol.asyncIterator]();
    const { runs } = await context.taskRuns.watch(query, { cursor }).poll();
    expect(statesOf(runs)).toEqual(["tfm-a/1 RUNNING"]);
  });

  it("holds a time and not the runs of a long listing, and lists the rest only", async () => {
    const count = 2000;
    const runs = Array.from({ length: count }, (_, index) =>
      runOf(`${index}`, BEGIN - (count - index) * MINUTE, "FAILED"),
    );
    context.glue.addTaskRuns(runs);
    const since = { ...query, Filter: { StartedAfter: new Date(BEGIN - count * MINUTE) } };
    const changes = context.taskRuns.watch(since, { pageSize: 100 })[Symbol.asyncIterator]();
    await take(changes, 1500);
    await changes.return?.();
    expect(changes.cursor.length).toBeLessThan(300);
    const { length } = context.glue.requests;
    const rest = await context.taskRuns.watch(since, { pageSize: 100, cursor: changes.cursor }).poll();
    expect(rest.runs).toHaveLength(500);
    expect(context.glue.requests.length - length).toBeLessThanOrEqual(6);
  });
});

describe("A run that", () => {
  it("is listed late comes, also after a restart at an older unfinished run", async () => {
    await using glue = await LocalGlue.start();
    glue.addTaskRuns([runOf("old", BEGIN - 90 * MINUTE), runOf("first", BEGIN - SECOND)]);
    const library = new MLTaskRuns(glue.client());
    vi.setSystemTime(BEGIN + 30 * SECOND);
    let { cursor } = await library.watch(query).poll();
    // It started ten seconds before the poll, and is listed after it.
    glue.addTaskRuns([runOf("late", BEGIN + 20 * SECOND, "SUCCEEDED"), runOf("old", BEGIN - 90 * MINUTE, "STOPPING")]);
    vi.setSystemTime(BEGIN + 79 * SECOND);
    const second = await library.watch(query, { cursor }).poll();
    expect(statesOf(second.runs)).toEqual(["tfm-a/late SUCCEEDED", "tfm-a/old STOPPING"]);
    ({ cursor } = second);
    expect((await library.watch(query, { cursor }).poll()).runs).toEqual([]);
  });

  it("has no StartedOn comes when it changes, also in another process and if it finishes without one", async () => {
    context.glue.addTaskRuns([runOf("1", undefined, "STARTING"), runOf("2", undefined, "STARTING")]);
    let { cursor } = await context.taskRuns.watch(query).poll();
    context.glue.addTaskRuns([runOf("1", undefined, "FAILED"), runOf("2", BEGIN + 90 * MINUTE, "RUNNING")]);
    vi.setSystemTime(BEGIN + 95 * MINUTE);
    const second = await context.taskRuns.watch(query, { cursor }).poll();
    expect(statesOf(second.runs)).toEqual(["tfm-a/2 RUNNING", "tfm-a/1 FAILED"]);
    ({ cursor } = second);
    expect((await context.taskRuns.watch(query, { cursor }).poll()).runs).toEqual([]);
  });

  it("finishes after its start has moved comes once", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN, "STARTING")]);
    const watch = follow(context.taskRuns.watch(query));
    expect(await watch.states()).toEqual(["tfm-a/1 STARTING"]);
    const moved = BEGIN + 50 * SECOND;
    await watch.next();
    context.glue.addTaskRuns([runOf("1", moved, "SUCCEEDED")]);
    expect(await watch.states()).toEqual(["tfm-a/1 SUCCEEDED"]);
    for (let poll = 0; poll < 5; poll += 1) expect(await watch.states()).toEqual([]);
    await watch.stop();
  });
});

describe("The first poll", () => {
  it("yields a run that starts while it is under way and has finished before the turn of its transform", async () => {
    await using glue: LocalGlue = await LocalGlue.start({
      latency: ({ operation, input }) => {
        const isFirst = operation === "GetMLTaskRuns" && "TransformId" in input && input.TransformId === "tfm-a";
        if (isFirst) {
          vi.setSystemTime(BEGIN + 5 * SECOND);
          glue.addTaskRuns([
            runOf("started", BEGIN + 2 * SECOND, "SUCCEEDED", "tfm-b"),
            { ...runOf("running", BEGIN - 90 * MINUTE, "FAILED", "tfm-b"), CompletedOn: new Date(BEGIN + SECOND) },
          ]);
        }
        return 0;
      },
    });
    glue.addTaskRuns([
      runOf("1", BEGIN, "RUNNING", "tfm-a"),
      runOf("running", BEGIN - 90 * MINUTE, "RUNNING", "tfm-b"),
      runOf("finished", BEGIN - SECOND, "FAILED", "tfm-b"),
    ]);
    const watch = new MLTaskRuns(glue.client()).watchAcrossTransforms({}, { concurrency: 1 });
    const expected = ["tfm-b/running FAILED", "tfm-a/1 RUNNING", "tfm-b/started SUCCEEDED"];
    const { runs, cursor } = await watch.poll();
    expect(statesOf(runs)).toEqual(expected);
    const rest = new MLTaskRuns(glue.client()).watchAcrossTransforms({}, { cursor });
    expect((await rest.poll()).runs).toEqual([]);
  });

  it.each([
    { before: "STARTING", after: "RUNNING" },
    { before: "RUNNING", after: "STOPPING" },
    { before: "RUNNING", after: "STARTING" },
  ])("meets a run as $before and then as $after, and yields the later one once", async ({ before, after }) => {
    // What a listing by status returns, the service has changed since it returned the newest runs, or it is older.
    let status = before;
    await using glue: LocalGlue = await LocalGlue.start({
      latency: ({ input }) => {
        if ("Filter" in input && input.Filter?.Status === after) status = after;
        glue.addTaskRuns([runOf("1", BEGIN, status)]);
        return 0;
      },
    });
    glue.addTaskRuns([runOf("1", BEGIN, before), ...["2", "3"].map((id) => runOf(id, BEGIN - 90 * MINUTE, "FAILED"))]);
    const { runs } = await new MLTaskRuns(glue.client()).watch(query, { pageSize: 2 }).poll();
    expect(statesOf(runs)).toEqual([`tfm-a/1 ${after === "STARTING" ? before : after}`]);
  });
});

describe("The clock of this machine", () => {
  it.each([-1, 1])("may be wrong by hours and jump: nothing is lost, and no old run is new (%s)", async (direction) => {
    let serviceTime = BEGIN;
    const client = context.glue.client({ maxAttempts: 1 });
    client.middlewareStack.add(
      (next) => async (args) => {
        // The endpoint is in this process, so the clock is right while it works.
        vi.setSystemTime(serviceTime);
        try {
          return await next(args);
        } finally {
          vi.setSystemTime(serviceTime + direction * 180 * MINUTE);
        }
      },
      { step: "finalizeRequest", priority: "low" },
    );
    const poll = (options: WatchOptions) => new MLTaskRuns(client).watchAcrossTransforms({}, options).poll();
    const finished = Array.from({ length: 50 }, (_, index) => runOf(`${index}`, BEGIN - index * MINUTE - 1, "FAILED"));
    context.glue.addTaskRuns([...finished, runOf("running", BEGIN - 90 * MINUTE)]);
    vi.setSystemTime(BEGIN + direction * 2 * MINUTE);
    const first = await poll({});
    expect(statesOf(first.runs)).toEqual(["tfm-a/running RUNNING"]);
    const start = BEGIN + SECOND;
    context.glue.addTaskRuns([runOf("new", start, "FAILED"), runOf("new", start, "FAILED", "tfm-b")]);
    serviceTime = BEGIN + 2 * SECOND;
    const second = await poll({ cursor: first.cursor });
    expect(statesOf(second.runs)).toEqual(["tfm-a/new FAILED", "tfm-b/new FAILED"]);
  });
});

describe("A service", () => {
  /** Creates the library with an endpoint that ignores `Sort`: it always returns the newest run first. */
  function startWithoutSort(): MLTaskRuns {
    context.glue.addTransform(query);
    const client = context.glue.client();
    client.middlewareStack.add(
      (next) => (args) => {
        const { Sort: _, ...input } = args.input as { Sort?: unknown };
        return next({ ...args, input: { ...args.input, ...input, Sort: undefined } });
      },
      { step: "initialize" },
    );
    return new MLTaskRuns(client);
  }

  it("that does not sort is watched all the same, also if an unfinished run is on its first page", async () => {
    const library = startWithoutSort();
    const { cursor } = await library.watch(query).poll();
    const ids = ["1", "2", "3", "4", "5", "6"];
    const statusOf = (id: string) => (id === "6" ? "RUNNING" : "FAILED");
    context.glue.addTaskRuns(ids.map((id, index) => runOf(id, BEGIN + index * 10 * MINUTE, statusOf(id))));
    vi.setSystemTime(BEGIN + 60 * MINUTE);
    const { runs } = await library.watch(query, { cursor, pageSize: 2 }).poll();
    expect(statesOf(runs).sort()).toEqual(ids.map((id) => `tfm-a/${id} ${statusOf(id)}`));
  });

  it("that does not sort is watched all the same", async () => {
    const library = startWithoutSort();
    const { cursor } = await library.watch(query, { pageSize: 2 }).poll();
    const ids = ["1", "2", "3", "4", "5", "6"];
    context.glue.addTaskRuns(ids.map((id, index) => runOf(id, BEGIN + index * 10 * MINUTE, "FAILED")));
    vi.setSystemTime(BEGIN + 60 * MINUTE);
    const changes = library.watch(query, { cursor, pageSize: 2 })[Symbol.asyncIterator]();
    const found = statesOf(await take(changes, 3));
    await changes.return?.();
    const rest = await library.watch(query, { cursor: changes.cursor, pageSize: 2 }).poll();
    found.push(...statesOf(rest.runs));
    expect(found.sort()).toEqual(ids.map((id) => `tfm-a/${id} FAILED`));
    expect((await library.watch(query, { cursor: rest.cursor }).poll()).runs).toEqual([]);
  });
});
