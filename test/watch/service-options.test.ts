/** Watches of a history that changes, with each way in which AWS may behave where it documents nothing. */
import { MLTaskRuns, type WatchOptions } from "glue-ml-task-runs";
import { LocalGlue, type LocalGlueOptions } from "glue-ml-task-runs/local";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { cancel, startEvaluation } from "../local/support.js";
import { createRun, SERVICE_VARIANTS, TransformId } from "../support.js";
import { BEGIN, follow, INTERVAL, SECOND } from "./support.js";

const VARIANTS = [...SERVICE_VARIANTS, ["runs that are listed late", { listingDelay: 10 * SECOND }]] as const;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] }));

/** A run is STARTING for 40 seconds and RUNNING for 100. A poll every 30 seconds sees each of the statuses. */
const times = { startingTime: 40 * SECOND, runTime: 100 * SECOND };

type Watch = ReturnType<MLTaskRuns["watch"]>;

/** Polls in a loop that is not interrupted. */
function pollInLoop(open: (options: WatchOptions) => Watch) {
  return follow(open({ interval: INTERVAL })).next;
}

/** Polls once in each process. The next one has nothing but the cursor. */
function pollInProcesses(open: (options: WatchOptions) => Watch) {
  let cursor: string | undefined;
  return async () => {
    if (cursor !== undefined) vi.setSystemTime(Date.now() + INTERVAL * SECOND);
    const poll = await open({ cursor }).poll();
    ({ cursor } = poll);
    return poll;
  };
}

describe.each<readonly [string, LocalGlueOptions]>(VARIANTS)("With %s of the service", (_, options) => {
  it.each([
    ["one transform, in a loop,", "watch", pollInLoop],
    ["one transform, with a poll in each process,", "watch", pollInProcesses],
    ["all transforms, in a loop,", "watchAcrossTransforms", pollInLoop],
    ["all transforms, with a poll in each process,", "watchAcrossTransforms", pollInProcesses],
  ] as const)("a watch of %s yields each run once with each status", async (_, method, pollBy) => {
    vi.setSystemTime(BEGIN - 20 * SECOND);
    await using glue = await LocalGlue.start({ ...options, ...times });
    glue.addTaskRuns([createRun("finished", { StartedOn: new Date(BEGIN - 3600 * SECOND) })]);
    const first = await startEvaluation(glue);
    vi.setSystemTime(BEGIN);
    const taskRuns = new MLTaskRuns(glue.client());
    const poll = pollBy((settings) =>
      method === "watch" ? taskRuns.watch({ TransformId }, settings) : taskRuns.watchAcrossTransforms({}, settings),
    );
    const nextStates = async () => (await poll()).runs.map(({ TaskRunId, Status }) => `${TaskRunId} ${Status}`).sort();

    expect(await nextStates()).toEqual([`${first} STARTING`]);
    const second = await startEvaluation(glue);
    // A run that starts after the begin of a watch cannot be found before it has StartedOn.
    const starting = options.startedOn === "running" ? [] : [`${second} STARTING`];
    expect(await nextStates()).toEqual([`${first} RUNNING`, ...starting].sort());
    glue.addTaskRuns([createRun("short", { StartedOn: new Date() })]);
    expect(await nextStates()).toEqual([`${second} RUNNING`, "short FAILED"].sort());
    await cancel(glue, second);
    expect(await nextStates()).toEqual([`${second} STOPPED`]);
    expect(await nextStates()).toEqual([`${first} SUCCEEDED`]);
    expect(await nextStates()).toEqual([]);
    expect(await nextStates()).toEqual([]);
  });
});
