/** AWS JSON 1.1 over HTTP: requests come in, an operation answers, replies or the service's errors go out. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ConnectionFault } from "./faults.js";
import type { Reply } from "./service.js";
import { ServiceError } from "./service-error.js";

/** Answers one request; throws a {@link ServiceError} for an error of the service. */
export type Answer = (operation: string, body: object) => Promise<Reply>;

const TARGET = /^AWSGlue\.(\w{1,100})$/;
const CONTENT_TYPE = "application/x-amz-json-1.1";
const MAX_BODY = 1024 * 1024;
const REQUEST_TIMEOUT = 30_000;

/** A server that is not listening yet. */
export function createGlueServer(answer: Answer): Server {
  return createServer(
    { headersTimeout: 10_000, requestTimeout: REQUEST_TIMEOUT, connectionsCheckingInterval: 1000 },
    (request, response) => {
      handle(request, answer).then(
        ({ json, fault }) => (fault === undefined ? reply(response, 200, json) : breakOff(response, json, fault)),
        (error: unknown) => replyError(response, error),
      );
    },
  );
}

async function handle(request: IncomingMessage, answer: Answer): Promise<Reply> {
  const body = await readBody(request);
  const operation = TARGET.exec(String(request.headers["x-amz-target"]))?.[1];
  if (request.method !== "POST" || operation === undefined) {
    throw new ServiceError(
      "UnknownOperationException",
      "This endpoint answers POST requests for operations of AWSGlue.",
    );
  }
  return answer(operation, parse(body));
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
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, as for any other body that is no JSON object.
  }
  throw new ServiceError("SerializationException", "The body of the request is not a JSON object.");
}

function replyError(response: ServerResponse, error: unknown): void {
  const { type, message, statusCode } =
    error instanceof ServiceError
      ? error
      : new ServiceError("InternalServiceException", "The local endpoint failed to answer this request.", 500);
  // What is left of a request that was not read to its end would be taken for the next one.
  if (statusCode === 413) response.setHeader("Connection", "close");
  reply(response, statusCode, JSON.stringify({ __type: type, Message: message }), type);
}

function reply(response: ServerResponse, statusCode: number, json: string, errorType?: string): void {
  if (response.destroyed) return;
  response.writeHead(statusCode, {
    "Content-Type": CONTENT_TYPE,
    "Content-Length": Buffer.byteLength(json),
    "x-amzn-RequestId": randomUUID(),
    ...(errorType !== undefined && { "x-amzn-ErrorType": errorType }),
  });
  response.end(json);
}

/** The answer that a broken connection makes of a good one. */
function breakOff(response: ServerResponse, json: string, fault: ConnectionFault): void {
  switch (fault) {
    case "connectionReset":
      response.socket?.resetAndDestroy();
      break;
    case "truncatedBody":
      response.writeHead(200, { "Content-Type": CONTENT_TYPE, "Content-Length": Buffer.byteLength(json) });
      response.write(json.slice(0, json.length / 2), () => response.socket?.destroy());
      break;
    case "garbageBody":
      reply(response, 200, `<html>${json.slice(0, 100)}`);
      break;
    case "noAnswer":
      break;
  }
}
