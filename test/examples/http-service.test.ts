/** The example of an HTTP service with pages. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TaskRun } from "@aws-sdk/client-glue";
import { MLTaskRuns } from "glue-ml-task-runs";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { expect, it, onTestFinished, vi } from "vitest";
import { handleRuns } from "../../examples/http-service.js";
import { ids, startGlue, startHangingServer, TransformId } from "../support.js";
import { configureFor, createFolder, startExample } from "./support.js";

const serve = async (taskRuns: MLTaskRuns) => {
  const server = createServer(handleRuns(taskRuns)).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
};

it("The HTTP service returns the failed runs of all transforms page by page", async () => {
  const glue = await startGlue(100);
  glue.addTaskRuns(sampleTaskRuns({ transformId: "tfm-other", count: 100, seed: 2 }));
  const failed = await new MLTaskRuns(glue.client()).listAcrossTransforms({ Filter: { Status: "FAILED" } }).toArray();
  const url = await serve(new MLTaskRuns(glue.client()));
  const found: string[] = [];
  let cursor: string | undefined = "";
  while (cursor !== undefined) {
    const response = await fetch(`${url}/runs?pageSize=4${cursor && `&cursor=${cursor}`}`);
    const page = (await response.json()) as { runs: TaskRun[]; cursor?: string };
    found.push(...ids(page.runs));
    cursor = page.cursor;
  }
  expect(failed.length).toBeGreaterThan(8);
  expect(found).toEqual(ids(failed));
});

it("The HTTP service returns the runs of several statuses in one order, with one cursor", async () => {
  const glue = await startGlue(100);
  const url = await serve(new MLTaskRuns(glue.client()));
  const expected = (await new MLTaskRuns(glue.client()).listAcrossTransforms().toArray()).filter(
    ({ Status }) => Status === "FAILED" || Status === "TIMEOUT",
  );
  const read = async (parameters: string) =>
    (await (await fetch(`${url}/runs?${parameters}`)).json()) as { runs: TaskRun[]; cursor?: string };
  const first = await read("status=FAILED&status=TIMEOUT&pageSize=5");
  const rest = await read(`status=TIMEOUT&status=FAILED&cursor=${first.cursor}`);
  expect(ids([...first.runs, ...rest.runs])).toEqual(ids(expected));
  expect(expected.map(({ Status }) => Status)).toEqual(expect.arrayContaining(["FAILED", "TIMEOUT"]));
});

it("The HTTP service responds with 400, 404 or 502 to a wrong query, an unknown path or an error of AWS", async () => {
  const glue = await startGlue(25);
  const url = await serve(new MLTaskRuns(glue.client()));
  const page = await fetch(`${url}/runs?pageSize=10&status=SUCCEEDED`);
  const { cursor } = (await page.json()) as { cursor?: string };
  for (const wrong of ["pageSize=0", "pageSize=ten", "status=failed", "cursor=x", `status=TIMEOUT&cursor=${cursor}`]) {
    expect((await fetch(`${url}/runs?${wrong}`)).status).toBe(400);
  }
  expect((await fetch(`${url}/other`)).status).toBe(404);
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  glue.fail("expiredToken");
  expect((await fetch(`${url}/runs`)).status).toBe(502);
  expect(log).toHaveBeenCalledOnce();
});

it("The HTTP service aborts its request to AWS when its client closes the connection", async () => {
  const { client, requests } = await startHangingServer();
  const url = await serve(new MLTaskRuns(client));
  const controller = new AbortController();
  const response = fetch(`${url}/runs`, { signal: controller.signal });
  await vi.waitFor(() => expect(requests.hanging).toBe(1));
  controller.abort();
  await expect(response).rejects.toThrow();
  await vi.waitFor(() => expect(requests.closed).toBe(1));
});

it.for([
  { title: "its own local endpoint", usesOwnEndpoint: true },
  { title: "the endpoint of the AWS configuration", usesOwnEndpoint: false },
])("The HTTP service, started as a process, serves the runs of $title", async ({ usesOwnEndpoint }) => {
  const glue = await startGlue(25);
  const { args, env } = usesOwnEndpoint ? { args: [], env: {} } : configureFor(glue);
  const child = startExample("http-service", await createFolder(), { args: ["--port", "0", ...args], env });
  const [line] = await once(child.stdout, "data");
  const response = await fetch(String(line).trim());
  const { runs } = (await response.json()) as { runs: TaskRun[] };
  expect(runs.every(({ Status }) => Status === "FAILED")).toBe(true);
  const failedIds = ids(
    sampleTaskRuns({ transformId: TransformId, count: 25 }).filter(({ Status }) => Status === "FAILED"),
  );
  if (!usesOwnEndpoint) expect(ids(runs)).toEqual(failedIds.toReversed().slice(0, 10));
  // One request for the transforms and one for the runs.
  expect(glue.requests).toHaveLength(usesOwnEndpoint ? 0 : 2);
});
