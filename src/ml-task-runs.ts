/** `MLTaskRuns`, the facade: checks queries and options, and connects the client with the code that reads runs. */
import type { GlueClient, TaskType } from "@aws-sdk/client-glue";
import { bindMethods } from "./bind-methods.js";
import { findTransforms } from "./combine/transforms.js";
import { readUnion } from "./combine/union.js";
import { readWindows } from "./combine/windows.js";
import {
  type CheckedOptions,
  checkDefaults,
  checkGetOptions,
  checkOptions,
  checkWaitOptions,
  checkWatchOptions,
  type GetOptions,
  type ListOptions,
  type WaitOptions,
  type WatchOptions,
} from "./criteria/options.js";
import {
  type AcrossTransformsQuery,
  type AcrossTransformsWatchQuery,
  type CheckedQuery,
  checkQuery,
  checkReference,
  checkTransformQuery,
  checkTransformWatchQuery,
  checkWatchQuery,
  type TaskRunQuery,
  type TaskRunReference,
  type TypedTaskRunQuery,
  type WatchQuery,
} from "./criteria/query.js";
import { throwInvalid } from "./criteria/rules.js";
import { getRun } from "./get.js";
import { MLTaskRunList, type OpenPages } from "./list.js";
import { type ListingPosition, readCursor, writeCursor } from "./paging/cursor.js";
import { type Page, prefetchPages } from "./paging/page.js";
import { type PaginateOptions, paginate } from "./paging/paginate.js";
import { createProgress } from "./paging/progress.js";
import { type Direction, directionOf, NEWEST_FIRST, OLDEST_FIRST } from "./paging/started-order.js";
import { type AbortSignalLike, abortable, delay, linkSignals, throwIfAborted } from "./request/abort.js";
import { createLimiter } from "./request/limiter.js";
import { getTaskRuns, hasName } from "./request/send.js";
import { type DisposableIterator, StoppableIterator } from "./stoppable-iterator.js";
import type { FinishedMLTaskRun, MLTaskRun } from "./task-run.js";
import { isObject } from "./values.js";
import { waitUntilFinished } from "./wait.js";
import { watchRuns } from "./watch/watch.js";

/**
 * Lists, gets, waits for and watches the task runs of machine learning transforms. Requests go through your own
 * `GlueClient`, which handles credentials, regions, endpoints, retries and logging.
 *
 * @example
 * ```ts
 * const taskRuns = new MLTaskRuns(new GlueClient({ region: "eu-west-1" }));
 * for await (const run of taskRuns.list({ TransformId: "tfm-0123" })) console.log(run.TaskRunId, run.Status);
 * ```
 */
export class MLTaskRuns {
  readonly #client: GlueClient;
  readonly #defaults: CheckedOptions;

  /**
   * @param client - the client that sends the requests; the library does not destroy it
   * @param defaults - default options of every list. The options of a list override them. The watches also use
   *   `pageSize` and `concurrency`, and all methods use `abortSignal`.
   * @throws {@link InvalidQueryError} if the client is not a `GlueClient`, and for an option that breaks its constraint
   */
  constructor(client: GlueClient, defaults: Omit<ListOptions, "cursor"> = {}) {
    if (!isObject(client) || typeof client.send !== "function") throwInvalid("client", "a GlueClient", client);
    this.#client = client;
    this.#defaults = checkDefaults(defaults);
    bindMethods(this, [
      "list",
      "listAny",
      "listAcrossTransforms",
      "get",
      "waitUntilFinished",
      "watch",
      "watchAcrossTransforms",
    ]);
  }

  /**
   * Lists the task runs of one transform. Checks the query and the options at once. Sends no request before you read
   * runs or pages.
   *
   * With `concurrency`, it reads several time windows at the same time. The runs and their order are those of a plain
   * listing sorted by STARTED (newest first without `Sort`), but several requests are in flight. Runs without
   * `StartedOn` are not in any window and are not listed.
   *
   * @param query - which runs, and in what order. `Filter.TaskRunType` also sets the type of the runs.
   * @param options - how to list
   * @throws {@link InvalidQueryError} with the `field` that breaks a documented constraint; also for a `Sort.Column`
   *   other than STARTED together with the option `concurrency`
   * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTaskRuns.html
   *
   * @example
   * ```ts
   * const failed = taskRuns.list(
   *   { TransformId: "tfm-0123", Filter: taskRunFilter().status("FAILED"), Sort: taskRunSort("STARTED").descending() },
   *   { limit: 10 },
   * );
   * ```
   */
  list<const T extends TaskType>(query: TypedTaskRunQuery<T>, options?: ListOptions): MLTaskRunList<T>;
  list(query: TaskRunQuery, options?: ListOptions): MLTaskRunList;
  list(query: TaskRunQuery, options: ListOptions = {}): MLTaskRunList {
    const checked = checkQuery(query);
    const listOptions = checkOptions(options);
    const settings = { ...this.#defaults, ...listOptions };
    const key = cursorKey(checked);
    const position = settings.cursor === undefined ? {} : readCursor(settings.cursor, key);
    const { Sort = NEWEST_FIRST } = checked;
    const sorted = { ...checked, Sort };
    const direction = directionOf(sorted);
    if (direction === undefined && listOptions.concurrency !== undefined) {
      return throwInvalid("Sort.Column", "STARTED with concurrency", Sort.Column);
    }
    // Time windows start at a time. A position without one has to be resumed by its token.
    const canUseWindows = isStart(position) || (position.time?.time ?? null) !== null;
    if (settings.concurrency === undefined || direction === undefined || !canUseWindows) {
      // A cursor with only a time can be from time windows, which read newest first if the query has no Sort.
      const resumed = position.token === undefined && position.time !== undefined ? sorted : checked;
      return this.#createList(settings, position, key, (listing) => this.#readPlain(resumed, position, listing));
    }
    return this.#createList(settings, position, key, (listing) =>
      this.#readWindows(sorted, direction, position, listing),
    );
  }

  /**
   * Lists the union of several queries: several statuses, types, transforms or periods. Each run is returned once. The
   * runs are in STARTED order: newest first, or oldest first if the queries' `Sort` says so. Runs with the same start
   * time are sorted by transform id and run id. Runs without `StartedOn` come last. The first run is returned after the
   * first page of each query has arrived. The first error of any query ends the listing and aborts the other requests.
   *
   * @param queries - the queries; the iterable is read at once
   * @param options - how to list; `concurrency` (default 4) is the maximum number of concurrent requests
   * @throws {@link InvalidQueryError} with the `field` that breaks a constraint, such as `queries[2].Filter.Status`;
   *   also for a `Sort.Column` other than STARTED, and for queries that sort in different directions
   *
   * @example
   * ```ts
   * const ended = (["FAILED", "TIMEOUT"] as const).map((Status) => ({ TransformId: "tfm-0123", Filter: { Status } }));
   * for await (const run of taskRuns.listAny(ended)) console.log(run.StartedOn, run.Status);
   * ```
   */
  listAny<const T extends TaskType>(queries: Iterable<TypedTaskRunQuery<T>>, options?: ListOptions): MLTaskRunList<T>;
  listAny(queries: Iterable<TaskRunQuery>, options?: ListOptions): MLTaskRunList;
  listAny(queries: Iterable<TaskRunQuery>, options: ListOptions = {}): MLTaskRunList {
    const list: unknown = queries;
    if (!isIterable(list)) return throwInvalid("queries", "an iterable of queries", list);
    const checked = Array.from(list, (query, index) => checkQuery(query, `queries[${index}]`));
    const Sort = commonSort(checked);
    const sorted = checked.map((query) => ({ ...query, Sort }));
    const key = ["any", ...new Set(sorted.map((query) => JSON.stringify(cursorKey(query))).sort())];
    return this.#createUnion(options, key, Sort, { queries: () => sorted, isSkipped: () => false });
  }

  /**
   * Lists the runs of all transforms of the account and region. It finds the transforms with `GetMLTransforms`. The
   * order is that of `listAny`. A transform that is deleted during the listing is skipped.
   *
   * @param query - which transforms, and which of their runs; without it, all runs of all transforms
   * @param options - how to list; `concurrency` (default 4) is the maximum number of concurrent requests
   * @throws {@link InvalidQueryError} with the `field` that breaks a documented constraint; also for a `Sort.Column`
   *   other than STARTED
   * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTransforms.html
   *
   * @example
   * ```ts
   * const failed = taskRuns.listAcrossTransforms({ Filter: taskRunFilter().status("FAILED").startedAfter("2026-11-01")
   * }); for await (const run of failed) console.log(run.TransformId, run.TaskRunId, run.ErrorString);
   * ```
   */
  listAcrossTransforms<const T extends TaskType>(
    query: AcrossTransformsQuery & { Filter: { TaskRunType: T } },
    options?: ListOptions,
  ): MLTaskRunList<T>;
  listAcrossTransforms(query?: AcrossTransformsQuery, options?: ListOptions): MLTaskRunList;
  listAcrossTransforms(query: AcrossTransformsQuery = {}, options: ListOptions = {}): MLTaskRunList {
    const { TransformFilter, Filter, Sort: ownSort } = checkTransformQuery(query);
    const Sort = ownSort ?? NEWEST_FIRST;
    if (directionOf({ Sort }) === undefined) return throwInvalid("Sort.Column", "STARTED", Sort.Column);
    const client = this.#client;
    async function* queries({ pageSize, onTransform, signals }: Listing): AsyncGenerator<CheckedQuery, void> {
      for await (const transform of findTransforms(client, TransformFilter, pageSize, signals)) {
        if (onTransform) await abortable(signals, async () => onTransform(transform));
        yield { TransformId: transform.TransformId, ...(Filter && { Filter }), Sort };
      }
    }
    const key = ["across", { ...TransformFilter }, { ...Filter }, Sort];
    return this.#createUnion(options, key, Sort, { queries, isSkipped: isDeletedTransform });
  }

  /**
   * Gets one run with `GetMLTaskRun`. It needs the permission `glue:GetMLTaskRun`.
   *
   * @param run - which run of which transform
   * @param options - `abortSignal`
   * @throws {@link InvalidQueryError} from the call itself, before anything is sent. The promise rejects with errors of
   *   the SDK (`EntityNotFoundException` if the run does not exist), {@link UnexpectedResponseError}, and the reason of
   *   the `abortSignal`.
   * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTaskRun.html
   *
   * @example
   * ```ts
   * const run = await taskRuns.get({ TransformId: "tfm-0123", TaskRunId: "tsk-0123" });
   * ```
   */
  get(run: TaskRunReference, options: GetOptions = {}): Promise<MLTaskRun> {
    const reference = checkReference(run);
    return getRun(this.#client, reference, this.#signalsOf(checkGetOptions(options)));
  }

  /**
   * Waits until a run is finished: STOPPED, SUCCEEDED, FAILED or TIMEOUT. It polls with `GetMLTaskRun`: at once, then
   * after pauses that grow from `minDelay` to `maxDelay` with a random part, and a last time after `maxWaitTime`.
   *
   * @param run - which run of which transform
   * @param options - `maxWaitTime` in seconds is required
   * @returns the finished run, with any final `Status`
   * @throws {@link InvalidQueryError} from the call itself, before anything is sent. The promise rejects with a
   *   {@link WaitTimeoutError} after `maxWaitTime`, with errors of the SDK, with {@link UnexpectedResponseError}, and
   *   at once with the reason of the `abortSignal`.
   * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTaskRun.html
   *
   * @example
   * ```ts
   * const { TaskRunId = "" } = await client.send(new StartMLEvaluationTaskRunCommand({ TransformId: "tfm-0123" }));
   * const run = await taskRuns.waitUntilFinished({ TransformId: "tfm-0123", TaskRunId }, { maxWaitTime: 3600 });
   * if (run.Status !== "SUCCEEDED") throw new Error(run.ErrorString);
   * ```
   */
  waitUntilFinished(run: TaskRunReference, options: WaitOptions): Promise<FinishedMLTaskRun> {
    const reference = checkReference(run);
    const checked = checkWaitOptions(options);
    const poll = (signals: readonly AbortSignalLike[]) => getRun(this.#client, reference, signals);
    return waitUntilFinished(poll, checked, this.#signalsOf(checked));
  }

  /**
   * Watches the runs of one transform. Yields every run that is unfinished when the watch begins and every run that
   * starts later: when it is first seen, and again whenever its `Status` has changed, until it is finished. With
   * `Filter.StartedAfter`, all runs since that time come first, oldest first. AWS sends no event for task runs, so the
   * watch polls. Sends no request before the first call of `next()`.
   *
   * A poll takes about one request. A run that starts and finishes between two polls is yielded once. The watch ends
   * only by `break`, an abort or an error. To restart it without a gap, set `Filter.StartedAfter` to the start of the
   * oldest unfinished run. A run that starts without `StartedOn` is seen as soon as it has one.
   *
   * @param query - the transform, and the filter: `TaskRunType` and `StartedAfter`
   * @param options - how to watch
   * @throws {@link InvalidQueryError} for a `Sort`, a `Filter.Status`, a `Filter.StartedBefore` and a value that breaks
   *   a constraint. `next()` rejects with errors of the SDK, {@link PaginationError}, {@link UnexpectedResponseError},
   *   and the reason of the `abortSignal`.
   * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTaskRuns.html
   *
   * @example
   * ```ts
   * for await (const run of taskRuns.watch({ TransformId: "tfm-0123" }, { interval: 30 })) {
   *   console.log(run.TaskRunId, run.Status);
   * }
   * ```
   */
  watch<const T extends TaskType>(
    query: WatchQuery & { Filter: { TaskRunType: T } },
    options?: WatchOptions,
  ): DisposableIterator<MLTaskRun<T>>;
  watch(query: WatchQuery, options?: WatchOptions): DisposableIterator<MLTaskRun>;
  watch(query: WatchQuery, options: WatchOptions = {}): DisposableIterator<MLTaskRun> {
    const { TransformId, Filter = {} } = checkWatchQuery(query);
    return this.#createWatch(Filter, options, {
      isSkipped: () => false,
      transformIds: () => [TransformId],
      listAll: (taskRuns, filter, Sort, listOptions) =>
        taskRuns.list({ TransformId, Filter: filter, Sort }, { ...listOptions, concurrency: undefined }),
    });
  }

  /**
   * Watches the runs of all transforms of the account and region, like {@link MLTaskRuns.watch} for one transform. Each
   * poll finds the transforms with `GetMLTransforms`. A transform that is created later is watched from then on. A
   * transform that is deleted is skipped.
   *
   * @param query - which transforms, and which of their runs; without it, all runs of all transforms
   * @param options - how to watch; `concurrency` (default 4) is the number of transforms that are polled at the same
   *   time
   * @throws as {@link MLTaskRuns.watch}
   * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTransforms.html
   *
   * @example
   * ```ts
   * for await (const run of taskRuns.watchAcrossTransforms({}, { interval: 60 })) {
   *   console.log(run.TransformId, run.TaskRunId, run.Status);
   * }
   * ```
   */
  watchAcrossTransforms<const T extends TaskType>(
    query: AcrossTransformsWatchQuery & { Filter: { TaskRunType: T } },
    options?: WatchOptions,
  ): DisposableIterator<MLTaskRun<T>>;
  watchAcrossTransforms(query?: AcrossTransformsWatchQuery, options?: WatchOptions): DisposableIterator<MLTaskRun>;
  watchAcrossTransforms(
    query: AcrossTransformsWatchQuery = {},
    options: WatchOptions = {},
  ): DisposableIterator<MLTaskRun> {
    const { TransformFilter, Filter = {} } = checkTransformWatchQuery(query);
    const client = this.#client;
    async function* transformIds(pageSize: number, signals: readonly AbortSignalLike[]) {
      for await (const { TransformId } of findTransforms(client, TransformFilter, pageSize, signals)) yield TransformId;
    }
    return this.#createWatch(Filter, options, {
      isSkipped: isDeletedTransform,
      transformIds,
      listAll: (taskRuns, filter, Sort, listOptions) =>
        taskRuns.listAcrossTransforms({ TransformFilter, Filter: filter, Sort }, listOptions),
    });
  }

  #createWatch(
    { StartedAfter: since, ...filter }: NonNullable<CheckedQuery["Filter"]>,
    options: WatchOptions,
    source: {
      isSkipped(error: unknown): boolean;
      transformIds(pageSize: number, signals: readonly AbortSignalLike[]): AsyncIterable<string> | Iterable<string>;
      listAll(
        taskRuns: MLTaskRuns,
        filter: CheckedQuery["Filter"],
        Sort: typeof OLDEST_FIRST,
        options: ListOptions,
      ): MLTaskRunList;
    },
  ): DisposableIterator<MLTaskRun> {
    const { pageSize = 1000, concurrency = 4 } = this.#defaults;
    const settings = { interval: 30, pageSize, concurrency, ...checkWatchOptions(options) };
    const { interval, onPoll } = settings;
    const stop = new AbortController();
    const callerSignals = this.#signalsOf(settings);
    const open = (signal: AbortSignal) => {
      const signals = [signal];
      return watchRuns({
        ...settings,
        filter,
        since,
        isSkipped: source.isSkipped,
        transformIds: () => source.transformIds(settings.pageSize, signals),
        listAll: (criteria) =>
          source.listAll(withoutDefaults(this.#client), criteria, OLDEST_FIRST, {
            pageSize: settings.pageSize,
            concurrency: settings.concurrency,
            abortSignal: signal,
          }),
        paginate: (query) =>
          paginate({
            query,
            pageSize: settings.pageSize,
            limit: Infinity,
            requiresOrder: query.Sort !== undefined,
            request: (part, size, token) => this.#request(part, size, token, signals),
          }),
        get: (reference) => getRun(this.#client, reference, signals),
        pause: async () => {
          await delay(interval * 1000, signals);
          // Someone else may have replaced the `onabort` of a signal that has no `addEventListener`.
          throwIfAborted(callerSignals);
        },
        onPoll: (progress) => abortable(signals, async () => onPoll?.(progress)),
      });
    };
    return new StoppableIterator(untilAborted([...callerSignals, stop.signal], open), stop);
  }

  /** The signal of a call, or the signal of the defaults. */
  #signalsOf({ abortSignal = this.#defaults.abortSignal }: { readonly abortSignal?: AbortSignalLike }) {
    return abortSignal ? [abortSignal] : [];
  }

  #createUnion(
    options: ListOptions,
    queryKey: unknown,
    Sort: NonNullable<CheckedQuery["Sort"]>,
    union: {
      queries(listing: Listing): AsyncIterable<CheckedQuery> | Iterable<CheckedQuery>;
      isSkipped(error: unknown): boolean;
    },
  ): MLTaskRunList {
    const settings = { ...this.#defaults, ...checkOptions(options) };
    const { concurrency = 4 } = settings;
    const key = [queryKey, settings.limitPerQuery ?? 0];
    const start = settings.cursor === undefined ? {} : readCursor(settings.cursor, key);
    const direction: Direction = Sort.SortDirection === "ASCENDING" ? 1 : -1;
    return this.#createList(settings, start, key, (listing) => {
      const limiter = createLimiter(concurrency);
      const { limit } = listing;
      // The first run of a listing needs only one run of each query.
      const limitPerQuery = listing.isForFirstRun && start.time === undefined ? 1 : settings.limitPerQuery;
      // One more run shows whether further runs have the start time of the last one.
      const needed = Math.min(limit + (start.time?.count ?? 0) + 1, limitPerQuery ?? Infinity);
      const pageSize = listing.pageSize ?? Math.min(1000, needed);
      const prefetch = needed <= pageSize ? 0 : listing.prefetch;
      const pages = readUnion({
        direction,
        start,
        limit,
        limitPerQuery,
        prefetch,
        isSkipped: union.isSkipped,
        writeCursor: (position) => writeCursor(position, key),
        queries: (signal) => union.queries({ ...listing, signals: [...listing.signals, signal] }),
        paginate: (query, { start, limit, signal, requestSent }) => {
          const signals = [...listing.signals, signal];
          let responseReceived: ReturnType<typeof requestSent> | undefined;
          return paginate({
            query,
            start,
            limit,
            pageSize,
            requiresOrder: true,
            request: (part, size, token) =>
              limiter(() => {
                responseReceived = requestSent();
                return this.#request(part, size, token, signals);
              }),
            onReceived: (runs, requestId) => {
              responseReceived?.(runs);
              return listing.progress(runs.length, requestId);
            },
          });
        },
      });
      return prefetchPages(pages, 0);
    });
  }

  #readPlain(query: CheckedQuery, start: ListingPosition, listing: Listing): () => Promise<Page | undefined> {
    const { limit, prefetch, signals, writeCursor } = listing;
    const options: PaginateOptions = {
      query,
      start,
      limit,
      pageSize: listing.pageSize ?? Math.min(1000, limit + (start.returnedFromPage ?? 0)),
      request: (part, pageSize, token) => this.#request(part, pageSize, token, signals),
      onReceived: (runs, requestId) => listing.progress(runs.length, requestId),
    };
    const next = prefetchPages(paginate(options), prefetch);
    return async () => {
      const page = await next();
      if (page === undefined) return undefined;
      const { runs, requestId } = page;
      const cursorAfter = (count: number) => {
        const position = page.positionAfter(count);
        return position && writeCursor(position);
      };
      return { runs, requestId, cursorAfter };
    };
  }

  #readWindows(
    query: CheckedQuery,
    direction: Direction,
    start: ListingPosition,
    listing: Listing,
  ): () => Promise<Page | undefined> {
    const { limit, concurrency = 1, signals, writeCursor } = listing;
    const limiter = createLimiter(concurrency);
    const pages = readWindows({
      query,
      direction,
      start,
      limit,
      concurrency,
      writeCursor,
      pageSize: listing.pageSize ?? Math.min(1000, limit + (start.time?.count ?? 0)),
      onReceived: listing.progress,
      paginate: (part, { pageSize, limit }) =>
        paginate({
          query: part,
          filter: query.Filter ?? {},
          pageSize,
          limit,
          requiresOrder: true,
          request: (part, pageSize, token) => limiter(() => this.#request(part, pageSize, token, signals)),
        }),
    });
    return prefetchPages(pages, 0);
  }

  #request(query: CheckedQuery, pageSize: number, token: string | undefined, signals: readonly AbortSignalLike[]) {
    const input = { ...query, MaxResults: pageSize, ...(token !== undefined && { NextToken: token }) };
    return getTaskRuns(this.#client, input, signals);
  }

  #createList(
    settings: CheckedOptions,
    start: ListingPosition,
    key: unknown,
    read: (listing: Listing) => () => Promise<Page | undefined>,
  ): MLTaskRunList {
    const open: OpenPages = (isForFirstRun, signal) => {
      const { abortSignal, limit = Infinity, prefetch = 1, pageSize, onPage, ...others } = settings;
      const signals = abortSignal ? [abortSignal, signal] : [signal];
      const listing: Listing = {
        ...others,
        isForFirstRun,
        limit: isForFirstRun ? Math.min(1, limit) : limit,
        pageSize: isForFirstRun ? undefined : pageSize,
        prefetch: isForFirstRun ? 0 : prefetch,
        signals,
        progress: createProgress(onPage, signals),
        writeCursor: (position) => writeCursor(position, key),
      };
      const next = listing.limit === 0 ? async () => undefined : read(listing);
      return { cursor: writeCursor(start, key), next };
    };
    return MLTaskRunList.create(open, settings.abortSignal);
  }
}

/** The settings of one listing, and the state that its requests share. */
interface Listing {
  readonly isForFirstRun: boolean;
  readonly limit: number;
  readonly pageSize: number | undefined;
  readonly prefetch: number;
  readonly concurrency?: number;
  readonly onTransform?: CheckedOptions["onTransform"];
  readonly signals: readonly AbortSignalLike[];
  progress(runs: number, requestId: string | undefined): Promise<void>;
  writeCursor(position: ListingPosition): string;
}

/** Creates an instance without defaults. Not a method, because esbuild renames a class that refers to itself. */
function withoutDefaults(client: GlueClient): MLTaskRuns {
  return new MLTaskRuns(client);
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

/** Whether an error says that a transform was deleted while it was read. */
function isDeletedTransform(error: unknown): boolean {
  return hasName(error, "EntityNotFoundException");
}

/** A query in the normal form that cursors are bound to. */
function cursorKey({ TransformId, Filter, Sort }: CheckedQuery): unknown {
  return [TransformId, { ...Filter }, Sort ?? 0];
}

function isStart({ token, time, returnedFromPage = 0 }: ListingPosition): boolean {
  return token === undefined && time === undefined && returnedFromPage === 0;
}

/** The common order of several queries. A query without `Sort` takes the order of the others. */
function commonSort(queries: readonly CheckedQuery[]): NonNullable<CheckedQuery["Sort"]> {
  let common: CheckedQuery["Sort"];
  for (const [index, { Sort }] of queries.entries()) {
    const field = `queries[${index}].Sort`;
    if (Sort === undefined) continue;
    if (Sort.Column !== "STARTED") return throwInvalid(`${field}.Column`, "STARTED", Sort.Column);
    common ??= Sort;
    if (Sort.SortDirection === common.SortDirection) continue;
    const rule = `${common.SortDirection}, as in the queries before`;
    return throwInvalid(`${field}.SortDirection`, rule, Sort.SortDirection);
  }
  return common ?? NEWEST_FIRST;
}

/** Whether a value is an iterable, and not a string. */
function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
