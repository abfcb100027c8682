/** Errors in a watch: which are failures of a poll, and which end the watch. */
import { MLTaskRuns, type WatchFailure } from "glue-ml-task-runs";
import { LocalGlue } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import { BEGIN, follow, MINUTE, runOf, SECOND, statesOf, takeNext, useLocalGlue } from "./support.js";

const context = useLocalGlue();
const query = { TransformId: "tfm-a" };
const namesOf = (failures: readonly WatchFailure[]) =>
  failures.map(({ TransformId = "all", error }) => `${TransformId} ${error instanceof Error ? error.name : error}`);

/** Lets the requests for some transforms fail, as a policy of IAM does. */
async function startWithDenied(denied: ReadonlySet<string>, operation = "GetMLTaskRuns") {
  const client = context.glue.client({ maxAttempts: 1 });
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { TransformId = "" } = args.input as { TransformId?: string };
        if (commandName !== `${operation}Command` || !denied.has(TransformId)) return next(args);
        throw Object.assign(new Error("not authorized"), { name: "AccessDeniedException", $fault: "client" });
      },
    { step: "initialize" },
  );
  return new MLTaskRuns(client);
}

describe("A transient error in a watch of one transform", () => {
  it("is a failure of the poll, and the next poll yields what has changed since the last one", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN)]);
    const onPoll = vi.fn();
    const watch = follow(context.taskRuns.watch(query, { onPoll }));
    await watch.next();
    context.glue.fail("throttling", { times: 5 });
    context.glue.addTaskRuns([runOf("2", BEGIN + SECOND, "FAILED")]);
    for (let poll = 2; poll < 7; poll += 1) {
      const { runs, failures } = await watch.next();
      expect(runs).toEqual([]);
      expect(namesOf(failures)).toEqual(["tfm-a ThrottlingException"]);
      expect(onPoll).toHaveBeenLastCalledWith({ poll, runs: 0, unfinished: 1, failures });
    }
    expect(await watch.states()).toEqual(["tfm-a/2 FAILED"]);
    await watch.stop();
  });

  it("is also a success that is not JSON, as of a proxy", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN)]);
    context.glue.fail("garbageBody");
    const watch = follow(context.taskRuns.watch(query));
    expect(namesOf((await watch.next()).failures)).toEqual(["tfm-a SyntaxError"]);
    expect(await watch.states()).toEqual(["tfm-a/1 RUNNING"]);
    await watch.stop();
  });

  it("leaves the cursor where it was, and is the error of poll()", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN)]);
    const { cursor } = await context.taskRuns.watch(query).poll();
    context.glue.fail("internalError", { times: 2 });
    const watch = context.taskRuns.watch(query, { cursor });
    await expect(watch.poll()).rejects.toMatchObject({ name: "InternalServiceException" });
    const polls = watch.polls();
    expect((await polls.next()).value).toMatchObject({ runs: [], cursor });
    await polls.return?.();
  });

  it("in the first poll does not hide the runs that finish until the next poll", async () => {
    context.glue.addTaskRuns([
      ...Array.from({ length: 3 }, (_, index) => runOf(`${index}`, BEGIN - 10 * MINUTE, "FAILED")),
      runOf("running", BEGIN - 20 * MINUTE),
    ]);
    // The newest runs are listed, and the request for the unfinished ones fails.
    context.glue.fail("throttling", { after: 1 });
    const watch = follow(context.taskRuns.watch(query, { pageSize: 2 }));
    const { runs, failures } = await watch.next();
    expect({ runs, failed: namesOf(failures) }).toEqual({ runs: [], failed: ["tfm-a ThrottlingException"] });
    context.glue.addTaskRuns([runOf("short", BEGIN + SECOND, "SUCCEEDED")]);
    expect(await watch.states()).toEqual(["tfm-a/running RUNNING", "tfm-a/short SUCCEEDED"]);
    expect(await watch.states()).toEqual([]);
    await watch.stop();
  });

  it("of the request for one run does not hide the new runs of the transform", async () => {
    context.glue.addTaskRuns([runOf("old", BEGIN - 100 * MINUTE), runOf("undated", undefined, "STARTING")]);
    const watch = follow(context.taskRuns.watch(query));
    await watch.next();
    context.glue.addTaskRuns([runOf("new", BEGIN), runOf("old", BEGIN - 100 * MINUTE, "FAILED")]);
    context.glue.fail("internalError", { times: 9, operation: "GetMLTaskRun" });
    const { runs, failures } = await watch.next();
    expect(statesOf(runs)).toEqual(["tfm-a/new RUNNING"]);
    expect(namesOf(failures)).toEqual(["tfm-a InternalServiceException"]);
    await watch.stop();
  });

  it("of the request for the runs of one status leaves these runs as they were", async () => {
    context.glue.addTaskRuns(["1", "2"].map((id) => runOf(id, BEGIN - 100 * MINUTE)));
    const watch = follow(context.taskRuns.watch(query));
    await watch.next();
    context.glue.addTaskRuns([runOf("1", BEGIN - 100 * MINUTE, "FAILED")]);
    context.glue.fail("throttling", { after: 1 });
    const { runs, failures } = await watch.next();
    expect({ runs, failed: namesOf(failures) }).toEqual({ runs: [], failed: ["tfm-a ThrottlingException"] });
    expect(await watch.states()).toEqual(["tfm-a/1 FAILED"]);
    await watch.stop();
  });

  it.each([
    { maxFailedPolls: 0, failures: 1 },
    { maxFailedPolls: 1, failures: 1 },
    { maxFailedPolls: 3, failures: 3 },
    { maxFailedPolls: undefined, failures: 10 },
  ])("ends the watch after $failures failures in a row if maxFailedPolls is $maxFailedPolls", async (expected) => {
    context.glue.addTransform(query);
    const watch = follow(context.taskRuns.watch(query, { maxFailedPolls: expected.maxFailedPolls }));
    const { length } = context.glue.requests;
    context.glue.fail("throttling", { times: expected.failures });
    for (let poll = 1; poll < expected.failures; poll += 1) expect((await watch.next()).failures).toHaveLength(1);
    await expect(watch.next()).rejects.toMatchObject({ name: "ThrottlingException" });
    expect(context.glue.requests.slice(length)).toHaveLength(expected.failures);
  });

  it("never ends the watch if maxFailedPolls is Infinity, and is forgotten after a poll without it", async () => {
    context.glue.addTransform(query);
    const watch = follow(context.taskRuns.watch(query, { maxFailedPolls: Infinity }));
    context.glue.fail("throttling", { times: 15 });
    for (let poll = 1; poll <= 15; poll += 1) expect((await watch.next()).failures).toHaveLength(1);
    expect((await watch.next()).failures).toEqual([]);
    await watch.stop();
    const other = follow(context.taskRuns.watch(query, { maxFailedPolls: 2 }));
    for (let round = 0; round < 3; round += 1) {
      context.glue.fail("throttling");
      expect((await other.next()).failures).toHaveLength(1);
      expect((await other.next()).failures).toEqual([]);
    }
    await other.stop();
  });

  it("is a request without a response for 60 seconds", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN)]);
    context.glue.fail("noResponse");
    const watch = follow(context.taskRuns.watch(query));
    const next = watch.next();
    await vi.waitFor(() => expect(context.glue.requests).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(60 * SECOND - 1);
    await vi.advanceTimersByTimeAsync(1);
    const { failures } = await next;
    expect(namesOf(failures)).toEqual(["tfm-a TimeoutError"]);
    expect(String(failures[0]?.error)).toContain("There was no response to GetMLTaskRuns within 60 seconds.");
    expect(await watch.states()).toEqual(["tfm-a/1 RUNNING"]);
    await watch.stop();
  });
});

describe("A permanent error in a watch of one transform", () => {
  it("ends it at once", async () => {
    const watch = context.taskRuns.watch({ TransformId: "tfm-missing" });
    await expect(watch.poll()).rejects.toMatchObject({ name: "EntityNotFoundException" });
    await expect(watch.polls().next()).rejects.toMatchObject({ name: "EntityNotFoundException" });
    const changes = watch[Symbol.asyncIterator]();
    await expect(changes.next()).rejects.toMatchObject({ name: "EntityNotFoundException" });
    expect(await changes.next()).toEqual({ done: true, value: undefined });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends it after the runs before the error", async () => {
    context.glue.addTaskRuns([runOf("old", BEGIN - 100 * MINUTE)]);
    const library = await startWithDenied(new Set(["tfm-a"]), "GetMLTaskRun");
    const watch = follow(library.watch(query));
    await watch.next();
    context.glue.addTaskRuns([runOf("new", BEGIN)]);
    const { runs, failures } = await watch.next();
    expect(statesOf(runs)).toEqual(["tfm-a/new RUNNING"]);
    expect(namesOf(failures)).toEqual(["tfm-a AccessDeniedException"]);
    await expect(watch.next()).rejects.toMatchObject({ name: "AccessDeniedException" });
  });
});

it("A run of another task type than the filter's, in place of an unfinished run, is an error", async () => {
  context.glue.addTaskRuns([runOf("1", BEGIN - 10 * MINUTE)]);
  const watch = follow(context.taskRuns.watch({ ...query, Filter: { TaskRunType: "EVALUATION" } }));
  expect(await watch.states()).toEqual(["tfm-a/1 RUNNING"]);
  context.glue.addTaskRuns([
    { ...runOf("1", BEGIN - 10 * MINUTE, "FAILED"), Properties: { TaskType: "EXPORT_LABELS" } },
  ]);
  await expect(watch.next()).rejects.toMatchObject({ name: "UnexpectedResponseError", member: "Properties.TaskType" });
});

describe("An error of one transform in a watch across transforms", () => {
  it("is a failure of each poll until maxFailedPolls, and the others are polled", async () => {
    const ids = ["tfm-a", "tfm-b", "tfm-c"];
    context.glue.addTaskRuns(ids.map((id) => runOf("1", BEGIN, "RUNNING", id)));
    const denied = new Set(["tfm-b"]);
    const library = await startWithDenied(denied);
    const watch = follow(library.watchAcrossTransforms({}, { maxFailedPolls: 3 }));
    const first = await watch.next();
    expect(statesOf(first.runs)).toEqual(["tfm-a/1 RUNNING", "tfm-c/1 RUNNING"]);
    expect(namesOf(first.failures)).toEqual(["tfm-b AccessDeniedException"]);
    context.glue.addTaskRuns(["tfm-b", "tfm-c"].map((id) => runOf("1", BEGIN, "FAILED", id)));
    expect(await watch.states()).toEqual(["tfm-c/1 FAILED"]);
    // It was unfinished when the watch began, but no poll has seen that.
    denied.clear();
    expect(await watch.states()).toEqual(["tfm-b/1 FAILED"]);
    denied.add("tfm-b");
    context.glue.addTaskRuns([runOf("2", BEGIN + MINUTE, "FAILED", "tfm-a")]);
    expect(await watch.states()).toEqual(["tfm-a/2 FAILED"]);
    await watch.next();
    await expect(watch.next()).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("does not make poll() reject, and the transform goes on from the cursor", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN, "RUNNING", "tfm-a"), runOf("1", BEGIN, "RUNNING", "tfm-b")]);
    const library = await startWithDenied(new Set(["tfm-b"]));
    const { runs, cursor, failures } = await library.watchAcrossTransforms().poll();
    expect(statesOf(runs)).toEqual(["tfm-a/1 RUNNING"]);
    expect(namesOf(failures)).toEqual(["tfm-b AccessDeniedException"]);
    context.glue.addTaskRuns([runOf("1", BEGIN, "FAILED", "tfm-b")]);
    vi.setSystemTime(BEGIN + 60 * MINUTE);
    const next = await context.taskRuns.watchAcrossTransforms({}, { cursor }).poll();
    expect(statesOf(next.runs)).toEqual(["tfm-b/1 FAILED"]);
  });

  it("in the first poll of a transform that is found later does not hide what has started since the poll before", async () => {
    context.glue.addTransform({ TransformId: "tfm-a" });
    const denied = new Set<string>();
    const library = await startWithDenied(denied);
    const watch = follow(library.watchAcrossTransforms());
    expect(await watch.states()).toEqual([]);
    denied.add("tfm-b");
    const times = [BEGIN - 60 * MINUTE, BEGIN - 30 * SECOND, BEGIN + SECOND];
    context.glue.addTaskRuns(times.map((time, index) => runOf(`${index}`, time, "FAILED", "tfm-b")));
    const { runs, cursor, failures } = await watch.next();
    expect({ runs, failures: namesOf(failures) }).toEqual({ runs: [], failures: ["tfm-b AccessDeniedException"] });
    denied.clear();
    const expected = ["tfm-b/1 FAILED", "tfm-b/2 FAILED"];
    const restarted = await context.taskRuns.watchAcrossTransforms({}, { cursor }).poll();
    expect(statesOf(restarted.runs)).toEqual(expected);
    expect(await watch.states()).toEqual(expected);
  });

  it("is counted also where GetMLTransforms fails in between", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN, "RUNNING", "tfm-a"), runOf("1", BEGIN, "RUNNING", "tfm-b")]);
    const library = await startWithDenied(new Set(["tfm-b"]));
    const watch = follow(library.watchAcrossTransforms({}, { maxFailedPolls: 3 }));
    const isFailing = [false, true, false];
    for (const fails of isFailing) {
      if (fails) context.glue.fail("throttling", { operation: "GetMLTransforms" });
      expect(namesOf((await watch.next()).failures)).toEqual([
        fails ? "all ThrottlingException" : "tfm-b AccessDeniedException",
      ]);
    }
    await expect(watch.next()).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("is also a run that breaks its type", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN, "RUNNING", "tfm-a"), runOf("1", BEGIN, "RUNNING", "tfm-b")]);
    context.glue.addTaskRuns([{ ...runOf("broken", BEGIN, "RUNNING", "tfm-b"), Status: undefined }]);
    const { runs, failures } = await context.taskRuns.watchAcrossTransforms().poll();
    expect(statesOf(runs)).toEqual(["tfm-a/1 RUNNING"]);
    expect(namesOf(failures)).toEqual(["tfm-b UnexpectedResponseError"]);
  });

  it("in a long listing leaves the transform where it stood, and the others go on", async () => {
    const ids = ["tfm-a", "tfm-b"];
    const times = Array.from({ length: 9 }, (_, index) => BEGIN - (9 - index) * 5 * MINUTE);
    context.glue.addTaskRuns(ids.flatMap((id) => times.map((time, index) => runOf(`${index}`, time, "FAILED", id))));
    const denied = new Set<string>();
    const library = await startWithDenied(denied);
    const since = { Filter: { StartedAfter: times[0] === undefined ? undefined : new Date(times[0]) } };
    const changes = library.watchAcrossTransforms(since, { pageSize: 2 })[Symbol.asyncIterator]();
    const found: string[] = [];
    for (let count = 0; count < 8; count += 1) found.push(...statesOf([await takeNext(changes)]));
    denied.add("tfm-b");
    const failures: WatchFailure[] = [];
    const rest = library.watchAcrossTransforms(since, { pageSize: 2, cursor: changes.cursor }).polls();
    const value = await takeNext(rest);
    found.push(...statesOf(value.runs));
    failures.push(...value.failures);
    await rest.return?.();
    await changes.return?.();
    expect(namesOf(failures)).toEqual(["tfm-b AccessDeniedException"]);
    denied.clear();
    const last = await library.watchAcrossTransforms(since, { cursor: value.cursor }).poll();
    found.push(...statesOf(last.runs));
    expect(found.sort()).toEqual(ids.flatMap((id) => times.map((_, index) => `${id}/${index} FAILED`)).sort());
  });
});

it("poll() returns the new runs where the request for an unfinished one is not permitted, with the failure", async () => {
  context.glue.addTaskRuns([runOf("1", BEGIN - 10 * MINUTE)]);
  const library = await startWithDenied(new Set(["tfm-a"]), "GetMLTaskRun");
  const { cursor } = await library.watch(query).poll();
  vi.setSystemTime(BEGIN + 60 * MINUTE);
  context.glue.addTaskRuns([runOf("2", BEGIN + 50 * MINUTE)]);
  const { runs, failures } = await library.watch(query, { cursor }).poll();
  expect(statesOf(runs)).toEqual(["tfm-a/2 RUNNING"]);
  expect(namesOf(failures)).toEqual(["tfm-a AccessDeniedException"]);
});

it("A permanent error of a transform that no longer matches TransformFilter does not end the watch", async () => {
  context.glue.addTransform({ TransformId: "tfm-a", Status: "READY" });
  context.glue.addTaskRuns([runOf("1", BEGIN)]);
  const library = await startWithDenied(new Set(["tfm-a"]), "GetMLTaskRun");
  const watch = follow(library.watchAcrossTransforms({ TransformFilter: { Status: "READY" } }));
  expect(await watch.states()).toEqual(["tfm-a/1 RUNNING"]);
  context.glue.addTransform({ TransformId: "tfm-a", Status: "NOT_READY" });
  expect(namesOf((await watch.next()).failures)).toEqual(["tfm-a AccessDeniedException"]);
  await watch.stop();
});

describe("A watch across transforms ends at once", () => {
  it("with a permanent error of all transforms", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN, "RUNNING", "tfm-a"), runOf("1", BEGIN, "RUNNING", "tfm-b")]);
    const library = await startWithDenied(new Set(["tfm-a", "tfm-b"]));
    await expect(library.watchAcrossTransforms().polls().next()).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });

  it("with a permanent error of GetMLTransforms, and not with a transient one", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN)]);
    context.glue.fail("throttling");
    const watch = follow(context.taskRuns.watchAcrossTransforms());
    const { failures } = await watch.next();
    expect(namesOf(failures)).toEqual(["all ThrottlingException"]);
    expect(failures[0]).not.toHaveProperty("TransformId");
    expect(await watch.states()).toEqual(["tfm-a/1 RUNNING"]);
    context.glue.fail("expiredToken");
    await expect(watch.next()).rejects.toMatchObject({ name: "ExpiredTokenException" });
    context.glue.fail("throttling");
    await expect(context.taskRuns.watchAcrossTransforms().poll()).rejects.toMatchObject({
      name: "ThrottlingException",
    });
  });
});

describe("A refused token", () => {
  it.each([
    { of: "one transform", isAcross: false },
    { of: "all transforms", isAcross: true },
  ])(
    "in a watch of $of is a failure of the poll, not a deleted transform, where it cannot go on by time",
    async (row) => {
      await using endpoint = await LocalGlue.start({ tokenLifetime: MINUTE });
      endpoint.addTaskRuns([
        ...Array.from({ length: 4 }, (_, index) => runOf(`undated-${index}`, undefined, "RUNNING")),
        runOf("1", BEGIN - MINUTE),
      ]);
      const client = endpoint.client({ maxAttempts: 1 });
      let isRefusing = true;
      client.middlewareStack.add(
        (next) => (args) => {
          const { NextToken } = args.input as { NextToken?: string };
          if (NextToken === undefined || !isRefusing) return next(args);
          throw Object.assign(new Error("No ML Task Run found"), { name: "EntityNotFoundException", $fault: "client" });
        },
        { step: "initialize" },
      );
      const library = new MLTaskRuns(client);
      const options = { pageSize: 3 };
      const watch = follow(row.isAcross ? library.watchAcrossTransforms({}, options) : library.watch(query, options));
      expect(namesOf((await watch.next()).failures)).toEqual(["tfm-a EntityNotFoundException"]);
      isRefusing = false;
      expect((await watch.states()).length).toBe(5);
      await watch.stop();
    },
  );
});
