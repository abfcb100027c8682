/** What is compared. Each row starts the server that it needs, and ends it. */
import { once } from "node:events";
import { Agent, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import {
  GetMLTaskRunsCommand,
  type GlueClient,
  paginateGetMLTaskRuns,
  paginateGetMLTransforms,
} from "@aws-sdk/client-glue";
import { MLTaskRuns } from "glue-ml-task-runs";
import { inPairs, startServer, TransformId, type Work } from "./measure.js";

export interface Row {
  readonly name: string;
  readonly compared: string;
  /** What the figure should reach. */
  readonly reach: string;
  measure(): Promise<{ ours: string; theirs: string; figure: string }>;
}

const ms = (time: number) => `${time.toFixed(time < 10 ? 2 : 0)} ms`;
const times = (factor: number) => `${factor.toFixed(3)} x`;

/** The SDK's page loop with an inner loop over the runs. */
async function sdkLoop(client: GlueClient, pageSize: number): Promise<number> {
  let count = 0;
  for await (const { TaskRuns = [] } of paginateGetMLTaskRuns({ client, pageSize }, { TransformId })) {
    for (const run of TaskRuns) if (run.TaskRunId) count += 1;
  }
  return count;
}

const agent = new Agent({ keepAlive: true });

/** Sends a request without the SDK, and reads the answer to its end as bytes. */
async function post(endpoint: string, input: object): Promise<void> {
  const headers = { "X-Amz-Target": "AWSGlue.GetMLTaskRuns" };
  const sent = request(endpoint, { method: "POST", headers, agent }).end(JSON.stringify(input));
  const [response] = await once(sent, "response");
  await once(response.resume(), "end");
}

export const rows: readonly Row[] = [
  {
    name: "cost per run",
    compared: "for await over 100,000 runs without read-ahead : the SDK's page loop with an inner for",
    reach: "at most 1.03 of its time",
    async measure() {
      await using server = await startServer({ count: 100_000 });
      const taskRuns = new MLTaskRuns(server.client, { prefetch: 0 });
      const ours = async () => {
        let count = 0;
        for await (const run of taskRuns.list({ TransformId })) if (run.TaskRunId) count += 1;
        return count;
      };
      const pairs = await inPairs(ours, () => sdkLoop(server.client, 1000), 25);
      return { ours: ms(pairs.ours), theirs: ms(pairs.theirs), figure: times(pairs.ratio) };
    },
  },
  {
    name: "read-ahead",
    compared: "40 pages, with work on each that takes as long as its request : the SDK's paginator",
    reach: "1.9 times as fast, of 2.0 at most",
    async measure() {
      const latency = 60;
      await using server = await startServer({ count: 400, latency });
      const ours = async () => {
        const list = new MLTaskRuns(server.client).list({ TransformId }, { pageSize: 10 });
        for await (const _ of list.pages()) await wait(latency);
      };
      const theirs = async () => {
        const pages = paginateGetMLTaskRuns({ client: server.client, pageSize: 10 }, { TransformId });
        for await (const _ of pages) await wait(latency);
      };
      const pairs = await inPairs(ours, theirs, 7);
      return { ours: ms(pairs.ours), theirs: ms(pairs.theirs), figure: times(1 / pairs.ratio) };
    },
  },
  {
    name: "windows",
    compared: "80 pages of 1000 runs through 8 windows at 100 ms latency : the SDK's paginator",
    reach: "6 times as fast, of 8 at most",
    async measure() {
      await using server = await startServer({ count: 80_000, latency: 100 });
      const ours = () => new MLTaskRuns(server.client).list({ TransformId }, { concurrency: 8 }).toArray();
      const pairs = await inPairs(ours, () => sdkLoop(server.client, 1000), 7);
      return { ours: ms(pairs.ours), theirs: ms(pairs.theirs), figure: times(1 / pairs.ratio) };
    },
  },
  {
    name: "across transforms",
    compared: "60 transforms, 10 at a time, at 100 ms latency : one after another with the SDK's paginators",
    reach: "8 times as fast, of 10 at most",
    async measure() {
      await using server = await startServer({ count: 50, latency: 100, transforms: 60 });
      const { client } = server;
      const ours = () => new MLTaskRuns(client).listAcrossTransforms({}, { concurrency: 10 }).toArray();
      const theirs = async () => {
        for await (const { Transforms = [] } of paginateGetMLTransforms({ client, pageSize: 1000 }, {})) {
          for (const { TransformId: id } of Transforms) {
            for await (const _ of paginateGetMLTaskRuns({ client, pageSize: 1000 }, { TransformId: id }));
          }
        }
      };
      const pairs = await inPairs(ours, theirs, 7);
      return { ours: ms(pairs.ours), theirs: ms(pairs.theirs), figure: times(1 / pairs.ratio) };
    },
  },
  {
    name: "endpoint: page",
    compared: "the local endpoint's serving a page of 1000 runs : the SDK's parsing it",
    reach: "less than 1",
    async measure() {
      await using server = await startServer({ count: 1000 });
      // As bytes, which nobody parses: what is left of the SDK's time is its parsing.
      const serving = () => post(server.endpoint, { TransformId, MaxResults: 1000 });
      const both = () => server.client.send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 1000 }));
      const repeated = (work: Work) => async () => {
        for (let count = 0; count < 50; count += 1) await work();
      };
      const pairs = await inPairs(repeated(serving), repeated(both), 15);
      const [served, parsed] = [pairs.ours / 50, (pairs.theirs - pairs.ours) / 50];
      return { ours: ms(served), theirs: ms(parsed), figure: times(served / parsed) };
    },
  },
  {
    name: "endpoint: growth",
    compared: "the local endpoint's time per run in pages of 100, of 100,000 runs : of 10,000 runs",
    reach: "about 1: in proportion to the runs, not to runs times pages",
    async measure() {
      await using many = await startServer({ count: 100_000 });
      await using few = await startServer({ count: 10_000 });
      const listing = (client: GlueClient, turns: number) => async () => {
        for (let turn = 0; turn < turns; turn += 1) await sdkLoop(client, 100);
      };
      const pairs = await inPairs(listing(many.client, 1), listing(few.client, 10), 7);
      return { ours: ms(pairs.ours), theirs: ms(pairs.theirs), figure: times(pairs.ratio) };
    },
  },
];
