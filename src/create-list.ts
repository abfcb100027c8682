/** Creates lists: connects checked queries and options with the code that reads their runs. */

import { type AbortSignalLike, abortable } from "./abort.js";
import { createTransformsRequest, findTransforms } from "./combine/transforms.js";
import { readUnion, type UnionOptions } from "./combine/union.js";
import { readWindows } from "./combine/windows.js";
import type { CheckedOptions } from "./criteria/options.js";
import type { CheckedQuery, CheckedTransformQuery } from "./criteria/query.js";
import { createList, type MLTaskRunList } from "./list.js";
import { type ListingPosition, readCursor, writeCursor } from "./paging/cursor.js";
import { type Page, type PageQueue, prefetchPages } from "./paging/page.js";
import { paginate } from "./paging/paginate.js";
import { createProgress } from "./paging/progress.js";
import { planRead, type ReadPlan, type WindowsPlan } from "./paging/read-plan.js";
import { type Direction, NEWEST_FIRST } from "./paging/started-order.js";
import type { GlueClientLike } from "./request/client.js";
import { createLimiter, type Limiter } from "./request/limiter.js";
import { createPageRequest } from "./request/page-request.js";

/** The order of a listing that merges several sources. */
type Sort = NonNullable<CheckedQuery["Sort"]>;

/** Lists one query: in time windows if there is a `concurrency` and the order is that of STARTED. */
export function createQueryList(client: GlueClientLike, query: CheckedQuery, options: CheckedOptions): MLTaskRunList {
  const normalizedQuery = normalizeQuery(query);
  const startPosition = readCursor(options.cursor, normalizedQuery);
  const plan = planRead(query, startPosition, options.concurrency !== undefined);
  return createListFrom(client, options, startPosition, normalizedQuery, (listing) =>
    plan.by === "windows" ? openWindows(plan, startPosition, listing) : openPages(plan, startPosition, listing),
  );
}

/** Lists the union of queries that are all sorted in one order. */
export function createUnionList(
  client: GlueClientLike,
  queries: readonly CheckedQuery[],
  sort: Sort,
  options: CheckedOptions,
): MLTaskRunList {
  const sorted = queries.map((query) => ({ ...query, Sort: sort }));
  const unique = new Map(sorted.map((query) => [JSON.stringify(normalizeQuery(query)), query]));
  const union = { queries: () => unique.values(), skipsDeletedTransforms: false };
  return createMergedList(client, ["any", ...[...unique.keys()].sort()], sort, options, union);
}

/** Lists the runs of all transforms that match a filter. With several filters of runs, a run matches at least one. */
export function createTransformsList(
  client: GlueClientLike,
  { TransformFilter, Filter, Sort = NEWEST_FIRST }: CheckedTransformQuery,
  options: CheckedOptions,
): MLTaskRunList {
  const filters = new Map([Filter].flat().map((filter) => [JSON.stringify({ ...filter }), filter]));
  async function* queries({ pageSize, onTransform, signals }: Listing, limiter: Limiter) {
    const request = createTransformsRequest(client, pageSize, signals);
    const limited = (input: Parameters<typeof request>[0], token?: string) => limiter(() => request(input, token));
    for await (const transform of findTransforms(limited, TransformFilter)) {
      if (onTransform) await abortable(signals, async () => onTransform(transform));
      const { TransformId } = transform;
      for (const filter of filters.values()) yield { TransformId, ...(filter && { Filter: filter }), Sort };
    }
  }
  const [filter, ...others] = [...filters.keys()].sort();
  const normalizedQueries = ["across", { ...TransformFilter }, filter, Sort, ...others];
  const limitPerTransform = filters.size > 1 ? options.limitPerQuery : undefined;
  return createMergedList(client, normalizedQueries, Sort, options, {
    queries,
    skipsDeletedTransforms: true,
    limitPerTransform,
  });
}

function createMergedList(
  client: GlueClientLike,
  normalizedQueries: unknown,
  sort: Sort,
  options: CheckedOptions,
  union: Pick<UnionOptions, "skipsDeletedTransforms" | "limitPerTransform"> & {
    queries(listing: Listing, limiter: Limiter): ReturnType<UnionOptions["queries"]>;
  },
): MLTaskRunList {
  const normalizedQuery = [normalizedQueries, options.limitPerQuery ?? 0];
  const startPosition = readCursor(options.cursor, normalizedQuery);
  const direction: Direction = sort.SortDirection === "ASCENDING" ? 1 : -1;
  return createListFrom(client, options, startPosition, normalizedQuery, (listing) => {
    const controller = new AbortController();
    const signals = [...listing.signals, controller.signal];
    const { limit, limitPerQuery } = listing;
    const isForFirstRun = listing.isForFirstRun && startPosition.timePosition === undefined;
    // One more run shows whether further runs have the start time of the last one.
    const upToLimit = isForFirstRun ? 1 : limit + (startPosition.timePosition?.count ?? 0) + 1;
    const needed = Math.min(upToLimit, limitPerQuery ?? Infinity);
    const { pageSize, request } = listing.createRequest(needed, signals);
    const limiter = createLimiter(options.concurrency ?? 4);
    const pages = readUnion({
      ...union,
      queries: () => union.queries({ ...listing, signals }, limiter),
      direction,
      startPosition,
      limit,
      limitPerQuery,
      prefetch: needed <= pageSize ? 0 : listing.prefetch,
      request,
      limiter,
      onReceived: listing.progress,
      isForFirstRun,
      controller,
      signals,
    });
    return prefetchPages(pages, 0);
  });
}

function openPages({ by, query }: ReadPlan, startPosition: ListingPosition, listing: Listing): PageQueue<Page> {
  const { limit } = listing;
  const { returnedFromPage = 0, timePosition } = startPosition;
  const toSkip = by === "time" && timePosition ? timePosition.count : returnedFromPage;
  const pages = paginate({
    query,
    startPosition,
    isByTime: by === "time",
    limit,
    request: listing.createRequest(limit + toSkip).request,
    onReceived: (runs, requestId) => listing.progress(runs.length, requestId),
  });
  return prefetchPages(pages, listing.prefetch);
}

function openWindows(
  { query, direction }: WindowsPlan,
  { timePosition }: ListingPosition,
  listing: Listing,
): PageQueue<Page> {
  const { limit, concurrency = 1 } = listing;
  const pages = readWindows({
    query,
    direction,
    timePosition,
    limit,
    concurrency,
    ...listing.createRequest(limit + (timePosition?.count ?? 0)),
    limiter: createLimiter(concurrency),
    onReceived: listing.progress,
  });
  return prefetchPages(pages, 0);
}

/** The pages of a listing with a limit of 0. */
const NO_PAGES: PageQueue<never> = { isReady: true, next: async () => undefined };

/**
 * Creates a list.
 *
 * @param normalizedQuery - the query in a normal form, which cursors are bound to
 * @param open - opens the pages of a loop over the list
 */
function createListFrom(
  client: GlueClientLike,
  options: CheckedOptions,
  startPosition: ListingPosition,
  normalizedQuery: unknown,
  open: (listing: Listing) => PageQueue<Page>,
): MLTaskRunList {
  return createList((isForFirstRun) => {
    const listing = createListing(client, options, isForFirstRun);
    const { stop, signals } = listing;
    const pages = listing.limit === 0 ? NO_PAGES : open(listing);
    const { abortSignal } = options;
    return {
      startPosition,
      abortSignal,
      stop,
      signals,
      pages,
      writeCursor: (position) => writeCursor(position, normalizedQuery),
    };
  });
}

/** Returns the options of one loop over a list, and the state that its requests share. */
function createListing(client: GlueClientLike, options: CheckedOptions, isForFirstRun: boolean) {
  const { abortSignal, limit = Infinity, prefetch = 1, onPage } = options;
  const stop = new AbortController();
  const signals: readonly AbortSignalLike[] = abortSignal ? [abortSignal, stop.signal] : [stop.signal];
  const pageSize = isForFirstRun ? undefined : options.pageSize;
  return {
    ...options,
    limit: isForFirstRun ? Math.min(1, limit) : limit,
    prefetch: isForFirstRun ? 0 : prefetch,
    pageSize,
    isForFirstRun,
    stop,
    signals,
    progress: createProgress(onPage, signals),
    /** Creates the function that requests pages, of the caller's page size or for a number of runs. */
    createRequest(needed: number, requestSignals = signals) {
      const size = pageSize ?? Math.min(1000, needed);
      const isDefaultSize = pageSize === undefined;
      return {
        pageSize: size,
        request: createPageRequest("GetMLTaskRuns", { client, pageSize: size, isDefaultSize, signals: requestSignals }),
      };
    },
  };
}

type Listing = ReturnType<typeof createListing>;

/** A query in the normal form that cursors are bound to. */
function normalizeQuery({ TransformId, Filter, Sort }: CheckedQuery): unknown {
  return [TransformId, { ...Filter }, Sort ?? 0];
}
