/** How long a user waits for all runs of a transform, and how many requests that sends. */
import { MLTaskRuns } from "glue-ml-task-runs";
import type { ListingTimes } from "./figures.js";
import { countRuns } from "./listings.js";
import { startServer, transformIdAt } from "./measure.js";

/** The name by which `--only` selects them. */
export const LISTING_TIMES = "listing times";

const RUN_COUNTS = [2500, 9000, 26_000];
const SETTINGS = [
  { name: "plain" },
  { name: "`concurrency: 4`", concurrency: 4 },
  { name: "`concurrency: 8`", concurrency: 8 },
];

export async function measureListingTimes(): Promise<ListingTimes> {
  const latency = 200;
  await using server = await startServer({ runCounts: RUN_COUNTS, latency });
  const { client } = server;
  let requests = 0;
  // Within the SDK's own retries, so that they count.
  client.middlewareStack.add(
    (next) => (args) => {
      requests += 1;
      return next(args);
    },
    { step: "finalizeRequest", priority: "low" },
  );
  const taskRuns = new MLTaskRuns(client);
  const measure = async (transform: number, concurrency: number | undefined) => {
    requests = 0;
    const start = performance.now();
    await countRuns(taskRuns.list({ TransformId: transformIdAt(transform) }, { concurrency }));
    return { seconds: (performance.now() - start) / 1000, requests };
  };

  // Compiles the code of all settings.
  for (const { concurrency } of SETTINGS) await measure(0, concurrency);
  const rows: ListingTimes["rows"][number][] = [];
  for (const [transform, runs] of RUN_COUNTS.entries()) {
    const listings: { seconds: number; requests: number }[] = [];
    for (const { concurrency } of SETTINGS) listings.push(await measure(transform, concurrency));
    rows.push({ runs, listings });
  }
  return { latency, settings: SETTINGS.map(({ name }) => name), rows };
}
