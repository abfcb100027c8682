/** The HTTP server: parses AWS JSON 1.1 requests, and sends responses, errors and faults of the connection. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import manifest from "../../package.json" with { type: "json" };
import { isObject, messageOf } from "../values.js";
import type { HttpFault } from "./faults.js";
import { isTooDeep, MAX_DEPTH } from "./json.js";
import type { CheckedLocalGlueOptions } from "./options.js";
import type { Service } from "./service.js";
import { ServiceError } from "./service-error.js";

const TARGET = /^AWSGlue\.(\w{1,100})$/;
const CONTENT_TYPE = "application/x-amz-json-1.1";
/** The response to a health probe. */
const HEALTHY = Buffer.from(JSON.stringify({ name: manifest.name, version: manifest.version }));
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

/** Creates a server that is not listening yet. */
export function createGlueServer(
  handleRequest: Service["handle"],
  { clock, onResponse }: Pick<CheckedLocalGlueOptions, "clock" | "onResponse">,
  requestTimeout = 30_000,
) {
  const timeouts = {
    requestTimeout,
    headersTimeout: requestTimeout / 3,
    connectionsCheckingInterval: Math.min(1000, requestTimeout / 3),
  };
  const server = createServer(timeouts, async (request, response) => {
    const [at, start] = [new Date(), performance.now()];
    const operation = TARGET.exec(String(request.headers["x-amz-target"]))?.[1];
    let input: object | undefined;
    let errorType: string | undefined;
    try {
      response.setHeader("Date", new Date(clock()).toUTCString());
      const body = await readBody(request);
      if (["GET", "HEAD"].includes(String(request.method)) && request.url === "/") {
        sendJson(response, 200, HEALTHY);
      } else if (request.method !== "POST" || operation === undefined) {
        const message = "This endpoint accepts POST requests for operations of AWSGlue only.";
        throw new ServiceError("UnknownOperationException", message);
      } else {
        input = parseBody(body);
        const { json, fault } = await handleRequest(operation, input);
        errorType = fault;
        SEND[fault ?? "success"](response, json);
      }
    } catch (error) {
      errorType = sendError(response, error);
    }
    if (!server.listening) return;
    const statusCode = response.writableEnded ? response.statusCode : 0;
    const duration = performance.now() - start;
    try {
      // A function of the caller may return a promise.
      await onResponse({ at, operation, input, statusCode, errorType, duration });
    } catch (error) {
      process.emitWarning(`The onResponse function of the local Glue endpoint failed: ${messageOf(error)}`);
    }
  });
  return server;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const checkSize = (size: number) => {
    const message = `The body of the request must have at most ${MAX_BODY_BYTES} bytes.`;
    if (size > MAX_BODY_BYTES) throw new ServiceError("RequestEntityTooLargeException", message, 413);
  };
  checkSize(Number(request.headers["content-length"]));
  const chunks: Buffer[] = [];
  let size = 0;
  // The request is not destroyed, because the error response needs its connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    checkSize(size);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseBody(body: Buffer): object {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // A body that is not JSON in UTF-8 is no object.
  }
  const fail = (rule: string) => new ServiceError("SerializationException", `The body of the request must ${rule}.`);
  if (!isObject(value)) throw fail("be a JSON object");
  // The code that handles the body may be recursive.
  if (isTooDeep(value)) throw fail(`have at most ${MAX_DEPTH} levels`);
  return value;
}

/** Sends an error. Returns its type. */
function sendError(response: ServerResponse, error: unknown): string {
  const { type, message, statusCode } =
    error instanceof ServiceError
      ? error
      : new ServiceError("InternalServiceException", `The local endpoint failed: ${messageOf(error)}`, 500);
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

/** How a success is sent, without and with a fault. */
const SEND: Readonly<Record<HttpFault | "success", (response: ServerResponse, json: Buffer) => unknown>> = {
  success: (response, json) => sendJson(response, 200, json),
  connectionReset: (response) => response.socket?.resetAndDestroy(),
  truncatedBody(response, json) {
    response.writeHead(200, { "Content-Type": CONTENT_TYPE, "Content-Length": json.length });
    response.write(json.subarray(0, json.length / 2), () => response.socket?.destroy());
  },
  garbageBody: (response, json) => sendJson(response, 200, Buffer.from(`<html>${json.subarray(0, 100)}`)),
  emptyBody: (response) => sendJson(response, 200, Buffer.alloc(0)),
  noResponse: () => {},
};
