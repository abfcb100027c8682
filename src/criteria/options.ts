/** The options of a listing: their types, and their check before anything is sent. */
import type { MLTransform } from "@aws-sdk/client-glue";
import type { AbortSignalLike } from "../request/abort.js";
import { isObject } from "../values.js";
import { PAGE_SIZE } from "./constraints.js";
import { callback, integer, matching, struct } from "./rules.js";

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

/** Checked options. */
export type CheckedOptions = ReturnType<typeof checkOptions>;
