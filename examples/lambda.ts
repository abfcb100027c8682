/**
 * The AWS Lambda handler in lambda/handler.ts, invoked once for the last 24 hours.
 *
 *     npm run example lambda
 *     npm run example lambda -- --transform-id tfm-... --region eu-west-1
 */
import { parseArgs } from "node:util";
import { handler } from "./lambda/handler.js";

const { values } = parseArgs({ options: { "transform-id": { type: "string", default: "tfm-0123" } } });
const transformId = values["transform-id"];
const since = new Date(Date.now() - 24 * 60 * 60 * 1000).toISOString();
console.log(await handler({ transformId, since }, { getRemainingTimeInMillis: () => 30_000 }));
