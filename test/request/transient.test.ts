/** Transient errors: those of the SDK, of the network and of the service after which a wait or a watch goes on. */
import { GetMLTaskRunsCommand } from "@aws-sdk/client-glue";
import type { LocalGlueFault } from "glue-ml-task-runs/local";
import { describe, expect, it } from "vitest";
import { isTransient } from "../../src/request/transient.js";
import { startGlue, TransformId } from "../support.js";

const errorWith = (members: object) => Object.assign(new Error("no"), members);

describe("An error is transient", () => {
  it.each([
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
  ])("by the name %s", (name) => {
    expect(isTransient(errorWith({ name }))).toBe(true);
  });

  it.each([
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
  ])("by the code %s", (code) => {
    expect(isTransient(errorWith({ code }))).toBe(true);
  });

  it.each([
    "Failed to fetch",
    "fetch failed",
    "Load failed",
    "Network request failed",
    "NetworkError when attempting to fetch resource.",
    "terminated",
  ])("by the message of fetch: %s", (message) => {
    expect(isTransient(new TypeError(message))).toBe(true);
    expect(isTransient(new Error(message))).toBe(false);
  });

  it.each<[string, object]>([
    ["$retryable", { $retryable: {} }],
    ["$fault", { $fault: "server" }],
    ["the status 429", { $metadata: { httpStatusCode: 429 } }],
    ["the status 500", { $metadata: { httpStatusCode: 500 } }],
    ["the status 503", { $metadata: { httpStatusCode: 503 } }],
    ["a corrected clock", { $metadata: { clockSkewCorrected: true } }],
    [
      "an expired signature",
      { name: "InvalidSignatureException", message: "Signature expired: 1 is now earlier than 2" },
    ],
    [
      "a signature of a clock that is ahead",
      { name: "InvalidSignatureException", message: "Signature not yet current: 2 is still later than 1" },
    ],
    [
      "a network fault of a credential provider",
      { name: "CredentialsProviderError", message: "Error: connect ECONNREFUSED 169.254.170.2:80" },
    ],
    ["its cause", { cause: errorWith({ code: "ECONNRESET" }) }],
    ["one of its errors", { errors: [new Error("no"), errorWith({ code: "ETIMEDOUT" })] }],
  ])("by %s", (_, members) => {
    expect(isTransient(errorWith(members))).toBe(true);
  });

  it("also if it is not an Error, as a mock may throw", () => {
    expect(isTransient({ name: "ThrottlingException" })).toBe(true);
  });
});

describe("An error is not transient", () => {
  it.each<[string, unknown]>([
    ["the service rejects the request", errorWith({ name: "InvalidInputException", $fault: "client" })],
    ["permissions are missing", errorWith({ name: "AccessDeniedException", $metadata: { httpStatusCode: 400 } })],
    ["the credentials have expired", errorWith({ name: "ExpiredTokenException" })],
    ["the signature is wrong", errorWith({ name: "InvalidSignatureException" })],
    ["the request was aborted", errorWith({ name: "AbortError", code: "ECONNRESET" })],
    ["the program is wrong", new TypeError("x is not a function")],
    [
      "a proxy refuses the request without JSON",
      Object.assign(new SyntaxError("no"), { $metadata: { httpStatusCode: 403 } }),
    ],
    ["the program parses text that is not JSON", new SyntaxError("no")],
    ["it is text", "ThrottlingException"],
    ["it is nothing", undefined],
  ])("where %s", (_, error) => {
    expect(isTransient(error)).toBe(false);
  });

  it("where its causes have no end", () => {
    const error = errorWith({});
    Object.assign(error, { cause: error, errors: [error] });
    expect(isTransient(error, 3)).toBe(false);
  });
});

describe("A fault of the local endpoint", () => {
  it.each<[LocalGlueFault, boolean]>([
    ["throttling", true],
    ["internalError", true],
    ["operationTimeout", true],
    ["connectionReset", true],
    ["truncatedBody", true],
    ["garbageBody", true],
    ["expiredToken", false],
  ])("%s is what the SDK throws as transient: %s", async (fault, expected) => {
    const glue = await startGlue(3);
    glue.fail(fault, { times: 9 });
    const client = glue.client({ maxAttempts: 1 });
    const error = await client.send(new GetMLTaskRunsCommand({ TransformId })).catch((thrown: unknown) => thrown);
    expect(isTransient(error)).toBe(expected);
  });

  it("that resets every connection stays transient after the client's own retries", async () => {
    const glue = await startGlue(3);
    glue.fail("connectionReset", { times: 3 });
    const error = await glue
      .client()
      .send(new GetMLTaskRunsCommand({ TransformId }))
      .catch((thrown: unknown) => thrown);
    expect(isTransient(error)).toBe(true);
  });
});
