/** The requests of a watch, each with a time limit, and the service's time at the begin of a poll. */
import type { GlueClient } from "@aws-sdk/client-glue";
import { createTransformsRequest, findTransforms } from "../combine/transforms.js";
import type { CheckedQuery, CheckedTransformQuery, TaskRunReference } from "../criteria/query.js";
import { getRun } from "../get.js";
import { isTokenError } from "../paging/paginate.js";
import type { AbortSignalLike } from "../request/abort.js";
import { createLimiter } from "../request/limiter.js";
import { createPageSizeFallback } from "../request/page-size.js";
import { getTaskRuns, type UncheckedResponse } from "../request/send.js";
import { RESPONSE_TIMEOUT, withTimeLimit } from "../request/time-limit.js";
import type { MLTaskRun } from "../task-run.js";
import { isObject } from "../values.js";

/** How to send the requests of a watch. */
interface RequestOptions {
  readonly client: GlueClient;
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
  const withPageSize = createPageSizeFallback(pageSize === undefined);
  const requestTransforms = createTransformsRequest(client, pageSize);
  const tokenErrors = new WeakSet<object>();
  let onResponse: ((serviceTime: number | undefined) => void) | undefined;

  const limited = async <R>(operation: string, request: (signals: readonly AbortSignalLike[]) => Promise<R>) => {
    const sent = performance.now();
    const response = await withTimeLimit(operation, RESPONSE_TIMEOUT, signals, request);
    return { response, duration: performance.now() - sent };
  };
  /** Sends a request for a page. The first one of a poll tells its begin: the service's time when it was sent. */
  const requestPage: typeof limited<UncheckedResponse> = async (operation, request) => {
    const result = await limited(operation, request);
    const { serviceTime } = result.response;
    onResponse?.(serviceTime === undefined ? undefined : Math.floor(serviceTime - result.duration));
    onResponse = undefined;
    return result;
  };

  return {
    signals,
    /** Calls a function with the service's time at the begin of a poll, when its first response has arrived. */
    onFirstResponse(callback: (begin: number | undefined) => void): void {
      onResponse = callback;
    },
    /** The ids of all transforms that match a filter. */
    async findTransformIds(filter: CheckedTransformQuery["TransformFilter"]): Promise<string[]> {
      const request: typeof requestTransforms = async (input) =>
        (await requestPage("GetMLTransforms", (signals) => requestTransforms(input, signals))).response;
      const ids: string[] = [];
      for await (const { TransformId } of findTransforms(request, filter, signals)) ids.push(TransformId);
      return ids;
    },
    /** Whether an error may mean that the service has refused a token. */
    isTokenError: (error: unknown) => isObject(error) && tokenErrors.has(error),
    /** Requests a page of runs. */
    getRuns(query: CheckedQuery, token: string | undefined): Promise<UncheckedResponse> {
      const send = (signals: readonly AbortSignalLike[]) =>
        withPageSize(pageSize ?? DEFAULT_PAGE_SIZE, (MaxResults) => {
          const paging = {
            ...(MaxResults !== undefined && { MaxResults }),
            ...(token !== undefined && { NextToken: token }),
          };
          return getTaskRuns(client, { ...query, ...paging }, signals);
        });
      return limiter(async () => {
        try {
          return (await requestPage("GetMLTaskRuns", send)).response;
        } catch (error) {
          if (token !== undefined && isTokenError(error) && isObject(error)) tokenErrors.add(error);
          throw error;
        }
      });
    },
    /** Requests one run. */
    getRun(reference: TaskRunReference): Promise<MLTaskRun> {
      return limiter(
        async () => (await limited("GetMLTaskRun", (signals) => getRun(client, reference, signals))).response,
      );
    },
  };
}
