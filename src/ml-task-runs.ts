/** `MLTaskRuns`, the facade: a client, and lists made with it. */
import type { GlueClient, TaskType } from "@aws-sdk/client-glue";
import { isObject, refuse } from "./check.js";
import { fingerprint, readCursor } from "./cursor.js";
import { MLTaskRunList } from "./list.js";
import { readPages } from "./pages.js";
import { checkOptions, checkQuery, type ListOptions, type TaskRunQuery, type TypedTaskRunQuery } from "./query.js";

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
    checkOptions(defaults);
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
  list(query: TaskRunQuery, options: ListOptions = {}): MLTaskRunList {
    const checked = checkQuery(query);
    const settings = { ...checkOptions(this.#defaults), ...checkOptions(options) };
    if (settings.cursor !== undefined) readCursor(settings.cursor, fingerprint(checked));
    const { pageSize: _, ...others } = settings;
    const forFirst = { ...others, limit: Math.min(1, settings.limit ?? 1) };
    return new MLTaskRunList(
      (extent) => readPages(this.#client, checked, extent === "first" ? forFirst : settings),
      settings.abortSignal,
    );
  }
}
