/** Requests pages, without `MaxResults` where the service refuses a page size that the caller did not choose. */

import type { AbortSignalLike } from "../abort.js";
import { hasName } from "../errors.js";
import type { GlueClientLike } from "./client.js";
import { type Inputs, send, type UncheckedResponse } from "./send.js";

type PagedOperation = "GetMLTaskRuns" | "GetMLTransforms";

/** How to request pages. */
interface PageRequestOptions {
  readonly client: GlueClientLike;
  readonly pageSize: number;
  /** Whether the library chose the page size. One that the caller chose is never omitted. */
  readonly isDefaultSize: boolean;
  /** The signals that abort the request. */
  readonly signals: readonly AbortSignalLike[];
}

/** Sends the request for one page; the page size and the signals may differ from those of the other requests. */
export type RequestPage<O extends PagedOperation> = (
  query: Inputs[O],
  token: string | undefined,
  options?: Partial<Pick<PageRequestOptions, "pageSize" | "signals">>,
) => Promise<UncheckedResponse>;

/**
 * Creates the function that requests the pages of one listing. After the service has refused the default page size, it
 * repeats the request without one, and sends all later ones so. Some operations of Glue refuse more than 200 in spite
 * of their documentation.
 */
export function createPageRequest<O extends PagedOperation>(
  operation: O,
  { client, isDefaultSize, ...defaults }: PageRequestOptions,
): RequestPage<O> {
  let isRefused = false;
  return async function request(query, token, options) {
    const { pageSize, signals } = { ...defaults, ...options };
    const maxResults = isRefused ? undefined : pageSize;
    const paging = {
      ...(maxResults !== undefined && { MaxResults: maxResults }),
      ...(token !== undefined && { NextToken: token }),
    };
    try {
      return await send(client, operation, { ...query, ...paging }, signals);
    } catch (error) {
      if (!isDefaultSize || maxResults === undefined || !isPageSizeError(error)) throw error;
      isRefused = true;
      return request(query, token, options);
    }
  };
}

function isPageSizeError(error: unknown): boolean {
  const isInvalidInput = hasName(error, "InvalidInputException") || hasName(error, "ValidationException");
  return isInvalidInput && /max_?results/i.test(error.message);
}
