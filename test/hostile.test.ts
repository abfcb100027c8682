/** Requests of the broken and the hostile kind: an answer or a closed connection, and nobody else is harmed. */
import { once } from "node:events";
import { connect } from "node:net";
import v8 from "node:v8";
import vm from "node:vm";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { readInput } from "../src/local/input.js";
import { createGlueServer } from "../src/local/server.js";
import { collect, sendRaw, startCommand, startGlue, TransformId } from "./support.js";

v8.setFlagsFromString("--expose-gc");
const collectGarbage: () => void = vm.runInNewContext("gc");

const request = (body: string, operation = "GetMLTaskRuns") =>
  `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Amz-Target: AWSGlue.${operation}\r\n` +
  `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const good = request(JSON.stringify({ TransformId }));

const mutated = fc
  .tuple(fc.nat({ max: good.length - 1 }), fc.uint8Array({ minLength: 1, maxLength: 12 }), fc.nat({ max: 8 }))
  .map(([at, bytes, cut]) => Buffer.concat([Buffer.from(good.slice(0, at)), bytes, Buffer.from(good.slice(at + cut))]));
const json = fc.json({ maxDepth: 3 }).map((body) => request(body));
const hostile = fc.constantFrom(
  request(`{"__proto__":{"TransformId":"${TransformId}"}}`),
  request('{"constructor":{"prototype":{"x":1}},"TransformId":"__proto__"}'),
  request('{"TransformId":"constructor","NextToken":"__proto__"}'),
  request(`{"TransformId":"${TransformId}","Filter":{"__proto__":null,"Status":"__proto__"}}`),
  request("{}", "__proto__"),
  request("{}", "toString"),
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

/** Every member of every operation's input; `[]` is an item of a list. */
const members: Record<string, string[]> = {
  GetMLTaskRuns: [
    ...["TransformId", "NextToken", "MaxResults", "Filter", "Filter.TaskRunType", "Filter.Status", "Unknown"],
    ...["Filter.StartedBefore", "Filter.StartedAfter", "Filter.Unknown", "Sort", "Sort.Column", "Sort.SortDirection"],
  ],
  GetMLTaskRun: ["TransformId", "TaskRunId", "Unknown"],
  GetMLTransforms: [
    ...["NextToken", "MaxResults", "Filter", "Filter.Name", "Filter.TransformType", "Filter.Status", "Unknown"],
    ...["Filter.GlueVersion", "Filter.CreatedBefore", "Filter.CreatedAfter", "Filter.LastModifiedBefore"],
    ...["Filter.LastModifiedAfter", "Filter.Schema", "Filter.Schema.[]", "Filter.Schema.[].Name"],
    ...["Filter.Schema.[].DataType", "Sort", "Sort.Column", "Sort.SortDirection"],
  ],
  Unknown: ["Unknown"],
};

const LEVELS = 20_000;
const nested = [
  "[".repeat(LEVELS) + "]".repeat(LEVELS),
  `${'{"a":'.repeat(LEVELS)}null${"}".repeat(LEVELS)}`,
  `${'[{"toJSON":'.repeat(LEVELS)}null${"}]".repeat(LEVELS)}`,
];

/** Requests with 20,000 levels in each member. */
const depthBombs = Object.entries(members).flatMap(([operation, paths]) =>
  paths.flatMap((path) =>
    nested.map((bomb) => {
      const inner = path
        .split(".")
        .reduceRight((value: unknown, key) => (key === "[]" ? [value] : { [key]: value }), "BOMB");
      const body = JSON.stringify({ TransformId, TaskRunId: "tsk-1", ...Object(inner) });
      return request(body.replace('"BOMB"', bomb), operation);
    }),
  ),
);

/** Sends requests, 50 at a time, and returns the responses. */
async function sendAll(endpoint: string, requests: readonly (string | Uint8Array)[]): Promise<string[]> {
  const responses: string[] = [];
  for (let at = 0; at < requests.length; at += 50) {
    const some = requests.slice(at, at + 50).map((bytes) => sendRaw(endpoint, bytes));
    responses.push(...(await Promise.all(some)));
  }
  return responses;
}

describe("the endpoint", () => {
  it("after 10,000 malformed requests still answers a good one, and its memory is flat", {
    timeout: 120_000,
  }, async () => {
    const { endpoint } = await startGlue(10);
    const requests = fc.sample(any, { numRuns: 10_000, seed: 1 });
    const heapAfter = async (from: number, to: number) => {
      await sendAll(endpoint, requests.slice(from, to));
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const early = await heapAfter(0, 3000);
    const late = await heapAfter(3000, 10_000);
    expect(await sendRaw(endpoint, good)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*"TaskRuns":\[\{/s);
    expect(({} as { x?: number; TransformId?: string }).x).toBeUndefined();
    // 7,000 more requests keep less than half a kilobyte each, which is what is remembered of the well-formed ones.
    expect(late - early).toBeLessThan(3_500_000);
  });

  it("refuses a request with 20,000 levels in any member, with a log that writes its input", async () => {
    const log: string[] = [];
    const { endpoint } = await startGlue(10, { onResponse: ({ input }) => log.push(JSON.stringify(input)) });
    for (const response of await sendAll(endpoint, depthBombs)) {
      expect(response).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n.*SerializationException.*more than 32 levels/s);
    }
    expect(await sendRaw(endpoint, good)).toContain('"TaskRuns":[{');
    expect(log).toHaveLength(depthBombs.length + 1);
  });

  it.each([
    [31, 200],
    [32, 400],
  ])("answers a request with a member of %i levels with HTTP status %i", async (levels, status) => {
    const { endpoint } = await startGlue();
    const body = JSON.stringify({ TransformId }).replace("}", `,"Unknown":${"[".repeat(levels)}${"]".repeat(levels)}}`);
    expect(await sendRaw(endpoint, request(body))).toContain(`HTTP/1.1 ${status} `);
  });

  it("refuses 1 MiB of escaped quotes without an end, in time that grows with their number", async () => {
    const { endpoint } = await startGlue();
    // Time that grows with the square of their number would exceed the time limit of the test.
    expect(await sendRaw(endpoint, request(`{"a":"${'\\"'.repeat(524_000)}`))).toContain("SerializationException");
  });

  it("refuses a string of 30 million characters without reading it", () => {
    const iterate = vi.spyOn(String.prototype, Symbol.iterator);
    onTestFinished(() => iterate.mockRestore());
    const refused = () => readInput("GetMLTaskRuns", { TransformId: "x".repeat(30_000_000) });
    expect(refused).toThrow("Member must have length less than or equal to 255");
    expect(iterate).not.toHaveBeenCalled();
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
    expect(await sendRaw(glue.endpoint, good)).toContain('"TaskRuns":[{');
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

describe("as a process, the command", () => {
  it("logs 2,000 malformed requests and one with 20,000 levels in each member, and goes on", {
    timeout: 120_000,
  }, async () => {
    const { child, endpoint, out, err } = await startCommand("--runs", "10", "--transform-id", TransformId);
    await sendAll(endpoint, [...fc.sample(any, { numRuns: 2000, seed: 2 }), ...depthBombs]);
    expect(await sendRaw(endpoint, good)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*"TaskRuns":\[\{/s);
    await vi.waitFor(() => expect(out()).toMatch(/ 200 GetMLTaskRuns \d+ ms \{"TransformId":"tfm-0123"\}\n$/));
    expect(out()).toContain(" 400 GetMLTransforms SerializationException ");
    expect(out().replaceAll("\n", "")).not.toMatch(/\p{C}/u);
    expect(err()).toBe("");
    expect(child.exitCode).toBeNull();
  });
});
