/**
 * Runs before each test file: sets how many cases each property test checks, PROPERTY_RUNS, of which `.ci/run` takes
 * more than `npm test`; how long a test waits for an event; and what is restored after each test.
 */
import fc from "fast-check";
import { afterEach, vi } from "vitest";

const numRuns = Number(process.env.PROPERTY_RUNS ?? 5);
fc.configureGlobal({ numRuns });
vi.setConfig({ testTimeout: 30_000 + numRuns * 300 });

// The next file has the same worker. Spies come first: the function that one restores can be that of a fake timer.
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const EVENT_TIMEOUT = 20_000;
const { waitFor } = vi;
if (waitFor.name !== "waitForEvent") {
  // The default of one second is too short for an event on a machine that is busy with something else.
  vi.waitFor = function waitForEvent(callback, options = {}) {
    return waitFor(callback, typeof options === "number" ? options : { timeout: EVENT_TIMEOUT, ...options });
  };
}
