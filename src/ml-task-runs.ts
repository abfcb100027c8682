/** `MLTaskRuns`, the facade: the public methods, which check their arguments. */
import type { GlueClient } from "@aws-sdk/client-glue";
import type { AbortSignalLike } from "./abort.js";
import { bindMethods } from "./bind-methods.js";
import { createQueryList, createTransformsList, createUnionList } from "./create-list.js";
import {
  type CheckedOptions,
  checkDefaults,
  checkGetOptions,
  checkListOptions,
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
  type AnyFilter,
  type AnyWatchFilter,
  checkQuery,
  checkReference,
  checkTransformQuery,
  checkTransformWatchQuery,
  checkWatchQuery,
  commonSort,
  type QueriesOf,
  type QueryByType,
  type RunOrReference,
  type TaskRunQuery,
  type TaskRunReference,
  type WatchQuery,
} from "./criteria/query.js";
import { throwInvalid } from "./criteria/rules.js";
import { getRun, knownTaskTypeOf } from "./get.js";
import { createHiddenState } from "./hidden-state.js";
import type { MLTaskRunList } from "./list.js";
import { NEWEST_FIRST } from "./paging/started-order.js";
import type { GlueClientLike } from "./request/client.js";
import type { AnyTaskType, FinishedMLTaskRun, MLTaskRun } from "./task-run.js";
import { isObject } from "./values.js";
import { waitUntilFinished } from "./wait.js";
import type { MLTaskRunWatch } from "./watch/types.js";
import { createWatch } from "./watch/watch.js";

/** Default options of {@link MLTaskRuns}: those of every list, except the cursor, which belongs to one list. */
export type MLTaskRunsDefaults = Omit<ListOptions, "cursor">;

const states = createHiddenState<MLTaskRuns, { readonly client: GlueClientLike; readonly defaults: CheckedOptions }>();

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
  /**
   * @param client - the client that sends the requests, or any other object with its `send`; the library does not
   *   destroy it
   * @param defaults - default options of every list. The options of a list override them. A list ignores a default that
   *   it cannot use: `limitPerQuery` and `onTransform` in `list`, `onTransform` in `listAny`, and `concurrency` in
   *   `list` with another `Sort.Column` than STARTED. The watches also use `pageSize` and `concurrency`, and all
   *   methods use `abortSignal`.
   * @throws {@link InvalidQueryError} if the client is not a `GlueClient`, and for an option that breaks its constraint
   */
  constructor(client: GlueClient, defaults?: MLTaskRunsDefaults);
  // An overload, and not a union with `GlueClient`: to compare all of its members takes the compiler longer than the
  // rest.
  /** With any other object that has the `send` of a client: of another version of the SDK, a mock, a wrapper. */
  constructor(client: GlueClientLike, defaults?: MLTaskRunsDefaults);
  constructor(client: GlueClientLike, defaults: MLTaskRunsDefaults = {}) {
    if (!isObject(client) || typeof client.send !== "function") throwInvalid("client", "a GlueClient", client);
    states.set(this, { client, defaults: checkDefaults(defaults) });
    bindMethods(this);
  }

  // Each method has two overloads, and the first accepts what the second accepts, so that the compiler finds a mistake
  // in the same place for both, and reports it there. The second is for a filter that may have a task type, and for
  // test doubles: a function that returns runs of every type does not fit the first.

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
   *   other than STARTED together with the option `concurrency`, and for an option of the other lists
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
  list<const T extends AnyTaskType = AnyTaskType>(
    query: QueryByType<T, TaskRunQuery, AnyFilter<T>>,
    options?: ListOptions,
  ): MLTaskRunList<T>;
  /** Lists the task runs of one transform, of every task type. */
  list(query: TaskRunQuery, options?: ListOptions): MLTaskRunList;
  list(query: TaskRunQuery, options: ListOptions = {}): MLTaskRunList {
    const checkedQuery = checkQuery(query);
    const checkedOptions = checkListOptions(options, "list");
    if (
      checkedQuery.Sort !== undefined &&
      checkedQuery.Sort.Column !== "STARTED" &&
      checkedOptions.concurrency !== undefined
    ) {
      return throwInvalid("Sort.Column", "STARTED with concurrency", checkedQuery.Sort.Column);
    }
    const { client, defaults } = states.get(this);
    return createQueryList(client, checkedQuery, { ...defaults, ...checkedOptions });
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
  listAny<const T extends AnyTaskType = AnyTaskType>(
    queries: QueriesOf<QueryByType<T, TaskRunQuery, AnyFilter<T>>>,
    options?: ListOptions,
  ): MLTaskRunList<T>;
  /** Lists the union of several queries, with runs of every task type. */
  listAny(queries: QueriesOf<TaskRunQuery>, options?: ListOptions): MLTaskRunList;
  listAny(queries: Iterable<TaskRunQuery>, options: ListOptions = {}): MLTaskRunList {
    // Callers without types may pass any value. A string is iterable, but not a list of queries.
    if (typeof queries !== "object" || typeof queries?.[Symbol.iterator] !== "function") {
      return throwInvalid("queries", "an iterable of queries", queries);
    }
    const checkedQueries = Array.from(queries, (query, index) => checkQuery(query, `queries[${index}]`));
    const { client, defaults } = states.get(this);
    const mergedOptions = { ...defaults, ...checkListOptions(options, "listAny") };
    return createUnionList(client, checkedQueries, commonSort(checkedQueries) ?? NEWEST_FIRST, mergedOptions);
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
   * const Filter = taskRunFilter().status("FAILED").startedAfter("2026-11-01");
   * for await (const run of taskRuns.listAcrossTransforms({ Filter })) console.log(run.TransformId, run.ErrorString);
   * ```
   */
  listAcrossTransforms<const T extends AnyTaskType = AnyTaskType>(
    query: QueryByType<T, AcrossTransformsQuery | undefined, AnyFilter<T> | readonly AnyFilter<T>[]>,
    options?: ListOptions,
  ): MLTaskRunList<T>;
  /** Lists the runs of all transforms, of every task type. */
  listAcrossTransforms(query?: AcrossTransformsQuery, options?: ListOptions): MLTaskRunList;
  listAcrossTransforms(query: AcrossTransformsQuery = {}, options: ListOptions = {}): MLTaskRunList {
    const checkedQuery = checkTransformQuery(query);
    const { Column = "STARTED" } = checkedQuery.Sort ?? {};
    if (Column !== "STARTED") return throwInvalid("Sort.Column", "STARTED", Column);
    const { client, defaults } = states.get(this);
    const mergedOptions = { ...defaults, ...checkListOptions(options, "listAcrossTransforms") };
    return createTransformsList(client, checkedQuery, mergedOptions);
  }

  /**
   * Gets one run with `GetMLTaskRun`. It needs the permission `glue:GetMLTaskRun`.
   *
   * @param run - which run of which transform: its ids, or a run, whose task type is kept
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
  get<T extends AnyTaskType = AnyTaskType>(run: RunOrReference<T>, options?: GetOptions): Promise<MLTaskRun<T>>;
  /** Gets one run, of any task type. */
  get(run: TaskRunReference, options?: GetOptions): Promise<MLTaskRun>;
  get(run: TaskRunReference, options: GetOptions = {}): Promise<MLTaskRun> {
    const { client, defaults } = states.get(this);
    const signals = signalsOf(checkGetOptions(options), defaults);
    return getRun(client, checkReference(run), signals, knownTaskTypeOf(run));
  }

  /**
   * Waits until a run is finished: STOPPED, SUCCEEDED, FAILED or TIMEOUT. It polls with `GetMLTaskRun`: at once, then
   * after pauses that grow from `minDelay` to `maxDelay` with a random part, and a last time after `maxWaitTime`. After
   * throttling, a fault of the service or the network, and a request without a response for 60 seconds, it polls again.
   *
   * @param run - which run of which transform: its ids, or a run, whose task type is kept
   * @param options - `maxWaitTime` in seconds is required
   * @returns the finished run, with any final `Status`
   * @throws {@link InvalidQueryError} from the call itself, before anything is sent. The promise rejects with a
   *   {@link WaitTimeoutError} after `maxWaitTime`, with other errors of the SDK, with {@link UnexpectedResponseError},
   *   and at once with the reason of the `abortSignal`.
   * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTaskRun.html
   *
   * @example
   * ```ts
   * const { TaskRunId = "" } = await client.send(new StartMLEvaluationTaskRunCommand({ TransformId: "tfm-0123" }));
   * const run = await taskRuns.waitUntilFinished({ TransformId: "tfm-0123", TaskRunId }, { maxWaitTime: 3600 });
   * if (run.Status !== "SUCCEEDED") throw new Error(run.ErrorString);
   * ```
   */
  waitUntilFinished<T extends AnyTaskType = AnyTaskType>(
    run: RunOrReference<T>,
    options: WaitOptions<NoInfer<T>>,
  ): Promise<FinishedMLTaskRun<T>>;
  /** Waits until a run, of any task type, is finished. */
  waitUntilFinished(run: TaskRunReference, options: WaitOptions): Promise<FinishedMLTaskRun>;
  waitUntilFinished(run: TaskRunReference, options: WaitOptions): Promise<FinishedMLTaskRun> {
    const { client, defaults } = states.get(this);
    const reference = checkReference(run);
    const checkedOptions = checkWaitOptions(options);
    const taskType = knownTaskTypeOf(run);
    const get = (signals: readonly AbortSignalLike[]) => getRun(client, reference, signals, taskType);
    return waitUntilFinished(get, checkedOptions, signalsOf(checkedOptions, defaults));
  }

  /**
   * Watches the runs of one transform. Yields every run that is unfinished when the watch begins and every run that
   * starts later: when it is first seen, and again whenever its `Status` has changed, until it is finished. With
   * `Filter.StartedAfter`, all runs since that time come first, oldest first. AWS sends no event for task runs, so the
   * watch polls. Sends no request before you read from it.
   *
   * A poll takes about one request. A run that starts and finishes between two polls is yielded once. The watch ends
   * only by `break`, an abort or an error; transient errors are in the `failures` of a poll, and the next poll tries
   * again. From a cursor of a watch, it yields what is new or has changed since then, also in another process.
   *
   * @param query - the transform, and the filter: `TaskRunType` and `StartedAfter`
   * @param options - how to watch
   * @throws {@link InvalidQueryError} for a `Sort`, a `Filter.Status`, a `Filter.StartedBefore`, a value that breaks a
   *   constraint, and a `cursor` that is damaged or belongs to another query. `next()` and `poll()` reject with errors
   *   of the SDK, {@link PaginationError}, {@link UnexpectedResponseError}, and the reason of the `abortSignal`.
   * @see https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTaskRuns.html
   *
   * @example
   * ```ts
   * for await (const run of taskRuns.watch({ TransformId: "tfm-0123" }, { interval: 30 })) {
   *   console.log(run.TaskRunId, run.Status);
   * }
   * ```
   */
  watch<const T extends AnyTaskType = AnyTaskType>(
    query: QueryByType<T, WatchQuery, AnyWatchFilter<T>>,
    options?: WatchOptions,
  ): MLTaskRunWatch<T>;
  /** Watches the runs of one transform, of every task type. */
  watch(query: WatchQuery, options?: WatchOptions): MLTaskRunWatch;
  watch(query: WatchQuery, options: WatchOptions = {}): MLTaskRunWatch {
    const { client, defaults } = states.get(this);
    return createWatch(client, checkWatchQuery(query), checkWatchOptions(options, defaults));
  }

  /**
   * Watches the runs of all transforms of the account and region, like {@link MLTaskRuns.watch} for one transform. Each
   * poll finds the transforms with `GetMLTransforms`. A transform that is created later is watched from then on. A
   * transform that is deleted is skipped. An error of a single transform does not stop the others: it is in the
   * `failures` of the poll, until `maxFailedPolls`.
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
  watchAcrossTransforms<const T extends AnyTaskType = AnyTaskType>(
    query: QueryByType<T, AcrossTransformsWatchQuery | undefined, AnyWatchFilter<T>>,
    options?: WatchOptions,
  ): MLTaskRunWatch<T>;
  /** Watches the runs of all transforms, of every task type. */
  watchAcrossTransforms(query?: AcrossTransformsWatchQuery, options?: WatchOptions): MLTaskRunWatch;
  watchAcrossTransforms(query: AcrossTransformsWatchQuery = {}, options: WatchOptions = {}): MLTaskRunWatch {
    const { client, defaults } = states.get(this);
    return createWatch(client, checkTransformWatchQuery(query), checkWatchOptions(options, defaults));
  }
}

/** The signal of a call, or the signal of the defaults. */
function signalsOf(
  { abortSignal }: Pick<CheckedOptions, "abortSignal">,
  defaults: CheckedOptions,
): readonly AbortSignalLike[] {
  const signal = abortSignal ?? defaults.abortSignal;
  return signal ? [signal] : [];
}
