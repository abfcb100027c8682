/** The HTTP service that pages through. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TaskRun } from "@aws-sdk/client-glue";
import { MLTaskRuns } from "glue-ml-task-runs";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { expect, it, onTestFinished, vi } from "vitest";
import { handleRuns } from "../../examples/http-service.js";
import { ids, startGlue, startServer, TransformId } from "../support.js";
import { makeFolder, startExample, toAws } from "./support.js";

const serve = async (taskRuns: MLTaskRuns) => {
  const server = createServer(handleRuns(taskRuns)).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
};

it("pages through the failures of all transforms", async () => {
  const glue = await startGlue(100);
  glue.addTaskRuns(sampleTaskRuns({ transformId: "tfm-other", count: 100, seed: 2 }));
  const failed = await new MLTaskRuns(glue.client()).listAcrossTransforms({ Filter: { Status: "FAILED" } }).toArray();
  const url = await serve(new MLTaskRuns(glue.client()));
  const given: string[] = [];
  let cursor: string | undefined = "";
  while (cursor !== undefined) {
    const response = await fetch(`${url}/runs?pageSize=4${cursor && `&cursor=${cursor}`}`);
    const page = (await response.json()) as { runs: TaskRun[]; cursor?: string };
    given.push(...ids(page.runs));
    cursor = page.cursor;
  }
  expect(failed.length).toBeGreaterThan(8);
  expect(given).toEqual(ids(failed));
});

it("tells its clients what they got wrong", async () => {
  const glue = await startGlue(25);
  const url = await serve(new MLTaskRuns(glue.client()));
  const page = await fetch(`${url}/runs?pageSize=10&status=SUCCEEDED`);
  const first = (await page.json()) as { cursor?: string };
  for (const wrong of [
    "pageSize=0",
    "pageSize=ten",
    "status=failed",
    "cursor=x",
    `status=TIMEOUT&cursor=${first.cursor}`,
  ]) {
    expect((await fetch(`${url}/runs?${wrong}`)).status).toBe(400);
  }
  expect((await fetch(`${url}/other`)).status).toBe(404);
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  glue.fail("expiredToken");
  expect((await fetch(`${url}/runs`)).status).toBe(502);
  expect(log).toHaveBeenCalledOnce();
  log.mockRestore();
});

it("ends its request to AWS when its client hangs up", async () => {
  const seen = vi.fn();
  const closed = vi.fn();
  const client = await startServer((_request, response) => {
    seen();
    response.on("close", closed);
  });
  const url = await serve(new MLTaskRuns(client));
  const controller = new AbortController();
  const asked = fetch(`${url}/runs`, { signal: controller.signal });
  await vi.waitFor(() => expect(seen).toHaveBeenCalled());
  controller.abort();
  await expect(asked).rejects.toThrow();
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
});

it.for([
  { title: "a local endpoint", own: true },
  { title: "where the AWS SDK's configuration leads", own: false },
])("started itself, it serves $title", async ({ own }) => {
  const glue = await startGlue(25);
  const { args, env } = own ? { args: [], env: {} } : toAws(glue);
  const child = startExample("http-service", await makeFolder(), { args: ["--port", "0", ...args], env });
  const [line] = await once(child.stdout, "data");
  const response = await fetch(String(line).trim());
  const { runs } = (await response.json()) as { runs: TaskRun[] };
  expect(runs.every(({ Status }) => Status === "FAILED")).toBe(true);
  const failedIds = ids(
    sampleTaskRuns({ transformId: TransformId, count: 25 }).filter(({ Status }) => Status === "FAILED"),
  );
  if (!own) expect(ids(runs)).toEqual(failedIds.toReversed().slice(0, 10));
  // The transforms and their runs.
  expect(glue.requests).toHaveLength(own ? 0 : 2);
});
