/** `MLTaskRuns`, the facade: a client, and lists made with it. */
import { EntityNotFoundException, type GlueClient, type TaskType } from "@aws-sdk/client-glue";
import { isObject, refuse } from "./check.js";
import { fingerprint, readCursor } from "./cursor.js";
import { InvalidQueryError } from "./errors.js";
import { MLTaskRunList } from "./list.js";
import { readUnion, type Union } from "./merge.js";
import { type PageSource, readPages } from "./pages.js";
import { directionOf, sharedProgress } from "./parallel.js";
import {
  type AcrossTransformsQuery,
  type CheckedOptions,
  type CheckedQuery,
  checkOptions,
  checkQuery,
  checkTransformQuery,
  type ListOptions,
  type ParallelListOptions,
  type TaskRunQuery,
  type TypedTaskRunQuery,
} from "./query.js";
import { transformQueries } from "./transforms.js";
import { readWindows } from "./windows.js";

/**
 * Lists the task runs of machine learning transforms through your own `GlueClient`, which does credentials, regions,
 * endpoints, retries and logging.
 *
 * @example
 * ```ts
 * const taskRuns = new MLTaskRuns(new GlueClient({ region: "eu-west-1" }));
 * for await (const run of taskRuns.list({ TransformId: "tfm-0123" })) console.log(run.TaskRunId, run.Status);
 * ```
 */
export class MLTaskRuns {
  readonly #client: GlueClient;
  readonly #defaults: ListOptions;

  /**
   * @param client - the client that sends the requests; it stays yours to destroy
   * @param defaults - options for every list, where the list's own do not say otherwise
   * @throws {@link InvalidQueryError} for what is no client, and for options that break their constraints
   */
  constructor(client: GlueClient, defaults: ListOptions = {}) {
    if (!isObject(client) || typeof client.send !== "function") refuse("client", "a GlueClient", client);
    const { concurrency, cursor } = checkOptions(defaults);
    // Neither is the same for every list: they would turn lists into others, or refuse them.
    if (concurrency !== undefined)
      refuse("concurrency", "an option of the list and not of the constructor", concurrency);
    if (cursor !== undefined) refuse("cursor", "an option of the list and not of the constructor", cursor);
    this.#client = client;
    this.#defaults = { ...defaults };
  }

  /**
   * Lists the task runs of one transform. It checks the query and the options; nothing is sent before the list's runs
   * or pages are asked for.
   *
   * @param query - which runs, and in what order. With `Filter.TaskRunType` the runs are typed accordingly.
   * @param options - how to list
   * @throws {@link InvalidQueryError} with the `field` that breaks a constraint which the service documents
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
  /**
   * With `concurrency`, lists the runs of one transform in time windows side by side: the same runs in the same order as a
   * plain listing sorted by STARTED (newest first without `Sort`), with so many requests in flight. Runs without
   * `StartedOn` are in no window.
   *
   * @throws {@link InvalidQueryError} also for another `Sort.Column`, and for a `cursor`
   *
   * @example
   * ```ts
   * for await (const run of taskRuns.list({ TransformId: "tfm-0123" }, { concurrency: 8 })) console.log(run.TaskRunId);
   * ```
   */
  list<const T extends TaskType>(query: TypedTaskRunQuery<T>, options: ParallelListOptions): MLTaskRunList<T, false>;
  list(query: TaskRunQuery, options: ParallelListOptions): MLTaskRunList<TaskType, false>;
  list(query: TaskRunQuery, options: ListOptions | ParallelListOptions = {}): MLTaskRunList<TaskType, boolean> {
    const checked = checkQuery(query);
    const settings = this.#settings(options);
    if (settings.concurrency !== undefined) return this.#inWindows(checked, settings, settings.concurrency);
    if (settings.cursor !== undefined) readCursor(settings.cursor, fingerprint(checked));
    return this.#listOf(settings, (options) => readPages(this.#client, checked, options));
  }

  /**
   * Lists the union of several queries, each run once: several statuses, transforms or periods. If every query sorts by
   * STARTED in one direction, the runs come in that order (of one instant by transform and run id, runs without
   * `StartedOn` last), once a page of each query is there; otherwise in the order in which they arrive.
   *
   * @param queries - an iterable is read at once; an async iterable as the queries are needed, again for each loop
   * @param options - how to list; `concurrency` requests, 4 without it, are in flight side by side
   * @throws {@link InvalidQueryError} with the `field` that breaks a constraint; for the queries of an async iterable, from
   *   the loop. The first error of any query ends the listing and aborts all its requests.
   *
   * @example
   * ```ts
   * const Sort = taskRunSort("STARTED").descending();
   * const ended = (["FAILED", "TIMEOUT"] as const).map((Status) => ({ TransformId: "tfm-0123", Filter: { Status }, Sort }));
   * for await (const run of taskRuns.listAny(ended)) console.log(run.StartedOn, run.Status);
   * ```
   */
  listAny<const T extends TaskType>(
    queries: Iterable<TypedTaskRunQuery<T>> | AsyncIterable<TypedTaskRunQuery<T>>,
    options?: ParallelListOptions,
  ): MLTaskRunList<T, false>;
  listAny(
    queries: Iterable<TaskRunQuery> | AsyncIterable<TaskRunQuery>,
    options?: ParallelListOptions,
  ): MLTaskRunList<TaskType, false>;
  listAny(
    queries: Iterable<TaskRunQuery> | AsyncIterable<TaskRunQuery>,
    options: ParallelListOptions = {},
  ): MLTaskRunList<TaskType, false> {
    const given: unknown = queries;
    if (!isObject(given) && !Array.isArray(given)) refuse("queries", "an iterable or async iterable of queries", given);
    if (isAsyncIterable(queries)) {
      return this.#union(options, () => ({
        queries: () => checkEach(queries),
        queriesOn: () => Number.POSITIVE_INFINITY,
      }));
    }
    if (!(Symbol.iterator in queries)) refuse("queries", "an iterable or async iterable of queries", queries);
    const checked = Array.from(queries, checkQuery);
    const counts = new Map<string, number>();
    for (const { TransformId } of checked) counts.set(TransformId, (counts.get(TransformId) ?? 0) + 1);
    return this.#union(options, () => ({
      queries: () => checked.values(),
      // It has those of every query.
      queriesOn: (transformId) => Number(counts.get(transformId)),
    }));
  }

  /**
   * Lists the runs of every transform of the account and region, which it finds with `GetMLTransforms` as it goes. The
   * order is that of `listAny`: by STARTED if `Sort` says so, once a page of each transform is there. A transform that is
   * deleted meanwhile is skipped.
   *
   * @param query - which transforms, and which of their runs; without it, all
   * @param options - how to list; `concurrency` requests, 4 without it, are in flight side by side
   * @throws {@link InvalidQueryError} with the `field` that breaks a constraint which the service documents
   * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTransforms.html
   *
   * @example
   * ```ts
   * const failed = taskRuns.listAcrossTransforms({ Filter: taskRunFilter().status("FAILED").startedAfter("2026-11-01") });
   * for await (const run of failed) console.log(run.TransformId, run.TaskRunId, run.ErrorString);
   * ```
   */
  listAcrossTransforms<const T extends TaskType>(
    query: AcrossTransformsQuery & { Filter: { TaskRunType: T } },
    options?: ParallelListOptions,
  ): MLTaskRunList<T, false>;
  listAcrossTransforms(query?: AcrossTransformsQuery, options?: ParallelListOptions): MLTaskRunList<TaskType, false>;
  listAcrossTransforms(
    query: AcrossTransformsQuery = {},
    options: ParallelListOptions = {},
  ): MLTaskRunList<TaskType, false> {
    const { TransformFilter, ...criteria } = checkTransformQuery(query);
    const { pageSize, abortSignal } = this.#settings(options);
    return this.#union(options, () => ({
      queries: (stopped) => transformQueries(this.#client, TransformFilter, criteria, pageSize, [abortSignal, stopped]),
      queriesOn: () => 1,
      isSkipped: (error) => error instanceof EntityNotFoundException,
    }));
  }

  #settings(options: ListOptions | ParallelListOptions): CheckedOptions {
    const settings = { ...checkOptions(this.#defaults), ...checkOptions(options) };
    if (settings.concurrency !== undefined && settings.cursor !== undefined) {
      throw new InvalidQueryError(
        "cursor",
        "cursor belongs to a plain listing: listAny, listAcrossTransforms and list with concurrency have none.",
      );
    }
    return settings;
  }

  /** A list whose first run is asked for alone. */
  #listOf<R extends boolean>(
    settings: CheckedOptions,
    open: (settings: CheckedOptions) => PageSource,
  ): MLTaskRunList<TaskType, R> {
    const { pageSize: _, ...others } = settings;
    const forFirst = { ...others, limit: Math.min(1, settings.limit ?? 1) };
    return new MLTaskRunList((extent) => open(extent === "first" ? forFirst : settings), settings.abortSignal);
  }

  #union(
    options: ParallelListOptions,
    union: () => Pick<Union, "queries" | "queriesOn" | "isSkipped">,
  ): MLTaskRunList<TaskType, false> {
    const concurrency = options.concurrency ?? 4;
    const settings = this.#settings({ ...options, concurrency });
    return this.#listOf(settings, ({ onPage, ...others }) => {
      const progress = sharedProgress(onPage);
      const open: Union["open"] = (query, gate) =>
        readPages(this.#client, query, { ...others, onPage: progress() }, gate);
      return readUnion({ ...others, ...union(), concurrency, open });
    });
  }

  #inWindows(query: CheckedQuery, settings: CheckedOptions, concurrency: number): MLTaskRunList<TaskType, false> {
    const { Sort = { Column: "STARTED", SortDirection: "DESCENDING" } } = query;
    const sorted = { ...query, Sort };
    const direction = directionOf(sorted);
    if (direction === undefined) {
      throw new InvalidQueryError(
        "Sort.Column",
        "Sort.Column must be STARTED with concurrency: windows are cut from time.",
      );
    }
    return this.#listOf(settings, ({ pageSize, limit = Number.POSITIVE_INFINITY, onPage, abortSignal }) =>
      readWindows({
        query: sorted,
        direction,
        concurrency,
        pageSize: pageSize ?? Math.min(1000, Math.max(1, limit)),
        limit,
        onPage,
        open: (part, extent, gate) =>
          readPages(this.#client, part, { ...extent, prefetch: 0, ...(abortSignal && { abortSignal }) }, gate),
      }),
    );
  }
}

async function* checkEach(queries: AsyncIterable<unknown>): AsyncGenerator<CheckedQuery> {
  for await (const query of queries) yield checkQuery(query);
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value;
}
