import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { startGlue, TransformId } from "./support.js";

const run = promisify(execFile);
const cwd = fileURLToPath(new URL("..", import.meta.url));
const demo = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  run("node", ["--import", "tsx", "examples/demo.ts", ...args], { cwd, env: { ...process.env, ...env } });

it("The demo lists 2,500 runs page by page and shows counts by type and five failures", async () => {
  const { stdout } = await demo([]);
  expect(stdout).toContain("page 1: 1000 runs so far\npage 2: 2000 runs so far\npage 3: 2500 runs so far\n");
  expect(stdout).toMatch(/│ FIND_MATCHES .*│ \d+/);
  const counts = [...stdout.matchAll(/│ (\d+) /g)].map(([, count]) => Number(count));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2500);
  expect(stdout.match(/jr_[\da-f]{64}\n {2}Job run failed/g)).toHaveLength(5);
});

it("The demo with --transform-id lists the runs of the endpoint in the AWS configuration", async () => {
  const glue = await startGlue(40);
  const env = { AWS_ENDPOINT_URL: glue.endpoint, AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
  const { stdout } = await demo(["--transform-id", TransformId, "--region", "eu-west-1"], env);
  expect(stdout).toContain("page 1: 40 runs so far");
  expect(stdout).toContain(`Runs of ${TransformId} by type and status`);
});
