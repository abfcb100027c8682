/** `--finished-since`: the service filters by the start, so runs that started earlier are listed, too. */
import type { Source } from "./source.js";

const MINUTE = 60_000;
/**
 * The default `Timeout` of a transform in minutes. A shorter one does not shorten the search, since a run of the type
 * FIND_MATCHES has the timeout of its job.
 */
const DEFAULT_TIMEOUT = 2880;
/** For the time that a run waits in STARTING, for which no limit is documented: 12 hours. */
const MARGIN = 12 * 60 * MINUTE;

/** The earliest start of runs that finished since a time, by the `Timeout` of their transforms. */
export interface EarliestStarts {
  /** Of the runs of one transform. */
  of(transformId: string): Date;
  /** Of the runs of every transform. */
  readonly ofAll: Date;
}

/** Asks for the `Timeout` of these transforms, or of all. */
export async function findEarliestStarts(
  { client }: Source,
  transforms: readonly string[],
  finishedSince: Date,
  abortSignal: AbortSignal,
): Promise<EarliestStarts> {
  const { GetMLTransformCommand, paginateGetMLTransforms } = await import("@aws-sdk/client-glue");
  const timeouts = new Map<string | undefined, number>();
  if (transforms.length === 0) {
    for await (const { Transforms = [] } of paginateGetMLTransforms({ client }, {}, { abortSignal }))
      for (const { TransformId, Timeout } of Transforms) timeouts.set(TransformId, Timeout ?? 0);
  }
  for (const TransformId of transforms) {
    const { Timeout } = await client.send(new GetMLTransformCommand({ TransformId }), { abortSignal });
    timeouts.set(TransformId, Timeout ?? 0);
  }
  const earliest = (minutes: number) =>
    new Date(finishedSince.getTime() - Math.max(minutes, DEFAULT_TIMEOUT) * MINUTE - MARGIN);
  return {
    of: (transformId) => earliest(timeouts.get(transformId) ?? 0),
    ofAll: earliest(Math.max(0, ...timeouts.values())),
  };
}
