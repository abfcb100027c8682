/**
 * The events that event-bridge/template.yaml publishes on AWS, printed: invokes its handler every two seconds.
 *
 *     npm run example event-bridge
 *     npm run example event-bridge -- --invocations 10 --region eu-west-1
 *
 * DynamoDB and EventBridge are servers on this machine: nothing is published and nothing is saved. On its local endpoint,
 * `npm run example` starts runs, so that there is something to see.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";

const { values } = parseArgs({ options: { invocations: { type: "string", default: "3" } } });
const invocations = Number(values.invocations);
if (!(invocations > 0)) {
  console.error(`--invocations must be above 0, got ${values.invocations}.`);
  process.exit(2);
}

/** An EventBridge that prints the details of events. */
const eventBridge = createServer(async (request, response) => {
  const { Entries }: { Entries: { Detail: string }[] } = JSON.parse((await request.toArray()).join(""));
  for (const { Detail } of Entries) console.log(Detail);
  response.end(JSON.stringify({ Entries: Entries.map((_, index) => ({ EventId: `${index}` })) }));
});
const dynamoDB = dynalite({ createTableMs: 0 });
// The environment configures the handler, as on Lambda.
Object.assign(process.env, {
  AWS_ENDPOINT_URL_DYNAMODB: await listen(dynamoDB),
  AWS_ENDPOINT_URL_EVENTBRIDGE: await listen(eventBridge),
  TABLE_NAME: "table",
  EVENT_BUS_NAME: "default",
  EVENT_SOURCE: "custom.glue",
});
const table = new CreateTableCommand({
  TableName: "table",
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
});
await new DynamoDBClient().send(table);

const { handler } = await import("./event-bridge/handler.js");
for (let count = 1; count <= invocations; count += 1) {
  if (count > 1) await setTimeout(2000);
  await handler({}, { getRemainingTimeInMillis: () => 50_000 });
}
dynamoDB.close();
eventBridge.close();

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // The address is a string or null only for servers that do not listen on a TCP port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
