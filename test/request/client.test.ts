/** Whatever a client's middleware, wrappers and protocol do, the library returns what `client.send` returns. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { GetMLTaskRunsCommand, type GetMLTaskRunsCommandOutput, type GlueClient } from "@aws-sdk/client-glue";
import { AwsJson1_1Protocol } from "@aws-sdk/core/protocols";
import type { MetadataBearer } from "@smithy/types";
import { MLTaskRuns, UnexpectedResponseError } from "glue-ml-task-runs";
import type { LocalGlue } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import { collect, createRun, fastRetries, ids, readToError, startGlue, startServer, TransformId } from "../support.js";

/** Reads a history with the SDK alone, one page after another. */
async function readWithSdk(client: GlueClient, pageSize: number): Promise<string[]> {
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const input = { TransformId, MaxResults: pageSize, ...(NextToken !== undefined && { NextToken }) };
    const page: GetMLTaskRunsCommandOutput = await client.send(new GetMLTaskRunsCommand(input));
    found.push(...ids(page.TaskRuns ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

async function readWithLibrary(client: GlueClient, pageSize: number): Promise<string[]> {
  return ids(await new MLTaskRuns(client).list({ TransformId }, { pageSize }).toArray());
}

/** Changes each output of a client after it was deserialized. */
function changeOutputs(client: GlueClient, change: (output: GetMLTaskRunsCommandOutput) => object): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      // The client sends no other command than GetMLTaskRuns.
      const output = change(result.output as GetMLTaskRunsCommandOutput);
      return { ...result, output: output as GetMLTaskRunsCommandOutput };
    },
    { step: "deserialize", priority: "high" },
  );
}

/** Delays each response by some turns of the event loop, and not all by the same number. */
function delayResponses(client: GlueClient): void {
  let responses = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      responses += 1;
      for (let turn = responses % 5; turn > 0; turn -= 1) await new Promise((resolve) => setImmediate(resolve));
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
}

/** Ways to change a client. Each must have the same effect on the library as on the SDK's own calls. */
const CHANGES: Record<string, (client: GlueClient) => void> = {
  "sends each request twice and takes the first response": (client) => {
    delayResponses(client);
    client.middlewareStack.add((next) => (args) => Promise.race([next(args), next(args)]), {
      step: "finalizeRequest",
      priority: "high",
    });
  },
  "sends each command twice": (client) => {
    delayResponses(client);
    const send = client.send.bind(client) as (...args: unknown[]) => Promise<unknown>;
    Object.assign(client, { send: (...args: unknown[]) => Promise.race([send(...args), send(...args)]) });
  },
  "removes NextToken": (client) => changeOutputs(client, ({ NextToken: _, ...output }) => output),
  "removes TaskRuns": (client) => changeOutputs(client, ({ TaskRuns: _, ...output }) => output),
  "freezes the output and its list": (client) =>
    changeOutputs(client, (output) => Object.freeze({ ...output, TaskRuns: Object.freeze(output.TaskRuns) })),
  "replaces the body of the response": (client) => {
    const body = JSON.stringify({ TaskRuns: [createRun("tsk-replaced")] });
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        Object.assign(result.response as object, { body: new TextEncoder().encode(body) });
        return result;
      },
      { step: "deserialize", priority: "low" },
    );
  },
};

describe("A listing returns the same runs as the SDK's own calls", () => {
  it.each(Object.keys(CHANGES))("where a client %s", async (name) => {
    const glue = await startGlue(400);
    const [plain, changed] = [glue.client(), glue.client()];
    CHANGES[name]?.(plain);
    CHANGES[name]?.(changed);
    expect(await readWithLibrary(changed, 40)).toEqual(await readWithSdk(plain, 40));
  });

  it("where a wrapper drops the options of send, so that the client caches the middleware of the first command", async () => {
    const glue = await startGlue(30);
    glue.addTaskRuns([createRun("tsk-other", { TransformId: "tfm-other" })]);
    const client = glue.client({ cacheMiddleware: true });
    const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
    Object.assign(client, { send });
    const expected = await readWithSdk(glue.client(), 10);
    expect(await readWithLibrary(client, 10)).toEqual(expected);
    expect(await readWithSdk(client, 10)).toEqual(expected);
    const other = await client.send(new GetMLTaskRunsCommand({ TransformId: "tfm-other" }));
    expect(ids(other.TaskRuns ?? [])).toEqual(["tsk-other"]);
  });
});

describe("A change that middleware makes to a run", () => {
  const changeRuns = async (members: object) => {
    const glue = await startGlue(1);
    const client = glue.client();
    changeOutputs(client, (output) => {
      for (const run of output.TaskRuns ?? []) Object.assign(run, members);
      return output;
    });
    return new MLTaskRuns(client).list({ TransformId });
  };

  it("is what the library returns", async () => {
    expect(await (await changeRuns({ ErrorString: "(redacted)" })).first()).toHaveProperty("ErrorString", "(redacted)");
  });

  it.each([
    ["Status", null],
    ["StartedOn", "2026-11-01"],
    ["StartedOn", new Date(Number.NaN)],
    ["ExecutionTime", "long"],
    ["TaskRunId", 5],
    ["Properties", "none"],
  ])("is an UnexpectedResponseError where it sets %s to %j", async (member, value) => {
    await expect((await changeRuns({ [member]: value })).toArray()).rejects.toMatchObject({
      name: "UnexpectedResponseError",
      member,
    });
  });

  it("is what the library returns where a subclass of the protocol makes it", async () => {
    class Redacting extends AwsJson1_1Protocol {
      override async deserializeResponse<Output extends MetadataBearer>(
        ...args: Parameters<AwsJson1_1Protocol["deserializeResponse"]>
      ): Promise<Output> {
        const output: Output & { TaskRuns?: object[] } = await super.deserializeResponse(...args);
        for (const run of output.TaskRuns ?? []) Object.assign(run, { LogGroupName: "(x)" });
        return output;
      }
    }
    const glue = await startGlue(3);
    const client = glue.client({ protocol: Redacting });
    const runs = await new MLTaskRuns(client).list({ TransformId }).toArray();
    expect(runs.map(({ LogGroupName }) => LogGroupName)).toEqual(["(x)", "(x)", "(x)"]);
  });
});

describe("The raw response", () => {
  /** Records what a middleware sees of each raw response, and what the service receives. */
  const record = (glue: LocalGlue) => {
    const responses: unknown[] = [];
    const requests: unknown[] = [];
    const collected: number[] = [];
    const client = glue.client({
      streamCollector: async (stream: AsyncIterable<Uint8Array>) => {
        const bytes = Buffer.concat(await collect(stream));
        collected.push(bytes.length);
        return bytes;
      },
    });
    client.middlewareStack.add(
      (next) => async (args) => {
        const { headers, ...request } = args.request as { headers: Record<string, string> };
        const { authorization: _a, "x-amz-date": _d, "amz-sdk-invocation-id": _i, ...stable } = headers;
        requests.push({ input: args.input, headers: stable, body: Reflect.get(request, "body") });
        const result = await next(args);
        const { statusCode, body } = result.response as { statusCode: number; body: { pipe: unknown } };
        responses.push([statusCode, body.constructor.name, typeof body.pipe]);
        return result;
      },
      { step: "deserialize", priority: "low" },
    );
    return { client, seen: { responses, requests, collected } };
  };

  it("and the request are those of a plain call: input, headers, body, stream and its collector", async () => {
    const glue = await startGlue(25);
    const [plain, library] = [record(glue), record(glue)];
    await readWithSdk(plain.client, 100);
    await readWithLibrary(library.client, 100);
    expect(library.seen).toEqual(plain.seen);
    expect(library.seen.collected).toHaveLength(1);
  });

  it("is in the error of a truncated body, with the request id and the SDK's hint", async () => {
    const client = await startServer((_request, response) => {
      response.writeHead(200, { "x-amzn-RequestId": "request-1", "Content-Type": "application/x-amz-json-1.1" });
      response.end('{"TaskRuns":[{"Task');
    });
    const { error } = await readToError(new MLTaskRuns(client).list({ TransformId }));
    const plain = await client.send(new GetMLTaskRunsCommand({ TransformId })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ $metadata: { requestId: "request-1" }, $response: { statusCode: 200 } });
    expect(error).toHaveProperty("message", Reflect.get(Object(plain), "message"));
  });

  it("may be missing, where middleware returns an output in place of the service", async () => {
    const glue = await startGlue();
    const client = glue.client();
    const output = { TaskRuns: [createRun("tsk-1")], $metadata: {} };
    client.middlewareStack.add(() => async () => ({ response: undefined, output }), {
      step: "deserialize",
      priority: "low",
    });
    // The SDK's own deserializer needs a response.
    for (const name of ["deserializerMiddleware", "schemaDeserializationMiddleware"])
      client.middlewareStack.remove(name);
    expect(await readWithLibrary(client, 10)).toEqual(["tsk-1"]);
  });

  it("may be frozen", async () => {
    const glue = await startGlue(3);
    const client = glue.client();
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        return { ...result, response: Object.freeze(result.response) };
      },
      { step: "deserialize", priority: "low" },
    );
    expect(await readWithLibrary(client, 10)).toHaveLength(3);
  });

  it("is not kept in memory by a command that the caller keeps", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage: () => void = runInNewContext("gc");
    const glue = await startGlue(50);
    const client = glue.client();
    const commands: unknown[] = [];
    const outputs: WeakRef<object>[] = [];
    const send = client.send.bind(client) as (...args: unknown[]) => Promise<object>;
    Object.assign(client, {
      send: async (...args: unknown[]) => {
        const output = await send(...args);
        commands.push(args[0]);
        outputs.push(new WeakRef(output));
        return output;
      },
    });
    await readWithLibrary(client, 10);
    expect(commands).toHaveLength(5);
    // What has just run may keep an object for a while.
    await vi.waitFor(() => {
      collectGarbage();
      expect(outputs.filter((output) => output.deref() !== undefined)).toEqual([]);
    });
  });
});

describe("A success without a body", () => {
  /** Serves pages of one run, of which one attempt or every attempt has no body. */
  const startPages = (isEmpty: (page: number, attempt: number) => boolean) => {
    const attempts = new Map<number, number>();
    return startServer((_request, response, body) => {
      const page = Number(JSON.parse(body).NextToken ?? 1);
      const attempt = (attempts.get(page) ?? 0) + 1;
      attempts.set(page, attempt);
      response.setHeader("x-amzn-RequestId", `request-${page}-${attempt}`);
      if (isEmpty(page, attempt)) {
        response.setHeader("Content-Length", 0).end();
        return;
      }
      const next = page < 5 ? { NextToken: String(page + 1) } : {};
      response.end(JSON.stringify({ TaskRuns: [createRun(`tsk-${page}`)], ...next }));
    }, fastRetries(3));
  };

  it("is retried by the client's retry strategy", async () => {
    const client = await startPages((page, attempt) => page === 3 && attempt < 3);
    expect(await readWithLibrary(client, 1)).toEqual(["tsk-1", "tsk-2", "tsk-3", "tsk-4", "tsk-5"]);
  });

  it("is an UnexpectedResponseError after the last attempt, after all runs before it, with a cursor that resumes", async () => {
    let isBroken = true;
    const client = await startPages((page) => page === 3 && isBroken);
    const runs = new MLTaskRuns(client).list({ TransformId })[Symbol.asyncIterator]();
    expect([(await runs.next()).value?.TaskRunId, (await runs.next()).value?.TaskRunId]).toEqual(["tsk-1", "tsk-2"]);
    const error = await runs.next().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(error).toMatchObject({ member: "body", requestId: "request-3-3", $metadata: { attempts: 3 } });
    expect(String(error)).toContain("a success without a body");
    isBroken = false;
    const rest = new MLTaskRuns(client).list({ TransformId }, { cursor: runs.cursor });
    expect(ids(await rest.toArray())).toEqual(["tsk-3", "tsk-4", "tsk-5"]);
  });

  it.each<[string, (taskRuns: MLTaskRuns) => Promise<unknown>]>([
    ["get", (taskRuns) => taskRuns.get({ TransformId, TaskRunId: "tsk-1" })],
    ["listAny", (taskRuns) => taskRuns.listAny([{ TransformId }]).toArray()],
    ["list in time windows", (taskRuns) => taskRuns.list({ TransformId }, { concurrency: 4 }).toArray()],
    ["listAcrossTransforms", (taskRuns) => taskRuns.listAcrossTransforms().toArray()],
    ["watch", (taskRuns) => taskRuns.watch({ TransformId }).poll()],
  ])("is an error of %s", async (_, call) => {
    const client = await startPages(() => true);
    await expect(call(new MLTaskRuns(client))).rejects.toMatchObject({
      name: "UnexpectedResponseError",
      member: "body",
    });
  });

  it("is no error where the header is missing, and the body is an empty structure", async () => {
    const client = await startServer((_request, response) =>
      response.writeHead(200, { "Transfer-Encoding": "chunked" }).end("{}"),
    );
    expect(await readWithLibrary(client, 1)).toEqual([]);
  });
});
