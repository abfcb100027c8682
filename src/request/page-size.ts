/** Omits `MaxResults` where the service refuses a page size that the caller did not choose. */
import { hasName } from "./send.js";

/**
 * Creates the fallback of one listing. After the service has refused a page size, the listing repeats the request
 * without one, and sends all later ones so. Some operations of Glue refuse more than 200 in spite of their
 * documentation.
 *
 * @param isDefault - whether the library chose the page size. One that the caller chose is never omitted.
 */
export function createPageSizeFallback(isDefault: boolean) {
  let isRefused = false;
  return {
    /** The member `MaxResults` of the next request, if it has one. */
    maxResults: (pageSize: number) => (isRefused ? {} : { MaxResults: pageSize }),
    /** Whether to repeat a request after an error. From then on, `maxResults` returns none. */
    isRetried(error: unknown, { MaxResults }: { readonly MaxResults?: number }): boolean {
      if (!isDefault || MaxResults === undefined || !isPageSizeError(error)) return false;
      isRefused = true;
      return true;
    },
  };
}

function isPageSizeError(error: unknown): boolean {
  const isInvalidInput = hasName(error, "InvalidInputException") || hasName(error, "ValidationException");
  return isInvalidInput && /max_?results/i.test(error.message);
}
