/** The rows of the benchmark: realistic sizes first. Each row starts the server that it needs, and ends it. */
import { once } from "node:events";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { GetMLTaskRunsCommand, type GlueClient, paginateGetMLTransforms } from "@aws-sdk/client-glue";
import { MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import { median } from "simple-statistics";
import { type Comparison, cost, difference, medianRatio, speedup } from "./figures.js";
import { countInPages, countRuns, fetchPages, sdkPages } from "./listings.js";
import { measureInChild, measureInTurns, startServer, TransformId, timed, timedPerRun } from "./measure.js";
import { bundleSize, type ImportTimes, importTimes } from "./weight.js";

export interface Row {
  readonly name: string;
  /** What is measured of the library. Each comparison names its baseline. */
  readonly subject: string;
  /** What sets the limits. */
  readonly limit?: string;
  measure(): Promise<readonly Comparison[]>;
}

const PAGE_LOOP = { comparedWith: "the SDK's page loop with an inner for", unit: "ms" } as const;
const LINEAR = "linear: N requests in flight are N times as fast";

/** Counts the runs of all transforms with the SDK's paginators, one transform after another. */
async function countAcrossTransforms(client: GlueClient): Promise<void> {
  for await (const { Transforms = [] } of paginateGetMLTransforms({ client, pageSize: 1000 }, {})) {
    for (const { TransformId: transformId } of Transforms) {
      if (transformId !== undefined) await countInPages(sdkPages(client, { transformId }));
    }
  }
}

/** Lists a number of transforms with each of these numbers of requests in flight. */
async function acrossTransforms(
  { transforms, runs, latency }: { transforms: number; runs: number; latency: number },
  settings: readonly { concurrency: number; target?: number }[],
  rounds: number,
): Promise<Comparison[]> {
  await using server = await startServer({ runCounts: Array(transforms).fill(runs), latency });
  const { client } = server;
  const taskRuns = new MLTaskRuns(client);
  const [baseline, ...library] = await measureInTurns(
    [
      timed(() => countAcrossTransforms(client)),
      ...settings.map(({ concurrency }) => timed(() => countRuns(taskRuns.listAcrossTransforms({}, { concurrency })))),
    ],
    { rounds },
  );
  return settings.map(({ concurrency, target }, index) =>
    speedup(
      {
        comparedWith: "the SDK's paginators, one transform after another",
        setting: `${concurrency} in flight`,
        unit: "ms",
        limit: concurrency,
        ...(target !== undefined && { target: target * concurrency }),
      },
      library[index] ?? [],
      baseline,
    ),
  );
}

const agent = new Agent({ keepAlive: true });

/** Sends a request without the SDK, and reads the response as bytes, without parsing it. */
async function post(endpoint: string, input: object): Promise<void> {
  const headers = { "X-Amz-Target": "AWSGlue.GetMLTaskRuns" };
  const sent = request(endpoint, { method: "POST", headers, agent }).end(JSON.stringify(input));
  const [response] = await once(sent, "response");
  await once(response.resume(), "end");
}

export const rows: readonly Row[] = [
  {
    name: "one transform",
    subject: "for await over 2,500 runs of one transform",
    async measure() {
      const comparisons: Comparison[] = [];
      for (const latency of [0, 50]) {
        await using server = await startServer({ runCounts: [2500], latency });
        const { client } = server;
        const calls = latency === 0 ? 10 : 2;
        const [plain, readAhead, pageLoop] = await measureInTurns(
          [
            timed(() => countRuns(new MLTaskRuns(client, { prefetch: 0 }).list({ TransformId })), calls),
            timed(() => countRuns(new MLTaskRuns(client).list({ TransformId })), calls),
            timed(() => countInPages(sdkPages(client)), calls),
          ],
          { rounds: 9, warmUps: 2 },
        );
        const at = latency === 0 ? "no latency" : `${latency} ms latency`;
        comparisons.push(
          cost({ ...PAGE_LOOP, setting: `without read-ahead, ${at}` }, plain, pageLoop),
          cost({ ...PAGE_LOOP, setting: `with read-ahead, ${at}` }, readAhead, pageLoop),
        );
      }
      return comparisons;
    },
  },
  {
    name: "100 transforms",
    subject: "listAcrossTransforms over 100 transforms of 200 runs, at 50 ms latency",
    limit: LINEAR,
    measure: () =>
      acrossTransforms({ transforms: 100, runs: 200, latency: 50 }, [{ concurrency: 4 }, { concurrency: 10 }], 3),
  },
  {
    name: "cost per run",
    subject: "for await over 100,000 runs in pages of 1000",
    limit: "the same requests and responses with fetch and JSON.parse only",
    async measure() {
      await using server = await startServer({ runCounts: [100_000] });
      const { client, endpoint } = server;
      const [plain, readAhead, pageLoop, bare] = await measureInTurns(
        [
          timed(() => countRuns(new MLTaskRuns(client, { prefetch: 0 }).list({ TransformId }))),
          timed(() => countRuns(new MLTaskRuns(client).list({ TransformId }))),
          timed(() => countInPages(sdkPages(client))),
          timed(() => countInPages(fetchPages(endpoint))),
        ],
        { rounds: 9, warmUps: 1 },
      );
      const about = { ...PAGE_LOOP, limit: medianRatio(bare, pageLoop), target: 1 };
      return [
        cost({ ...about, setting: "without read-ahead" }, plain, pageLoop),
        cost({ ...about, setting: "with read-ahead" }, readAhead, pageLoop),
      ];
    },
  },
  {
    name: "first run",
    subject: "first() of 100,000 runs",
    limit: "a page of one run with fetch and JSON.parse only",
    async measure() {
      await using server = await startServer({ runCounts: [100_000] });
      const { client, endpoint } = server;
      const list = new MLTaskRuns(client).list({ TransformId });
      const [library, sdk, bare] = await measureInTurns(
        [
          timed(() => list.first(), 50),
          timed(async () => (await client.send(new GetMLTaskRunsCommand({ TransformId }))).TaskRuns?.[0], 50),
          timed(() => fetchPages(endpoint, { pageSize: 1 }).next(), 50),
        ],
        { rounds: 9, warmUps: 1 },
      );
      const about = { comparedWith: "the SDK's first page of default size", unit: "ms", target: 1 } as const;
      return [cost({ ...about, limit: medianRatio(bare, sdk) }, library, sdk)];
    },
  },
  {
    name: "read-ahead",
    subject: "20 pages at 40 ms latency, with work on each page that waits, as for a database",
    limit: "the shorter of request and work takes no time, except for the first request and the last work",
    async measure() {
      const [pages, latency] = [20, 40];
      await using server = await startServer({ runCounts: [10 * pages], latency });
      const list = new MLTaskRuns(server.client).list({ TransformId }, { pageSize: 10 });
      const comparisons: Comparison[] = [];
      for (const part of [0.5, 1, 2]) {
        const work = () => sleep(part * latency);
        const limits: number[] = [];
        const [library, sdk] = await measureInTurns(
          [
            timed(async () => {
              for await (const _ of list.pages()) await work();
            }),
            timed(async () => {
              let [start, requestTime, workTime] = [performance.now(), 0, 0];
              for await (const _ of sdkPages(server.client, { pageSize: 10 })) {
                const received = performance.now();
                requestTime += received - start;
                await work();
                start = performance.now();
                workTime += start - received;
              }
              const [longer, shorter] = [Math.max(requestTime, workTime), Math.min(requestTime, workTime)];
              limits.push((longer + shorter) / (longer + shorter / pages));
            }),
          ],
          { rounds: 4 },
        );
        const limit = median(limits);
        const about = {
          comparedWith: "the SDK's paginator",
          setting: `work ${part} x the latency`,
          unit: "ms",
        } as const;
        comparisons.push(speedup({ ...about, limit, target: 0.95 * limit }, library, sdk));
      }
      return comparisons;
    },
  },
  {
    name: "windows",
    subject: "320 pages of 500 runs in time windows, at 150 ms latency",
    limit: LINEAR,
    async measure() {
      const [pages, pageSize, latency] = [320, 500, 150];
      const concurrencies = [4, 8, 16];
      await using server = await startServer({ runCounts: [pages * pageSize], latency });
      const { client } = server;
      const taskRuns = new MLTaskRuns(client, { pageSize });
      // The long page loop warms up by itself.
      await countRuns(taskRuns.list({ TransformId }, { concurrency: 16, limit: 20_000 }));
      const [pageLoop, ...library] = await measureInTurns(
        [
          timed(() => countInPages(sdkPages(client, { pageSize }))),
          ...concurrencies.map((concurrency) =>
            timed(() => countRuns(taskRuns.list({ TransformId }, { concurrency }))),
          ),
        ],
        { rounds: 2 },
      );
      return concurrencies.map((concurrency, index) => {
        const about = {
          ...PAGE_LOOP,
          setting: `${concurrency} in flight`,
          limit: concurrency,
          target: 0.8 * concurrency,
        };
        return speedup(about, library[index] ?? [], pageLoop);
      });
    },
  },
  {
    name: "across transforms",
    subject: "listAcrossTransforms over 200 transforms of 50 runs, at 50 ms latency",
    limit: LINEAR,
    measure: () => acrossTransforms({ transforms: 200, runs: 50, latency: 50 }, [{ concurrency: 10, target: 0.8 }], 3),
  },
  {
    name: "many transforms",
    subject: "listAcrossTransforms over 800 transforms of 200 runs, per run",
    async measure() {
      const [runs, many, few] = [200, 800, 50];
      await using large = await startServer({ runCounts: Array(many).fill(runs) });
      await using small = await startServer({ runCounts: Array(few).fill(runs) });
      const [ofMany, ofFew] = await measureInTurns([
        timedPerRun(many * runs, () => countRuns(new MLTaskRuns(large.client).listAcrossTransforms())),
        timedPerRun(few * runs, () => countRuns(new MLTaskRuns(small.client).listAcrossTransforms())),
      ]);
      return [cost({ comparedWith: "the same over 50 transforms", unit: "µs", target: 1.5 }, ofMany, ofFew)];
    },
  },
  {
    name: "resume",
    subject: "the first run from a cursor in the middle of 100,000 runs",
    async measure() {
      await using server = await startServer({ runCounts: [100_000] });
      const { client } = server;
      const taskRuns = new MLTaskRuns(client, { prefetch: 0, pageSize: 1000 });
      const query = { TransformId, Sort: taskRunSort("STARTED").descending() };
      const listings = [() => taskRuns.list(query), () => taskRuns.listAny([query])];
      const [byToken, byTime] = await Promise.all(
        listings.map(async (list) => {
          const runs = list()[Symbol.asyncIterator]();
          for (let count = 0; count < 50_500; count += 1) await runs.next();
          const { cursor } = runs;
          await runs.return?.();
          return cursor;
        }),
      );
      let startingToken: string | undefined;
      for await (const { NextToken } of sdkPages(client)) {
        startingToken = NextToken;
        break;
      }
      if (startingToken === undefined) throw new Error("The first page of 100,000 runs has a NextToken.");
      const [fromToken, fromTime, sdk] = await measureInTurns(
        [
          timed(() => taskRuns.list(query, { cursor: byToken })[Symbol.asyncIterator]().next(), 20),
          timed(() => taskRuns.listAny([query], { cursor: byTime })[Symbol.asyncIterator]().next(), 20),
          timed(() => sdkPages(client, { startingToken }).next(), 20),
        ],
        { rounds: 9, warmUps: 1 },
      );
      const about = { comparedWith: "a page of the SDK's paginator from its startingToken", unit: "ms" } as const;
      return [
        cost({ ...about, setting: "list, whose cursor has a token" }, fromToken, sdk),
        cost({ ...about, setting: "listAny, whose cursor has a time" }, fromTime, sdk),
      ];
    },
  },
  {
    name: "memory",
    subject: "peak of the live heap in a for await over 1,000,000 runs",
    limit: "read-ahead holds one page more",
    async measure() {
      await using server = await startServer({ runCounts: [1_000_000, 5000] });
      const megabytes = (listing: string) => async () =>
        (await measureInChild("memory.ts", server.endpoint, listing)) / 1e6;
      const [library, readAhead, sdk] = await measureInTurns(
        [megabytes("library"), megabytes("library with read-ahead"), megabytes("sdk")],
        { rounds: 2 },
      );
      const about = { comparedWith: "the SDK's page loop", unit: "MB" } as const;
      return [
        cost({ ...about, setting: "without read-ahead", target: 1.1 }, library, sdk),
        cost({ ...about, setting: "with read-ahead" }, readAhead, sdk),
      ];
    },
  },
  {
    name: "growth",
    subject: "for await over the latest runs of 100,000, per run",
    limit: "the same for any number of runs",
    async measure() {
      const counts = [1000, 10_000, 100_000];
      await using server = await startServer({ runCounts: [100_000] });
      const taskRuns = new MLTaskRuns(server.client, { prefetch: 0, pageSize: 1000 });
      const samples = await measureInTurns(
        counts.map((limit) => timedPerRun(limit, () => countRuns(taskRuns.list({ TransformId }, { limit })))),
        { rounds: 3 },
      );
      const [cheapest = []] = samples.toSorted((a, b) => median(a) - median(b));
      return counts.map((count, index) => {
        const about = { comparedWith: "the cheapest number", setting: `${count.toLocaleString("en")} runs` };
        return cost({ ...about, unit: "µs", limit: 1, target: 1.1 }, samples[index] ?? [], cheapest);
      });
    },
  },
  {
    name: "weight",
    subject: "a Lambda handler with the library",
    async measure() {
      const library = await bundleSize("bench/handlers/library.ts");
      const sdk = await bundleSize("bench/handlers/sdk-paginator.ts");
      const imports: ImportTimes[] = [];
      for (let round = 0; round < 15; round += 1) imports.push(await importTimes());
      return [
        cost(
          {
            comparedWith: "the same handler with the SDK's paginator",
            setting: "bundled with the SDK, minified and gzipped",
            unit: "B",
            target: 1.1,
          },
          [library],
          [sdk],
        ),
        difference(
          {
            comparedWith: "the import of the SDK alone",
            setting: "import of the SDK and the library",
            unit: "ms",
            target: 5,
          },
          imports.map(({ sdkAndLibrary }) => sdkAndLibrary),
          imports.map(({ sdk }) => sdk),
        ),
      ];
    },
  },
  {
    name: "endpoint page",
    subject: "the local endpoint's time for a page of 1000 runs",
    async measure() {
      await using server = await startServer({ runCounts: [1000] });
      const input = { TransformId, MaxResults: 1000 };
      const [served, sent] = await measureInTurns(
        [
          timed(() => post(server.endpoint, input), 50),
          timed(() => server.client.send(new GetMLTaskRunsCommand(input)), 50),
        ],
        { rounds: 9, warmUps: 1 },
      );
      // The rest of the SDK's time is its parsing.
      const parsed = sent.map((sample, round) => sample - Number(served[round]));
      return [cost({ comparedWith: "the SDK's time to parse it", unit: "ms", target: 1 }, served, parsed)];
    },
  },
];
