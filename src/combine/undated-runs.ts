/** The runs without `StartedOn` of one transform, which a merged listing returns last. */
import type { MLTaskRun } from "../task-run.js";

/** Collects these runs from the pages of all queries of one transform. */
export interface UndatedRuns {
  /** Call it when a request is sent. Returns a function to call with the runs of the response. */
  requestSent(): (runs: readonly MLTaskRun[]) => void;
  /** The collected runs by their ids. */
  readonly runs: ReadonlyMap<string, MLTaskRun>;
}

/**
 * A run that starts between two responses has no `StartedOn` on one page and has it on a page of another query. Such a
 * run is not collected. To notice it, pages that arrive while an earlier request is in flight are kept until its
 * response.
 */
export function createUndatedRuns(): UndatedRuns {
  const undated = new Map<string, MLTaskRun>();
  const inFlight = new Set<number>();
  let recentPages: { readonly arrived: number; readonly runs: readonly MLTaskRun[] }[] = [];
  let eventCount = 0;
  return {
    requestSent() {
      eventCount += 1;
      const sent = eventCount;
      inFlight.add(sent);
      return (runs) => {
        eventCount += 1;
        inFlight.delete(sent);
        const isDatedSince = (id: string) =>
          recentPages.some(
            ({ arrived, runs }) =>
              arrived > sent && runs.some(({ TaskRunId, StartedOn }) => TaskRunId === id && StartedOn !== undefined),
          );
        for (const run of runs) {
          if (run.StartedOn !== undefined) undated.delete(run.TaskRunId);
          else if (!isDatedSince(run.TaskRunId)) undated.set(run.TaskRunId, run);
        }
        // A Set keeps the order of insertion, so its first item is the earliest request in flight.
        const [oldest = Infinity] = inFlight;
        recentPages = recentPages.filter(({ arrived }) => arrived > oldest);
        if (inFlight.size > 0) recentPages.push({ arrived: eventCount, runs });
      };
    },
    runs: undated,
  };
}
