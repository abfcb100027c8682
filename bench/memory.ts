/** Lists an ENDPOINT's runs in the WAY it is told, in a process of its own, and tells how much live heap that takes, in bytes. */
import { setTimeout as wait } from "node:timers/promises";
import { MLTaskRuns } from "glue-ml-task-runs";
import { barePages, type Pages, sdkPages } from "./listings.js";
import { makeClient, TransformId, transformId } from "./measure.js";

const [endpoint = "", way = ""] = process.argv.slice(2);
const client = makeClient(endpoint);

let count = 0;
let peak = 0;
/** At the first run of every fiftieth page. */
const isDue = () => count++ % 50_000 === 0;
async function look(): Promise<void> {
  // Long enough for the page ahead to be there.
  await wait(30);
  peak = Math.max(peak, liveHeap());
}

function liveHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

async function listPages(pages: Pages): Promise<void> {
  for await (const { TaskRuns = [] } of pages) for (const _ of TaskRuns) if (isDue()) await look();
}

const ways: Readonly<Record<string, (id: string) => Promise<void>>> = {
  async ours(id) {
    for await (const _ of new MLTaskRuns(client).list({ TransformId: id })) if (isDue()) await look();
  },
  sdk: (id) => listPages(sdkPages(client, { id })),
  bare: (id) => listPages(barePages(endpoint, { id })),
};

// A few pages first: what is loaded and compiled once is not the listing's.
await ways[way]?.(transformId(1));
const before = liveHeap();
count = 0;
peak = 0;
await ways[way]?.(TransformId);
process.send?.(peak - before);
process.disconnect?.();
