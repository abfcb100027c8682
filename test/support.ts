/** What several test files share: a local endpoint per test, and an HTTP server that replies as it is told. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { GlueClient, type GlueClientConfig, type TaskRun } from "@aws-sdk/client-glue";
import { ConfiguredRetryStrategy } from "@smithy/core/retry";
import type { MLTaskRun } from "glue-ml-task-runs";
import { LocalGlue, type LocalGlueOptions, sampleTaskRuns } from "glue-ml-task-runs/local";
import { expect, onTestFinished, vi } from "vitest";

export const TransformId = "tfm-0123";

/** A local endpoint with a history of so many runs, closed at the end of the test. */
export async function startGlue(count = 0, options?: LocalGlueOptions): Promise<LocalGlue> {
  const glue = await LocalGlue.start(options);
  onTestFinished(() => glue.close());
  glue.addTransform({ TransformId });
  glue.addTaskRuns(sampleTaskRuns({ transformId: TransformId, count }));
  return glue;
}

/** The built command `glue-ml-task-runs-local`. */
export const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

/** Starts the command as a process, and waits until it listens. It is killed at the end of the test. */
export async function startCommand(...args: string[]) {
  const child = spawn("node", [cli, "--port", "0", ...args]);
  onTestFinished(() => void child.kill("SIGKILL"));
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (err += chunk));
  await vi.waitFor(() => expect(out).toContain("Ctrl-C ends it."), { timeout: 10_000 });
  const endpoint = /http:\/\/\S+:\d+/.exec(out)?.[0] ?? "";
  return { child, endpoint, out: () => out, err: () => err };
}

/** Sends bytes over a new connection, and returns what came back until it was closed. */
export async function sendRaw(endpoint: string, bytes: string | Uint8Array): Promise<string> {
  const socket = connect(Number(new URL(endpoint).port), "127.0.0.1");
  // A connection may be reset while it writes.
  socket.on("error", () => {});
  socket.end(bytes);
  return (await collect<Buffer>(socket).catch(() => [])).join("");
}

/** The ids of the sample history in the service's own order: newest first. */
export function idsNewestFirst(count: number): string[] {
  return ids(sampleTaskRuns({ transformId: TransformId, count })).reverse();
}

export function ids(runs: readonly TaskRun[]): string[] {
  return runs.map(({ TaskRunId }) => TaskRunId ?? "");
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A retry strategy as the SDK's own, without the pauses that would make a test slow. */
export function fastRetries(maxAttempts: number): Pick<GlueClientConfig, "retryStrategy"> {
  return { retryStrategy: new ConfiguredRetryStrategy(maxAttempts, 1) };
}

/** Waits until an endpoint is asked nothing more: not during several round trips to it. */
export async function quiet(glue: LocalGlue): Promise<void> {
  let before: number;
  do {
    before = glue.requests.length;
    for (let trip = 0; trip < 8; trip += 1) await (await fetch(glue.endpoint)).text();
  } while (glue.requests.length !== before);
}

/** Counts the requests that a client has in flight: the most at a time, since it was last set. */
export function countInFlight(client: GlueClient): { most: number } {
  const count = { most: 0 };
  let inFlight = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      inFlight += 1;
      count.most = Math.max(count.most, inFlight);
      await new Promise((go) => setTimeout(go, 2));
      return next(args).finally(() => {
        inFlight -= 1;
      });
    },
    { step: "initialize" },
  );
  return count;
}

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A client of an HTTP server that handles each request as it is told, closed at the end of the test. */
export async function startServer(handle: Handler, config: GlueClientConfig = {}): Promise<GlueClient> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    handle(request, response, Buffer.concat(chunks).toString());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server has no port.");
  return new GlueClient({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${address.port}`,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    ...config,
  });
}

/** A client of a server that replies with these bodies, one after another. */
export function replyWith(...bodies: unknown[]): Promise<GlueClient> {
  let count = 0;
  return startServer((_request, response) => {
    response.setHeader("Content-Type", "application/x-amz-json-1.1");
    response.setHeader("x-amzn-RequestId", `request-${count + 1}`);
    response.end(JSON.stringify(bodies[count]));
    count += 1;
  });
}

/** Whether a run is what `MLTaskRun` says, at run time. */
export function fitsItsType(run: MLTaskRun): boolean {
  const isString = (value: unknown) => typeof value === "string";
  const isOptional = (value: unknown, is: (value: unknown) => boolean) => value === undefined || is(value);
  const isDate = (value: unknown) => value instanceof Date && !Number.isNaN(value.getTime());
  const isStructure = (value: unknown, members: Record<string, string>) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(members).every(([name, type]) =>
      isOptional(Object.getOwnPropertyDescriptor(value, name)?.value, (member) => typeof member === type),
    );
  const fitsProperties = (properties: MLTaskRun["Properties"]) => {
    switch (properties.TaskType) {
      case "EVALUATION":
        return true;
      case "EXPORT_LABELS":
        return isStructure(properties.ExportLabelsTaskRunProperties, { OutputS3Path: "string" });
      case "FIND_MATCHES": {
        const members = { JobId: "string", JobName: "string", JobRunId: "string" };
        return isStructure(properties.FindMatchesTaskRunProperties, members);
      }
      case "IMPORT_LABELS":
        return isStructure(properties.ImportLabelsTaskRunProperties, { InputS3Path: "string", Replace: "boolean" });
      case "LABELING_SET_GENERATION":
        return isStructure(properties.LabelingSetGenerationTaskRunProperties, { OutputS3Path: "string" });
      default:
        return (
          "$unknown" in properties &&
          isOptional(properties.$unknown, (value) => isStructure(value, { TaskType: "string" }))
        );
    }
  };
  return (
    isString(run.TransformId) &&
    isString(run.TaskRunId) &&
    isString(run.Status) &&
    isOptional(run.LogGroupName, isString) &&
    isOptional(run.ErrorString, isString) &&
    isOptional(run.StartedOn, isDate) &&
    isOptional(run.LastModifiedOn, isDate) &&
    isOptional(run.CompletedOn, isDate) &&
    isOptional(run.ExecutionTime, (value) => typeof value === "number") &&
    fitsProperties(run.Properties)
  );
}
