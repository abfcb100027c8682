/** Keeps the probe harmless: its client sends only reading operations, and at most a number of requests. */
import type { GlueClient } from "@aws-sdk/client-glue";

/** A request that was not sent, because the limit was reached. */
export class RequestLimitError extends Error {
  override readonly name = "RequestLimitError";
}

export interface Guard {
  readonly limit: number;
  /** The requests that were sent, with the SDK's retries. */
  readonly sent: number;
  /** Whether every request went to AWS, and none to another endpoint. */
  readonly isAws: boolean;
}

/** From now on, the client throws instead of sending another operation than Get..., or more than `limit` requests. */
export function guard(client: GlueClient, limit: number): Guard {
  const state = { limit, sent: 0, isAws: true };
  client.middlewareStack.add(
    (next, { commandName = "?" }) =>
      (args) => {
        if (!/^Get[A-Z]\w*Command$/.test(commandName)) {
          throw new Error(`The probe only reads: it does not send ${commandName}.`);
        }
        if (state.sent >= limit) throw new RequestLimitError(`The limit of ${limit} requests is reached.`);
        state.sent += 1;
        state.isAws &&= isAwsHost(args.request);
        return next(args);
      },
    // Inside the SDK's retries: each attempt counts.
    { step: "finalizeRequest", priority: "low", name: "probeGuard" },
  );
  return state;
}

function isAwsHost(request: unknown): boolean {
  const isHttp = typeof request === "object" && request !== null && "hostname" in request;
  return isHttp && /\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(String(request.hostname));
}
