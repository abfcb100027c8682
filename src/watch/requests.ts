/** The requests of a watch, each with a time limit, and the service's time at the begin of a poll. */
import type { TaskType } from "@aws-sdk/client-glue";
import type { AbortSignalLike } from "../abort.js";
import { createTransformsRequest, findTransforms } from "../combine/transforms.js";
import type { CheckedQuery, CheckedTransformQuery, TaskRunReference } from "../criteria/query.js";
import { getRun } from "../get.js";
import type { GlueClientLike } from "../request/client.js";
import { createLimiter } from "../request/limiter.js";
import { createPageRequest } from "../request/page-request.js";
import type { UncheckedResponse } from "../request/send.js";
import { RESPONSE_TIMEOUT, withTimeLimit } from "../request/time-limit.js";
import type { MLTaskRun } from "../task-run.js";

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
  const sizes = { pageSize: pageSize ?? DEFAULT_PAGE_SIZE, isDefaultSize: pageSize === undefined };
  const requestRuns = createPageRequest("GetMLTaskRuns", { client, ...sizes, signals });
  const requestTransforms = createTransformsRequest(client, pageSize, signals);
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

  return {
    signals,
    /** Calls a function with the service's time at the begin of a poll, when its first response has arrived. */
    onFirstResponse(callback: (begin: number | undefined) => void): void {
      onResponse = callback;
    },
    /** The ids of all transforms that match a filter. */
    async findTransformIds(filter: CheckedTransformQuery["TransformFilter"]): Promise<string[]> {
      const request: typeof requestTransforms = (input, token) =>
        requestPage("GetMLTransforms", (signals) => requestTransforms(input, token, { signals }));
      const ids: string[] = [];
      for await (const { TransformId } of findTransforms(request, filter)) ids.push(TransformId);
      return ids;
    },
    /** Requests a page of runs. */
    getRuns: (query: CheckedQuery, token: string | undefined): Promise<UncheckedResponse> =>
      limiter(() => requestPage("GetMLTaskRuns", (signals) => requestRuns(query, token, { signals }))),
    /** Requests one run, which must have the task type, if there is one. */
    getRun: (reference: TaskRunReference, taskType: TaskType | undefined): Promise<MLTaskRun> =>
      limiter(() => limit("GetMLTaskRun", (signals) => getRun(client, reference, signals, taskType))),
  };
}
