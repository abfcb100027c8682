/** Listings of one transform beside the SDK's own loop over its pages. */
import { setTimeout as sleep } from "node:timers/promises";
import { GetMLTaskRunsCommand } from "@aws-sdk/client-glue";
import { MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import { median } from "simple-statistics";
import { type Comparison, cost, medianRatio, speedup } from "../figures.js";
import { countCheckedInPages, countInPages, countRuns, fetchPages, sdkPages } from "../listings.js";
import { cpuTimePerRun, measureInTurns, startServer, TransformId, timed } from "../measure.js";
import { LINEAR, type Row } from "./row.js";

const PAGE_LOOP = { comparedWith: "the SDK's page loop with an inner for", unit: "ms" } as const;

export const oneTransform: Row = {
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
      const about = { ...PAGE_LOOP, ...(latency > 0 && { target: 1.03 }) };
      comparisons.push(
        cost({ ...about, setting: `without read-ahead, ${at}` }, plain, pageLoop),
        cost({ ...about, setting: `with read-ahead, ${at}` }, readAhead, pageLoop),
      );
    }
    return comparisons;
  },
};

export const costPerRun: Row = {
  name: "cost per run",
  subject: "CPU time of a for await over 100,000 runs in pages of 1000",
  limit: "the same requests and responses with fetch and JSON.parse only",
  async measure() {
    const runs = 100_000;
    await using server = await startServer({ runCounts: [runs] });
    const { client, endpoint } = server;
    const [plain, readAhead, pageLoop, checked, bare] = await measureInTurns(
      [
        cpuTimePerRun(runs, () => countRuns(new MLTaskRuns(client, { prefetch: 0 }).list({ TransformId }))),
        cpuTimePerRun(runs, () => countRuns(new MLTaskRuns(client).list({ TransformId }))),
        cpuTimePerRun(runs, () => countInPages(sdkPages(client))),
        cpuTimePerRun(runs, () => countCheckedInPages(sdkPages(client))),
        cpuTimePerRun(runs, () => countInPages(fetchPages(endpoint))),
      ],
      { rounds: 9, warmUps: 1 },
    );
    const about = { ...PAGE_LOOP, unit: "µs", limit: medianRatio(bare, pageLoop), target: 1.1 } as const;
    const aboutChecked = { comparedWith: "the SDK's page loop, each run checked with zod", unit: "µs" } as const;
    return [
      cost({ ...about, setting: "without read-ahead" }, plain, pageLoop),
      cost({ ...about, setting: "with read-ahead" }, readAhead, pageLoop),
      cost({ ...aboutChecked, setting: "without read-ahead" }, plain, checked),
      cost({ ...aboutChecked, setting: "with read-ahead" }, readAhead, checked),
    ];
  },
};

export const firstRun: Row = {
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
};

export const readAhead: Row = {
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
};

export const windows: Row = {
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
        ...concurrencies.map((concurrency) => timed(() => countRuns(taskRuns.list({ TransformId }, { concurrency })))),
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
};

export const resume: Row = {
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
};
