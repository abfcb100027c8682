/** `MLTaskRuns`, the facade: a client, and lists made with it. */
import type { GlueClient, TaskType } from "@aws-sdk/client-glue";
import { bindMethods } from "./bind-methods.js";
import { throwInvalid } from "./check.js";
import { readCursor } from "./cursor.js";
import { InvalidQueryError } from "./errors.js";
import { MLTaskRunList } from "./list.js";
import { readUnion, type Union } from "./merge.js";
import { type PageSource, readPages } from "./pages.js";
import { directionOf, sharedProgress } from "./parallel.js";
import {
  type AcrossTransformsQuery,
  type CheckedOptions,
  type CheckedQuery,
  checkDefaults,
  checkOptions,
  checkQuery,
  checkTransformQuery,
  type ListOptions,
  type ParallelListOptions,
  type TaskRunQuery,
  type TypedTaskRunQuery,
} from "./query.js";
import { hasName } from "./request/send.js";
import { transformQueries } from "./transforms.js";
import { isObject } from "./values.js";
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
  readonly #defaults: CheckedOptions;

  /**
   * @param client - the client that sends the requests; it stays yours to destroy
   * @param defaults - options for every list, where the list's own do not say otherwise
   * @throws {@link InvalidQueryError} for what is no client, and for options that break their constraints
   */
  constructor(client: GlueClient, defaults: Omit<ListOptions, "cursor" | "concurrency"> = {}) {
    if (!isObject(client) || typeof client.send !== "function") throwInvalid("client", "a GlueClient", client);
    this.#client = client;
    this.#defaults = checkDefaults(defaults);
    bindMethods(this, ["list", "listAny", "listAcrossTransforms"]);
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
    if (settings.cursor !== undefined) readCursor(settings.cursor, checked);
    return this.#listOf(settings, (options, stopped) => readPages(this.#client, checked, options, stopped.signal));
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
    if (isAsyncIterable(queries)) {
      const queriesOn = () => Infinity;
      return this.#union(options, () => ({ queries: checkEach(queries), queriesOn }));
    }
    const given: unknown = queries;
    if (!isIterable(given)) return throwInvalid("queries", "an iterable or async iterable of queries", given);
    const checked = Array.from(given, (query) => checkQuery(query));
    const queriesOn = (id: string) => checked.filter(({ TransformId }) => TransformId === id).length;
    return this.#union(options, () => ({ queries: checked.values(), queriesOn }));
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
    return this.#union(options, ({ pageSize, abortSignal }, stopped) => ({
      queries: transformQueries(
        this.#client,
        TransformFilter,
        criteria,
        pageSize,
        abortSignal ? [abortSignal, stopped.signal] : [stopped.signal],
      ),
      queriesOn: () => 1,
      isSkipped: (error) => hasName(error, "EntityNotFoundException"),
    }));
  }

  #settings(options: ListOptions | ParallelListOptions): CheckedOptions {
    const settings = { ...this.#defaults, ...checkOptions(options) };
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
    open: (settings: CheckedOptions, stopped: AbortController) => PageSource,
  ): MLTaskRunList<TaskType, R> {
    const { pageSize: _, ...others } = settings;
    const forFirst = { ...others, limit: Math.min(1, settings.limit ?? 1) };
    return MLTaskRunList.of(
      (extent, stopped) => open(extent === "first" ? forFirst : settings, stopped),
      settings.abortSignal,
    );
  }

  #union(
    options: ParallelListOptions,
    union: (settings: CheckedOptions, stopped: AbortController) => Pick<Union, "queries" | "queriesOn" | "isSkipped">,
  ): MLTaskRunList<TaskType, false> {
    const concurrency = checkOptions(options).concurrency ?? 4;
    return this.#listOf(this.#settings({ ...options, concurrency }), (settings, stopped) => {
      const progress = sharedProgress(settings.onPage);
      const open: Union["open"] = (query, gate) =>
        readPages(this.#client, query, { ...settings, onPage: progress() }, stopped.signal, gate);
      return readUnion({ ...settings, ...union(settings, stopped), concurrency, open, stopped });
    });
  }

  #inWindows(query: CheckedQuery, settings: CheckedOptions, concurrency: number): MLTaskRunList<TaskType, false> {
    const { Sort = { Column: "STARTED", SortDirection: "DESCENDING" } } = query;
    const sorted = { ...query, Sort };
    const direction = directionOf(sorted);
    // Windows are cut from time.
    if (direction === undefined) return throwInvalid("Sort.Column", "STARTED with concurrency", Sort.Column);
    return this.#listOf(settings, ({ pageSize, limit = Infinity, onPage, abortSignal }, stopped) =>
      readWindows({
        query: sorted,
        direction,
        concurrency,
        pageSize: pageSize ?? Math.min(1000, Math.max(1, limit)),
        limit,
        onPage,
        stopped,
        open: (part, extent, gate) => {
          const options = { ...extent, prefetch: 0, ...(abortSignal && { abortSignal }) };
          return readPages(this.#client, part, options, stopped.signal, gate);
        },
      }),
    );
  }
}

async function* checkEach(queries: AsyncIterable<unknown>): AsyncGenerator<CheckedQuery> {
  for await (const query of queries) yield checkQuery(query);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return isObject(value) && Symbol.asyncIterator in value;
}

/** An iterable that is no string. */
function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
