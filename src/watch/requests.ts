/** The requests of a watch, each with a time limit, and the service's time at the begin of a poll. */
import type { TaskType } from "@aws-sdk/client-glue";
import type { AbortSignalLike } from "../abort.js";
import { createTransformsRequest } from "../combine/transforms.js";
import type { CheckedWatchOptions } from "../criteria/options.js";
import type { TaskRunReference } from "../criteria/query.js";
import { getRun } from "../get.js";
import type { GlueClientLike } from "../request/client.js";
import { createLimiter } from "../request/limiter.js";
import { createPageRequest, type RequestPage } from "../request/page-request.js";
import { RESPONSE_TIMEOUT, withTimeLimit } from "../request/time-limit.js";
import type { MLTaskRun } from "../task-run.js";

export type WatchRequests = ReturnType<typeof createRequests>;

/** Creates the functions that send the requests of one watch. */
export function createRequests(
  client: GlueClientLike,
  { pageSize, concurrency }: CheckedWatchOptions,
  signals: readonly AbortSignalLike[],
) {
  const limiter = createLimiter(concurrency);
  let onResponse: ((serviceTime: number | undefined) => void) | undefined;

  const limitTime = <R>(operation: string, request: (signals: readonly AbortSignalLike[]) => Promise<R>) =>
    withTimeLimit(operation, RESPONSE_TIMEOUT, signals, request);

  function timePages<O extends "GetMLTaskRuns" | "GetMLTransforms">(operation: O, request: RequestPage<O>) {
    const timed: RequestPage<O> = async (query, token) => {
      const sent = performance.now();
      const response = await limitTime(operation, (signals) => request(query, token, { signals }));
      const { serviceTime } = response;
      onResponse?.(serviceTime && Math.floor(serviceTime - (performance.now() - sent)));
      onResponse = undefined;
      return response;
    };
    return timed;
  }

  const sizes = { pageSize: pageSize ?? 1000, isDefaultSize: pageSize === undefined };
  const getRuns = timePages("GetMLTaskRuns", createPageRequest("GetMLTaskRuns", { client, signals, ...sizes }));
  return {
    signals,
    /** Calls a function with the service's time when the first request of a poll was sent. A mock does not tell it. */
    onFirstResponse(callback: (serviceTime: number | undefined) => void): void {
      onResponse = callback;
    },
    /** Requests a page of transforms. */
    getTransforms: timePages("GetMLTransforms", createTransformsRequest(client, pageSize, signals)),
    /** Requests a page of runs. */
    getRuns: ((query, token) => limiter(() => getRuns(query, token))) satisfies RequestPage<"GetMLTaskRuns">,
    /** Requests one run, which must have the task type, if there is one. */
    getRun: (reference: TaskRunReference, taskType: TaskType | undefined): Promise<MLTaskRun> =>
      limiter(() => limitTime("GetMLTaskRun", (signals) => getRun(client, reference, signals, taskType))),
  };
}
