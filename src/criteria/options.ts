/** The options of every method: their types, and their check before anything is sent. */
import type { MLTransform } from "@aws-sdk/client-glue";
import type { AbortSignalLike } from "../abort.js";
import { InvalidQueryError } from "../errors.js";
import type { AnyTaskType, MLTaskRun } from "../task-run.js";
import { isObject } from "../values.js";
import type { WatchFailure } from "../watch/types.js";
import { PAGE_SIZE } from "./constraints.js";
import { callback, integer, integerOrInfinity, matching, type RulesOf, struct, throwInvalid } from "./rules.js";

/** The argument of `onPage`. */
export interface PageProgress {
  /** The number of the page, from 1. */
  page: number;
  /** How many runs the listing has received so far, including those of this page. */
  runs: number;
  /** The service's request id, for support cases. */
  requestId: string | undefined;
}

/** The options of a listing. */
export interface ListOptions {
  /**
   * `MaxResults` of each request, 1 to 1000; of a request for transforms, at most 100.
   *
   * @defaultValue 1000, or `limit` if that is less
   */
  pageSize?: number | undefined;
  /** Maximum number of runs to return. 0 sends no request. */
  limit?: number | undefined;
  /**
   * Only for `listAny` and `listAcrossTransforms`: maximum number of runs of each query (each transform), at least 1.
   * With 1, only the first run of each is listed: the latest, unless the order is ascending.
   */
  limitPerQuery?: number | undefined;
  /**
   * Number of pages that are requested ahead of the consumer, 0 to 16. These pages and the current one are held in
   * memory, for each query if there are several. Time windows ignore this option.
   *
   * @defaultValue 1
   */
  prefetch?: number | undefined;
  /**
   * Maximum number of concurrent requests, 1 to 64. With it, `list` reads in time windows, which needs the order of
   * STARTED.
   *
   * @defaultValue none for `list`, which sends one request after another; 4 for `listAny` and `listAcrossTransforms`
   */
  concurrency?: number | undefined;
  /**
   * Where to resume: the `cursor` of a page or an iterator of the same query, also in another process. If the data has
   * not changed, exactly the runs that were not returned before follow.
   */
  cursor?: string | undefined;
  /** Aborts the listing, which rejects with the signal's reason. Any signal that the SDK accepts. */
  abortSignal?: AbortSignalLike | undefined;
  /** Called as each page arrives. A promise that it returns is awaited. An error ends the listing. */
  onPage?: ((progress: PageProgress) => unknown) | undefined;
  /**
   * Only for `listAcrossTransforms`: called with each transform as it is found. A promise that it returns is awaited.
   * An error ends the listing.
   */
  onTransform?: ((transform: MLTransform) => unknown) | undefined;
}

/** The options of `get`. */
export interface GetOptions {
  /** Aborts the request. `get` rejects with the signal's reason. */
  abortSignal?: AbortSignalLike | undefined;
}

/**
 * The options of `waitUntilFinished`, named as in the SDK's waiters.
 *
 * @typeParam T - the task type of the run, as in {@link MLTaskRun}
 */
export interface WaitOptions<in T extends AnyTaskType = AnyTaskType> {
  /** Maximum time to wait in seconds, above 0. After it, the run is polled a last time. */
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
  /** Aborts the wait at once, also during a pause. The wait rejects with the signal's reason. */
  abortSignal?: AbortSignalLike | undefined;
  /** Called with the run after each poll, also the last. A promise that it returns is awaited. */
  onPoll?: ((run: MLTaskRun<T>) => unknown) | undefined;
}

/** The argument of `onPoll` of a watch. */
export interface WatchProgress {
  /** The number of the poll, from 1. */
  poll: number;
  /** How many runs the poll found to be new or changed. */
  runs: number;
  /** How many runs are known and unfinished. */
  unfinished: number;
  /** What could not be polled. The next poll tries again. */
  failures: WatchFailure[];
}

/** The options of a watch. */
export interface WatchOptions {
  /**
   * Pause between two polls in seconds, above 0 and up to 86,400. It begins when the runs of a poll are consumed.
   *
   * @defaultValue 30
   */
  interval?: number | undefined;
  /**
   * `MaxResults` of each request, 1 to 1000; of a request for transforms, at most 100.
   *
   * @defaultValue 1000
   */
  pageSize?: number | undefined;
  /**
   * Maximum number of concurrent requests for runs, 1 to 64.
   *
   * @defaultValue 4
   */
  concurrency?: number | undefined;
  /**
   * Where to continue: the `cursor` of a poll or of an iteration over a watch of the same query, also in another
   * process. What is new or has changed since then follows. It replaces `Filter.StartedAfter`.
   */
  cursor?: string | undefined;
  /**
   * How many failures in a row of one transform, or of finding the transforms, end the watch with the error: an integer
   * of at least 0 or Infinity. 0 and 1 mean the first failure.
   *
   * @defaultValue 10
   */
  maxFailedPolls?: number | undefined;
  /** Aborts the watch and its requests at once, also during a pause. The watch rejects with the signal's reason. */
  abortSignal?: AbortSignalLike | undefined;
  /** Called after each poll. A promise that it returns is awaited. An error ends the watch. */
  onPoll?: ((progress: WatchProgress) => unknown) | undefined;
}

const isAbortSignal = (value: unknown) => isObject(value) && typeof value.aborted === "boolean";

const listRules = {
  pageSize: integer(PAGE_SIZE.min, PAGE_SIZE.max),
  limit: integer(0, Infinity),
  limitPerQuery: integer(1, Infinity),
  prefetch: integer(0, 16),
  concurrency: integer(1, 64),
  abortSignal: matching(isAbortSignal, "an AbortSignal"),
  onPage: callback(),
  onTransform: callback(),
  cursor: matching((value) => typeof value === "string", "a string"),
} satisfies RulesOf<ListOptions>;
const { cursor, ...defaultRules } = listRules;
const { pageSize, concurrency, abortSignal } = listRules;

/** Checks the default options: all but the cursor, which belongs to one list. */
export const checkDefaults = struct("defaults", {}, defaultRules);

const listOptions = struct("options", {}, listRules);

export type CheckedOptions = ReturnType<typeof listOptions>;

type ListingMethod = "list" | "listAny" | "listAcrossTransforms";

/** The methods that use an option that not all of them use. A default has no effect on the others. */
const USED_BY: { readonly [K in keyof ListOptions]?: readonly ListingMethod[] } = {
  limitPerQuery: ["listAny", "listAcrossTransforms"],
  onTransform: ["listAcrossTransforms"],
};

/** Checks the options of a listing. Rejects an option that the method does not use. */
export function checkListOptions(options: unknown, method: ListingMethod): CheckedOptions {
  const checked = listOptions(options);
  for (const [option, methods] of Object.entries(USED_BY)) {
    if (!(option in checked) || methods.includes(method)) continue;
    throw new InvalidQueryError(option, `${option} is an option of ${methods.join(" and ")}, not of ${method}.`);
  }
  return checked;
}

export const checkGetOptions = struct("options", {}, { abortSignal } satisfies RulesOf<GetOptions>);

/** The rule of a duration in seconds. */
const seconds = (max: number, range: string) =>
  matching<number>((value) => typeof value === "number" && value > 0 && value <= max, `a number of seconds ${range}`);

const pause = seconds(86_400, "above 0 and up to 86400");

const { maxWaitTime, ...otherWaitRules } = {
  maxWaitTime: seconds(Infinity, "above 0"),
  minDelay: pause,
  maxDelay: pause,
  abortSignal,
  onPoll: callback(),
} satisfies RulesOf<WaitOptions>;
const waitOptions = struct("options", { maxWaitTime }, otherWaitRules);

/** Checks the options of a wait, and fills in the delays. */
export function checkWaitOptions(options: unknown) {
  const checked = waitOptions(options);
  const minDelay = checked.minDelay ?? Math.min(5, checked.maxDelay ?? Infinity);
  const maxDelay = checked.maxDelay ?? Math.max(60, minDelay);
  if (maxDelay < minDelay) return throwInvalid("maxDelay", `at least minDelay (${minDelay})`, maxDelay);
  return { ...checked, minDelay, maxDelay };
}

const watchOptions = struct("options", {}, {
  interval: pause,
  pageSize,
  concurrency,
  cursor,
  maxFailedPolls: integerOrInfinity(0),
  abortSignal,
  onPoll: callback(),
} satisfies RulesOf<WatchOptions>);

export type CheckedWatchOptions = ReturnType<typeof checkWatchOptions>;

/** Checks the options of a watch, and fills in the defaults. Without a page size, the library chooses it. */
export function checkWatchOptions(options: unknown, { pageSize, concurrency = 4, abortSignal }: CheckedOptions) {
  const defaults = { interval: 30, maxFailedPolls: 10, pageSize, concurrency, abortSignal };
  return { ...defaults, ...watchOptions(options) };
}
