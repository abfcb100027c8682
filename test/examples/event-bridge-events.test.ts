/** The example of the event bridge: its events, and the requests that publish them. */
import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { array, assert, integer, property } from "fast-check";
import type { MLTaskRun } from "glue-ml-task-runs";
import { expect, it, vi } from "vitest";
import {
  createEvent,
  MAX_ENTRIES,
  MAX_MESSAGE_LENGTH,
  SIZE_LIMIT,
  sizeOf,
  toRequests,
} from "../../examples/event-bridge/events.js";
import { publish } from "../../examples/event-bridge/publish.js";
import { mockEventBridge, type PutEventsOutput } from "./event-bridge-support.js";

const target = { source: "custom.glue", eventBusName: "bus" };

const run: MLTaskRun = {
  TransformId: "tfm-1",
  TaskRunId: "tsk-1",
  Status: "FAILED",
  Properties: { TaskType: "EVALUATION" },
  ErrorString: "No labels.",
  StartedOn: new Date("2026-11-20T10:00:00Z"),
  LastModifiedOn: new Date("2026-11-20T10:05:00Z"),
  CompletedOn: new Date("2026-11-20T10:04:00Z"),
  ExecutionTime: 240,
};

/** The detail of the event of a run. */
function detailOf(run: MLTaskRun): Record<string, unknown> {
  return JSON.parse(createEvent(run, target).Detail ?? "");
}

/** Entries with details of these sizes. */
function entriesOf(sizes: readonly number[]): PutEventsRequestEntry[] {
  return sizes.map((size) => ({ Source: "s", DetailType: "t", Detail: "x".repeat(size) }));
}

it("The event of a run has its state, error and times, and a key for consumers that drop repeats", () => {
  const { Detail = "", ...entry } = createEvent(run, target);
  expect(entry).toEqual({
    Source: "custom.glue",
    DetailType: "Glue ML Task Run State Change",
    EventBusName: "bus",
    Time: run.LastModifiedOn,
  });
  expect(JSON.parse(Detail)).toEqual({
    key: "tfm-1/tsk-1/FAILED",
    transformId: "tfm-1",
    taskRunId: "tsk-1",
    taskRunType: "EVALUATION",
    state: "FAILED",
    message: "No labels.",
    startedOn: "2026-11-20T10:00:00.000Z",
    lastModifiedOn: "2026-11-20T10:05:00.000Z",
    completedOn: "2026-11-20T10:04:00.000Z",
    executionTime: 240,
  });
});

it("The event of a run has no members that the run does not have", () => {
  const { TransformId, TaskRunId, Status } = run;
  const Properties = { $unknown: undefined };
  expect(detailOf({ TransformId, TaskRunId, Status, Properties })).toEqual({
    key: "tfm-1/tsk-1/FAILED",
    transformId: "tfm-1",
    taskRunId: "tsk-1",
    state: "FAILED",
  });
});

it("A long error is shortened, and no character is cut in two", () => {
  const message = "x".repeat(MAX_MESSAGE_LENGTH);
  expect(detailOf({ ...run, ErrorString: message }).message).toBe(message);
  const start = "x".repeat(MAX_MESSAGE_LENGTH - 2);
  expect(detailOf({ ...run, ErrorString: `${message}x` }).message).toBe(`${start}x…`);
  expect(detailOf({ ...run, ErrorString: `${start}😀😀` }).message).toBe(`${start}…`);
});

it("The event of a run with the longest possible ids and error fits into a request", () => {
  // In JSON, a control character is the longest.
  const [longest, TransformId, TaskRunId] = ["\u0001".repeat(1_000_000), "\uFFFD".repeat(255), "\t".repeat(255)];
  const entry = createEvent({ ...run, TransformId, TaskRunId, ErrorString: longest }, target);
  expect(sizeOf(entry)).toBeLessThan(SIZE_LIMIT / 4);
});

it("The size of an entry is the one that the service counts", () => {
  const entry = { Source: "ä", DetailType: "type", Detail: '{"a":"€"}', EventBusName: "not counted" };
  expect(sizeOf(entry)).toBe(2 + 4 + 11);
  expect(sizeOf({ ...entry, Time: new Date() })).toBe(2 + 4 + 11 + 14);
  expect(sizeOf({})).toBe(0);
});

it("Requests have all entries in their order, and are within the limits", () => {
  assert(
    property(array(integer({ min: 0, max: SIZE_LIMIT / 2 }), { maxLength: 60 }), (sizes) => {
      const entries = entriesOf(sizes);
      const requests = toRequests(entries);
      expect(requests.flat()).toEqual(entries);
      for (const request of requests) {
        expect(request.length).toBeGreaterThan(0);
        expect(request.length).toBeLessThanOrEqual(MAX_ENTRIES);
        expect(request.reduce((sum, entry) => sum + sizeOf(entry), 0)).toBeLessThan(SIZE_LIMIT);
      }
    }),
  );
});

it("Requests are as few as the limits allow", () => {
  expect(toRequests([])).toEqual([]);
  expect(toRequests(entriesOf(Array(25).fill(100))).map(({ length }) => length)).toEqual([10, 10, 5]);
  // Each entry has two more bytes, its source and its type.
  const half = SIZE_LIMIT / 2 - 2;
  expect(toRequests(entriesOf([half, half - 1, half, half])).map(({ length }) => length)).toEqual([2, 1, 1]);
});

/** Fails the entries whose detail is among these, as the service does: the others of the request are published. */
function failEntries(
  { Entries = [] }: { Entries?: PutEventsRequestEntry[] | undefined },
  details: readonly string[],
): PutEventsOutput {
  const failure = { ErrorCode: "ThrottlingException", ErrorMessage: "Rate exceeded" };
  const isFailed = ({ Detail = "" }: PutEventsRequestEntry) => details.includes(Detail);
  return {
    FailedEntryCount: Entries.filter(isFailed).length,
    Entries: Entries.map((entry, index) => (isFailed(entry) ? failure : { EventId: `${index}` })),
  };
}

it("Entries that fail are sent again, without the others of their request", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const { client, events, requests } = mockEventBridge((input) =>
    failEntries(input, requests.length <= 2 ? ["3", "7", "11"] : requests.length === 3 ? ["7"] : []),
  );
  const entries = Array.from({ length: 12 }, (_, index) => ({ Detail: `${index}` }));
  const published = publish(client, entries);
  await vi.runAllTimersAsync();
  await published;
  const sent = requests.map(({ Entries = [] }) => Entries.map(({ Detail }) => Number(Detail)));
  expect(sent).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [10, 11], [3, 7, 11], [7]]);
  expect(events).toEqual([0, 1, 2, 4, 5, 6, 8, 9, 10, 3, 11, 7]);
});

it("Entries that always fail are an error with their number and the reason, after pauses that grow", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const pauses = vi.spyOn(globalThis, "setTimeout");
  const { client, requests } = mockEventBridge((input) => failEntries(input, ["1", "2"]));
  const published = publish(client, [{ Detail: "0" }, { Detail: "1" }, { Detail: "2" }]);
  const message = "2 events were not published. ThrottlingException: Rate exceeded";
  const rejected = expect(published).rejects.toThrow(message);
  await vi.runAllTimersAsync();
  await rejected;
  expect(requests).toHaveLength(5);
  expect(pauses.mock.calls.map(([, milliseconds]) => milliseconds)).toEqual([100, 200, 400, 800]);
});

it("Without entries nothing is sent", async () => {
  const { client, requests } = mockEventBridge();
  await publish(client, []);
  expect(requests).toEqual([]);
});
