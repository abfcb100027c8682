/** The examples, as a reader would start them. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TaskRun } from "@aws-sdk/client-glue";
import { MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { handleRuns } from "../examples/http-service.js";
import { ids, idsNewestFirst, startGlue, startServer, TransformId } from "./support.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));

describe("export.ts", () => {
  it("killed with SIGKILL again and again, and started again, exports every run once, in order", async () => {
    const glue = await startGlue(12_500, { latency: 10 });
    const folder = await mkdtemp(join(tmpdir(), "export-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, "runs.ndjson");
    const start = () =>
      spawn("node", ["--import", "tsx", "examples/export.ts", file, "--transform-id", TransformId, "--region", "x-1"], {
        cwd: root,
        env: { ...process.env, AWS_ENDPOINT_URL: glue.endpoint, AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" },
      });
    const kill = async (pages: number, delay: number) => {
      const child = start();
      let seen = 0;
      for await (const chunk of child.stdout) {
        seen += String(chunk).split(" runs\n").length - 1;
        if (seen < pages) continue;
        // Somewhere in the middle of the next page.
        await new Promise((resolve) => setTimeout(resolve, delay));
        child.kill("SIGKILL");
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      return child.signalCode;
    };
    for (const [pages, delay] of [
      [1, 0],
      [2, 7],
      [2, 15],
      [3, 3],
    ] as const) {
      expect(await kill(pages, delay)).toBe("SIGKILL");
    }
    const [code] = await once(start(), "exit");
    expect(code).toBe(0);
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).TaskRunId)).toEqual(idsNewestFirst(12_500).reverse());
    await expect(readFile(`${file}.state`)).rejects.toThrow("ENOENT");
  }, 60_000);
});

describe("failures.ts", () => {
  it("shows what failed and timed out since yesterday across all transforms", async () => {
    const { stdout, stderr } = await run("node", ["--import", "tsx", "examples/failures.ts"], { cwd: root });
    expect(stderr).toMatch(/FAILED: \d+ runs in \d+ pages/);
    const [, failed = 0] = /(\d+) runs ended with FAILED since yesterday\.\n/.exec(stdout) ?? [];
    expect(Number(failed)).toBeGreaterThan(5);
    const started = [...stdout.matchAll(/^(\d{4}-\S+Z) {2}tfm-\S+ {2}tsk-/gm)].map(([, time]) => time);
    expect(started.length).toBeGreaterThan(Number(failed));
    const ofFailed = started.slice(0, Number(failed));
    expect(ofFailed).toEqual(ofFailed.toSorted().reverse());
  });
});

describe("windows.ts", () => {
  it("lists the same runs in both ways", async () => {
    const { stdout } = await run("node", ["--import", "tsx", "examples/windows.ts"], { cwd: root });
    expect(stdout).toMatch(/one after another: 2500 runs in \d+ ms\nin 8 windows: 2500 runs in \d+ ms\n/);
    expect(stdout).toContain("The same runs in the same order.");
  });
});

describe("http-service.ts", () => {
  const serve = async (taskRuns: MLTaskRuns) => {
    const server = createServer(handleRuns(taskRuns, TransformId)).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  };

  it("pages through to its own clients", async () => {
    const glue = await startGlue(25);
    const url = await serve(new MLTaskRuns(glue.client()));
    const given: string[] = [];
    let cursor: string | undefined = "";
    while (cursor !== undefined) {
      const response = await fetch(`${url}/runs?limit=10${cursor && `&cursor=${cursor}`}`);
      const page = (await response.json()) as { runs: TaskRun[]; cursor?: string };
      given.push(...ids(page.runs));
      cursor = page.cursor;
    }
    expect(given).toEqual(idsNewestFirst(25));
    expect(glue.requests).toHaveLength(3);
  });

  it("tells its clients what they got wrong", async () => {
    const glue = await startGlue(25);
    const url = await serve(new MLTaskRuns(glue.client()));
    const page = await fetch(`${url}/runs?limit=10&status=SUCCEEDED`);
    const first = (await page.json()) as { cursor?: string };
    for (const wrong of ["limit=0", "limit=ten", "cursor=x", `status=FAILED&cursor=${first.cursor}`]) {
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
});
