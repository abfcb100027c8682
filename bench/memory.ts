/** A child process that lists the runs of an endpoint and sends the peak of its live heap, in bytes. */
import { setTimeout as sleep } from "node:timers/promises";
import { MLTaskRuns } from "glue-ml-task-runs";
import { sdkPages } from "./listings.js";
import { createClient, TransformId, transformIdAt } from "./measure.js";

const [endpoint = "", listingName = ""] = process.argv.slice(2);
const client = createClient(endpoint);

/** The number of runs between two looks at the heap. */
const INTERVAL = 50_000;
let count = 0;
let peak = 0;

async function sampleHeap(): Promise<void> {
  // Long enough for a page that is read ahead to arrive.
  await sleep(100);
  peak = Math.max(peak, liveHeap());
}

function liveHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const listWithPrefetch = (prefetch: number) => async (transformId: string) => {
  for await (const _ of new MLTaskRuns(client, { prefetch }).list({ TransformId: transformId })) {
    if (count++ % INTERVAL === 0) await sampleHeap();
  }
};

const listings: Readonly<Record<string, (transformId: string) => Promise<void>>> = {
  library: listWithPrefetch(0),
  "library with read-ahead": listWithPrefetch(1),
  async sdk(transformId) {
    for await (const { TaskRuns = [] } of sdkPages(client, { transformId })) {
      for (const _ of TaskRuns) if (count++ % INTERVAL === 0) await sampleHeap();
    }
  },
};

// A few pages first: code that is loaded and compiled once does not count.
await listings[listingName]?.(transformIdAt(1));
const before = liveHeap();
count = 0;
peak = 0;
await listings[listingName]?.(TransformId);
process.send?.(peak - before);
process.disconnect?.();
