/** Creates watches: connects checked queries and options with the polls. */
import type { GlueClient } from "@aws-sdk/client-glue";
import { findTransforms, isDeletedTransform } from "../combine/transforms.js";
import { createQueryList, createTransformsList } from "../create-list.js";
import type { checkWatchOptions } from "../criteria/options.js";
import type { CheckedQuery, checkTransformWatchQuery, checkWatchQuery } from "../criteria/query.js";
import { getRun } from "../get.js";
import { paginate } from "../paging/paginate.js";
import { OLDEST_FIRST } from "../paging/started-order.js";
import { type AbortSignalLike, abortable, delay, linkSignals, throwIfAborted } from "../request/abort.js";
import { getTaskRuns } from "../request/send.js";
import { type DisposableIterator, StoppableIterator } from "../stoppable-iterator.js";
import type { MLTaskRun } from "../task-run.js";
import { type WatchSource, watchRuns } from "./watch.js";

type CheckedWatchOptions = ReturnType<typeof checkWatchOptions>;
type Settings = CheckedWatchOptions & Required<Pick<CheckedWatchOptions, "interval" | "pageSize" | "concurrency">>;

/** Watches the runs of one transform. */
export function createTransformWatch(
  client: GlueClient,
  { TransformId, Filter }: ReturnType<typeof checkWatchQuery>,
  settings: Settings,
): DisposableIterator<MLTaskRun> {
  return createWatch(client, Filter, settings, ({ pageSize, abortSignal }) => ({
    isSkipped: () => false,
    transformIds: () => [TransformId],
    listAll: (filter) =>
      createQueryList(client, { TransformId, Filter: filter, Sort: OLDEST_FIRST }, { pageSize, abortSignal }),
  }));
}

/** Watches the runs of all transforms that match a filter. */
export function createTransformsWatch(
  client: GlueClient,
  { TransformFilter, Filter }: ReturnType<typeof checkTransformWatchQuery>,
  settings: Settings,
): DisposableIterator<MLTaskRun> {
  return createWatch(client, Filter, settings, ({ pageSize, concurrency, abortSignal }) => ({
    isSkipped: isDeletedTransform,
    async *transformIds() {
      const transforms = findTransforms(client, TransformFilter, pageSize, [abortSignal]);
      for await (const { TransformId } of transforms) yield TransformId;
    },
    listAll: (filter) =>
      createTransformsList(
        client,
        { ...(TransformFilter && { TransformFilter }), Filter: filter, Sort: OLDEST_FIRST },
        { pageSize, concurrency, abortSignal },
      ),
  }));
}

function createWatch(
  client: GlueClient,
  { StartedAfter: since, ...filter }: NonNullable<CheckedQuery["Filter"]> = {},
  settings: Settings,
  createScope: (
    settings: Settings & { readonly abortSignal: AbortSignal },
  ) => Pick<WatchSource, "isSkipped" | "transformIds" | "listAll">,
): DisposableIterator<MLTaskRun> {
  const { interval, pageSize, concurrency, onPoll } = settings;
  const stop = new AbortController();
  const callerSignals = settings.abortSignal ? [settings.abortSignal] : [];
  const open = (abortSignal: AbortSignal) => {
    const signals = [abortSignal];
    return watchRuns({
      ...createScope({ ...settings, abortSignal }),
      filter,
      since,
      pageSize,
      concurrency,
      paginate: (query) =>
        paginate({
          query,
          limit: Infinity,
          requiresOrder: query.Sort !== undefined,
          request: (part, token) => getTaskRuns(client, part, { pageSize, token }, signals),
        }),
      get: (reference) => getRun(client, reference, signals),
      pause: async () => {
        await delay(interval * 1000, signals);
        // Other code may have replaced the `onabort` of a signal that has no `addEventListener`.
        throwIfAborted(callerSignals);
      },
      onPoll: (progress) => abortable(signals, async () => onPoll?.(progress)),
    });
  };
  return new StoppableIterator(untilAborted([...callerSignals, stop.signal], open), stop);
}

/** Yields the runs of a source that is opened with a signal, until one of several signals aborts. */
async function* untilAborted(
  signals: readonly AbortSignalLike[],
  open: (signal: AbortSignal) => AsyncIterable<MLTaskRun>,
): AsyncGenerator<MLTaskRun, void> {
  throwIfAborted(signals);
  const { signal, unlink } = linkSignals(signals);
  try {
    for await (const run of open(signal)) {
      yield run;
      throwIfAborted(signals);
    }
  } finally {
    unlink();
  }
}
