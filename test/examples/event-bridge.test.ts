/** The example of the event bridge: its invocations, one after another, at once, and interrupted. */
import type { TaskStatusType } from "@aws-sdk/client-glue";
import { type MLTaskRun, MLTaskRuns } from "glue-ml-task-runs";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { expect, it, vi } from "vitest";
import { readCursor, saveCursor } from "../../examples/event-bridge/position.js";
import { publishChanges } from "../../examples/event-bridge/publish-changes.js";
import { createRun, startGlue, startGlueWith, TransformId } from "../support.js";
import { keys, startBridge, startDynamoDB } from "./event-bridge-support.js";

/** Longer than a test. */
const TIME = 60_000;

/** A run that started this many seconds ago. */
function startedAgo(TaskRunId: string, seconds: number, Status: TaskStatusType = "RUNNING") {
  return createRun(TaskRunId, { StartedOn: new Date(Date.now() - seconds * 1000), Status });
}

/** The keys of the events of runs. */
function keysOf(runs: readonly Pick<MLTaskRun, "TransformId" | "TaskRunId" | "Status">[]): string[] {
  return runs.map(({ TransformId, TaskRunId, Status }) => `${TransformId}/${TaskRunId}/${Status}`);
}

/** Lets the next `AbortSignal.timeout` abort when the test calls the result. */
function holdTimeout(): () => void {
  const controller = new AbortController();
  vi.spyOn(AbortSignal, "timeout").mockReturnValueOnce(controller.signal);
  return () => controller.abort(new DOMException("The time is over.", "TimeoutError"));
}

it("The first invocation publishes the unfinished runs, and later ones each change once", async () => {
  const glue = await startGlueWith([startedAgo("tsk-old", 3000, "FAILED"), startedAgo("tsk-1", 600)]);
  const { bridge, events } = await startBridge(glue);
  expect(await publishChanges(bridge, TIME)).toEqual({ published: 1, end: "complete" });
  expect(await publishChanges(bridge, TIME)).toEqual({ published: 0, end: "complete" });
  glue.finishTaskRun({ TransformId, TaskRunId: "tsk-1" }, { Status: "FAILED", ErrorString: "No labels." });
  glue.addTaskRuns([{ ...startedAgo("tsk-2", 1, "SUCCEEDED"), TransformId: "tfm-new" }]);
  expect(await publishChanges(bridge, TIME)).toEqual({ published: 2, end: "complete" });
  expect(await publishChanges(bridge, TIME)).toEqual({ published: 0, end: "complete" });
  expect(keys(events).sort()).toEqual(["tfm-0123/tsk-1/FAILED", "tfm-0123/tsk-1/RUNNING", "tfm-new/tsk-2/SUCCEEDED"]);
  expect(events.find(({ state }) => state === "FAILED")?.message).toBe("No labels.");
});

it("With a start, the first invocation publishes all runs since then, oldest first", async () => {
  const glue = await startGlue(250);
  const { bridge, events } = await startBridge(glue);
  const runs = sampleTaskRuns({ transformId: TransformId, count: 250 });
  const startedAfter = runs[100]?.StartedOn?.toISOString();
  expect(await publishChanges({ ...bridge, startedAfter }, TIME)).toEqual({ published: 150, end: "complete" });
  expect(keys(events)).toEqual(keysOf(runs.slice(100)));
  expect(await publishChanges({ ...bridge, startedAfter }, TIME)).toEqual({ published: 0, end: "complete" });
});

it("A run that is listed 50 seconds after its start is published once, also if a newer one was published before", async () => {
  const glue = await startGlueWith([startedAgo("tsk-1", 600, "SUCCEEDED")]);
  const { bridge, events } = await startBridge(glue);
  await publishChanges(bridge, TIME);
  glue.addTaskRuns([startedAgo("tsk-2", 5, "FAILED")]);
  await publishChanges(bridge, TIME);
  glue.addTaskRuns([startedAgo("tsk-late", 50, "FAILED")]);
  await publishChanges(bridge, TIME);
  await publishChanges(bridge, TIME);
  expect(keys(events)).toEqual(["tfm-0123/tsk-2/FAILED", "tfm-0123/tsk-late/FAILED"]);
});

it("A run that an endpoint lists only a second after its start is published once", async () => {
  const glue = await startGlue(0, { listingDelay: 1000 });
  const { bridge, events } = await startBridge(glue);
  await publishChanges(bridge, TIME);
  glue.addTaskRuns([startedAgo("tsk-1", 0, "FAILED")]);
  expect(await publishChanges(bridge, TIME)).toEqual({ published: 0, end: "complete" });
  const published = async () => (await publishChanges(bridge, TIME)).published;
  await vi.waitFor(async () => expect(await published()).toBe(1), 10_000);
  expect(await published()).toBe(0);
  expect(keys(events)).toEqual(["tfm-0123/tsk-1/FAILED"]);
});

it("An invocation that crashes between publishing and saving is repeated by the next one, and nothing is lost", async () => {
  const glue = await startGlueWith([startedAgo("tsk-1", 600)]);
  const { bridge, events } = await startBridge(glue);
  let crashes = 0;
  bridge.dynamoDB.middlewareStack.add(
    (next, context) => (args) => {
      if (context.commandName !== "PutItemCommand" || crashes > 0) return next(args);
      crashes += 1;
      throw new Error("crashed");
    },
    { step: "initialize" },
  );
  await expect(publishChanges(bridge, TIME)).rejects.toThrow("crashed");
  expect(await readCursor(bridge.dynamoDB, bridge.tableName)).toBeUndefined();
  glue.finishTaskRun({ TransformId, TaskRunId: "tsk-1" }, { Status: "SUCCEEDED" });
  glue.addTaskRuns([startedAgo("tsk-2", 1)]);
  await publishChanges(bridge, TIME);
  await publishChanges(bridge, TIME);
  expect(keys(events)).toContain("tfm-0123/tsk-1/RUNNING");
  expect(keys(events)).toContain("tfm-0123/tsk-2/RUNNING");
});

it("Of two invocations at once, one saves its cursor, and nothing is lost", async () => {
  const glue = await startGlueWith([startedAgo("tsk-1", 600)]);
  let isLater = false;
  let arrived = 0;
  let letGo = () => {};
  const both = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const { bridge, events } = await startBridge(glue, async () => {
    if (!isLater) return undefined;
    arrived += 1;
    // The second invocation sees a run that the first one has not seen.
    if (arrived === 2) letGo();
    else glue.addTaskRuns([startedAgo("tsk-3", 1)]);
    await both;
    return undefined;
  });
  await publishChanges(bridge, TIME);
  glue.addTaskRuns([startedAgo("tsk-2", 2)]);
  isLater = true;
  const first = publishChanges(bridge, TIME);
  await vi.waitFor(() => expect(arrived).toBe(1));
  const outcomes = await Promise.all([first, publishChanges(bridge, TIME)]);
  isLater = false;
  expect(outcomes.map(({ end }) => end).sort()).toEqual(["complete", "superseded"]);
  await publishChanges(bridge, TIME);
  expect(new Set(keys(events))).toEqual(
    new Set(["tfm-0123/tsk-1/RUNNING", "tfm-0123/tsk-2/RUNNING", "tfm-0123/tsk-3/RUNNING"]),
  );
  // What both have published.
  expect(keys(events).filter((key) => key === "tfm-0123/tsk-2/RUNNING")).toHaveLength(2);
});

it("A first poll that takes longer than the function's time goes on in the next invocations, without repeats", async () => {
  const glue = await startGlue(2500);
  const { bridge, events } = await startBridge(glue);
  const history = { ...bridge, startedAfter: "2000-01-01" };
  const timeIsOver = holdTimeout();
  // The third page does not arrive before the time is over.
  glue.fail("noResponse", { after: 2, operation: "GetMLTaskRuns" });
  const first = publishChanges(history, TIME);
  await vi.waitFor(() => expect(glue.requests).toHaveLength(4), 10_000);
  await vi.waitFor(() => expect(events.length).toBeGreaterThanOrEqual(1900), 10_000);
  timeIsOver();
  const { published, end } = await first;
  expect(end).toBe("time is over");
  expect(published).toBeLessThan(2500);
  expect(await publishChanges(history, TIME)).toEqual({ published: 2500 - published, end: "complete" });
  expect(keys(events)).toEqual(keysOf(sampleTaskRuns({ transformId: TransformId, count: 2500 })));
});

it("An invocation whose time is over while it publishes saves what it has published", async () => {
  const glue = await startGlue(500);
  const timeIsOver = holdTimeout();
  const { bridge, events, requests } = await startBridge(glue, () => {
    if (requests.length === 15) timeIsOver();
    return undefined;
  });
  const history = { ...bridge, startedAfter: "2000-01-01" };
  expect(await publishChanges(history, TIME)).toEqual({ published: 200, end: "time is over" });
  expect(await publishChanges(history, TIME)).toEqual({ published: 300, end: "complete" });
  expect(keys(events)).toEqual(keysOf(sampleTaskRuns({ transformId: TransformId, count: 500 })));
});

it("An invocation without any time left changes nothing", async () => {
  const glue = await startGlueWith([startedAgo("tsk-1", 600)]);
  const { bridge, events } = await startBridge(glue);
  holdTimeout()();
  expect(await publishChanges(bridge, 0)).toEqual({ published: 0, end: "time is over" });
  expect(await publishChanges(bridge, TIME)).toEqual({ published: 1, end: "complete" });
  expect(keys(events)).toEqual(["tfm-0123/tsk-1/RUNNING"]);
});

it("An invocation whose events cannot be published fails, and the next one publishes them", async () => {
  const glue = await startGlueWith([startedAgo("tsk-1", 600)]);
  let isDown = true;
  const { bridge, events } = await startBridge(glue, () => {
    if (isDown) throw new Error("EventBridge is down.");
    return undefined;
  });
  await expect(publishChanges(bridge, TIME)).rejects.toThrow("EventBridge is down.");
  expect(await readCursor(bridge.dynamoDB, bridge.tableName)).toBeUndefined();
  isDown = false;
  expect(await publishChanges(bridge, TIME)).toEqual({ published: 1, end: "complete" });
  expect(keys(events)).toEqual(["tfm-0123/tsk-1/RUNNING"]);
});

it("A transform that cannot be polled fails the invocation after the others' events, and is polled again", async () => {
  const runs = ["tfm-1", "tfm-2"].map((TransformId, index) => ({
    ...startedAgo(`tsk-${index + 1}`, 600),
    TransformId,
  }));
  const glue = await startGlueWith(runs);
  const { bridge, events } = await startBridge(glue);
  const client = glue.client();
  const denied = new Error("denied");
  let isDenied = true;
  client.middlewareStack.add(
    (next) => (args) => {
      if (isDenied && "TransformId" in args.input && args.input.TransformId === "tfm-1") throw denied;
      return next(args);
    },
    { step: "initialize" },
  );
  const restricted = { ...bridge, taskRuns: new MLTaskRuns(client) };
  const message = "Not polled: tfm-1. The next invocation tries again.";
  await expect(publishChanges(restricted, TIME)).rejects.toMatchObject({ message, errors: [denied] });
  expect(keys(events)).toEqual(["tfm-2/tsk-2/RUNNING"]);
  isDenied = false;
  expect(await publishChanges(restricted, TIME)).toEqual({ published: 1, end: "complete" });
  expect(keys(events)).toEqual(["tfm-2/tsk-2/RUNNING", "tfm-1/tsk-1/RUNNING"]);
});

it("An invocation that cannot list the transforms fails with the error of the service, and the next one tries again", async () => {
  const glue = await startGlueWith([startedAgo("tsk-1", 600)]);
  const { bridge, events } = await startBridge(glue);
  const taskRuns = new MLTaskRuns(glue.client({ maxAttempts: 1 }));
  glue.fail("internalError", { operation: "GetMLTransforms" });
  const message = "Not polled: the list of transforms. The next invocation tries again.";
  await expect(publishChanges({ ...bridge, taskRuns }, TIME)).rejects.toMatchObject({ message });
  glue.fail("expiredToken", { operation: "GetMLTransforms" });
  await expect(publishChanges({ ...bridge, taskRuns }, TIME)).rejects.toMatchObject({ name: "ExpiredTokenException" });
  expect(await publishChanges({ ...bridge, taskRuns }, TIME)).toEqual({ published: 1, end: "complete" });
  expect(keys(events)).toEqual(["tfm-0123/tsk-1/RUNNING"]);
});

it("A saved cursor that is damaged fails the invocation before anything is sent to Glue", async () => {
  const glue = await startGlue(1);
  const { bridge } = await startBridge(glue);
  expect(await saveCursor(bridge.dynamoDB, bridge.tableName, undefined, "damaged")).toBe(true);
  await expect(publishChanges(bridge, TIME)).rejects.toMatchObject({ name: "InvalidQueryError", field: "cursor" });
  expect(glue.requests).toEqual([]);
});

it("A cursor is saved only over the one that was read", async () => {
  const { client } = await startDynamoDB();
  const save = (previous: string | undefined, next: string) => saveCursor(client, "table", previous, next);
  expect(await readCursor(client, "table")).toBeUndefined();
  expect(await save("other", "a")).toBe(false);
  expect(await save(undefined, "a")).toBe(true);
  expect(await save(undefined, "b")).toBe(false);
  expect(await save("a", "b")).toBe(true);
  expect(await save("a", "c")).toBe(false);
  expect(await readCursor(client, "table")).toBe("b");
});
