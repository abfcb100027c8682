/** Limits that do not depend on the machine: bytes, dependencies, and requests in fixed scenarios. Times are in `bench`. */
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Report } from "../bench/figures.js";
import { toSvg } from "../bench/picture.js";
import { toMarkdown } from "../bench/table.js";
import { collect, startGlue, TransformId } from "./support.js";

const newest = taskRunSort("STARTED").descending();

it("the main entry, minified and gzipped with all that it imports but the SDK, is at most 13,500 bytes", async () => {
  const bundle = { bundle: true, minify: true, write: false, format: "esm", platform: "node" } as const;
  const { outputFiles } = await build({
    ...bundle,
    entryPoints: ["dist/index.js"],
    external: ["@aws-sdk/client-glue"],
  });
  const [file] = outputFiles;
  expect(gzipSync(file?.contents ?? "", { level: 9 }).length).toBeLessThanOrEqual(13_500);
});

it("users install no run-time dependency but the SDK's own client", async () => {
  const {
    dependencies = {},
    optionalDependencies = {},
    peerDependencies,
  } = JSON.parse(await readFile("package.json", "utf8"));
  expect({ ...dependencies, ...optionalDependencies }).toEqual({});
  expect(Object.keys(peerDependencies)).toEqual(["@aws-sdk/client-glue"]);
});

it("the figures of the performance page and its picture are those that were measured", async () => {
  const report: Report = JSON.parse(await readFile("bench/results.json", "utf8"));
  expect(await readFile("docs/performance.md", "utf8")).toContain(toMarkdown(report));
  expect(await readFile("bench/results.svg", "utf8")).toBe(`${toSvg(report)}\n`);
});

describe("requests", () => {
  /** How many requests a scenario takes, on a history of 2,500 runs. */
  const requests = async (scenario: (taskRuns: MLTaskRuns) => Promise<unknown>) => {
    const glue = await startGlue(2500);
    await scenario(new MLTaskRuns(glue.client()));
    return glue.requests.length;
  };

  it.each<[string, number, (taskRuns: MLTaskRuns) => Promise<unknown>]>([
    ["every run", 3, (taskRuns) => taskRuns.list({ TransformId }).toArray()],
    ["every run, in pages of 100", 25, (taskRuns) => taskRuns.list({ TransformId }, { pageSize: 100 }).toArray()],
    ["the first run", 1, (taskRuns) => taskRuns.list({ TransformId }).first()],
    ["the latest 100 runs", 1, (taskRuns) => taskRuns.list({ TransformId, Sort: newest }, { limit: 100 }).toArray()],
    ["the latest 1,500 runs", 2, (taskRuns) => taskRuns.list({ TransformId }, { limit: 1500 }).toArray()],
    ["no runs", 0, (taskRuns) => taskRuns.list({ TransformId }, { limit: 0 }).toArray()],
    ["a list that nobody reads", 0, async (taskRuns) => taskRuns.list({ TransformId })],
    [
      "a page and, from its cursor, the next",
      2,
      async (taskRuns) => {
        const options = { limit: 100, pageSize: 100 };
        const [page] = await collect(taskRuns.list({ TransformId }, options).pages());
        await taskRuns.list({ TransformId }, { ...options, cursor: page?.cursor }).toArray();
      },
    ],
    [
      "the union of three statuses, sorted",
      3,
      (taskRuns) =>
        taskRuns
          .listAny(
            (["FAILED", "TIMEOUT", "STOPPED"] as const).map((Status) => ({
              TransformId,
              Filter: { Status },
              Sort: newest,
            })),
          )
          .toArray(),
    ],
    ["all transforms, of which there is one", 4, (taskRuns) => taskRuns.listAcrossTransforms().toArray()],
  ])("for %s: %i", async (_, count, scenario) => {
    expect(await requests(scenario)).toBe(count);
  });

  it("for 80 pages in 8 windows: at most 1.25 times as many", async () => {
    const glue = await LocalGlue.start();
    onTestFinished(() => glue.close());
    glue.addTaskRuns(sampleTaskRuns({ transformId: TransformId, count: 8000 }));
    await new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 100, concurrency: 8 }).toArray();
    expect(glue.requests.length).toBeLessThanOrEqual(100);
  });
});
