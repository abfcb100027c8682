/** Resumes a listing in STARTED order at a position by time. */
import type { RunBatch } from "./page.js";
import type { Direction } from "./started-order.js";
import { createSkipper, type DatedPosition, isDated, type TimePosition } from "./time-position.js";

/** How to resume. */
interface ResumeOptions<B extends RunBatch> {
  readonly direction: Direction;
  /** The current position: the consumer moves it as it returns runs. */
  position(): TimePosition | undefined;
  /** Whether to read only the runs after the position first. */
  readonly canNarrow: boolean;
  /**
   * Reads all runs, or only those after a position and a margin before it.
   *
   * @param lacksPosition - whether the runs after the position lacked those of the position itself
   */
  read(narrowedTo: DatedPosition | undefined, lacksPosition: boolean): AsyncIterable<B>;
  /** Whether there may be runs without `StartedOn`, which narrowed queries do not return. */
  mayHaveUndatedRuns(): boolean;
}

/**
 * Yields the runs after the position. It reads the runs narrowed to the position first. Then it reads all runs in two
 * cases: if there may be runs without `StartedOn`, and if the narrowed runs lack those of the position itself, because
 * the service's bounds are coarser than the margin.
 */
export async function* resume<B extends RunBatch>(options: ResumeOptions<B>): AsyncGenerator<B, void> {
  let shouldNarrow = options.canNarrow;
  let lacksPosition = false;
  for (;;) {
    const position = options.position();
    const narrowedTo = shouldNarrow && isDated(position) ? position : undefined;
    const skipper = createSkipper(position, options.direction);
    for await (const batch of options.read(narrowedTo, lacksPosition)) {
      const runs = skipper.skip(batch.runs);
      if (narrowedTo !== undefined && runs.length > 0 && skipper.missing > 0) break;
      yield { ...batch, runs };
    }
    lacksPosition = skipper.missing > 0;
    if (narrowedTo === undefined || !(lacksPosition || options.mayHaveUndatedRuns())) return;
    shouldNarrow = false;
  }
}
