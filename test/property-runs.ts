/** Sets how many cases each property test checks: PROPERTY_RUNS, of which `.ci/run` takes more than `npm test`. */
import fc from "fast-check";
import { vi } from "vitest";

const numRuns = Number(process.env.PROPERTY_RUNS ?? 20);
fc.configureGlobal({ numRuns });
vi.setConfig({ testTimeout: 30_000 + numRuns * 300 });
