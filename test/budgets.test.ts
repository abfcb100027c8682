/** Limits that do not depend on the machine: bytes, dependencies and requests. The limits of times are in `bench`. */
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import type { Report } from "../bench/figures.js";
import { toSvg } from "../bench/picture.js";
import { listingTimesToMarkdown, toMarkdown } from "../bench/table.js";
import { collect, newestFirst, startGlue, TransformId } from "./support.js";

it("The main entry has at most 20,700 bytes, bundled without the SDK, minified and gzipped", async () => {
  const bundle = { bundle: true, minify: true, write: false, format: "esm", platform: "node" } as const;
  const { outputFiles } = await build({
    ...bundle,
    entryPoints: ["dist/index.js"],
    external: ["@aws-sdk/client-glue"],
  });
  const [file] = outputFiles;
  expect(gzipSync(file?.contents ?? "", { level: 9 }).length).toBeLessThanOrEqual(20_700);
});

it("The package has no run-time dependency and one peer dependency, the client of the SDK", async () => {
  const {
    dependencies = {},
    optionalDependencies = {},
    peerDependencies,
  } = JSON.parse(await readFile("package.json", "utf8"));
  expect({ ...dependencies, ...optionalDependencies }).toEqual({});
  expect(Object.keys(peerDependencies)).toEqual(["@aws-sdk/client-glue"]);
});

it("The figures on the performance page and in its picture are those of the last benchmark", async () => {
  const report: Report = JSON.parse(await readFile("bench/results.json", "utf8"));
  const page = await readFile("docs/performance.md", "utf8");
  expect(page).toContain(toMarkdown(report));
  expect(page).toContain(listingTimesToMarkdown(report));
  expect(await readFile("bench/results.svg", "utf8")).toBe(`${toSvg(report)}\n`);
});

describe("On a history of 2,500 runs", () => {
  const countRequests = async (scenario: (taskRuns: MLTaskRuns) => Promise<unknown>) => {
    const glue = await startGlue(2500);
    await scenario(new MLTaskRuns(glue.client()));
    return glue.requests.length;
  };
  const Sort = newestFirst;
  const ended = (["FAILED", "TIMEOUT", "STOPPED"] as const).map((Status) => ({
    TransformId,
    Filter: { Status },
    Sort,
  }));

  it.each<[scenario: string, requests: number, run: (taskRuns: MLTaskRuns) => Promise<unknown>]>([
    ["all runs", 3, (taskRuns) => taskRuns.list({ TransformId }).toArray()],
    ["all runs in pages of 100", 25, (taskRuns) => taskRuns.list({ TransformId }, { pageSize: 100 }).toArray()],
    ["the first run", 1, (taskRuns) => taskRuns.list({ TransformId }).first()],
    ["the latest 100 runs", 1, (taskRuns) => taskRuns.list({ TransformId, Sort }, { limit: 100 }).toArray()],
    ["the latest 1,500 runs", 2, (taskRuns) => taskRuns.list({ TransformId }, { limit: 1500 }).toArray()],
    ["the limit 0", 0, (taskRuns) => taskRuns.list({ TransformId }, { limit: 0 }).toArray()],
    ["a list that is not read", 0, async (taskRuns) => taskRuns.list({ TransformId })],
    [
      "a page and the next page from its cursor",
      2,
      async (taskRuns) => {
        const options = { limit: 100, pageSize: 100 };
        const [page] = await collect(taskRuns.list({ TransformId }, options).pages());
        await taskRuns.list({ TransformId }, { ...options, cursor: page?.cursor }).toArray();
      },
    ],
    ["the union of three statuses", 3, (taskRuns) => taskRuns.listAny(ended).toArray()],
    ["all transforms, of which there is one", 4, (taskRuns) => taskRuns.listAcrossTransforms().toArray()],
  ])("%s: the number of requests is %i", async (_, requests, scenario) => {
    expect(await countRequests(scenario)).toBe(requests);
  });
});

it("A listing of 80 pages in 8 time windows sends at most 1.25 times the requests", async () => {
  const glue = await startGlue(8000);
  await new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 100, concurrency: 8 }).toArray();
  expect(glue.requests.length).toBeLessThanOrEqual(1.25 * 80);
});
