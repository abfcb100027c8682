/** One invocation: polls all transforms once, publishes what is new or has changed, and saves the position after it. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import {
  type MLTaskRun,
  type MLTaskRunChanges,
  type MLTaskRuns,
  taskRunFilter,
  type WatchFailure,
  type WatchProgress,
} from "glue-ml-task-runs";
import { createEvent, type EventTarget } from "./events.js";
import { readCursor, saveCursor } from "./position.js";
import { publish } from "./publish.js";

export interface Bridge extends EventTarget {
  readonly taskRuns: MLTaskRuns;
  readonly eventBridge: EventBridgeClient;
  readonly dynamoDB: DynamoDBClient;
  readonly tableName: string;
  /** Where the first poll begins: an ISO 8601 date. Without it, with the unfinished runs. */
  readonly startedAfter?: string | undefined;
}

export interface Outcome {
  /** The number of published events. */
  readonly published: number;
  /**
   * How the invocation has ended: the poll is complete; its time was over, and the next invocation continues the poll;
   * or another invocation has saved a cursor since this one read it, which then counts.
   */
  readonly end: "complete" | "time is over" | "superseded";
}

/** How many changes are published before the position is saved. */
const STEP = 100;

/**
 * Publishes first and saves then: if it is interrupted in between, the next invocation publishes the same changes again,
 * and none is lost.
 *
 * @param time - how long it may read changes, in milliseconds
 * @throws errors of the services, and an error that names the transforms that could not be polled. What the others
 *   returned was published and saved before, and the next invocation tries again.
 */
export async function publishChanges(bridge: Bridge, time: number): Promise<Outcome> {
  const { taskRuns, eventBridge, dynamoDB, tableName, startedAfter } = bridge;
  let cursor = await readCursor(dynamoDB, tableName);
  const timeout = AbortSignal.timeout(time);
  const complete = new AbortController();
  let failures: readonly WatchFailure[] = [];
  const Filter = startedAfter ? taskRunFilter().startedAfter(startedAfter) : taskRunFilter();
  const options = {
    cursor,
    abortSignal: AbortSignal.any([timeout, complete.signal]),
    // Ends the watch after its first poll. `poll()` is shorter, but has no position before the poll is complete.
    onPoll(progress: WatchProgress) {
      failures = progress.failures;
      complete.abort();
    },
  };
  const changes = taskRuns.watchAcrossTransforms({ Filter }, options)[Symbol.asyncIterator]();
  let published = 0;
  let ending: unknown;
  for await (const { runs, error } of readSteps(changes)) {
    const events = runs.map((run) => createEvent(run, bridge));
    await publish(eventBridge, events);
    published += events.length;
    const { cursor: next } = changes;
    if (!(await saveCursor(dynamoDB, tableName, cursor, next))) return { published, end: "superseded" };
    cursor = next;
    ending = error;
  }
  if (ending === timeout.reason) return { published, end: "time is over" };
  if (ending !== complete.signal.reason) throw ending;
  if (failures.length > 0) throw failedPoll(failures);
  return { published, end: "complete" };
}

/** Reads the changes in steps. The last step has the error that has ended the watch. */
async function* readSteps(changes: MLTaskRunChanges): AsyncGenerator<{ runs: MLTaskRun[]; error?: unknown }> {
  let runs: MLTaskRun[] = [];
  try {
    for await (const run of changes) {
      runs.push(run);
      if (runs.length < STEP) continue;
      yield { runs };
      runs = [];
    }
  } catch (error) {
    yield { runs, error };
  }
}

function failedPoll(failures: readonly WatchFailure[]): Error {
  const names = failures.map(({ TransformId = "the list of transforms" }) => TransformId);
  const errors = failures.map(({ error }) => error);
  return new AggregateError(errors, `Not polled: ${names.join(", ")}. The next invocation tries again.`);
}
