/** `--finished-since`: the service filters by the start, so runs that started earlier are listed, too. */
import type { Source } from "./source.js";

const MINUTE = 60_000;
/**
 * The default `Timeout` of a transform in minutes. A shorter one does not shorten the search, since a run of the type
 * FIND_MATCHES has the timeout of its job.
 */
const DEFAULT_TIMEOUT = 2880;
/** For the time that a run waits in STARTING, for which no limit is documented: 12 hours. */
const STARTING_ALLOWANCE = 12 * 60 * MINUTE;

/** The earliest starts of runs, by the id of their transform; by `undefined` for all transforms. */
type EarliestStarts = ReadonlyMap<string | undefined, Date>;

/** Finds the earliest starts of runs that finished since a time, by the `Timeout` of these transforms, or of all. */
export async function findEarliestStarts(
  { client }: Source,
  transforms: readonly string[],
  finishedSince: Date,
  abortSignal: AbortSignal,
): Promise<EarliestStarts> {
  const { GetMLTransformCommand, paginateGetMLTransforms } = await import("@aws-sdk/client-glue");
  const earliest = (...minutes: (number | undefined)[]) => {
    const longest = Math.max(DEFAULT_TIMEOUT, ...minutes.map((each) => each ?? 0));
    return new Date(finishedSince.getTime() - longest * MINUTE - STARTING_ALLOWANCE);
  };
  const starts = new Map<string | undefined, Date>();
  if (transforms.length === 0) {
    const timeouts: (number | undefined)[] = [];
    for await (const { Transforms = [] } of paginateGetMLTransforms({ client }, {}, { abortSignal }))
      timeouts.push(...Transforms.map(({ Timeout }) => Timeout));
    starts.set(undefined, earliest(...timeouts));
  }
  for (const TransformId of transforms) {
    const { Timeout } = await client.send(new GetMLTransformCommand({ TransformId }), { abortSignal });
    starts.set(TransformId, earliest(Timeout));
  }
  return starts;
}
