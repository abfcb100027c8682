/** Tells transient errors, after which a wait or a watch polls again, from errors that end it. */
import { isObject } from "../values.js";

/** What marks an error as transient, besides the marks of the SDK. The SDK retries most of these errors, too. */
const TRANSIENT = {
  name: new Set<unknown>([
    "TimeoutError",
    "RequestTimeout",
    "RequestTimeoutException",
    "OperationTimeoutException",
    "InternalServiceException",
    "InternalFailure",
    "InternalServerError",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "RequestExpired",
    "RequestInTheFuture",
    "RequestTimeTooSkewed",
  ]),
  code: new Set<unknown>([
    "ECONNRESET",
    "ECONNREFUSED",
    "ECONNABORTED",
    "EPIPE",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ERR_HTTP2_STREAM_ERROR",
    "ERR_STREAM_PREMATURE_CLOSE",
    "UND_ERR_BODY_TIMEOUT",
    "UND_ERR_CONNECT_TIMEOUT",
    "UND_ERR_HEADERS_TIMEOUT",
    "UND_ERR_SOCKET",
  ]),
  /** The messages of `fetch` in browsers and other runtimes. */
  message:
    /^(failed to fetch|fetch failed|load failed|network request failed|networkerror when attempting|terminated)/i,
};

/** What the messages of the SDK's credential providers say of a network fault. */
const NETWORK_FAULT = /E(CONN\w+|TIMEDOUT|AI_AGAIN|HOSTUNREACH|NETUNREACH)|ENOTFOUND|time(d )?out|socket hang up/i;

/** Maximum number of causes to look at. */
const MAX_CAUSES = 10;

/**
 * Whether an error is transient: throttling, a fault of the service, of the network or of this machine's clock, a
 * timeout, and what the SDK marks as retryable. Looks at names and codes, because two copies of the SDK, or a mock,
 * have different classes.
 */
export function isTransient(error: unknown, causes = MAX_CAUSES): boolean {
  if (!isObject(error) || causes < 0) return false;
  const { name, code, message, cause, errors, $retryable, $fault, $metadata } = error;
  if (name === "AbortError") return false;
  const metadata = isObject($metadata) ? $metadata : {};
  const { httpStatusCode } = metadata;
  return (
    Boolean($retryable) ||
    $fault === "server" ||
    metadata.clockSkewCorrected === true ||
    (typeof httpStatusCode === "number" && (httpStatusCode === 429 || httpStatusCode >= 500)) ||
    TRANSIENT.name.has(name) ||
    TRANSIENT.code.has(code) ||
    // A success that is not JSON: the page of a proxy.
    (name === "SyntaxError" && httpStatusCode === 200) ||
    (name === "TypeError" && TRANSIENT.message.test(String(message))) ||
    (name === "InvalidSignatureException" && /Signature (expired|not yet current)/.test(String(message))) ||
    // The SDK has lost the cause where it could not refresh the credentials of a container or an instance.
    (/ProviderError$/.test(String(name)) && NETWORK_FAULT.test(String(message))) ||
    isTransient(cause, causes - 1) ||
    // Node.js tries several addresses of a host, and reports the errors of all of them.
    (Array.isArray(errors) && errors.some((each) => isTransient(each, causes - 1)))
  );
}
