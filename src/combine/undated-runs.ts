/** The runs without `StartedOn` of one transform, which a merged listing returns last. */
import type { MLTaskRun } from "../task-run.js";

/** Collects them from the pages of the queries of one transform. */
export interface UndatedRuns {
  /** Call it when a request is sent; returns what to call with the runs of its response. */
  requestSent(): (runs: readonly MLTaskRun[]) => void;
  /** The collected runs. */
  values(): Iterable<MLTaskRun>;
  /** How many there are. */
  readonly size: number;
}

/**
 * A run can be without `StartedOn` on one page and have it on a page of another query, if it started between the two
 * responses. It is then not collected. To know this, the pages that arrive while a request is in flight are kept until
 * its response is there.
 */
export function createUndatedRuns(): UndatedRuns {
  const undated = new Map<string, MLTaskRun>();
  const inFlight = new Set<number>();
  let recentPages: { readonly arrived: number; readonly runs: readonly MLTaskRun[] }[] = [];
  let clock = 0;
  return {
    requestSent() {
      clock += 1;
      const sent = clock;
      inFlight.add(sent);
      return (runs) => {
        clock += 1;
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
        // In the order in which they were sent.
        const [oldest = Infinity] = inFlight;
        recentPages = recentPages.filter(({ arrived }) => arrived > oldest);
        if (inFlight.size > 0) recentPages.push({ arrived: clock, runs });
      };
    },
    values: () => undated.values(),
    get size() {
      return undated.size;
    },
  };
}
