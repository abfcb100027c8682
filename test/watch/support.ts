/** Helpers of the tests of watches: a local endpoint on a clock that the test moves, and watches that are read poll by poll. */
import { type MLTaskRun, type MLTaskRunPoll, MLTaskRuns, type MLTaskRunWatch } from "glue-ml-task-runs";
import { LocalGlue, type LocalTaskRun } from "glue-ml-task-runs/local";
import { afterEach, beforeEach, vi } from "vitest";

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
/** The time at which each test begins. */
export const BEGIN = Date.UTC(2026, 10, 1);
/** The pause between two polls, in seconds. */
export const INTERVAL = 30;

/** Starts a local endpoint before each test, and stops the clock. */
export function useLocalGlue(): { glue: LocalGlue; taskRuns: MLTaskRuns } {
  // Set before each test.
  const context = {} as { glue: LocalGlue; taskRuns: MLTaskRuns };
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"], now: BEGIN });
    context.glue = await LocalGlue.start();
    context.taskRuns = new MLTaskRuns(context.glue.client({ maxAttempts: 1 }));
  });
  afterEach(async () => {
    vi.useRealTimers();
    await context.glue.close();
  });
  return context;
}

/** Creates a run. */
export function runOf(TaskRunId: string, startedOn?: number, Status = "RUNNING", TransformId = "tfm-a"): LocalTaskRun {
  const StartedOn = startedOn === undefined ? {} : { StartedOn: new Date(startedOn) };
  // A test may use a status that the SDK does not know.
  return { TransformId, TaskRunId, Status, ...StartedOn, Properties: { TaskType: "EVALUATION" } } as LocalTaskRun;
}

/** The transform, the id and the status of runs. */
export function statesOf(runs: readonly MLTaskRun[]): string[] {
  return runs.map(({ TransformId, TaskRunId, Status }) => `${TransformId}/${TaskRunId} ${Status}`);
}

/** The next item of an iteration that must not have ended. */
export async function takeNext<V>(iterator: Pick<AsyncIterator<V, unknown>, "next">): Promise<V> {
  const result = await iterator.next();
  if (result.done) throw new Error("The iteration has ended.");
  return result.value;
}

/** A watch that is read poll by poll. The clock moves by the interval between two polls. */
export function follow(watch: MLTaskRunWatch) {
  const polls = watch.polls();
  let hasBegun = false;
  const next = async (): Promise<MLTaskRunPoll> => {
    const result = polls.next();
    // A rejection is handled where the result is awaited.
    result.catch(() => {});
    if (hasBegun) await vi.advanceTimersByTimeAsync(INTERVAL * SECOND);
    hasBegun = true;
    return takeNext({ next: () => result });
  };
  return {
    next,
    /** The states that the next poll returns. */
    states: async () => statesOf((await next()).runs),
    stop: () => polls.return?.(),
  };
}

/** Reads some runs of an iteration, which stays where it is. */
export async function take(runs: AsyncIterator<MLTaskRun>, count: number): Promise<MLTaskRun[]> {
  const found: MLTaskRun[] = [];
  while (found.length < count) {
    const { done, value } = await runs.next();
    if (done) break;
    found.push(value);
  }
  return found;
}
