/** The HTTP server: parses AWS JSON 1.1 requests, and sends responses, errors and faults of the connection. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isObject } from "../values.js";
import type { ConnectionFault } from "./faults.js";
import { isTooDeep, MAX_DEPTH } from "./json.js";
import type { ServiceResponse } from "./service.js";
import { ServiceError } from "./service-error.js";
import { describeError } from "./text.js";

/** Handles one request. Throws a {@link ServiceError} for an error of the service. */
export type RequestHandler = (operation: string, body: object) => Promise<ServiceResponse>;

const TARGET = /^AWSGlue\.(\w{1,100})$/;
const CONTENT_TYPE = "application/x-amz-json-1.1";
const MAX_BODY_BYTES = 1024 * 1024;

/** How the endpoint responded to a request. */
export interface LocalGlueResponse {
  /** When the request arrived. */
  readonly at: Date;
  /** The requested operation; undefined if the request did not name an operation of Glue. */
  readonly operation: string | undefined;
  /** The request body; undefined if it was not a JSON object. */
  readonly input: object | undefined;
  /** The HTTP status of the response; 0 if a fault or the client broke the connection. */
  readonly statusCode: number;
  /** The name of the service's error, or of the fault. */
  readonly errorType: string | undefined;
  /** The time until the response was sent, in milliseconds. */
  readonly duration: number;
}

/**
 * Called after each response.
 *
 * @inline
 */
export type OnResponse = (response: LocalGlueResponse) => void;

/** Creates a server that is not listening yet. It calls `onResponse` until the signal aborts. */
export function createGlueServer(
  handleRequest: RequestHandler,
  onResponse: OnResponse,
  signal: AbortSignal,
  requestTimeout = 30_000,
): Server {
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
      input = parseBody(body);
      const { json, fault } = await handleRequest(operation, input);
      errorType = fault;
      if (fault === undefined) sendJson(response, 200, json);
      else sendFault(response, json, fault);
    } catch (error) {
      errorType = sendError(response, error);
    }
    const statusCode = response.writableEnded ? response.statusCode : 0;
    const duration = performance.now() - start;
    if (!signal.aborted) await notify(onResponse, { at, operation, input, statusCode, errorType, duration });
  });
}

async function notify(onResponse: OnResponse, response: LocalGlueResponse): Promise<void> {
  try {
    await onResponse(response);
  } catch (error) {
    process.emitWarning(`The onResponse function of the local Glue endpoint failed: ${describeError(error)}`);
  }
}

function unknownOperation(): ServiceError {
  return new ServiceError(
    "UnknownOperationException",
    "This endpoint accepts POST requests for operations of AWSGlue only.",
  );
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = new ServiceError(
    "RequestEntityTooLargeException",
    `The body of the request must have at most ${MAX_BODY_BYTES} bytes.`,
    413,
  );
  if (Number(request.headers["content-length"]) > MAX_BODY_BYTES) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  // The request is not destroyed, because the error response needs its connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseBody(body: Buffer): object {
  const value = parseJson(body);
  if (!isObject(value)) {
    throw new ServiceError("SerializationException", "The body of the request must be a JSON object.");
  }
  // The code that handles the body may be recursive.
  if (!isTooDeep(value)) return value;
  throw new ServiceError("SerializationException", `The body of the request must have at most ${MAX_DEPTH} levels.`);
}

/** Returns undefined for a body that is not JSON in UTF-8. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** Returns the type of the error that was sent. */
function sendError(response: ServerResponse, error: unknown): string {
  const { type, message, statusCode } =
    error instanceof ServiceError
      ? error
      : new ServiceError("InternalServiceException", "The local endpoint failed to handle this request.", 500);
  // Otherwise the server would parse the unread rest of the body as the next request.
  if (statusCode === 413) response.setHeader("Connection", "close");
  sendJson(response, statusCode, Buffer.from(JSON.stringify({ __type: type, Message: message })), type);
  return type;
}

function sendJson(response: ServerResponse, statusCode: number, json: Buffer, errorType?: string): void {
  if (response.destroyed) return;
  response.writeHead(statusCode, {
    "Content-Type": CONTENT_TYPE,
    "Content-Length": json.length,
    "x-amzn-RequestId": randomUUID(),
    ...(errorType !== undefined && { "x-amzn-ErrorType": errorType }),
  });
  response.end(json);
}

/** Sends a response over a connection with a fault. */
function sendFault(response: ServerResponse, json: Buffer, fault: ConnectionFault): void {
  switch (fault) {
    case "connectionReset":
      response.socket?.resetAndDestroy();
      break;
    case "truncatedBody":
      response.writeHead(200, { "Content-Type": CONTENT_TYPE, "Content-Length": json.length });
      response.write(json.subarray(0, json.length / 2), () => response.socket?.destroy());
      break;
    case "garbageBody":
      sendJson(response, 200, Buffer.from(`<html>${json.subarray(0, 100)}`));
      break;
    case "noResponse":
      break;
  }
}
