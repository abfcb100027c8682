/** What is compared. Each row starts the server that it needs, and ends it. */
import { once } from "node:events";
import { Agent, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { GetMLTaskRunsCommand, paginateGetMLTransforms } from "@aws-sdk/client-glue";
import { MLTaskRuns } from "glue-ml-task-runs";
import { median } from "simple-statistics";
import { cost, extra, type Line, speed } from "./figures.js";
import { barePages, countPages, countRuns, runsByHand, sdkPages } from "./listings.js";
import { inChild, inTurns, type Side, startServer, TransformId, timed, transformId } from "./measure.js";
import { bundled, type ImportTimes, importTimes } from "./weight.js";

export interface Row {
  readonly name: string;
  /** What is ours; each line says to what it is compared. */
  readonly ours: string;
  /** What sets the limit. */
  readonly limit?: string;
  measure(): Promise<readonly Line[]>;
}

const ms = (compared: string) => ({ compared, unit: "ms" }) as const;
const ratio = (some: readonly number[], others: readonly number[]) => cost(ms(""), some, others).figure;

/** Notes which part of its time the work keeps the thread busy: that part no number of requests in flight makes shorter. */
function noting(busy: number[], work: () => Promise<unknown>) {
  return async () => {
    const before = performance.eventLoopUtilization();
    await work();
    busy.push(performance.eventLoopUtilization(before).utilization);
  };
}

/** What it takes to list so many runs, for each of them, in microseconds; few of them several times. */
function perRun(counts: readonly number[], list: (count: number, index: number) => Promise<unknown>): Side[] {
  return counts.map((count, index) => {
    const listing = timed(() => list(count, index), Math.max(1, 100_000 / count));
    return async () => (1000 * (await listing())) / count;
  });
}

const agent = new Agent({ keepAlive: true });

/** Sends a request without the SDK, and reads the answer to its end as bytes. */
async function post(endpoint: string, input: object): Promise<void> {
  const headers = { "X-Amz-Target": "AWSGlue.GetMLTaskRuns" };
  const sent = request(endpoint, { method: "POST", headers, agent }).end(JSON.stringify(input));
  const [response] = await once(sent, "response");
  await once(response.resume(), "end");
}

const WINDOWS_LIMIT = "so many requests in flight, as far as one thread can parse what they bring";

/** Lists a history page by page, and in windows with so many requests in flight, which should reach that part of linear. */
async function windows(
  { pages, pageSize, latency }: { pages: number; pageSize: number; latency: number },
  concurrencies: readonly number[],
  part?: number,
): Promise<Line[]> {
  await using server = await startServer({ counts: [pages * pageSize], latency });
  const { client } = server;
  const taskRuns = new MLTaskRuns(client, { pageSize });
  const busy: number[] = [];
  const [theirs, ...ours] = await inTurns([
    timed(noting(busy, () => countPages(sdkPages(client, { pageSize })))),
    ...concurrencies.map((concurrency) => timed(() => countRuns(taskRuns.list({ TransformId }, { concurrency })))),
  ]);
  return concurrencies.map((concurrency, index) => {
    const limit = Math.min(concurrency, 1 / median(busy));
    const reach = part && part * concurrency;
    const about = { ...ms("the SDK's page loop"), setting: `${concurrency} in flight`, limit };
    return speed({ ...about, ...(reach && { reach }) }, ours[index] ?? [], theirs);
  });
}

export const rows: readonly Row[] = [
  {
    name: "cost per run",
    ours: "for await over 100,000 runs, without read-ahead",
    limit: "the same requests and answers by bare fetch and JSON.parse",
    async measure() {
      await using server = await startServer({ counts: [100_000] });
      const { client, endpoint } = server;
      const taskRuns = new MLTaskRuns(client, { prefetch: 0 });
      const [ours, pageLoop, byHand, bare] = await inTurns(
        [
          timed(() => countRuns(taskRuns.list({ TransformId }))),
          timed(() => countPages(sdkPages(client))),
          timed(() => countRuns(runsByHand(sdkPages(client)))),
          timed(() => countPages(barePages(endpoint))),
        ],
        { rounds: 25, warmUps: 2 },
      );
      return [
        cost(
          { ...ms("the SDK's page loop with an inner for"), limit: ratio(bare, pageLoop), reach: 1.03 },
          ours,
          pageLoop,
        ),
        cost({ ...ms("a generator over it, by hand"), limit: ratio(bare, byHand) }, ours, byHand),
        cost({ ...ms("bare fetch and JSON.parse"), limit: 1 }, ours, bare),
      ];
    },
  },
  {
    name: "first run",
    ours: "first()",
    limit: "a page of one run by bare fetch and JSON.parse",
    async measure() {
      await using server = await startServer({ counts: [100_000] });
      const { client, endpoint } = server;
      const list = new MLTaskRuns(client).list({ TransformId });
      const [ours, theirs, bare] = await inTurns(
        [
          timed(() => list.first(), 100),
          timed(async () => (await client.send(new GetMLTaskRunsCommand({ TransformId }))).TaskRuns?.[0], 100),
          timed(() => barePages(endpoint, { pageSize: 1 }).next(), 100),
        ],
        { rounds: 15, warmUps: 2 },
      );
      return [
        cost({ ...ms("the SDK's first page of default size"), limit: ratio(bare, theirs), reach: 1 }, ours, theirs),
      ];
    },
  },
  {
    name: "read-ahead",
    ours: "20 pages, and on each some work that waits, as for a database",
    limit: "what is shorter, request or work, is hidden behind the other, but for the first request and the last work",
    async measure() {
      const [pages, latency] = [20, 40];
      await using server = await startServer({ counts: [10 * pages], latency });
      const list = new MLTaskRuns(server.client).list({ TransformId }, { pageSize: 10 });
      const lines: Line[] = [];
      for (const part of [0.5, 1, 2]) {
        const work = () => wait(part * latency);
        const limits: number[] = [];
        const [ours, theirs] = await inTurns([
          timed(async () => {
            for await (const _ of list.pages()) await work();
          }),
          timed(async () => {
            let [start, requested, worked] = [performance.now(), 0, 0];
            for await (const _ of sdkPages(server.client, { pageSize: 10 })) {
              const came = performance.now();
              requested += came - start;
              await work();
              start = performance.now();
              worked += start - came;
            }
            const least = Math.max(requested, worked) + Math.min(requested, worked) / pages;
            limits.push((requested + worked) / least);
          }),
        ]);
        const limit = median(limits);
        const about = { ...ms("the SDK's paginator"), setting: `work ${part} x the latency` };
        lines.push(speed({ ...about, limit, reach: 0.95 * limit }, ours, theirs));
      }
      return lines;
    },
  },
  {
    name: "windows",
    ours: "320 pages of 500 runs in windows, at 150 ms latency",
    limit: WINDOWS_LIMIT,
    measure: () => windows({ pages: 320, pageSize: 500, latency: 150 }, [2, 4, 8, 16], 0.8),
  },
  {
    name: "windows, thread full",
    ours: "160 pages of 1000 runs in windows, at 100 ms latency",
    limit: WINDOWS_LIMIT,
    // No part of linear to reach: more pages come than one thread can parse.
    measure: () => windows({ pages: 160, pageSize: 1000, latency: 100 }, [16]),
  },
  {
    name: "across transforms",
    ours: "the runs of 200 transforms, at 50 ms latency",
    limit: "so many requests in flight, once the transforms are known, as far as one thread can parse what they bring",
    async measure() {
      const transforms = 200;
      await using server = await startServer({ counts: Array(transforms).fill(50), latency: 50 });
      const { client } = server;
      const taskRuns = new MLTaskRuns(client);
      const concurrencies = [5, 10, 20];
      const busy: number[] = [];
      const oneByOne = async () => {
        for await (const { Transforms = [] } of paginateGetMLTransforms({ client, pageSize: 1000 }, {})) {
          for (const { TransformId: id } of Transforms) await countPages(sdkPages(client, { id }));
        }
      };
      const [theirs, ...ours] = await inTurns([
        timed(noting(busy, oneByOne)),
        ...concurrencies.map((concurrency) =>
          timed(() => countRuns(taskRuns.listAcrossTransforms({}, { concurrency }))),
        ),
      ]);
      return concurrencies.map((concurrency, index) => {
        const limit = Math.min((1 + transforms) / (1 + transforms / concurrency), 1 / median(busy));
        const about = { ...ms("the SDK's paginators, one after another"), setting: `${concurrency} in flight` };
        return speed({ ...about, limit, reach: 0.8 * concurrency }, ours[index] ?? [], theirs);
      });
    },
  },
  {
    name: "many transforms",
    ours: "listAcrossTransforms over 800 transforms of 200 runs, for each run",
    async measure() {
      const runs = 200;
      await using large = await startServer({ counts: Array(800).fill(runs) });
      await using small = await startServer({ counts: Array(50).fill(runs) });
      const lists = [large, small].map(({ client }) => new MLTaskRuns(client).listAcrossTransforms());
      const list = async (_: number, index: number) => {
        for (const transforms of lists.slice(index, index + 1)) await countRuns(transforms);
      };
      const [many = [], few = []] = await inTurns(perRun([800 * runs, 50 * runs], list));
      return [cost({ compared: "the same over 50 transforms", unit: "µs", reach: 1.5 }, many, few)];
    },
  },
  {
    name: "memory",
    ours: "most live heap that a for await over 1,000,000 runs takes, with its page ahead",
    limit: "the page at hand, with bare fetch and JSON.parse",
    async measure() {
      await using server = await startServer({ counts: [1_000_000, 5000] });
      const megabytes = (way: string) => async () => (await inChild("memory.ts", server.endpoint, way)) / 1e6;
      const [ours, theirs, bare] = await inTurns([megabytes("ours"), megabytes("sdk"), megabytes("bare")]);
      const about = { compared: "the SDK's page loop", unit: "MB", limit: ratio(bare, theirs), reach: 1.1 } as const;
      return [cost(about, ours, theirs)];
    },
  },
  {
    name: "growth",
    ours: "for await over the latest runs of 1,000,000, for each run",
    limit: "the same for each run, however many there are",
    async measure() {
      const counts = [1000, 10_000, 100_000, 1_000_000];
      await using server = await startServer({ counts: [1_000_000] });
      const taskRuns = new MLTaskRuns(server.client, { prefetch: 0, pageSize: 1000 });
      const samples = await inTurns(
        perRun(counts, (limit) => countRuns(taskRuns.list({ TransformId }, { limit }))),
        { warmUps: 1 },
      );
      const [cheapest = []] = samples.toSorted((some, others) => median(some) - median(others));
      return counts.map((count, index) => {
        const compared = `${count.toLocaleString("en")} runs : the cheapest of these`;
        return cost({ compared, unit: "µs", limit: 1, reach: 1.1 }, samples[index] ?? [], cheapest);
      });
    },
  },
  {
    name: "weight",
    ours: "the library",
    async measure() {
      const bytes = (compared: string) => ({ compared, unit: "B" }) as const;
      const entry = await bundled("dist/index.js", ["@aws-sdk/client-glue"]);
      const ours = await bundled("bench/handlers/ours.ts");
      const theirs = await bundled("bench/handlers/theirs.ts");
      const imports: ImportTimes[] = [];
      for (let round = 0; round < 15; round += 1) imports.push(await importTimes());
      const onPaginator = "in a handler, bundled with the SDK : the same on the SDK's paginator";
      return [
        extra({ ...bytes("the main entry, minified and gzipped : nothing"), reach: 5000 }, [entry.gzipped], [0]),
        extra(bytes(`${onPaginator}, minified`), [ours.minified], [theirs.minified]),
        extra(bytes(`${onPaginator}, minified and gzipped`), [ours.gzipped], [theirs.gzipped]),
        extra(
          { ...ms("imported after the SDK : the SDK alone"), reach: 5 },
          imports.map((times) => times.ours),
          imports.map((times) => times.theirs),
        ),
      ];
    },
  },
  {
    name: "endpoint: page",
    ours: "the local endpoint's time to serve a page of 1000 runs",
    async measure() {
      await using server = await startServer({ counts: [1000] });
      const input = { TransformId, MaxResults: 1000 };
      // As bytes, which nobody parses: what is left of the SDK's time is its parsing.
      const [served, both] = await inTurns(
        [
          timed(() => post(server.endpoint, input), 50),
          timed(() => server.client.send(new GetMLTaskRunsCommand(input)), 50),
        ],
        { rounds: 15, warmUps: 2 },
      );
      const parsed = both.map((sample, round) => sample - Number(served[round]));
      return [cost({ ...ms("the SDK's parsing it"), reach: 1 }, served, parsed)];
    },
  },
  {
    name: "endpoint: growth",
    ours: "the local endpoint's time for each run, in pages of 100: of 100,000 runs",
    limit: "the same for each run, however many there are",
    async measure() {
      const counts = [100_000, 10_000];
      await using server = await startServer({ counts });
      const list = (_: number, index: number) =>
        countPages(sdkPages(server.client, { pageSize: 100, id: transformId(index) }));
      const [many = [], few = []] = await inTurns(perRun(counts, list), { warmUps: 1 });
      return [cost({ compared: "of 10,000 runs", unit: "µs", limit: 1, reach: 1.1 }, many, few)];
    },
  },
];
