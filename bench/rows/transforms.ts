/** Listings of all transforms beside the SDK's paginators, one transform after another or several at a time. */
import { type GlueClient, paginateGetMLTransforms } from "@aws-sdk/client-glue";
import { MLTaskRuns } from "glue-ml-task-runs";
import pMap from "p-map";
import { cost, speedup } from "../figures.js";
import { countInPages, countRuns, sdkPages } from "../listings.js";
import { measureInTurns, startServer, timed, timedPerRun } from "../measure.js";
import { LINEAR, type Row } from "./row.js";

const IN_TURN = { comparedWith: "the SDK's paginators, one transform after another", unit: "ms" } as const;

/** The ids of all transforms, with the SDK's paginator. */
async function* transformIds(client: GlueClient): AsyncGenerator<string> {
  for await (const { Transforms = [] } of paginateGetMLTransforms({ client, pageSize: 1000 }, {})) {
    for (const { TransformId } of Transforms) if (TransformId !== undefined) yield TransformId;
  }
}

/** Counts the runs of all transforms with the SDK's paginators, one transform after another. */
async function countInTurn(client: GlueClient): Promise<void> {
  for await (const transformId of transformIds(client)) await countInPages(sdkPages(client, { transformId }));
}

/** Counts the runs of all transforms with the SDK's paginators, several transforms at a time. */
async function countWithPMap(client: GlueClient, concurrency: number): Promise<void> {
  await pMap(transformIds(client), (transformId) => countInPages(sdkPages(client, { transformId })), { concurrency });
}

export const hundredTransforms: Row = {
  name: "100 transforms",
  subject: "listAcrossTransforms over 100 transforms of 200 runs, at 50 ms latency",
  limit: LINEAR,
  async measure() {
    const concurrencies = [4, 10];
    await using server = await startServer({ runCounts: Array(100).fill(200), latency: 50 });
    const { client } = server;
    const taskRuns = new MLTaskRuns(client);
    const [inTurn, ...library] = await measureInTurns(
      [
        timed(() => countInTurn(client)),
        ...concurrencies.map((concurrency) =>
          timed(() => countRuns(taskRuns.listAcrossTransforms({}, { concurrency }))),
        ),
      ],
      { rounds: 3 },
    );
    return concurrencies.map((concurrency, index) =>
      speedup({ ...IN_TURN, setting: `${concurrency} in flight`, limit: concurrency }, library[index] ?? [], inTurn),
    );
  },
};

export const acrossTransforms: Row = {
  name: "across transforms",
  subject: "listAcrossTransforms over 200 transforms of 50 runs, at 50 ms latency",
  limit: LINEAR,
  async measure() {
    const concurrency = 10;
    const setting = `${concurrency} in flight`;
    await using server = await startServer({ runCounts: Array(200).fill(50), latency: 50 });
    const { client } = server;
    const list = timed(() => countRuns(new MLTaskRuns(client).listAcrossTransforms({}, { concurrency })));
    const [library, inTurn] = await measureInTurns([list, timed(() => countInTurn(client))], { rounds: 3 });
    const [libraryAgain, withPMap] = await measureInTurns([list, timed(() => countWithPMap(client, concurrency))], {
      rounds: 7,
      warmUps: 1,
    });
    const aboutPMap = { comparedWith: "the SDK's paginators with p-map", unit: "ms", target: 0.95 } as const;
    return [
      speedup({ ...IN_TURN, setting, limit: concurrency, target: 0.8 * concurrency }, library, inTurn),
      speedup({ ...aboutPMap, setting }, libraryAgain, withPMap),
    ];
  },
};

export const manyTransforms: Row = {
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
};
