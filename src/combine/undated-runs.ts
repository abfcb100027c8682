/** The runs without `StartedOn` of one transform, which a merged listing returns last. */
import type { MLTaskRun } from "../task-run.js";

/** Collects these runs from the pages of all queries of one transform. */
export type UndatedRuns = ReturnType<typeof createUndatedRuns>;

/**
 * A run that starts between two responses has no `StartedOn` on one page and has it on a page of another query. Such a
 * run is not collected, in whichever order the two pages arrive.
 */
export function createUndatedRuns() {
  const undated = new Map<string, MLTaskRun>();
  const collected: ReadonlyMap<string, MLTaskRun> = undated;
  /** For each request in flight, the runs with `StartedOn` that have arrived since it was sent. */
  const inFlight = new Set<Set<string>>();
  return {
    /** The collected runs by their ids. */
    runs: collected,
    /** Adds a query, which has one request in flight at most. */
    addQuery() {
      let datedSince = new Set<string>();
      return {
        requestSent(): void {
          // The request before may have failed.
          inFlight.delete(datedSince);
          datedSince = new Set();
          inFlight.add(datedSince);
        },
        received(runs: readonly MLTaskRun[]): void {
          inFlight.delete(datedSince);
          for (const run of runs) {
            const id = run.TaskRunId;
            if (run.StartedOn !== undefined) {
              undated.delete(id);
              for (const ids of inFlight) ids.add(id);
            } else if (!datedSince.has(id)) undated.set(id, run);
          }
        },
      };
    },
  };
}
