/** A poll of a watch: what it polls, and what it has found out so far. */
import type { CheckedQuery, CheckedTransformQuery } from "../criteria/query.js";
import { isTokenError } from "../paging/responses.js";
import { isTransient } from "../request/transient.js";
import type { MLTaskRun } from "../task-run.js";
import type { WatchRequests } from "./requests.js";
import type { WatchState } from "./state.js";

/** What to poll. */
export interface PollOptions {
  /** One transform, or those that match a filter. */
  readonly query: { readonly TransformId: string } | Pick<CheckedTransformQuery, "TransformFilter">;
  /** The criteria of every request, without time bounds. */
  readonly filter: Pick<NonNullable<CheckedQuery["Filter"]>, "TaskRunType">;
  readonly requests: WatchRequests;
  /** The state, which changes with each run that is returned. */
  readonly state: WatchState;
  /** The transforms that the poll before has found; undefined if that is not known. */
  readonly knownTransforms: ReadonlySet<string> | undefined;
}

/** A failed part of a poll. */
export interface Failure {
  readonly error: unknown;
  /** Whether the next poll would fail in the same way. */
  readonly isPermanent: boolean;
}

/** The key of the failure to find the transforms. */
export const FINDING_TRANSFORMS = Symbol("finding transforms");

/** A poll that is under way or has ended. */
export interface Poll extends PollOptions {
  /** The transforms that it has found. */
  readonly transforms: Set<string>;
  /** Those whose unfinished runs no poll has looked for before. */
  readonly firstPolls: Set<string>;
  /** Those that were deleted after it had found them. */
  readonly deleted: Set<string>;
  /** The failures by transform. */
  readonly failures: Map<string | typeof FINDING_TRANSFORMS, Failure>;
  /** The transforms of which not all runs were listed, and whether it was their first poll. */
  readonly incomplete: Map<string, boolean>;
  /** The requests for unfinished runs that the listings have not returned. None of these promises rejects. */
  readonly pending: Promise<void>[];
  /** The runs to return after the new ones: the responses to these requests, and the listed runs without a start. */
  readonly otherRuns: Map<string, MLTaskRun>;
  /** The service's time at the begin; undefined before the first response, and for the first poll of a mock. */
  begin: number | undefined;
  /** The start of the newest run that it has received. */
  newestStart: number;
  /** Whether all pages so far were in STARTED order. */
  isOrdered: boolean;
}

/** Creates a poll. Sends no request before its changes are read. */
export function createPoll(options: PollOptions): Poll {
  return {
    ...options,
    transforms: new Set(),
    firstPolls: new Set(),
    deleted: new Set(),
    failures: new Map(),
    incomplete: new Map(),
    pending: [],
    otherRuns: new Map(),
    begin: undefined,
    newestStart: -Infinity,
    isOrdered: true,
  };
}

/** Records a failure. The first one of a transform counts. */
export function fail({ failures }: Poll, key: string | typeof FINDING_TRANSFORMS, error: unknown): void {
  const isPermanent = !isTokenError(error) && !isTransient(error);
  if (!failures.has(key)) failures.set(key, { error, isPermanent });
}
