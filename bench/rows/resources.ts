/** What the library needs besides time: memory and bytes. Also the time of an import, and of the local endpoint. */
import { once } from "node:events";
import { Agent, request } from "node:http";
import { GetMLTaskRunsCommand } from "@aws-sdk/client-glue";
import { MLTaskRuns } from "glue-ml-task-runs";
import { median } from "simple-statistics";
import { cost, difference } from "../figures.js";
import { countRuns } from "../listings.js";
import { measureInChild, measureInTurns, startServer, TransformId, timed, timedPerRun } from "../measure.js";
import { bundleSize, type ImportTimes, importTimes } from "../weight.js";
import type { Row } from "./row.js";

export const memory: Row = {
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
};

export const growth: Row = {
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
};

export const weight: Row = {
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
};

const agent = new Agent({ keepAlive: true });

/** Sends a request without the SDK, and reads the response as bytes, without parsing it. */
async function post(endpoint: string, input: object): Promise<void> {
  const headers = { "X-Amz-Target": "AWSGlue.GetMLTaskRuns" };
  const sent = request(endpoint, { method: "POST", headers, agent }).end(JSON.stringify(input));
  const [response] = await once(sent, "response");
  await once(response.resume(), "end");
}

export const endpointPage: Row = {
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
};
