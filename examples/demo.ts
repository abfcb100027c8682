/**
 * The command `glue-ml-task-runs` on 2,500 sample runs of a local endpoint.
 * It shows their counts by type and status, and the latest failures.
 *
 *     npm run demo
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";

const transformId = "tfm-0123";
await using glue = await LocalGlue.start({ latency: 50 });
glue.addTaskRuns(sampleTaskRuns({ transformId, count: 2500, to: new Date() }));
console.log(`A local endpoint at ${glue.endpoint} has 2,500 sample runs.`);

await run("list", transformId, "--count", "-o", "table");
console.log(`(2,500 runs, read in ${glue.requests.length} pages of up to 1,000)`);
await run("list", transformId, "--status", "FAILED,TIMEOUT", "--limit", "5", "-o", "table");

/** Runs the command, from its source: users have it as `npx glue-ml-task-runs`. */
async function run(...args: string[]): Promise<void> {
  console.log(`\n$ glue-ml-task-runs ${args.join(" ")}`);
  const command = fileURLToPath(new URL("../src/command/bin.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", command, ...args], {
    stdio: "inherit",
    env: {
      ...process.env,
      AWS_ENDPOINT_URL_GLUE: glue.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    },
  });
  // A reader of a pipe that ends, as in `| head`, ends this process.
  const stop = () => child.kill();
  process.once("exit", stop);
  const [code] = await once(child, "exit");
  process.off("exit", stop);
  if (code !== 0) throw new Error(`The command has ended with the exit code ${code}.`);
}
