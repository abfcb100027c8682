/** AWS JSON 1.1 over HTTP: reads requests, lets an operation answer them, and writes the response or the error. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ConnectionFault } from "./faults.js";
import { isTooDeep, MAX_DEPTH } from "./nesting.js";
import type { Reply } from "./service.js";
import { ServiceError } from "./service-error.js";

/** Answers one request; throws a {@link ServiceError} for an error of the service. */
export type Answer = (operation: string, body: object, bytes: number) => Promise<Reply>;

const TARGET = /^AWSGlue\.(\w{1,100})$/;
const CONTENT_TYPE = "application/x-amz-json-1.1";
const MAX_BODY = 1024 * 1024;

/** What the endpoint did with a request. */
export interface LocalGlueResponse {
  /** When the request came. */
  readonly at: Date;
  /** The operation that it named, if it named one of Glue. */
  readonly operation: string | undefined;
  /** Its body, if that was a JSON object. */
  readonly input: object | undefined;
  /** The HTTP status of the answer; 0 where the connection was broken on purpose, or by the client. */
  readonly statusCode: number;
  /** The name of the service's error, or of the fault. */
  readonly errorType: string | undefined;
  /** How long the answer took, in milliseconds. */
  readonly duration: number;
}

/**
 * A server that is not listening yet. No request and no error of `onResponse` makes it throw or stop.
 *
 * @param closing - aborts when the server is closed; nothing is reported from then on
 */
export function createGlueServer(
  answer: Answer,
  onResponse: (response: LocalGlueResponse) => unknown,
  closing: AbortSignal,
  requestTimeout = 30_000,
): Server {
  let hasWarned = false;
  const warn = (error: unknown) => {
    // Once, since it fails at each request.
    if (!hasWarned) process.emitWarning(`The option onResponse of LocalGlue failed: ${String(error)}`);
    hasWarned = true;
  };
  const report = async (response: LocalGlueResponse) => onResponse(response);
  const timeouts = {
    requestTimeout,
    headersTimeout: requestTimeout / 3,
    connectionsCheckingInterval: Math.min(1000, requestTimeout / 3),
  };
  return createServer(timeouts, async (request, response) => {
    const [at, start] = [new Date(), performance.now()];
    const operation = TARGET.exec(String(request.headers["x-amz-target"]))?.[1];
    let input: object | undefined;
    let errorType: string | undefined;
    try {
      const body = await readBody(request);
      if (request.method !== "POST" || operation === undefined) throw unknownOperation();
      input = parse(body);
      const { json, fault } = await answer(operation, input, body.length);
      errorType = fault;
      if (fault === undefined) reply(response, 200, json);
      else breakOff(response, json, fault);
    } catch (error) {
      errorType = replyError(response, error);
    }
    const statusCode = response.writableEnded ? response.statusCode : 0;
    if (closing.aborted) return;
    report({ at, operation, input, statusCode, errorType, duration: performance.now() - start }).catch(warn);
  });
}

function unknownOperation(): ServiceError {
  return new ServiceError(
    "UnknownOperationException",
    "This endpoint answers POST requests for operations of AWSGlue.",
  );
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = new ServiceError("RequestEntityTooLargeException", `A request has at most ${MAX_BODY} bytes.`, 413);
  if (Number(request.headers["content-length"]) > MAX_BODY) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  // Not destroyed when it is too large: the answer goes over the same connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_BODY) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(body: Buffer): object {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    if (isTooDeep(text)) {
      throw new ServiceError(
        "SerializationException",
        `The body of the request is nested deeper than ${MAX_DEPTH} levels.`,
      );
    }
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    // Any other error means that it is not JSON; see below.
  }
  throw new ServiceError("SerializationException", "The body of the request is not a JSON object.");
}

function replyError(response: ServerResponse, error: unknown): string {
  const { type, message, statusCode } =
    error instanceof ServiceError
      ? error
      : new ServiceError("InternalServiceException", "The local endpoint failed to answer this request.", 500);
  // What is left of a request that was not read to its end would be taken for the next one.
  if (statusCode === 413) response.setHeader("Connection", "close");
  reply(response, statusCode, Buffer.from(JSON.stringify({ __type: type, Message: message })), type);
  return type;
}

function reply(response: ServerResponse, statusCode: number, json: Buffer, errorType?: string): void {
  if (response.destroyed) return;
  response.writeHead(statusCode, {
    "Content-Type": CONTENT_TYPE,
    "Content-Length": json.length,
    "x-amzn-RequestId": randomUUID(),
    ...(errorType !== undefined && { "x-amzn-ErrorType": errorType }),
  });
  response.end(json);
}

/** The answer that a broken connection makes of a good one. */
function breakOff(response: ServerResponse, json: Buffer, fault: ConnectionFault): void {
  switch (fault) {
    case "connectionReset":
      response.socket?.resetAndDestroy();
      break;
    case "truncatedBody":
      response.writeHead(200, { "Content-Type": CONTENT_TYPE, "Content-Length": json.length });
      response.write(json.subarray(0, json.length / 2), () => response.socket?.destroy());
      break;
    case "garbageBody":
      reply(response, 200, Buffer.from(`<html>${json.subarray(0, 100)}`));
      break;
    case "noResponse":
      break;
  }
}
