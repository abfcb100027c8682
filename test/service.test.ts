/** How the local endpoint treats the callbacks of its options, its log of requests, and pages that are too large. */
import { GetMLTaskRunsCommand, GetMLTransformsCommand } from "@aws-sdk/client-glue";
import { MLTaskRuns } from "glue-ml-task-runs";
import type { LocalGlueRequest } from "glue-ml-task-runs/local";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ids, idsNewestFirst, startGlue, TransformId } from "./support.js";

const failing: [string, () => unknown][] = [
  [
    "throws",
    () => {
      throw new Error("broken");
    },
  ],
  ["rejects", () => Promise.reject(new Error("broken"))],
];

describe("latency", () => {
  it.each(failing)("a function that %s gives an InternalServiceException that says so", async (_, latency) => {
    const glue = await startGlue(3, { latency: latency as () => number });
    const client = glue.client({ maxAttempts: 1 });
    await expect(client.send(new GetMLTaskRunsCommand({ TransformId }))).rejects.toMatchObject({
      name: "InternalServiceException",
      message: "The option latency failed: Error: broken",
    });
  });

  it.each([Number.NaN, -1, Infinity, 3e9, "5", undefined])("a function that returns %s does, too", async (latency) => {
    const glue = await startGlue(3, { latency: () => latency as number });
    const client = glue.client({ maxAttempts: 1 });
    await expect(client.send(new GetMLTaskRunsCommand({ TransformId }))).rejects.toThrow(
      "The option latency must return a number from 0 to 3600000, got ",
    );
  });

  it("a function may be asynchronous, and cannot change the request that it is given", async () => {
    const latency = async (request: LocalGlueRequest) => {
      if (request.operation === "GetMLTaskRuns") Object.assign(request.input, { TransformId: "tfm-other" });
      return 0;
    };
    const glue = await startGlue(3, { latency });
    const { TaskRuns } = await glue.client().send(new GetMLTaskRunsCommand({ TransformId }));
    expect(TaskRuns).toHaveLength(3);
    expect(glue.requests).toMatchObject([{ input: { TransformId } }]);
  });

  it("ends with close(), and onResponse is not called afterwards", async () => {
    const onResponse = vi.fn();
    const glue = await startGlue(3, { latency: 3_600_000, onResponse });
    const response = glue.client({ maxAttempts: 1 }).send(new GetMLTaskRunsCommand({ TransformId }));
    const failed = expect(response).rejects.toThrow();
    await vi.waitFor(() => expect(glue.requests).toHaveLength(1));
    const before = process.getActiveResourcesInfo().filter((type) => type === "Timeout").length;
    await glue.close();
    await failed;
    expect(process.getActiveResourcesInfo().filter((type) => type === "Timeout").length).toBeLessThanOrEqual(before);
    expect(onResponse).not.toHaveBeenCalled();
  });
});

describe("onResponse", () => {
  it.each(failing)("a function that %s is one warning of the process, and stops nothing", async (_, onResponse) => {
    const warnings: string[] = [];
    const listener = ({ message }: Error) => void warnings.push(message);
    process.on("warning", listener);
    onTestFinished(() => void process.off("warning", listener));
    const glue = await startGlue(25, { onResponse });
    expect(await new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 5 }).toArray()).toHaveLength(25);
    await vi.waitFor(() =>
      expect(warnings.filter((message) => message.includes("onResponse"))).toEqual([
        "The option onResponse of LocalGlue failed: Error: broken",
      ]),
    );
  });
});

describe("requests", () => {
  it("are kept up to 16 MiB of bodies, the latest ones", async () => {
    const glue = await startGlue(1);
    const client = glue.client();
    // Refused, but received: an unknown token.
    const ask = (NextToken: string) => client.send(new GetMLTransformsCommand({ NextToken })).catch(() => {});
    for (let count = 0; count < 40; count += 1) await ask(`${count}-${"x".repeat(900_000)}`);
    expect(glue.requests.length).toBeLessThanOrEqual(18);
    expect(glue.requests.length).toBeGreaterThanOrEqual(10);
    expect(glue.requests.at(-1)?.input).toMatchObject({ NextToken: expect.stringMatching(/^39-/) });
  });

  it("are kept up to 100,000, the latest ones", { timeout: 60_000 }, async () => {
    const { Service } = await import("../src/local/service.js");
    const service = new Service({
      latency: 0,
      defaultPageSize: 100,
      maxPageSize: 1000,
      largerPages: "refuse",
      bounds: "exclusive",
      tokenLifetime: Infinity,
      closing: new AbortController().signal,
    });
    for (let count = 1; count <= 100_001; count += 1)
      await service.answer("GetMLTransforms", { MaxResults: 1 + (count % 1000) }, 2);
    expect(service.requests.length).toBe(90_000);
    expect(service.requests.at(-1)?.input).toEqual({ MaxResults: 2 });
  });
});

describe("maxPageSize", () => {
  it("refuses larger pages, and the error names the option of the library", async () => {
    const glue = await startGlue(50, { maxPageSize: 20 });
    const taskRuns = new MLTaskRuns(glue.client());
    await expect(taskRuns.list({ TransformId }, { pageSize: 21 }).toArray()).rejects.toMatchObject({
      name: "InvalidInputException",
      message: expect.stringMatching(
        /'MaxResults'.*less than or equal to 20 \(The option pageSize sets MaxResults\.\)$/,
      ),
    });
    await expect(taskRuns.listAcrossTransforms({}, { pageSize: 50 }).toArray()).rejects.toThrow("The option pageSize");
    expect(await taskRuns.list({ TransformId }, { pageSize: 20 }).toArray()).toHaveLength(50);
  });

  it("caps larger pages if it is told so", async () => {
    const glue = await startGlue(50, { maxPageSize: 20, largerPages: "cap" });
    expect(ids(await new MLTaskRuns(glue.client()).list({ TransformId }).toArray())).toEqual(idsNewestFirst(50));
    expect(glue.requests).toHaveLength(3);
  });

  it("bounds the default page size", async () => {
    const glue = await startGlue(50, { maxPageSize: 20 });
    const { TaskRuns } = await glue.client().send(new GetMLTaskRunsCommand({ TransformId }));
    expect(TaskRuns).toHaveLength(20);
    await expect(startGlue(0, { maxPageSize: 20, defaultPageSize: 21 })).rejects.toThrow(
      "defaultPageSize must be an integer from 1 to 20, got 21.",
    );
  });
});
