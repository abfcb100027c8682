/** Creates lists: connects checked queries and options with the code that reads their runs. */
import { createTransformsRequest, findTransforms } from "./combine/transforms.js";
import { readUnion } from "./combine/union.js";
import { readWindows } from "./combine/windows.js";
import type { CheckedOptions } from "./criteria/options.js";
import type { CheckedQuery, CheckedTransformQuery } from "./criteria/query.js";
import { MLTaskRunList } from "./list.js";
import { type ListingPosition, readCursor, writeCursor } from "./paging/cursor.js";
import { emptyPage, type Page, type PageQueue, prefetchPages } from "./paging/page.js";
import { paginate } from "./paging/paginate.js";
import { createProgress } from "./paging/progress.js";
import { type Direction, directionOf, isDated, NEWEST_FIRST, type TimePosition } from "./paging/started-order.js";
import { type AbortSignalLike, abortable, throwIfAborted } from "./request/abort.js";
import type { GlueClientLike } from "./request/client.js";
import { createLimiter } from "./request/limiter.js";
import { createPageSizeFallback } from "./request/page-size.js";
import { getTaskRuns, hasName, type UncheckedResponse } from "./request/send.js";

/** The order of a listing that merges several sources. */
type Sort = NonNullable<CheckedQuery["Sort"]>;

/** Lists one query: in time windows if there is a `concurrency` and the order is that of STARTED. */
export function createQueryList(client: GlueClientLike, query: CheckedQuery, settings: CheckedOptions): MLTaskRunList {
  const key = cursorKey(query);
  const start = readCursor(settings.cursor, key);
  const sorted = { ...query, Sort: query.Sort ?? NEWEST_FIRST };
  const direction = directionOf(sorted);
  const { token, time, returnedFromPage = 0 } = start;
  const isStart = token === undefined && time === undefined && returnedFromPage === 0;
  // Time windows start at a time. A position without one has to be resumed by its token.
  if (settings.concurrency !== undefined && direction !== undefined && (isStart || isDated(time))) {
    return createList(client, settings, start, key, (listing) => openTimeWindows(sorted, direction, time, listing));
  }
  // A cursor with only a time can be from time windows, which read newest first if the query has no Sort.
  const resumed = token === undefined && time !== undefined ? sorted : query;
  return createList(client, settings, start, key, (listing) => openPlain(resumed, start, listing));
}

/** Lists the union of queries that are all sorted in one order. */
export function createUnionList(
  client: GlueClientLike,
  queries: readonly CheckedQuery[],
  sort: Sort,
  settings: CheckedOptions,
): MLTaskRunList {
  const sorted = queries.map((query) => ({ ...query, Sort: sort }));
  const key = ["any", ...new Set(sorted.map((query) => JSON.stringify(cursorKey(query))).sort())];
  return createMergedList(client, key, sort, settings, { queries: () => sorted, skipsDeletedTransforms: false });
}

/** Lists the runs of all transforms that match a filter. With several filters of runs, a run matches at least one. */
export function createTransformsList(
  client: GlueClientLike,
  { TransformFilter, Filter, Sort = NEWEST_FIRST }: CheckedTransformQuery,
  settings: CheckedOptions,
): MLTaskRunList {
  const filters = new Map([Filter].flat().map((filter) => [JSON.stringify({ ...filter }), filter]));
  async function* queries({ pageSize, onTransform, signals }: Listing): AsyncGenerator<CheckedQuery, void> {
    const request = createTransformsRequest(client, pageSize);
    for await (const transform of findTransforms(request, TransformFilter, signals)) {
      if (onTransform) await abortable(signals, async () => onTransform(transform));
      const { TransformId } = transform;
      for (const filter of filters.values()) yield { TransformId, ...(filter && { Filter: filter }), Sort };
    }
  }
  const [filter, ...others] = [...filters.keys()].sort();
  const key = ["across", { ...TransformFilter }, filter, Sort, ...others];
  const limitPerTransform = filters.size > 1 ? settings.limitPerQuery : undefined;
  return createMergedList(client, key, Sort, settings, { queries, skipsDeletedTransforms: true, limitPerTransform });
}

function createMergedList(
  client: GlueClientLike,
  queryKey: unknown,
  sort: Sort,
  settings: CheckedOptions,
  union: {
    queries(listing: Listing): AsyncIterable<CheckedQuery> | Iterable<CheckedQuery>;
    readonly skipsDeletedTransforms: boolean;
    readonly limitPerTransform?: number | undefined;
  },
): MLTaskRunList {
  const key = [queryKey, settings.limitPerQuery ?? 0];
  const start = readCursor(settings.cursor, key);
  const direction: Direction = sort.SortDirection === "ASCENDING" ? 1 : -1;
  return createList(client, settings, start, key, (listing) => {
    const limiter = createLimiter(settings.concurrency ?? 4);
    const controller = new AbortController();
    const signals = [...listing.signals, controller.signal];
    const { limit, limitPerQuery } = listing;
    // One more run shows whether further runs have the start time of the last one.
    const needed = Math.min(limit + (start.time?.count ?? 0) + 1, limitPerQuery ?? Infinity);
    const pageSize = listing.pageSize ?? Math.min(1000, needed);
    const pages = readUnion({
      direction,
      start,
      limit,
      limitPerQuery,
      limitPerTransform: union.limitPerTransform,
      prefetch: needed <= pageSize ? 0 : listing.prefetch,
      abort: (error) => controller.abort(error),
      queries: () => union.queries({ ...listing, signals }),
      async *paginate(query, { requestSent, ...options }) {
        let responseReceived: ReturnType<typeof requestSent> | undefined;
        let isDeleted = false;
        const pages = paginate({
          ...options,
          query,
          requiresOrder: true,
          request: (part, token) =>
            limiter(async () => {
              const received = requestSent();
              responseReceived = received;
              try {
                return await listing.request(part, { pageSize, token }, signals);
              } catch (error) {
                received([]);
                // Of a request with a token, this error can mean that a run does not exist.
                isDeleted = token === undefined && hasName(error, "EntityNotFoundException");
                throw error;
              }
            }),
          onReceived: (runs, requestId) => {
            responseReceived?.(runs);
            return listing.progress(runs.length, requestId);
          },
        });
        try {
          yield* pages;
        } catch (error) {
          if (!isDeleted || !union.skipsDeletedTransforms) throw error;
          yield emptyPage();
        }
      },
    });
    return prefetchPages(pages, 0);
  });
}

function openPlain(query: CheckedQuery, start: ListingPosition, listing: Listing) {
  const { limit } = listing;
  const pageSize = listing.pageSize ?? Math.min(1000, limit + (start.returnedFromPage ?? 0));
  const pages = paginate({
    query,
    start,
    limit,
    request: (part, token) => listing.request(part, { pageSize, token }),
    onReceived: (runs, requestId) => listing.progress(runs.length, requestId),
  });
  return prefetchPages(pages, listing.prefetch);
}

function openTimeWindows(query: CheckedQuery, direction: Direction, start: TimePosition | undefined, listing: Listing) {
  const { limit, concurrency = 1 } = listing;
  const limiter = createLimiter(concurrency);
  const pages = readWindows({
    query,
    direction,
    start,
    limit,
    concurrency,
    pageSize: listing.pageSize ?? Math.min(1000, limit + (start?.count ?? 0)),
    onReceived: listing.progress,
    paginate: (part, { pageSize, limit }) =>
      paginate({
        query: part,
        filter: query.Filter ?? {},
        limit,
        requiresOrder: true,
        request: (part, token) => limiter(() => listing.request(part, { pageSize, token })),
      }),
  });
  return prefetchPages(pages, 0);
}

function createList(
  client: GlueClientLike,
  settings: CheckedOptions,
  start: ListingPosition,
  key: unknown,
  read: (listing: Listing) => PageQueue<Page>,
): MLTaskRunList {
  return MLTaskRunList.create((isForFirstRun) => {
    const listing = createListing(client, settings, start, isForFirstRun);
    const pages = listing.limit === 0 ? undefined : read(listing);
    return {
      start,
      abortSignal: settings.abortSignal,
      stop: listing.stop,
      async next() {
        throwIfAborted(listing.signals);
        return pages?.next();
      },
      writeCursor: (position) => writeCursor(position, key),
    };
  });
}

/** Returns the settings of one listing, and the state that its requests share. */
function createListing(
  client: GlueClientLike,
  settings: CheckedOptions,
  start: ListingPosition,
  isForFirstRun: boolean,
) {
  const { abortSignal, limit = Infinity, limitPerQuery, prefetch = 1, pageSize, onPage } = settings;
  const stop = new AbortController();
  const signals: readonly AbortSignalLike[] = abortSignal ? [abortSignal, stop.signal] : [stop.signal];
  const fallback = createPageSizeFallback(pageSize === undefined);
  /** Sends the request for one page. */
  async function request(
    query: CheckedQuery,
    { pageSize, token }: { readonly pageSize: number; readonly token: string | undefined },
    requestSignals = signals,
  ): Promise<UncheckedResponse> {
    const paging = { ...fallback.maxResults(pageSize), ...(token !== undefined && { NextToken: token }) };
    try {
      return await getTaskRuns(client, { ...query, ...paging }, requestSignals);
    } catch (error) {
      if (!fallback.isRetried(error, paging)) throw error;
      return request(query, { pageSize, token }, requestSignals);
    }
  }
  return {
    ...settings,
    stop,
    signals,
    progress: createProgress(onPage, signals),
    request,
    ...(isForFirstRun
      ? // The first run of a union needs only one run of each query.
        { limit: Math.min(1, limit), limitPerQuery: start.time ? limitPerQuery : 1, pageSize: undefined, prefetch: 0 }
      : { limit, limitPerQuery, pageSize, prefetch }),
  };
}

type Listing = ReturnType<typeof createListing>;

/** A query in the normal form that cursors are bound to. */
function cursorKey({ TransformId, Filter, Sort }: CheckedQuery): unknown {
  return [TransformId, { ...Filter }, Sort ?? 0];
}
