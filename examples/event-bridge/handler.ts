/**
 * An AWS Lambda handler on a schedule: publishes an event to EventBridge for each ML task run that starts or changes.
 * template.yaml deploys it.
 */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { GlueClient } from "@aws-sdk/client-glue";
import type { Context } from "aws-lambda";
import { MLTaskRuns } from "glue-ml-task-runs";
import { type Bridge, type Outcome, publishChanges } from "./publish-changes.js";

/** The time kept for publishing and saving what was read, in milliseconds. */
const MARGIN = 10_000;

// Outside the handler, so that later invocations reuse its connections.
const bridge: Bridge = {
  taskRuns: new MLTaskRuns(new GlueClient()),
  eventBridge: new EventBridgeClient(),
  dynamoDB: new DynamoDBClient(),
  tableName: variable("TABLE_NAME"),
  eventBusName: variable("EVENT_BUS_NAME"),
  source: variable("EVENT_SOURCE"),
  startedAfter: process.env.STARTED_AFTER,
};

export async function handler(_event: unknown, context: Pick<Context, "getRemainingTimeInMillis">): Promise<Outcome> {
  const outcome = await publishChanges(bridge, Math.max(context.getRemainingTimeInMillis() - MARGIN, 0));
  console.log(JSON.stringify(outcome));
  return outcome;
}

function variable(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`The environment variable ${name} is not set.`);
}
