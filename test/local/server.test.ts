/** The HTTP server: requests that are not AWS JSON, clients that misbehave, and `onResponse`. */
import { once } from "node:events";
import { connect } from "node:net";
import type { LocalGlueResponse } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import { checkLocalGlueOptions } from "../../src/local/options.js";
import { createGlueServer } from "../../src/local/server.js";
import { collect, sendRaw, startGlue, TransformId } from "../support.js";
import { post, throwError } from "./support.js";

describe("The server", () => {
  const [noOperation, noObject] = [
    "This endpoint accepts POST requests for operations of AWSGlue only.",
    "The body of the request must be a JSON object.",
  ];
  const target = (name: string) => ({ headers: { "X-Amz-Target": name }, body: "{}" });
  it.each<[string, RequestInit, number, string, string]>([
    ["a PUT request", { method: "PUT", body: "{}" }, 400, "UnknownOperationException", noOperation],
    [
      "a target of another service",
      target("DynamoDB_20120810.ListTables"),
      400,
      "UnknownOperationException",
      noOperation,
    ],
    ["a request without a target", { headers: {} }, 400, "UnknownOperationException", noOperation],
    ["a target with a prefix", target("xAWSGlue.GetMLTransforms"), 400, "UnknownOperationException", noOperation],
    ["a target with a suffix", target("AWSGlue.GetMLTransforms.x"), 400, "UnknownOperationException", noOperation],
    [
      "a target that is a property of Object.prototype",
      target("AWSGlue.constructor"),
      400,
      "UnknownOperationException",
      "This endpoint has no operation constructor.",
    ],
    ["broken JSON", { body: "{" }, 400, "SerializationException", noObject],
    ["a JSON list", { body: "[]" }, 400, "SerializationException", noObject],
    ["a JSON string", { body: '"{}"' }, 400, "SerializationException", noObject],
    ["a body that is null", { body: "null" }, 400, "SerializationException", noObject],
    [
      "invalid UTF-8",
      { body: Buffer.concat([Buffer.from('{"TransformId":"'), Buffer.from([0xff]), Buffer.from('"}')]) },
      400,
      "SerializationException",
      noObject,
    ],
    [
      "a body of more than 1 MiB",
      { body: " ".repeat(1024 * 1024 + 1) },
      413,
      "RequestEntityTooLargeException",
      "The body of the request must have at most 1048576 bytes.",
    ],
  ])("rejects %s", async (_, init, status, type, message) => {
    const glue = await startGlue();
    const headers = { "X-Amz-Target": "AWSGlue.GetMLTaskRuns" };
    const response = await fetch(glue.endpoint, { method: "POST", headers, ...init });
    expect(response.status).toBe(status);
    expect(response.headers.get("Content-Type")).toBe("application/x-amz-json-1.1");
    expect(response.headers.get("x-amzn-RequestId")).toMatch(/^[\da-f-]{36}$/);
    expect(response.headers.get("x-amzn-ErrorType")).toBe(type);
    expect(await response.json()).toEqual({ __type: type, Message: message });
  });

  it("accepts a body of 1 MiB", async () => {
    const glue = await startGlue();
    const body = `${" ".repeat(1024 * 1024 - 2)}{}`;
    const headers = { "X-Amz-Target": "AWSGlue.GetMLTransforms" };
    // With and without a Content-Length.
    for (const init of [{ body }, { body: new Blob([body]).stream(), duplex: "half" as const }]) {
      const response = await fetch(glue.endpoint, { method: "POST", headers, ...init });
      expect(response.status).toBe(200);
      expect(response.headers.has("x-amzn-ErrorType")).toBe(false);
    }
  });
});

describe("A client", () => {
  const head = "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSGlue.GetMLTransforms\r\n";
  const request = `${head}Connection: close\r\nContent-Length: 2\r\n\r\n{}`;

  it("that sends a chunked body of more than 1 MiB gets an error, and its connection is closed", async () => {
    const glue = await startGlue();
    const socket = connect(Number(new URL(glue.endpoint).port), "127.0.0.1");
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    // The connection may be closed while the client still sends.
    socket.on("error", () => {});
    const chunk = " ".repeat(0x10000);
    for (let sent = 0; sent <= 17; sent += 1) socket.write(`10000\r\n${chunk}\r\n`);
    const response = (await collect<Buffer>(socket)).join("");
    expect(response).toContain("HTTP/1.1 413 Payload Too Large");
    expect(response).toContain("Connection: close");
  });

  it("that announces a body of more than 1 MiB gets an error before it sends the body", async () => {
    const glue = await startGlue();
    const socket = connect(Number(new URL(glue.endpoint).port), "127.0.0.1");
    socket.write(`${head}Content-Length: ${1024 * 1024 + 1}\r\n\r\n`);
    expect((await collect<Buffer>(socket)).join("")).toContain("HTTP/1.1 413 Payload Too Large");
  });

  it("that disconnects before its response or during its request does not affect other clients", async () => {
    const responses: LocalGlueResponse[] = [];
    const delays: (() => void)[] = [];
    const latency = () => new Promise<number>((resolve) => delays.push(() => resolve(0)));
    const glue = await startGlue(0, { latency, onResponse: (response) => responses.push(response) });
    const send = (body: string) =>
      connect(Number(new URL(glue.endpoint).port), "127.0.0.1").end(`${head}Content-Length: 2\r\n\r\n${body}`);
    const complete = send("{}");
    await vi.waitFor(() => expect(delays).toHaveLength(1));
    complete.destroy();
    const incomplete = send("{");
    await once(incomplete, "connect");
    incomplete.destroy();
    await vi.waitFor(() => expect(responses).toHaveLength(1));
    delays[0]?.();
    await vi.waitFor(() => expect(responses.map(({ statusCode }) => statusCode)).toEqual([0, 0]));
    const response = post(glue, {}, "GetMLTransforms");
    await vi.waitFor(() => expect(delays).toHaveLength(2));
    delays[1]?.();
    expect(await response).toMatchObject({ status: 200 });
  });

  it("that does not complete its request gets a timeout error", async () => {
    const server = createGlueServer(async () => ({ json: Buffer.from("{}") }), checkLocalGlueOptions({}), 90);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    for (const part of [request.slice(0, 30), request.slice(0, -1)]) {
      const socket = connect(port, "127.0.0.1");
      socket.write(part);
      expect((await collect<Buffer>(socket)).join("")).toContain("HTTP/1.1 408 Request Timeout");
    }
    server.close();
  });

  it("gets a response while 2,500 other connections are open and idle", async () => {
    const glue = await startGlue(3);
    const port = Number(new URL(glue.endpoint).port);
    const sockets = Array.from({ length: 2500 }, () => connect(port, "127.0.0.1"));
    for (const socket of sockets) socket.on("error", () => {});
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    sockets.forEach((socket, index) => {
      if (index % 2 === 0) socket.write(request.slice(0, index % request.length));
    });
    expect(await sendRaw(glue.endpoint, request)).toContain('"Transforms":[{');
    for (const socket of sockets) socket.destroy();
  });
});

describe("onResponse", () => {
  it("receives the time, operation, input, status, error and duration of a response", async () => {
    const responses: LocalGlueResponse[] = [];
    const glue = await startGlue(1, { onResponse: (response) => responses.push(response) });
    const [at, start] = [Date.now(), performance.now()];
    glue.fail("throttling");
    await post(glue, { TransformId, MaxResults: 10 });
    await vi.waitFor(() => expect(responses).toHaveLength(1));
    const [response] = responses;
    expect(response).toMatchObject({ operation: "GetMLTaskRuns", statusCode: 400, errorType: "ThrottlingException" });
    expect(response?.input).toEqual({ TransformId, MaxResults: 10 });
    expect(response?.at.getTime()).toBeGreaterThanOrEqual(at);
    expect(response?.duration).toBeGreaterThan(0);
    expect(response?.duration).toBeLessThanOrEqual(performance.now() - start);
  });

  it.each<[string, () => unknown, string]>([
    ["throws", () => throwError(new Error("a bug")), "a bug"],
    ["throws null", () => throwError(null), "null"],
    [
      "throws an object without a message",
      () => throwError(Object.create(null)),
      "an error without a readable message",
    ],
    ["rejects", async () => throwError(new Error("a bug")), "a bug"],
  ])("that %s makes the endpoint emit a process warning and continue", async (_, onResponse, reason) => {
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const glue = await startGlue(0, { onResponse });
    for (let count = 0; count < 2; count += 1) expect(await post(glue, { TransformId })).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(warnings).toHaveBeenCalledTimes(2));
    expect(warnings).toHaveBeenCalledWith(`The onResponse function of the local Glue endpoint failed: ${reason}`);
  });

  it("is not called after the endpoint was closed", async () => {
    let respond = (_latency: number) => {};
    const latency = () => new Promise<number>((resolve) => (respond = resolve));
    const onResponse = vi.fn();
    const glue = await startGlue(0, { latency, onResponse });
    const response = post(glue, { TransformId }).catch(() => "no response");
    await vi.waitFor(() => expect(glue.requests).toHaveLength(1));
    await glue.close();
    respond(0);
    expect(await response).toBe("no response");
    await new Promise(setImmediate);
    expect(onResponse).not.toHaveBeenCalled();
  });
});
