/** Requests of the broken and the hostile kind: an answer or a closed connection, and nobody else is harmed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import v8 from "node:v8";
import vm from "node:vm";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createGlueServer } from "../src/local/server.js";
import { collect, startGlue, TransformId } from "./support.js";

v8.setFlagsFromString("--expose-gc");
const collectGarbage: () => void = vm.runInNewContext("gc");

/** Sends bytes over a connection of their own, and returns what came back until it was closed. */
async function sendRaw(port: number, bytes: string | Uint8Array): Promise<string> {
  const socket: Socket = connect(port, "127.0.0.1");
  // A connection that is reset while it writes has been answered, in a way.
  socket.on("error", () => {});
  socket.end(bytes);
  return (await collect<Buffer>(socket).catch(() => [])).join("");
}

const request = (body: string, operation = "GetMLTaskRuns") =>
  `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Amz-Target: AWSGlue.${operation}\r\n` +
  `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const good = request(JSON.stringify({ TransformId }));

/** Values nested 10,000 levels deep, in each member of each operation. */
const bombs = [
  ["GetMLTaskRuns", ["TransformId", "NextToken", "MaxResults", "Filter", "Sort", "Unknown"]],
  ["GetMLTaskRun", ["TransformId", "TaskRunId"]],
  ["GetMLTransforms", ["NextToken", "MaxResults", "Filter", "Sort"]],
].flatMap(([operation, members]) =>
  [members].flat().flatMap((member) => {
    const [array, object] = [
      "[".repeat(10_000) + "]".repeat(10_000),
      `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
    ];
    return [array, object].map((deep) =>
      request(`{"TransformId":"${TransformId}","${member}":${deep}}`, `${operation}`),
    );
  }),
);

describe("the endpoint", () => {
  it("after 10,000 malformed requests still answers a good one, and its memory is flat", {
    timeout: 120_000,
  }, async () => {
    const glue = await startGlue(10);
    const port = Number(new URL(glue.endpoint).port);
    const mutated = fc
      .tuple(fc.nat({ max: good.length - 1 }), fc.uint8Array({ minLength: 1, maxLength: 12 }), fc.nat({ max: 8 }))
      .map(([at, bytes, cut]) =>
        Buffer.concat([Buffer.from(good.slice(0, at)), bytes, Buffer.from(good.slice(at + cut))]),
      );
    const json = fc.json({ maxDepth: 3 }).map((body) => request(body));
    const hostile = fc.constantFrom(
      request(`{"__proto__":{"TransformId":"${TransformId}"}}`),
      request('{"constructor":{"prototype":{"x":1}},"TransformId":"__proto__"}'),
      request('{"TransformId":"constructor","NextToken":"__proto__"}'),
      request(`{"TransformId":"${TransformId}","Filter":{"__proto__":null,"Status":"__proto__"}}`),
      request("{}", "__proto__"),
      request("{}", "toString"),
      ...bombs,
      request("[".repeat(50_000)),
      request('{"a":'.repeat(20_000)),
      request(good.slice(0, 40)),
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      `POST / HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`,
      "\r\n\r\n\0\0\0",
      good.slice(0, -5),
    );
    const any = fc.oneof(mutated, json, hostile, fc.uint8Array({ maxLength: 50 }));
    const requests = fc.sample(any, { numRuns: 10_000, seed: 1 });
    const heapAfter = async (from: number, to: number) => {
      for (let at = from; at < to; at += 50) {
        await Promise.all(requests.slice(at, Math.min(at + 50, to)).map((bytes) => sendRaw(port, bytes)));
      }
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const early = await heapAfter(0, 3000);
    const late = await heapAfter(3000, 10_000);
    expect(await sendRaw(port, good)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*"TaskRuns":\[\{/s);
    expect(({} as { x?: number; TransformId?: string }).x).toBeUndefined();
    // 7,000 more requests keep less than half a kilobyte each, which is what is remembered of the well-formed ones.
    expect(late - early).toBeLessThan(3_500_000);
  });

  it("as the built command, with its log on, answers a good request after the same and prints no error", {
    timeout: 120_000,
  }, async () => {
    const child = spawn("node", ["dist/cli.js", "--port", "0", "--transform-id", TransformId, "--runs", "3"]);
    onTestFinished(() => void child.kill("SIGKILL"));
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    await vi.waitFor(() => expect(out).toMatch(/endpoint at http:\/\/127\.0\.0\.1:\d+/));
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(out)?.[1]);
    const control = request(JSON.stringify({ TransformId: "\u001b[31m\u202e" }));
    const requests = [...bombs, ...fc.sample(fc.uint8Array({ maxLength: 50 }), { numRuns: 100, seed: 1 }), control];
    for (const bytes of requests) await sendRaw(port, bytes);
    expect(await sendRaw(port, bombs[0] ?? "")).toMatch(/400 Bad Request.*nested deeper than 32 levels/s);
    expect(await sendRaw(port, good)).toContain('"TaskRuns":[{');
    await vi.waitFor(() => expect(out).toContain(`200 GetMLTaskRuns`));
    expect(err).toBe("");
    for (const character of ["\u001b", "\u202e"]) expect(out).not.toContain(character);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("answers others while 2,500 connections are open and idle", async () => {
    const glue = await startGlue(3);
    const port = Number(new URL(glue.endpoint).port);
    const sockets = Array.from({ length: 2500 }, () => connect(port, "127.0.0.1"));
    for (const socket of sockets) socket.on("error", () => {});
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    sockets.forEach((socket, index) => {
      if (index % 2 === 0) socket.write(good.slice(0, index % good.length));
    });
    expect(await sendRaw(port, good)).toContain('"TaskRuns":[{');
    for (const socket of sockets) socket.destroy();
  });

  it("cuts off a request that does not come to its end", async () => {
    const server = createGlueServer(
      async () => ({ json: Buffer.from("{}") }),
      () => {},
      new AbortController().signal,
      90,
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    for (const half of [good.slice(0, 30), good.slice(0, -5)]) {
      const socket = connect(port, "127.0.0.1");
      socket.write(half);
      expect((await collect<Buffer>(socket)).join("")).toContain("HTTP/1.1 408 Request Timeout");
    }
    server.close();
  });
});
