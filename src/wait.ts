/** Waits until a run is finished: polls it with growing pauses. */

import { type AbortSignalLike, abortable, delay, throwIfAborted } from "./abort.js";
import type { checkWaitOptions } from "./criteria/options.js";
import { MLTaskRunsError, WaitTimeoutError } from "./errors.js";
import { RESPONSE_TIMEOUT, withTimeLimit } from "./request/time-limit.js";
import { isTransient } from "./request/transient.js";
import { type FinishedMLTaskRun, isFinished, type MLTaskRun } from "./task-run.js";

/**
 * Polls a run until it is finished. Transient errors do not end the wait.
 *
 * @param get - gets the run
 * @throws {@link WaitTimeoutError} after `maxWaitTime`; other errors of `get`; the reason of a signal
 */
export async function waitUntilFinished(
  get: (signals: readonly AbortSignalLike[]) => Promise<MLTaskRun>,
  { maxWaitTime, minDelay, maxDelay, onPoll }: ReturnType<typeof checkWaitOptions>,
  signals: readonly AbortSignalLike[],
): Promise<FinishedMLTaskRun> {
  const deadline = performance.now() + maxWaitTime * 1000;
  const timeLeft = () => Math.max(0, deadline - performance.now());
  let lastRun: MLTaskRun | undefined;
  let cause: ErrorOptions | undefined;
  for (let maxPause = minDelay; ; maxPause = Math.min(2 * maxPause, maxDelay)) {
    // A request that hangs must not extend the wait. The last request may take up to minDelay.
    const timeLimit = Math.min(RESPONSE_TIMEOUT, timeLeft() + minDelay * 1000);
    let run: MLTaskRun | undefined;
    try {
      run = await withTimeLimit("GetMLTaskRun", timeLimit, signals, get);
      lastRun = run;
      cause = undefined;
    } catch (error) {
      throwIfAborted(signals);
      if (!isTransient(error)) throw error;
      cause = { cause: error };
    }
    const isLast = timeLeft() === 0;
    if (run) {
      const polled = run;
      if (onPoll) await abortable(signals, async () => onPoll(polled));
      if (isFinished(run)) return run;
    }
    if (isLast && lastRun) throw new WaitTimeoutError(lastRun, maxWaitTime, cause);
    if (isLast) throw new MLTaskRunsError(`No poll of the run has succeeded within ${maxWaitTime} seconds.`, cause);
    const pause = (minDelay + Math.random() * (maxPause - minDelay)) * 1000;
    // Rounded up, because timers round down.
    await delay(Math.ceil(Math.min(pause, timeLeft())), signals);
  }
}
