/** The requests of a watch, each with a time limit, and the service's time at the begin of a poll. */
import type { TaskType } from "@aws-sdk/client-glue";
import { createTransformsRequest, findTransforms } from "../combine/transforms.js";
import type { CheckedQuery, CheckedTransformQuery, TaskRunReference } from "../criteria/query.js";
import { getRun } from "../get.js";
import { isTokenError } from "../paging/responses.js";
import type { AbortSignalLike } from "../request/abort.js";
import type { GlueClientLike } from "../request/client.js";
import { createLimiter } from "../request/limiter.js";
import { createPageSizeFallback } from "../request/page-size.js";
import { getTaskRuns, type UncheckedResponse } from "../request/send.js";
import { RESPONSE_TIMEOUT, withTimeLimit } from "../request/time-limit.js";
import type { MLTaskRun } from "../task-run.js";
import { isObject } from "../values.js";

/** How to send the requests of a watch. */
interface RequestOptions {
  readonly client: GlueClientLike;
  /** The page size that the caller chose. */
  readonly pageSize: number | undefined;
  readonly concurrency: number;
  readonly signals: readonly AbortSignalLike[];
}

/** Sends the requests of a watch. */
export type WatchRequests = ReturnType<typeof createRequests>;

const DEFAULT_PAGE_SIZE = 1000;

/** Creates the functions that send the requests of one watch. */
export function createRequests({ client, pageSize, concurrency, signals }: RequestOptions) {
  const limiter = createLimiter(concurrency);
  const fallback = createPageSizeFallback(pageSize === undefined);
  const requestTransforms = createTransformsRequest(client, pageSize);
  const tokenErrors = new WeakSet<object>();
  let onResponse: ((serviceTime: number | undefined) => void) | undefined;

  const limit = <R>(operation: string, request: (signals: readonly AbortSignalLike[]) => Promise<R>) =>
    withTimeLimit(operation, RESPONSE_TIMEOUT, signals, request);
  /** Sends a request for a page. The first one of a poll tells its begin: the service's time when it was sent. */
  async function requestPage(
    operation: string,
    request: (signals: readonly AbortSignalLike[]) => Promise<UncheckedResponse>,
  ): Promise<UncheckedResponse> {
    const sent = performance.now();
    const response = await limit(operation, request);
    const { serviceTime } = response;
    onResponse?.(serviceTime === undefined ? undefined : Math.floor(serviceTime - (performance.now() - sent)));
    onResponse = undefined;
    return response;
  }
  async function requestRuns(
    query: CheckedQuery,
    token: string | undefined,
    requestSignals: readonly AbortSignalLike[],
  ): Promise<UncheckedResponse> {
    const paging = {
      ...fallback.maxResults(pageSize ?? DEFAULT_PAGE_SIZE),
      ...(token !== undefined && { NextToken: token }),
    };
    try {
      return await getTaskRuns(client, { ...query, ...paging }, requestSignals);
    } catch (error) {
      if (!fallback.isRetried(error, paging)) throw error;
      return requestRuns(query, token, requestSignals);
    }
  }

  return {
    signals,
    /** Calls a function with the service's time at the begin of a poll, when its first response has arrived. */
    onFirstResponse(callback: (begin: number | undefined) => void): void {
      onResponse = callback;
    },
    /** The ids of all transforms that match a filter. */
    async findTransformIds(filter: CheckedTransformQuery["TransformFilter"]): Promise<string[]> {
      const request: typeof requestTransforms = (input) =>
        requestPage("GetMLTransforms", (signals) => requestTransforms(input, signals));
      const ids: string[] = [];
      for await (const { TransformId } of findTransforms(request, filter, signals)) ids.push(TransformId);
      return ids;
    },
    /** Whether an error may mean that the service has refused a token. */
    isTokenError: (error: unknown) => isObject(error) && tokenErrors.has(error),
    /** Requests a page of runs. */
    getRuns: (query: CheckedQuery, token: string | undefined): Promise<UncheckedResponse> =>
      limiter(async () => {
        try {
          return await requestPage("GetMLTaskRuns", (signals) => requestRuns(query, token, signals));
        } catch (error) {
          if (token !== undefined && isTokenError(error) && isObject(error)) tokenErrors.add(error);
          throw error;
        }
      }),
    /** Requests one run, which must have the task type, if there is one. */
    getRun: (reference: TaskRunReference, taskType: TaskType | undefined): Promise<MLTaskRun> =>
      limiter(() => limit("GetMLTaskRun", (signals) => getRun(client, reference, signals, taskType))),
  };
}
