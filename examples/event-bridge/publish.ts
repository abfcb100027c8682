/** Publishes events to EventBridge. */
import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { toRequests } from "./events.js";

/** Maximum number of requests for an entry. */
const MAX_ATTEMPTS = 5;

/** The pause before the second request for an entry, in milliseconds. It doubles each time. */
const RETRY_DELAY = 100;

/**
 * Publishes all entries, or rejects: then some of them may be published, and some not. The SDK retries a request that
 * fails as a whole. Entries that fail one by one, within a request that succeeds, are sent again here.
 */
export async function publish(client: EventBridgeClient, entries: readonly PutEventsRequestEntry[]): Promise<void> {
  let unpublished = entries;
  let reason = "";
  for (let attempt = 1; unpublished.length > 0; attempt += 1) {
    if (attempt > MAX_ATTEMPTS) throw new Error(`${unpublished.length} events were not published. ${reason}`);
    if (attempt > 1) await pause(RETRY_DELAY * 2 ** (attempt - 2));
    const failed: PutEventsRequestEntry[] = [];
    for (const request of toRequests(unpublished)) {
      const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: request }));
      for (const [index, entry] of request.entries()) {
        // The results have the order of the request. An entry without a result is not known to be published.
        const { EventId, ErrorCode, ErrorMessage } = Entries[index] ?? {};
        if (EventId !== undefined) continue;
        failed.push(entry);
        reason = `${ErrorCode}: ${ErrorMessage}`;
      }
    }
    unpublished = failed;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
