/** What the example of the event bridge runs on: a DynamoDB server with its table, and what EventBridge has received. */
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandInput,
  type PutEventsCommandOutput,
} from "@aws-sdk/client-eventbridge";
import { mockClient } from "aws-sdk-client-mock";
import dynalite from "dynalite";
import { MLTaskRuns } from "glue-ml-task-runs";
import type { LocalGlue } from "glue-ml-task-runs/local";
import { onTestFinished } from "vitest";
import { parse } from "yaml";
import type { StateChange } from "../../examples/event-bridge/events.js";
import type { Bridge } from "../../examples/event-bridge/publish-changes.js";
import { root } from "./support.js";

export const templateFile = join(root, "examples/event-bridge/template.yaml");

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>>;
}

/** Reads the template. Functions such as `!Ref Table` are read as their arguments. */
export async function readTemplate(): Promise<Template> {
  return parse(await readFile(templateFile, "utf8"), { logLevel: "error" });
}

/** The properties of a resource of the template. */
export async function propertiesOf(name: string): Promise<Record<string, unknown>> {
  const { Resources } = await readTemplate();
  const { Properties } = Resources[name] ?? {};
  if (Properties === undefined) throw new Error(`The template has no ${name}.`);
  return Properties;
}

/** Starts a DynamoDB server with the table of the template. It is closed at the end of the test. */
export async function startDynamoDB() {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // The address is a string or null only for servers that do not listen on a TCP port.
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "x", secretAccessKey: "x" };
  const client = new DynamoDBClient({ endpoint, region: "eu-west-1", credentials, maxAttempts: 1 });
  onTestFinished(async () => {
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { AttributeDefinitions, KeySchema, BillingMode } = await propertiesOf("Table");
  // The template is checked in a test of its own.
  const table = { TableName: "table", AttributeDefinitions, KeySchema, BillingMode } as CreateTableCommandInput;
  await client.send(new CreateTableCommand(table));
  return { client, endpoint };
}

/** Mocks EventBridge. Each request succeeds, unless `onRequest` returns another response. */
export function mockEventBridge(
  onRequest: (
    input: PutEventsCommandInput,
  ) => PutEventsOutput | Promise<PutEventsOutput | undefined> | undefined = () => undefined,
) {
  const client = new EventBridgeClient({ region: "eu-west-1" });
  const mock = mockClient(client);
  const requests: PutEventsCommandInput[] = [];
  /** The details of the published events, in their order. */
  const events: StateChange[] = [];
  mock.on(PutEventsCommand).callsFake(async (input: PutEventsCommandInput) => {
    requests.push(input);
    const output = (await onRequest(input)) ?? { Entries: input.Entries?.map((_, index) => ({ EventId: `${index}` })) };
    for (const [index, { Detail = "" }] of (input.Entries ?? []).entries()) {
      if (output.Entries?.[index]?.EventId !== undefined) events.push(JSON.parse(Detail));
    }
    return output;
  });
  return { client, requests, events };
}

export type PutEventsOutput = Omit<PutEventsCommandOutput, "$metadata">;

/** Starts everything that an invocation needs, except Glue. */
export async function startBridge(glue: LocalGlue, onRequest?: Parameters<typeof mockEventBridge>[0]) {
  const { client: dynamoDB } = await startDynamoDB();
  const { client: eventBridge, events, requests } = mockEventBridge(onRequest);
  const taskRuns = new MLTaskRuns(glue.client());
  const target = { source: "custom.glue", eventBusName: "default" };
  const bridge: Bridge = { taskRuns, eventBridge, dynamoDB, tableName: "table", ...target };
  return { bridge, events, requests };
}

/** The keys of events. */
export function keys(events: readonly StateChange[]): string[] {
  return events.map(({ key }) => key);
}
