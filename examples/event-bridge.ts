/**
 * The events that event-bridge/template.yaml publishes on AWS, printed: invokes its handler every two seconds.
 *
 *     npm run example event-bridge
 *     npm run example event-bridge -- --invocations 10 --transform-id any --region eu-west-1
 *
 * DynamoDB and EventBridge are servers on this machine: nothing is published and nothing is saved. On the local endpoint
 * it also starts an evaluation, so that there is something to see.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { StartMLEvaluationTaskRunCommand } from "@aws-sdk/client-glue";
import dynalite from "dynalite";
import { openSource, sourceOptions } from "./client.js";

const { values } = parseArgs({ options: { ...sourceOptions, invocations: { type: "string", default: "3" } } });
const runTimes = { startingTime: 1000, runTime: 2000 };
await using source = await openSource({ values, transforms: 3, to: new Date(), runTimes });
const { client, transformId, endpoint } = source;

/** An EventBridge that prints the details of events. */
const eventBridge = createServer(async (request, response) => {
  const { Entries }: { Entries: { Detail: string }[] } = JSON.parse((await request.toArray()).join(""));
  for (const { Detail } of Entries) console.log(Detail);
  response.end(JSON.stringify({ Entries: Entries.map((_, index) => ({ EventId: `${index}` })) }));
});
const dynamoDB = dynalite({ createTableMs: 0 });
Object.assign(process.env, {
  AWS_ENDPOINT_URL_DYNAMODB: await listen(dynamoDB),
  AWS_ENDPOINT_URL_EVENTBRIDGE: await listen(eventBridge),
  TABLE_NAME: "table",
  EVENT_BUS_NAME: "default",
  EVENT_SOURCE: "custom.glue",
  // The handler's clients are configured by the environment, as on Lambda.
  ...(values.region === undefined ? {} : { AWS_REGION: values.region }),
  ...(endpoint === undefined
    ? {}
    : {
        AWS_ENDPOINT_URL_GLUE: endpoint,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
      }),
});
const table = new CreateTableCommand({
  TableName: "table",
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
});
await new DynamoDBClient().send(table);

const { handler } = await import("./event-bridge/handler.js");
for (let count = 1; count <= Number(values.invocations); count += 1) {
  if (count > 1) await setTimeout(2000);
  await handler({}, { getRemainingTimeInMillis: () => 50_000 });
  if (count === 1 && endpoint !== undefined) {
    await client.send(new StartMLEvaluationTaskRunCommand({ TransformId: transformId }));
  }
}
dynamoDB.close();
eventBridge.close();

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // The address is a string or null only for servers that do not listen on a TCP port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
