/** The options of a listing: their types, and their check before anything is sent. */
import type { MLTransform } from "@aws-sdk/client-glue";
import type { AbortSignalLike } from "../request/abort.js";
import type { MLTaskRun } from "../task-run.js";
import { isObject } from "../values.js";
import { PAGE_SIZE } from "./constraints.js";
import { callback, integer, matching, type Rule, struct, throwInvalid } from "./rules.js";

/** What `onPage` is told about a page. */
export interface PageProgress {
  /** The number of the page, from 1. */
  page: number;
  /** How many runs the listing has received so far, this page's included. */
  runs: number;
  /** The service's request id, for support cases. */
  requestId: string | undefined;
}

/** How to list. */
export interface ListOptions {
  /**
   * `MaxResults` of each request, 1 to 1000.
   *
   * @defaultValue 1000, or `limit` if that is less
   */
  pageSize?: number | undefined;
  /** Maximum number of runs to return. 0 sends no request. */
  limit?: number | undefined;
  /**
   * Of `listAny` and `listAcrossTransforms`: maximum number of runs of each query (each transform), at least 1. With 1, the
   * listing has the latest run of each transform.
   */
  limitPerQuery?: number | undefined;
  /**
   * Number of pages that are requested ahead of the consumer, 0 to 16. That number of pages, and the one in use, are held in
   * memory; of each query where there are several. A listing in time windows has its own read-ahead.
   *
   * @defaultValue 1
   */
  prefetch?: number | undefined;
  /**
   * Number of concurrent requests, 1 to 64. With it, `list` reads in time windows.
   *
   * @defaultValue none for `list`, which sends one request after another; 4 for several queries
   */
  concurrency?: number | undefined;
  /**
   * Where to resume: a `cursor` of a page or an iterator of the same query, in another process too. With the data unchanged,
   * exactly the runs that were not returned follow.
   */
  cursor?: string | undefined;
  /**
   * Ends the listing and its requests; the listing then rejects with the signal's reason. Takes every signal that the SDK
   * takes.
   */
  abortSignal?: AbortSignalLike | undefined;
  /** Called as each page arrives. A promise that it returns is awaited. An error ends the listing. */
  onPage?: ((progress: PageProgress) => unknown) | undefined;
  /**
   * Of `listAcrossTransforms`: called with each transform as it is found. A promise that it returns is awaited. An error ends
   * the listing.
   */
  onTransform?: ((transform: MLTransform) => unknown) | undefined;
}

/** How to get one run. */
export interface GetOptions {
  /** Ends the request; `get` then rejects with the signal's reason. */
  abortSignal?: AbortSignalLike | undefined;
}

/** How to wait for a run, named as in the SDK's waiters. */
export interface WaitOptions {
  /** Maximum time to wait in seconds, above 0. The run is asked for once more when it has passed. */
  maxWaitTime: number;
  /**
   * Minimum pause between two requests in seconds, above 0 and up to 86,400.
   *
   * @defaultValue 5, or `maxDelay` if that is less
   */
  minDelay?: number | undefined;
  /**
   * Maximum pause between two requests in seconds, from `minDelay` to 86,400.
   *
   * @defaultValue 60, or `minDelay` if that is more
   */
  maxDelay?: number | undefined;
  /** Ends the wait at once, also during a pause; it then rejects with the signal's reason. */
  abortSignal?: AbortSignalLike | undefined;
  /** Called with each state of the run that was seen, also the last. A promise that it returns is awaited. */
  onPoll?: ((run: MLTaskRun) => unknown) | undefined;
}

/** What `onPoll` of a watch is told about a poll. */
export interface WatchProgress {
  /** The number of the poll, from 1. */
  poll: number;
  /** How many runs the poll found to be new or changed. */
  runs: number;
  /** How many runs are known and unfinished. */
  unfinished: number;
}

/** How to watch runs. */
export interface WatchOptions {
  /**
   * Pause between two polls in seconds, above 0 and up to 86,400. It begins when the runs of a poll were consumed.
   *
   * @defaultValue 30
   */
  interval?: number | undefined;
  /**
   * `MaxResults` of each request, 1 to 1000.
   *
   * @defaultValue 1000
   */
  pageSize?: number | undefined;
  /**
   * Of `watchAcrossTransforms`: number of transforms that are polled at the same time, 1 to 64.
   *
   * @defaultValue 4
   */
  concurrency?: number | undefined;
  /** Ends the watch and its requests at once, also during a pause; it then rejects with the signal's reason. */
  abortSignal?: AbortSignalLike | undefined;
  /** Called after each poll. A promise that it returns is awaited. An error ends the watch. */
  onPoll?: ((progress: WatchProgress) => unknown) | undefined;
}

const isAbortSignal = (value: unknown) => isObject(value) && typeof value.aborted === "boolean";

const defaultsRules = {
  pageSize: integer(PAGE_SIZE.min, PAGE_SIZE.max),
  limit: integer(0, Infinity),
  limitPerQuery: integer(1, Infinity),
  prefetch: integer(0, 16),
  concurrency: integer(1, 64),
  abortSignal: matching<AbortSignalLike>(isAbortSignal, "an AbortSignal"),
  onPage: callback<(progress: PageProgress) => unknown>(),
  onTransform: callback<(transform: MLTransform) => unknown>(),
};

/** Checks the options for every list of a client: all but the cursor, which belongs to one list. */
export const checkDefaults = struct("defaults", {}, defaultsRules);

/** Checks the options of a listing. */
export const checkOptions = struct(
  "options",
  {},
  { ...defaultsRules, cursor: matching<string>((value) => typeof value === "string", "a string") },
);

/** A duration in seconds, which a timer can wait for. */
function seconds(max: number): Rule<number> {
  const isInRange = (value: unknown) => typeof value === "number" && value > 0 && value <= max;
  return matching(
    isInRange,
    max < Infinity ? `a number of seconds above 0 and up to ${max}` : "a number of seconds above 0",
  );
}

const MAX_DELAY = 86_400;
const { pageSize, concurrency, abortSignal } = defaultsRules;

/** Checks the options of `get`. */
export const checkGetOptions = struct("options", {}, { abortSignal });

const waitOptions = struct(
  "options",
  { maxWaitTime: seconds(Infinity) },
  {
    minDelay: seconds(MAX_DELAY),
    maxDelay: seconds(MAX_DELAY),
    abortSignal,
    onPoll: callback<(run: MLTaskRun) => unknown>(),
  },
);

/** Checks the options of a wait, and fills in the delays. */
export function checkWaitOptions(options: unknown) {
  const checked = waitOptions(options);
  const minDelay = checked.minDelay ?? Math.min(5, checked.maxDelay ?? Infinity);
  const maxDelay = checked.maxDelay ?? Math.max(60, minDelay);
  if (maxDelay < minDelay) return throwInvalid("maxDelay", `at least minDelay (${minDelay})`, maxDelay);
  return { ...checked, minDelay, maxDelay };
}

/** Checked options of a wait. */
export type CheckedWaitOptions = ReturnType<typeof checkWaitOptions>;

/** Checks the options of a watch. */
export const checkWatchOptions = struct(
  "options",
  {},
  {
    interval: seconds(MAX_DELAY),
    pageSize,
    concurrency,
    abortSignal,
    onPoll: callback<(progress: WatchProgress) => unknown>(),
  },
);

/** Checked options. */
export type CheckedOptions = ReturnType<typeof checkOptions>;
