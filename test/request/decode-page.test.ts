import { Readable } from "node:stream";
import { GetMLTaskRunsCommand, GlueClient } from "@aws-sdk/client-glue";
import { constructStack } from "@smithy/core/client";
import fc from "fast-check";
import { MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { decodePageOf } from "../../src/request/decode-page.js";
import { createRun, ids, idsNewestFirst, startGlue, startServer, TransformId } from "../support.js";

const HEADERS: Record<string, string> = { "content-type": "application/x-amz-json-1.1" };
const run = createRun("tsk-1", { StartedOn: 1.5, Properties: { TaskType: "EVALUATION" } });

interface Response {
  readonly statusCode?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** A client whose request handler returns these responses, as handlers of users may do in tests. */
function createClient(respond: () => Response): GlueClient {
  return new GlueClient({
    region: "us-east-1",
    maxAttempts: 1,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    requestHandler: { handle: async () => ({ response: { statusCode: 200, headers: { ...HEADERS }, ...respond() } }) },
  });
}

/** What a client makes of a response: its output without the metadata of the attempt, or its error. */
async function resultOf(client: GlueClient, command: GetMLTaskRunsCommand): Promise<object> {
  try {
    const { $metadata, ...output } = await client.send(command);
    return { output, statusCode: $metadata.httpStatusCode };
  } catch (error) {
    return { error: String(error) };
  }
}

/** Sends a command whose page is decoded by the library. The result must be what the SDK makes of the response. */
async function decode(client: GlueClient): Promise<{ result: object; isDecodedByLibrary: boolean }> {
  const command = new GetMLTaskRunsCommand({ TransformId });
  const decodedPage = decodePageOf(command);
  const result = await resultOf(client, command);
  expect(result).toStrictEqual(await resultOf(client, new GetMLTaskRunsCommand({ TransformId })));
  return { result, isDecodedByLibrary: decodedPage() !== undefined };
}

const byLibrary = (body: unknown) => decode(createClient(() => ({ body: Readable.from([JSON.stringify(body)]) })));

describe("A page", () => {
  it.each<[string, object]>([
    ["with a run", { TaskRuns: [run], NextToken: "token-2" }],
    ["without runs", { TaskRuns: [] }],
    ["without members", {}],
    ["with a member that is null", { TaskRuns: [{ ...run, ErrorString: null, CompletedOn: null }], NextToken: null }],
    ["with a structure that is null", { TaskRuns: [{ ...run, Properties: null }] }],
    ["whose list is null", { TaskRuns: null }],
    ["with a new task type", { TaskRuns: [{ ...run, Properties: { TaskType: "NEW" } }] }],
  ])("%s is decoded by the library", async (_, page) => {
    expect((await byLibrary(page)).isDecodedByLibrary).toBe(true);
  });

  it.each<[string, unknown]>([
    ["that is null", null],
    ["that is a list", [run]],
    ["with an unknown member", { TaskRuns: [run], Total: 1 }],
    ["whose run has an unknown member", { TaskRuns: [{ ...run, QueuedOn: 1 }] }],
    ["whose run has a member with the name of a method of objects", { TaskRuns: [{ ...run, toString: 1 }] }],
    ["whose properties have an unknown member", { TaskRuns: [{ ...run, Properties: { NewTaskRunProperties: {} } }] }],
    ["with a document type", { __type: "GetMLTaskRunsResponse", TaskRuns: [run] }],
    ["with a time beyond the range of Date", { TaskRuns: [{ ...run, StartedOn: 8.65e12 }] }],
    ["with a time that is a string", { TaskRuns: [{ ...run, StartedOn: "1.5" }] }],
    ["with a number that is a string", { TaskRuns: [{ ...run, ExecutionTime: "NaN" }] }],
    ["with a string that is a number", { TaskRuns: [{ ...run, TaskRunId: 5 }] }],
    ["with a structure that is a list", { TaskRuns: [{ ...run, Properties: [] }] }],
    ["with a run that is null", { TaskRuns: [run, null] }],
    ["whose list is a structure", { TaskRuns: { 0: run } }],
  ])("%s is left to the SDK", async (_, page) => {
    expect((await byLibrary(page)).isDecodedByLibrary).toBe(false);
  });

  it("with a time beyond all numbers is left to the SDK", async () => {
    const body = JSON.stringify({ TaskRuns: [run] }).replace("1.5", "1e999");
    const { isDecodedByLibrary } = await decode(createClient(() => ({ body: Readable.from([body]) })));
    expect(isDecodedByLibrary).toBe(false);
  });

  it("has the members that the SDK gives it, for any JSON", async () => {
    let page = "";
    const client = await startServer((_, response) => {
      response.writeHead(200, HEADERS).end(page);
    });
    const anyValue = fc.oneof(
      fc.constant(null),
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant([]),
      fc.constant({}),
    );
    const time = fc.oneof(
      { weight: 5, arbitrary: fc.double({ min: -8e12, max: 8e12, noNaN: true }) },
      { weight: 1, arbitrary: anyValue },
    );
    const text = fc.oneof(
      { weight: 9, arbitrary: fc.string({ unit: "grapheme" }) },
      { weight: 1, arbitrary: anyValue },
    );
    const structure = fc.oneof(
      { weight: 9, arbitrary: fc.record({ JobId: text, OutputS3Path: text, Replace: anyValue }, { requiredKeys: [] }) },
      { weight: 1, arbitrary: anyValue },
    );
    const properties = fc.record(
      {
        TaskType: text,
        FindMatchesTaskRunProperties: structure,
        ExportLabelsTaskRunProperties: structure,
        ImportLabelsTaskRunProperties: structure,
      },
      { requiredKeys: [] },
    );
    const members = {
      TransformId: text,
      TaskRunId: text,
      ErrorString: text,
      ExecutionTime: fc.oneof(fc.integer(), anyValue),
      StartedOn: time,
      CompletedOn: time,
      Properties: fc.oneof(properties, anyValue),
      Unknown: anyValue,
    };
    const runs = fc.array(fc.record(members, { requiredKeys: [] }), { maxLength: 3 });
    const pages = fc.record({ TaskRuns: fc.oneof(runs, anyValue), NextToken: text }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(pages, async (anyPage) => {
        page = JSON.stringify(anyPage);
        await decode(client);
      }),
    );
  });
});

describe("The body of a response", () => {
  it("may arrive in chunks that end within a character", async () => {
    const text = JSON.stringify({ TaskRuns: [{ ...run, ErrorString: "Größe: 5 €, 𝄞" }] });
    const bytes = Array.from(Buffer.from(text), (byte) => Buffer.of(byte));
    const { isDecodedByLibrary } = await decode(createClient(() => ({ body: Readable.from(bytes) })));
    expect(isDecodedByLibrary).toBe(true);
  });

  const page = JSON.stringify({ TaskRuns: [run] });
  it.each<[string, boolean, () => Response]>([
    ["that is a stream of strings is decoded by the library", true, () => ({ body: Readable.from([page]) })],
    ["that consists of bytes is left to the SDK", false, () => ({ body: Buffer.from(page) })],
    ["that does not exist is left to the SDK", false, () => ({})],
    ["with a byte order mark is left to the SDK", false, () => ({ body: Readable.from([`\uFEFF${page}`]) })],
    ["that is not JSON is left to the SDK", false, () => ({ body: Readable.from([page.slice(1)]) })],
    [
      "of another content type is left to the SDK",
      false,
      () => ({ body: Readable.from([page]), headers: { "content-type": "application/json" } }),
    ],
    [
      "of an error is left to the SDK",
      false,
      () => ({ body: Readable.from(['{"__type":"EntityNotFoundException","Message":"no"}']), statusCode: 400 }),
    ],
  ])("%s", async (_, isDecodedByLibrary, respond) => {
    expect(await decode(createClient(respond))).toMatchObject({ isDecodedByLibrary });
  });
});

/** Creates middleware that records the outputs that pass through it. */
const recordOutputs =
  (outputs: object[]) =>
  <A, R extends { output?: object }>(next: (args: A) => Promise<R>) =>
  async (args: A): Promise<R> => {
    const result = await next(args);
    outputs.push({ ...result.output });
    return result;
  };

describe("Middleware of the client", () => {
  it.each<[string, (client: GlueClient, outputs: object[]) => void]>([
    ["initialize", (client, all) => client.middlewareStack.add(recordOutputs(all), { step: "initialize" })],
    ["finalizeRequest", (client, all) => client.middlewareStack.add(recordOutputs(all), { step: "finalizeRequest" })],
    [
      "deserialize and of high priority",
      (client, all) => client.middlewareStack.add(recordOutputs(all), { step: "deserialize", priority: "high" }),
    ],
  ])("of the step %s sees the whole output", async (_, addMiddleware) => {
    const glue = await startGlue(3);
    const client = glue.client();
    const outputs: object[] = [];
    addMiddleware(client, outputs);
    const runs = await new MLTaskRuns(client).list({ TransformId }).toArray();
    expect(ids(runs)).toEqual(idsNewestFirst(3));
    expect(outputs).toMatchObject([{ TaskRuns: runs, $metadata: { httpStatusCode: 200 } }]);
  });

  it("keeps the runs that it replaces, also where the deserializer is in the command, as in older SDKs", async () => {
    const command = new GetMLTaskRunsCommand({ TransformId });
    decodePageOf(command);
    const deserialize = { step: "deserialize" } as const;
    command.middlewareStack.add(
      (next) => async (args) => ({ ...(await next(args)), output: { $metadata: {} } }),
      deserialize,
    );
    const replaced = createRun("tsk-other");
    const outputs: object[] = [];
    const stack = constructStack<object, object>();
    stack.add(
      (next) => async (args) => {
        const result = await next(args);
        outputs.push({ ...result.output });
        return { ...result, output: { TaskRuns: [replaced] } };
      },
      deserialize,
    );
    const response = { statusCode: 200, headers: HEADERS, body: Readable.from([JSON.stringify({ TaskRuns: [run] })]) };
    const send = stack.concat(command.middlewareStack).resolve(async () => ({ response }), {});
    expect((await send({ input: { TransformId } })).output).toEqual({ TaskRuns: [replaced] });
    expect(outputs).toMatchObject([{ TaskRuns: [{ TaskRunId: "tsk-1" }] }]);
  });

  it("that changes the output changes the runs of a listing", async () => {
    const glue = await startGlue(3);
    const client = glue.client();
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        return { ...result, output: { ...result.output, TaskRuns: [createRun("tsk-other")] } };
      },
      { step: "initialize" },
    );
    expect(ids(await new MLTaskRuns(client).list({ TransformId }).toArray())).toEqual(["tsk-other"]);
  });
});
