/** The `NextToken` of a response. */
import { PaginationError, UnexpectedResponseError } from "../errors.js";
import { formatValue } from "../values.js";
import { fingerprint } from "./fingerprint.js";

/**
 * Returns the token of a response if there is one, or an error.
 *
 * @param seen - the fingerprints of the tokens of earlier responses; that of the new token is added
 * @param requestId - the request id of the response, for the error
 */
export function readToken(
  value: unknown,
  seen: Set<string>,
  requestId: string | undefined,
): { readonly token?: string; readonly error?: Error } {
  if (value === undefined || value === null || value === "") return {};
  if (typeof value !== "string") {
    const message = `NextToken in the response must be a string, got ${formatValue(value)}.`;
    return { error: new UnexpectedResponseError("NextToken", message, { requestId }) };
  }
  // Tokens can be long, and a listing can have many pages.
  const key = fingerprint(value);
  if (seen.has(key)) {
    return { error: new PaginationError(`The service returned the NextToken ${formatValue(value)} a second time.`) };
  }
  seen.add(key);
  return { token: value };
}
