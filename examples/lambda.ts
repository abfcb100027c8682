/**
 * The AWS Lambda handler in lambda/handler.ts, invoked once for the last 24 hours.
 *
 *     npm run example lambda
 *     npm run example lambda -- --transform-id tfm-... --region eu-west-1
 */
import { parseArgs } from "node:util";
import { openSource, sourceOptions } from "./client.js";

const { values } = parseArgs({ options: sourceOptions });
await using source = await openSource({ values, to: new Date() });
const { transformId, endpoint } = source;
// The handler's client is configured by the environment, as on Lambda.
if (values.region !== undefined) process.env.AWS_REGION = values.region;
if (endpoint !== undefined) {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_GLUE: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
}

const { handler } = await import("./lambda/handler.js");
const since = new Date(Date.now() - 24 * 60 * 60 * 1000).toISOString();
console.log(await handler({ transformId, since }, { getRemainingTimeInMillis: () => 30_000 }));
