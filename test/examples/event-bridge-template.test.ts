/** The CloudFormation template of the event bridge, and the function that it deploys, bundled as it says. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { expect, it, onTestFinished, vi } from "vitest";
import { DETAIL_TYPE } from "../../examples/event-bridge/events.js";
import type { handler } from "../../examples/event-bridge/handler.js";
import { createRun, startGlueWith } from "../support.js";
import { propertiesOf, startDynamoDB, templateFile } from "./event-bridge-support.js";
import { configureFor, createFolder, root, runExample } from "./support.js";

const run = promisify(execFile);

/** Starts an EventBridge that publishes everything, and returns the bodies of its requests. */
async function startEventBridge() {
  const requests: { Entries: { Source: string; EventBusName: string; Detail: string }[] }[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    requests.push(body);
    const Entries = body.Entries.map(() => ({ EventId: "e" }));
    response.writeHead(200, { "Content-Type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify({ FailedEntryCount: 0, Entries }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  // The address is a string or null only for servers that do not listen on a TCP port.
  return { requests, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Bundles the handler with the command in the template, into a folder that has no `node_modules`. Returns its path. */
async function bundle(): Promise<string> {
  const [, options = "", outfile = ""] =
    /npx esbuild (.*) --outfile=(\S+)/.exec(await readFile(templateFile, "utf8")) ?? [];
  const { Code, Handler } = await propertiesOf("Function");
  // `aws cloudformation package` takes the folder, which is relative to the template.
  expect(dirname(join(root, outfile))).toBe(join(dirname(templateFile), String(Code)));
  expect(`${basename(outfile, ".cjs")}.handler`).toBe(Handler);
  const file = join(await createFolder(), basename(outfile));
  const command = [...options.split(" "), `--outfile=${file}`, "--log-level=warning"];
  const { stderr } = await run(join(root, "node_modules/.bin/esbuild"), command, { cwd: root });
  expect(stderr).toBe("");
  return file;
}

it("The rule of the template matches the events of failed runs", async () => {
  const { EventPattern } = await propertiesOf("FailureRule");
  expect(EventPattern).toEqual({
    source: ["EventSource"],
    "detail-type": [DETAIL_TYPE],
    detail: { state: ["FAILED", "TIMEOUT"] },
  });
});

it("The bundled function publishes to the bus of its environment, and needs no permission but those of the template", async () => {
  const runs = sampleTaskRuns({ transformId: "tfm-1", count: 20 }).filter(({ Status }) => Status === "FAILED");
  // It has been unfinished for long, so that later polls get it.
  const StartedOn = new Date(Date.now() - 7_200_000);
  const glue = await startGlueWith([...runs, createRun("tsk-1", { Status: "RUNNING", StartedOn })]);
  const { endpoint: dynamoDB } = await startDynamoDB();
  const eventBridge = await startEventBridge();
  const values: Record<string, string> = { TABLE_NAME: "table", EVENT_BUS_NAME: "bus", EVENT_SOURCE: "custom.x" };
  const { Environment, Timeout } = await propertiesOf("Function");
  expect(Environment).toEqual({
    Variables: {
      TABLE_NAME: "Table",
      EVENT_BUS_NAME: "EventBusName",
      EVENT_SOURCE: "EventSource",
      STARTED_AFTER: "StartedAfter",
    },
  });
  const endpoints = { AWS_ENDPOINT_URL_DYNAMODB: dynamoDB, AWS_ENDPOINT_URL_EVENTBRIDGE: eventBridge.endpoint };
  const environment = {
    ...values,
    STARTED_AFTER: "",
    AWS_REGION: "eu-west-1",
    ...endpoints,
    ...configureFor(glue).env,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const { handler: handle }: { handler: typeof handler } = createRequire(import.meta.url)(await bundle());
  const context = { getRemainingTimeInMillis: () => Number(Timeout) * 1000 };
  expect(await handle({}, context)).toEqual({ published: 1, end: "complete" });
  glue.finishTaskRun({ TransformId: "tfm-0123", TaskRunId: "tsk-1" }, { Status: "FAILED" });
  expect(await handle({}, context)).toEqual({ published: 1, end: "complete" });
  expect(log.mock.calls).toEqual([['{"published":1,"end":"complete"}'], ['{"published":1,"end":"complete"}']]);
  const entries = eventBridge.requests.flatMap(({ Entries }) => Entries);
  expect(entries).toMatchObject(Array(2).fill({ Source: "custom.x", EventBusName: "bus" }));
  expect(entries.map(({ Detail }) => JSON.parse(Detail).state)).toEqual(["RUNNING", "FAILED"]);
  const { PolicyDocument } = await propertiesOf("FunctionPolicy");
  for (const operation of new Set(glue.requests.map(({ operation }) => operation))) {
    expect(JSON.stringify(PolicyDocument)).toContain(`"glue:${operation}"`);
  }
});

it("The example prints the events of a run that npm run example starts", async () => {
  const { stdout, stderr } = await runExample("event-bridge");
  const events = [...stdout.matchAll(/^\{"key".*$/gm)].map(([line]) => JSON.parse(line));
  const finished = events.filter(({ state }) => state === "SUCCEEDED");
  expect(finished.length, stderr).toBeGreaterThan(0);
  // Each change once.
  expect(new Set(events.map(({ key }) => key)).size).toBe(events.length);
});
