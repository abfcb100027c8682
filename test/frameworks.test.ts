/** The blocks of `docs/frameworks.md` serve pages of runs as printed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import type { GlueClient } from "@aws-sdk/client-glue";
import { build } from "esbuild";
import { MLTaskRuns } from "glue-ml-task-runs";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { readFrameworkFiles, writeProject } from "./blocks.js";
import { newestFirst, startGlue, startHangingServer, TransformId } from "./support.js";

const files = await readFrameworkFiles();

/** Serves a route handler with the parameters that Next gives it. Next itself is not installed. */
const NEXT = `
  import { createServer } from "node:http";
  import { GET } from "./app/transforms/[id]/runs/route";
  createServer(async (incoming, outgoing) => {
    const closed = new AbortController();
    outgoing.on("close", () => closed.abort());
    const request = new Request("http://localhost" + incoming.url, { signal: closed.signal });
    const [, , id = ""] = new URL(request.url).pathname.split("/");
    const response = await GET(request, { params: Promise.resolve({ id }) });
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  }).listen(process.env.PORT);`;
const programs = { Express: "express.ts", Fastify: "fastify.ts", Next: "next.ts", Nest: "nest.ts" };

let folder = "";
beforeAll(async () => {
  folder = await writeProject([...files, ["next.ts", NEXT]]);
  await build({
    entryPoints: Object.values(programs).map((name) => join(folder, name)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  });
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(Object.entries(programs))("The endpoint in %s", (_, program) => {
  it("returns the failed runs in pages, and rejects unknown values", async () => {
    const glue = await startGlue(2500);
    const url = await serve(program, glue.endpoint);
    const runs: unknown[] = [];
    let pages = 0;
    for (let next: string | undefined = ""; next !== undefined; pages += 1) {
      const { status, body } = await get(`${url}?status=FAILED&type=EVALUATION${next}`);
      expect(status).toBe(200);
      runs.push(...body.runs);
      next = body.cursor && `&cursor=${body.cursor}`;
    }
    const query = { TransformId, Filter: { Status: "FAILED", TaskRunType: "EVALUATION" }, Sort: newestFirst } as const;
    const expected = await new MLTaskRuns(glue.client()).list(query).toArray();
    expect(pages).toBeGreaterThan(1);
    expect(runs).toEqual(JSON.parse(JSON.stringify(expected)));

    const before = glue.requests.length;
    expect(await get(`${url}?status=LOST`)).toEqual({ status: 400, body: { error: "Unknown status." } });
    expect(await get(`${url}?type=LOST`)).toEqual({ status: 400, body: { error: "Unknown type." } });
    expect(await get(`${url}?cursor=x`)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('The cursor "x" was not made') },
    });
    expect(glue.requests.length).toBe(before);
    expect(await get(url.replace(TransformId, "tfm-none"))).toMatchObject({ status: 404 });
  });

  it("aborts the request to AWS when the client disconnects", async () => {
    const { client, requests } = await startHangingServer();
    const url = await serve(program, await endpointOf(client));
    const leave = new AbortController();
    const response = fetch(url, { signal: leave.signal });
    await vi.waitFor(() => expect(requests.hanging).toBe(1));
    leave.abort();
    await expect(response).rejects.toThrow("aborted");
    await vi.waitFor(() => expect(requests.closed).toBe(1));
    expect(requests.received).toBe(1);
  });
});

/** Starts a program on a free port. It is ended at the end of the test. Returns the address of the runs. */
async function serve(program: string, endpoint: string): Promise<string> {
  const port = await findFreePort();
  const child = spawn("node", [join(folder, program.replace(".ts", ".mjs"))], {
    env: {
      ...process.env,
      PORT: String(port),
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    },
  });
  onTestFinished(() => void child.kill());
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const origin = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(origin).catch(() => Promise.reject(new Error(`No server yet. ${output}`))), {
    timeout: 20_000,
  });
  return `${origin}/transforms/${TransformId}/runs`;
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // It listens on a TCP port, so its address is neither a path nor null.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function endpointOf(client: GlueClient): Promise<string> {
  const { protocol, hostname, port } = (await client.config.endpoint?.()) ?? {};
  return `${protocol}//${hostname}:${port}`;
}

/** The status and the body of a response. */
async function get(url: string) {
  const response = await fetch(url);
  return { status: response.status, body: JSON.parse(await response.text()) };
}
