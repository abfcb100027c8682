/** Malformed and malicious requests: the endpoint rejects them and continues to serve other requests. */
import v8 from "node:v8";
import vm from "node:vm";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { sendRaw, startCommand, startGlue, TransformId } from "../support.js";

v8.setFlagsFromString("--expose-gc");
const collectGarbage: () => void = vm.runInNewContext("gc");

const request = (body: string, operation = "GetMLTaskRuns") =>
  `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Amz-Target: AWSGlue.${operation}\r\n` +
  `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const validRequest = request(JSON.stringify({ TransformId }));

const mutated = fc
  .tuple(fc.nat({ max: validRequest.length - 1 }), fc.uint8Array({ minLength: 1, maxLength: 12 }), fc.nat({ max: 8 }))
  .map(([at, bytes, cut]) =>
    Buffer.concat([Buffer.from(validRequest.slice(0, at)), bytes, Buffer.from(validRequest.slice(at + cut))]),
  );
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
  request(validRequest.slice(0, 40)),
  "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  `POST / HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`,
  "\r\n\r\n\0\0\0",
  validRequest.slice(0, -5),
);
const malformed = fc.oneof(mutated, json, hostile, fc.uint8Array({ maxLength: 50 }));

/** All members of each operation's input. `[]` is an item of a list. */
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
  GetMLTransform: ["TransformId", "Unknown"],
  StartMLEvaluationTaskRun: ["TransformId", "Unknown"],
  StartMLLabelingSetGenerationTaskRun: ["TransformId", "OutputS3Path", "Unknown"],
  StartImportLabelsTaskRun: ["TransformId", "InputS3Path", "ReplaceAllLabels", "Unknown"],
  StartExportLabelsTaskRun: ["TransformId", "OutputS3Path", "Unknown"],
  CancelMLTaskRun: ["TransformId", "TaskRunId", "Unknown"],
  Unknown: ["Unknown"],
};

const LEVELS = 20_000;
const nested = [
  "[".repeat(LEVELS) + "]".repeat(LEVELS),
  `${'{"a":'.repeat(LEVELS)}null${"}".repeat(LEVELS)}`,
  `${'[{"toJSON":'.repeat(LEVELS)}null${"}]".repeat(LEVELS)}`,
];

/** Requests with 20,000 levels in each member. */
const deepRequests = Object.entries(members).flatMap(([operation, paths]) =>
  paths.flatMap((path) =>
    nested.map((deep) => {
      const inner = path
        .split(".")
        .reduceRight((value: unknown, key) => (key === "[]" ? [value] : { [key]: value }), "DEEP");
      const body = JSON.stringify({ TransformId, TaskRunId: "tsk-1", ...Object(inner) });
      return request(body.replace('"DEEP"', deep), operation);
    }),
  ),
);

/** Sends requests, up to 50 concurrently, and returns the responses. */
async function sendAll(endpoint: string, requests: readonly (string | Uint8Array)[]): Promise<string[]> {
  const responses: string[] = [];
  for (let at = 0; at < requests.length; at += 50) {
    const batch = requests.slice(at, at + 50).map((bytes) => sendRaw(endpoint, bytes));
    responses.push(...(await Promise.all(batch)));
  }
  return responses;
}

describe("The endpoint", () => {
  it("responds to a valid request after thousands of malformed requests, and its memory does not grow", {
    timeout: 120_000,
  }, async () => {
    const { endpoint } = await startGlue(10);
    const { numRuns = 0 } = fc.readConfigureGlobal();
    const count = Math.max(2000, 100 * numRuns);
    const requests = fc.sample(malformed, { numRuns: count, seed: 1 });
    const heapAfter = async (from: number, to: number) => {
      await sendAll(endpoint, requests.slice(from, to));
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const early = await heapAfter(0, count / 2);
    const late = await heapAfter(count / 2, count);
    expect(await sendRaw(endpoint, validRequest)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*"TaskRuns":\[\{/s);
    expect(({} as { x?: number; TransformId?: string }).x).toBeUndefined();
    // The request log keeps the well-formed ones: less than half a kilobyte for each request.
    expect(late - early).toBeLessThan(500 * (count / 2));
  });

  it("rejects a request with 20,000 levels in any member, and onResponse can serialize its input", async () => {
    const log: string[] = [];
    const { endpoint } = await startGlue(10, { onResponse: ({ input }) => log.push(JSON.stringify(input)) });
    for (const response of await sendAll(endpoint, deepRequests)) {
      expect(response).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n.*SerializationException.*at most 32 levels/s);
    }
    expect(await sendRaw(endpoint, validRequest)).toContain('"TaskRuns":[{');
    expect(log).toHaveLength(deepRequests.length + 1);
  });

  it.each([
    [31, 200],
    [32, 400],
  ])("responds to a request with a member of %i levels with HTTP status %i", async (levels, status) => {
    const { endpoint } = await startGlue();
    const body = JSON.stringify({ TransformId }).replace("}", `,"Unknown":${"[".repeat(levels)}${"]".repeat(levels)}}`);
    expect(await sendRaw(endpoint, request(body))).toContain(`HTTP/1.1 ${status} `);
  });

  it("rejects 1 MiB of escaped quotes in linear time", async () => {
    const { endpoint } = await startGlue();
    // Quadratic time would exceed the time limit of the test.
    expect(await sendRaw(endpoint, request(`{"a":"${'\\"'.repeat(524_000)}`))).toContain("SerializationException");
  });
});

describe("As a process, the command", () => {
  it("logs 2,000 malformed requests and requests with 20,000 levels in each member, and continues", {
    timeout: 120_000,
  }, async () => {
    const { child, endpoint, out, err } = await startCommand("--runs", "10", "--transform-id", TransformId);
    await sendAll(endpoint, [...fc.sample(malformed, { numRuns: 2000, seed: 2 }), ...deepRequests]);
    expect(await sendRaw(endpoint, validRequest)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*"TaskRuns":\[\{/s);
    await vi.waitFor(() => expect(out()).toMatch(/ 200 GetMLTaskRuns \d+ ms \{"TransformId":"tfm-0123"\}\n$/));
    expect(out()).toContain(" 400 GetMLTransforms SerializationException ");
    expect(out().replaceAll("\n", "")).not.toMatch(/\p{C}/u);
    expect(err()).toBe("");
    expect(child.exitCode).toBeNull();
  });
});
