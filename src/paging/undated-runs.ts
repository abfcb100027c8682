/**
 * Runs without `StartedOn`. STARTED order has them last, but a page may have them anywhere. The service need not return
 * them for a query with a time bound, so that a listing which has narrowed its query reads the whole query afterwards.
 */
import type { CheckedQuery } from "../criteria/query.js";
import type { MLTaskRun } from "../task-run.js";

/** Whether a query may return runs without `StartedOn` that it lacks when it is narrowed: if it has no time bound. */
export function mayHaveUndatedRuns({ Filter }: CheckedQuery): boolean {
  return Filter?.StartedAfter === undefined && Filter?.StartedBefore === undefined;
}

/** Whether a run has `StartedOn`. */
export function isDatedRun({ StartedOn }: MLTaskRun): boolean {
  return StartedOn !== undefined;
}

/** The runs without `StartedOn` of one transform, which a merged listing returns last. */
export type UndatedRuns = ReturnType<typeof createUndatedRuns>;

/**
 * Collects these runs from the pages of all queries of one transform. A run that starts between two responses has no
 * `StartedOn` on one page and has it on a page of another query. Such a run is not collected, in whichever order the
 * two pages arrive.
 */
export function createUndatedRuns() {
  const undated = new Map<string, MLTaskRun>();
  const collected: ReadonlyMap<string, MLTaskRun> = undated;
  /** For each request in flight, the runs with `StartedOn` that have arrived since it was sent. */
  const inFlight = new Set<Set<string>>();
  return {
    /** The collected runs by their ids. */
    byId: collected,
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
            if (isDatedRun(run)) {
              undated.delete(id);
              for (const ids of inFlight) ids.add(id);
            } else if (!datedSince.has(id)) undated.set(id, run);
          }
        },
      };
    },
  };
}
