/** Merges the runs of several sources in STARTED order. */
import type { PageQueue, RunBatch } from "../paging/page.js";
import { type Direction, sortKey } from "../paging/started-order.js";
import { isDatedRun } from "../paging/undated-runs.js";
import type { MLTaskRun } from "../task-run.js";
import { createHeap, type HeapItem } from "./heap.js";

/** The pages of one query in STARTED order. */
export type Source = PageQueue<RunBatch>;

/** A source and its next run with `StartedOn`. */
interface SourceState extends HeapItem {
  key: number;
  /** The runs with `StartedOn` of the current page. */
  runs: readonly MLTaskRun[];
  index: number;
  readonly pages: Source;
}

/** The number of merged runs that end a batch, even if more pages have arrived. */
const MAX_BATCH = 1000;

/** Merged runs of several queries. */
interface MergedRuns extends RunBatch {
  /** Whether they are some of the runs of one start time, and others may sort before them. */
  readonly isPartOfOneTime: boolean;
}

/** Merges the runs with `StartedOn` of all sources. Sorts runs of one start time by id, and yields each run once. */
export async function* mergeSources(
  sources: readonly Source[],
  direction: Direction,
): AsyncGenerator<MergedRuns, void> {
  const heap = createHeap<SourceState>();
  let batch: MLTaskRun[] = [];

  /** Sets the key of a source to that of its next run. Returns false at the end of the page. */
  const updateKey = (source: SourceState): boolean => {
    const run = source.runs[source.index];
    if (run !== undefined) source.key = sortKey(run, direction);
    return run !== undefined;
  };
  /** Like updateKey, but waits for the next page. The key is infinite at the end of the source. */
  const waitForRun = async (source: SourceState): Promise<void> => {
    while (!updateKey(source)) {
      const page = await source.pages.next();
      source.runs = page?.runs.filter(isDatedRun) ?? [];
      source.index = 0;
      source.key = Infinity;
      if (page === undefined) return;
    }
  };

  for (const pages of sources) {
    const source: SourceState = { key: -Infinity, runs: [], index: 0, pages };
    await waitForRun(source);
    heap.add(source);
  }
  for (let source = heap.first(); source && source.key < Infinity; source = heap.first()) {
    const { key } = source;
    const sameTime: MLTaskRun[] = [];
    for (; source?.key === key; source = heap.first()) {
      // A source with a finite key is at a run, which the compiler cannot know.
      sameTime.push(source.runs[source.index] as MLTaskRun);
      source.index += 1;
      if (!updateKey(source)) {
        if (!source.pages.isReady) {
          yield { runs: batch, isPartOfOneTime: false };
          batch = [];
        }
        try {
          await waitForRun(source);
        } catch (error) {
          // Return the runs before the error first.
          yield { runs: batch, isPartOfOneTime: false };
          yield { runs: sortAndDeduplicate(sameTime), isPartOfOneTime: true };
          throw error;
        }
      }
      heap.firstHasGrown();
    }
    for (const run of sortAndDeduplicate(sameTime)) batch.push(run);
    if (batch.length >= MAX_BATCH) {
      yield { runs: batch, isPartOfOneTime: false };
      batch = [];
    }
  }
  yield { runs: batch, isPartOfOneTime: false };
}

/** Sorts runs of one start time by id and removes duplicates. */
function sortAndDeduplicate(runs: MLTaskRun[]): MLTaskRun[] {
  if (runs.length < 2) return runs;
  runs.sort(compareIds);
  return runs.filter((run, index) => {
    const previous = runs[index - 1];
    return previous === undefined || compareIds(previous, run) !== 0;
  });
}

/** Compares runs by transform id and run id. */
export function compareIds(a: MLTaskRun, b: MLTaskRun): number {
  return compareText(a.TransformId, b.TransformId) || compareText(a.TaskRunId, b.TaskRunId);
}

const compareText = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);
