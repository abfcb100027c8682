/** AWS JSON 1.1 over HTTP: requests come in, an operation answers, replies or the service's errors go out. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isObject } from "../values.js";
import type { ConnectionFault } from "./faults.js";
import { isTooDeep, MAX_DEPTH } from "./json.js";
import type { Reply } from "./service.js";
import { ServiceError } from "./service-error.js";
import { describeError } from "./text.js";

/** Answers one request; throws a {@link ServiceError} for an error of the service. */
export type Answer = (operation: string, body: object) => Promise<Reply>;

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
 * Called after each response.
 *
 * @inline
 */
export type OnResponse = (response: LocalGlueResponse) => void;

/** A server that is not listening yet. It calls `onResponse` until the signal aborts. */
export function createGlueServer(
  answer: Answer,
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
      input = parse(body);
      const { json, fault } = await answer(operation, input);
      errorType = fault;
      if (fault === undefined) reply(response, 200, json);
      else breakOff(response, json, fault);
    } catch (error) {
      errorType = replyError(response, error);
    }
    const statusCode = response.writableEnded ? response.statusCode : 0;
    const duration = performance.now() - start;
    if (!signal.aborted) await report(onResponse, { at, operation, input, statusCode, errorType, duration });
  });
}

async function report(onResponse: OnResponse, response: LocalGlueResponse): Promise<void> {
  try {
    await onResponse(response);
  } catch (error) {
    process.emitWarning(`The onResponse function of the local Glue endpoint failed: ${describeError(error)}`);
  }
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
  const value = parseJson(body);
  if (!isObject(value))
    throw new ServiceError("SerializationException", "The body of the request is not a JSON object.");
  // What follows may be recursive.
  if (!isTooDeep(value)) return value;
  throw new ServiceError("SerializationException", `The body of the request has more than ${MAX_DEPTH} levels.`);
}

/** The value that a body holds; undefined if it is not JSON. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
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
