/** Waits until a run is finished: polls it with growing pauses. */
import type { checkWaitOptions } from "./criteria/options.js";
import { MLTaskRunsError, WaitTimeoutError } from "./errors.js";
import { type AbortSignalLike, abortable, delay } from "./request/abort.js";
import { type FinishedMLTaskRun, isFinished, type MLTaskRun } from "./task-run.js";

/** The maximum delay of a Node.js timer, in milliseconds. */
const MAX_TIMER = 2 ** 31 - 1;

/**
 * Polls a run until it is finished.
 *
 * @param poll - gets the run
 * @throws {@link WaitTimeoutError} after `maxWaitTime`; errors of `poll`; the reason of a signal
 */
export async function waitUntilFinished(
  poll: (signals: readonly AbortSignalLike[]) => Promise<MLTaskRun>,
  { maxWaitTime, minDelay, maxDelay, onPoll }: ReturnType<typeof checkWaitOptions>,
  callerSignals: readonly AbortSignalLike[],
): Promise<FinishedMLTaskRun> {
  const start = performance.now();
  let lastRun: MLTaskRun | undefined;
  // A request that hangs must not extend the wait. The last request may take up to minDelay.
  const timeout = new AbortController();
  const onTimeout = () => {
    const noResponse = `There was no response to GetMLTaskRun within ${maxWaitTime} seconds.`;
    timeout.abort(lastRun ? new WaitTimeoutError(lastRun, maxWaitTime) : new MLTaskRunsError(noResponse));
  };
  const timeLimit = (maxWaitTime + minDelay) * 1000;
  const timer = timeLimit <= MAX_TIMER ? setTimeout(onTimeout, timeLimit) : undefined;
  const signals = [...callerSignals, timeout.signal];
  try {
    for (let maxPause = minDelay; ; maxPause = Math.min(2 * maxPause, maxDelay)) {
      const run = await poll(signals);
      lastRun = run;
      if (onPoll) await abortable(callerSignals, async () => onPoll(run));
      if (isFinished(run)) return run;
      const timeLeft = start + maxWaitTime * 1000 - performance.now();
      if (timeLeft <= 0) throw new WaitTimeoutError(run, maxWaitTime);
      const pause = (minDelay + Math.random() * (maxPause - minDelay)) * 1000;
      // Rounded up, because timers round down.
      await delay(Math.ceil(Math.min(pause, timeLeft)), callerSignals);
    }
  } finally {
    clearTimeout(timer);
  }
}
