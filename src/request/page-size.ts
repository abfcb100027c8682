/** Omits `MaxResults` where the service refuses a page size that the caller did not choose. */
import { hasName } from "./send.js";

/** Sends a request with a page size, or without one. */
type Request<R> = (pageSize: number | undefined) => Promise<R>;

/**
 * Creates a function for the requests of one listing. After the service has refused a page size, it repeats the request
 * without one, and sends all later ones so. Some operations of Glue refuse more than 200 in spite of their documentation.
 *
 * @param isDefault - whether the library chose the page size. One that the caller chose is never omitted.
 */
export function createPageSizeFallback(isDefault: boolean): <R>(pageSize: number, request: Request<R>) => Promise<R> {
  let isRefused = false;
  return async (pageSize, request) => {
    if (isRefused) return request(undefined);
    try {
      return await request(pageSize);
    } catch (error) {
      if (!isDefault || !isPageSizeError(error)) throw error;
      isRefused = true;
      return request(undefined);
    }
  };
}

function isPageSizeError(error: unknown): boolean {
  const isInvalidInput = hasName(error, "InvalidInputException") || hasName(error, "ValidationException");
  return isInvalidInput && /max_?results/i.test(error.message);
}
