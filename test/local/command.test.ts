/** The command `glue-ml-task-runs-local`: built, as a process, and in this process for the coverage. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import {
  GetMLTaskRunCommand,
  GetMLTransformsCommand,
  GlueClient,
  StartMLEvaluationTaskRunCommand,
} from "@aws-sdk/client-glue";
import { MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { runCommand } from "../../src/local/command.js";
import { cli, sendRaw, startCommand } from "../support.js";

interface Result {
  code: number | null;
  out: string;
  err: string;
}

async function runProcess(args: string[]): Promise<Result> {
  const child = spawn("node", [cli, ...args]);
  const result: Result = { code: null, out: "", err: "" };
  child.stdout.on("data", (chunk) => (result.out += chunk));
  child.stderr.on("data", (chunk) => (result.err += chunk));
  [result.code] = await once(child, "close");
  return result;
}

/** A stream whose chunks are read immediately. */
function writeTo(read: (text: string) => void): Writable {
  return new Writable({
    write(chunk, _, done) {
      read(String(chunk));
      done();
    },
  });
}

async function runInThisProcess(args: string[], signal = AbortSignal.abort()): Promise<Result> {
  const result: Result = { code: null, out: "", err: "" };
  result.code = await runCommand(args, {
    out: writeTo((text) => (result.out += text)),
    err: writeTo((text) => (result.err += text)),
    signal,
  });
  return result;
}

function clientOf(endpoint: string): GlueClient {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return new GlueClient({ region: "us-east-1", endpoint, credentials, maxAttempts: 1 });
}

async function dataFile(content: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "command-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "data.json");
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

describe("As a process, the command", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "serves requests, logs a line for each, and exits with code 0 on %s",
    async (signal) => {
      const { child, endpoint, out } = await startCommand(
        "--runs",
        "25",
        "--transform-id",
        "tfm-a",
        "--transform-id",
        "tfm-b",
      );
      const taskRuns = new MLTaskRuns(clientOf(endpoint));
      expect(await taskRuns.list({ TransformId: "tfm-b" }, { pageSize: 10 }).toArray()).toHaveLength(25);
      await expect(taskRuns.list({ TransformId: "tfm-c" }).first()).rejects.toThrow("Cannot find MLTransform");
      const log = () => out().split("Ctrl-C ends it.\n\n")[1]?.trimEnd().split("\n");
      await vi.waitFor(() => expect(log()).toHaveLength(4));
      expect(log()?.[0]).toMatch(
        /^\d\d:\d\d:\d\d\.\d{3} 200 GetMLTaskRuns \d+ ms \{"TransformId":"tfm-b","MaxResults":10\}$/,
      );
      expect(log()?.[1]).toMatch(/ 200 GetMLTaskRuns \d+ ms \{"TransformId":"tfm-b","NextToken":".{100,}\.\.\.$/);
      expect(log()?.[3]).toMatch(/ 400 GetMLTaskRuns EntityNotFoundException \d+ ms \{/);
      expect(out()).toContain(`--endpoint-url ${endpoint} --region us-east-1 --transform-id tfm-a`);
      child.kill(signal);
      expect(await once(child, "exit")).toEqual([0, null]);
    },
  );

  it("generates the same runs for the same seed, and has the page size of its option", async () => {
    const commands = await Promise.all([
      startCommand("--seed", "7", "--page-size", "5"),
      startCommand("--seed", "7", "--page-size", "5", "--latency", "1", "--host", "127.0.0.1"),
    ]);
    const pages = commands.map(({ endpoint }) =>
      fetch(endpoint, {
        method: "POST",
        headers: { "X-Amz-Target": "AWSGlue.GetMLTaskRuns" },
        body: JSON.stringify({ TransformId: "tfm-0123456789abcdef0123456789abcdef01234567" }),
      }).then((response) => response.json() as Promise<{ TaskRuns: { TaskRunId: string }[] }>),
    );
    const [first, second] = (await Promise.all(pages)).map(({ TaskRuns }) => TaskRuns.map((run) => run.TaskRunId));
    expect(first).toHaveLength(5);
    expect(second).toEqual(first);
  });
});

describe("As a process, the command", () => {
  const send = (endpoint: string, body = "{}") =>
    fetch(endpoint, { method: "POST", headers: { "X-Amz-Target": "AWSGlue.GetMLTransforms" }, body });

  it("exits immediately on SIGINT while a response is delayed by an hour", async () => {
    const { child, endpoint, out } = await startCommand("--latency", "3600000");
    const head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n";
    const delayed = `${head}X-Amz-Target: AWSGlue.GetMLTransforms\r\n\r\n{}`;
    // The second request on the connection is rejected and logged while the first is delayed.
    const response = sendRaw(endpoint, `${delayed}${head}\r\n{}`);
    await vi.waitFor(() => expect(out()).toContain(" 400 - UnknownOperationException"));
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(await response).toBe("");
  });

  it("exits without an error when its output is closed", async () => {
    const { child, endpoint, err } = await startCommand();
    const exit = once(child, "exit");
    child.stdout.destroy();
    await send(endpoint).catch(() => {});
    expect(await exit).toEqual([0, null]);
    expect(err()).toBe("");
  });

  it("responds, and exits on SIGTERM, while its output is a pipe that is not read", async () => {
    const { child, endpoint } = await startCommand();
    child.stdout.pause();
    const body = JSON.stringify({ Filter: { Name: "x".repeat(200) } });
    for (let count = 0; count < 40; count += 1) {
      const responses = Array.from({ length: 50 }, () => send(endpoint, body).then((response) => response.text()));
      expect(new Set(await Promise.all(responses))).toEqual(new Set(['{"Transforms":[]}']));
    }
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});

describe("The command", () => {
  it("drops log lines while its output is full, and logs their number", async () => {
    let text = "";
    let accept = () => {};
    const out = new Writable({
      highWaterMark: 1,
      write(chunk, _, done) {
        text += chunk;
        accept = done;
      },
    });
    const controller = new AbortController();
    const code = runCommand(["--port", "0"], { out, err: writeTo(() => {}), signal: controller.signal });
    await vi.waitFor(() => expect(text).toContain("Ctrl-C ends it."));
    const send = async () => (await fetch(/http:\/\/\S+:\d+/.exec(text)?.[0] ?? "")).text();
    for (let count = 0; count < 3; count += 1) await send();
    const isDrained = once(out, "drain");
    accept();
    await isDrained;
    await send();
    accept();
    await vi.waitFor(() =>
      expect(text).toMatch(
        /Ctrl-C ends it\.\n\n\.\.\. 3 log lines were dropped because the output was not read\.\n\S+ 200 - [^\n]+\n$/,
      ),
    );
    controller.abort();
    expect(await code).toBe(0);
  });

  const startInThisProcess = async (...args: string[]) => {
    const controller = new AbortController();
    let out = "";
    const code = runCommand(["--port", "0", ...args], {
      out: writeTo((text) => (out += text)),
      err: writeTo((text) => (out += text)),
      signal: controller.signal,
    });
    onTestFinished(async () => {
      controller.abort();
      expect(await code).toBe(0);
    });
    await vi.waitFor(() => expect(out).toContain("Ctrl-C ends it."));
    return { client: clientOf(/http:\/\/\S+:\d+/.exec(out)?.[0] ?? ""), out: () => out };
  };

  it("serves the transforms and runs of a file in the service's JSON", async () => {
    const file = await dataFile({
      Transforms: [{ TransformId: "tfm-1", Name: "people", CreatedOn: 1_760_000_000.5 }, { TransformId: "tfm-2" }],
      TaskRuns: [
        { TransformId: "tfm-1", TaskRunId: "tsk-1", Status: "FAILED", StartedOn: 1_760_000_000.123 },
        {
          TransformId: "tfm-1",
          TaskRunId: "tsk-2",
          Status: "SUCCEEDED",
          StartedOn: "2025-10-09T08:53:21.456000+00:00",
        },
        { TransformId: "tfm-3", TaskRunId: "tsk-3", Status: "RUNNING", StartedOn: null },
      ],
    });
    const { client, out } = await startInThisProcess("--data", file);
    expect(out()).toContain("--transform-id tfm-1");
    const runs = await new MLTaskRuns(client).list({ TransformId: "tfm-1" }).toArray();
    expect(runs.map(({ TaskRunId, StartedOn }) => [TaskRunId, StartedOn?.toISOString()])).toEqual([
      ["tsk-2", "2025-10-09T08:53:21.456Z"],
      ["tsk-1", "2025-10-09T08:53:20.123Z"],
    ]);
    const { Transforms } = await client.send(new GetMLTransformsCommand({}));
    expect(Transforms).toMatchObject([
      { TransformId: "tfm-1", Name: "people", CreatedOn: new Date(1_760_000_000_500) },
      { TransformId: "tfm-2" },
      { TransformId: "tfm-3" },
    ]);
  });

  it("escapes characters that a terminal interprets or hides", async () => {
    const hidden = "\u009b31m\u202e\u2028\ud83d\ude00\u{e0041}\u007f";
    const escaped = "\\u009b31m\\u202e\\u2028\ud83d\ude00\\udb40\\udc41\\u007f";
    const { client, out } = await startInThisProcess(
      "--data",
      await dataFile({ TaskRuns: [{ TransformId: `\u001b${hidden}`, TaskRunId: "tsk-1" }] }),
    );
    expect(out()).toContain(`--transform-id \\u001b${escaped}\n`);
    await expect(client.send(new GetMLTransformsCommand({ Filter: { Name: `${hidden}\u001b` } }))).rejects.toThrow();
    await vi.waitFor(() => expect(out()).toContain(`{"Filter":{"Name":"${escaped}\\u001b"}}\n`));
    const { err } = await runInThisProcess(["--host", hidden]);
    expect(err).toMatch(/^glue-ml-task-runs-local: [^\p{C}]+\n$/u);
  });

  const transformsOf = async (client: GlueClient) =>
    (await client.send(new GetMLTransformsCommand({}))).Transforms?.map(({ TransformId }) => TransformId);

  it("adds sample runs to those of a file only if an option asks for them", async () => {
    const file = await dataFile({ TaskRuns: [{ TransformId: "tfm-1", TaskRunId: "tsk-1", Status: "FAILED" }] });
    const { client, out } = await startInThisProcess("--data", file, "--runs", "3");
    expect(out()).toContain("--transform-id tfm-1");
    const list = new MLTaskRuns(client).list({ TransformId: "tfm-0123456789abcdef0123456789abcdef01234567" });
    expect(await list.toArray()).toHaveLength(3);

    const named = await startInThisProcess("--data", file, "--transform-id", "tfm-2");
    expect(await transformsOf(named.client)).toEqual(["tfm-1", "tfm-2"]);
    expect(await new MLTaskRuns(named.client).list({ TransformId: "tfm-2" }).toArray()).toHaveLength(100);

    const alone = await startInThisProcess("--data", file);
    expect(await transformsOf(alone.client)).toEqual(["tfm-1"]);
  });

  it("generates a different history for each transform from one seed", async () => {
    const statuses = async (...args: string[]) => {
      const { client } = await startInThisProcess("--transform-id", "tfm-a", "--transform-id", "tfm-b", ...args);
      const all = ["tfm-a", "tfm-b"].map((TransformId) => new MLTaskRuns(client).list({ TransformId }).toArray());
      return (await Promise.all(all)).map((runs) => runs.map(({ Status }) => Status).join());
    };
    const [[a, b], [c]] = [await statuses("--seed", "4"), await statuses("--seed", "5")];
    expect(a).not.toBe(b);
    // The second transform has the next seed.
    expect(c).toBe(b);
    expect(await transformsOf((await startInThisProcess()).client)).toEqual([
      "tfm-0123456789abcdef0123456789abcdef01234567",
    ]);
  });

  it("logs requests that are not valid requests of Glue, and at most 160 characters of the input", async () => {
    const { client, out } = await startInThisProcess("--data", await dataFile({}));
    expect(out()).toContain("--transform-id tfm-...");
    const { hostname, port } = (await client.config.endpoint?.()) ?? { hostname: "", port: 0 };
    await fetch(`http://${hostname}:${port}`);
    await vi.waitFor(() => expect(out()).toMatch(/ 200 - \d+ ms\n$/));
    await fetch(`http://${hostname}:${port}`, { method: "PUT" });
    await vi.waitFor(() => expect(out()).toMatch(/ 400 - UnknownOperationException \d+ ms\n$/));
    await expect(new MLTaskRuns(client).list({ TransformId: "x".repeat(255) }).first()).rejects.toThrow(
      "Cannot find MLTransform",
    );
    await vi.waitFor(() => expect(out()).toMatch(/ 400 GetMLTaskRuns EntityNotFoundException \d+ ms \{.*x\.\.\.\n$/));
    const lineOf = async (id: string) => {
      await expect(new MLTaskRuns(client).list({ TransformId: id }).first()).rejects.toThrow("Cannot find MLTransform");
      await vi.waitFor(() => expect(out().endsWith("\n") && out()).toContain(`{"TransformId":"${id.slice(0, 100)}`));
      return / ms (.*)\n$/.exec(out())?.[1];
    };
    // An input of 160 characters, and one of 161.
    const whole = { TransformId: "y".repeat(127), MaxResults: 1 };
    expect(JSON.stringify(whole)).toHaveLength(160);
    expect(await lineOf(whole.TransformId)).toBe(JSON.stringify(whole));
    expect(await lineOf("z".repeat(128))).toBe(`{"TransformId":"${"z".repeat(128)}","MaxResults":1...`);
  });

  it("starts runs that change as --starting-time and --run-time say", async () => {
    const { client } = await startInThisProcess("--starting-time", "1000", "--run-time", "Infinity");
    vi.useFakeTimers({ toFake: ["Date"] });
    const TransformId = "tfm-0123456789abcdef0123456789abcdef01234567";
    const { TaskRunId = "" } = await client.send(new StartMLEvaluationTaskRunCommand({ TransformId }));
    const statusAfter = async (elapsed: number) => {
      vi.setSystemTime(Date.now() + elapsed);
      return (await client.send(new GetMLTaskRunCommand({ TransformId, TaskRunId }))).Status;
    };
    expect(await statusAfter(999)).toBe("STARTING");
    expect(await statusAfter(1)).toBe("RUNNING");
    expect(await statusAfter(86_400_000)).toBe("RUNNING");
  });

  it("prints its help and its version", async () => {
    for (const run of [runProcess, runInThisProcess]) {
      expect(await run(["--version"])).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" });
      const { code, out } = await run(["--help"]);
      expect(code).toBe(0);
      expect(out).toMatch(/^Usage: glue-ml-task-runs-local \[options\]\n/);
      for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(79);
    }
  });

  it("ends immediately if the signal is already aborted", async () => {
    expect(await runInThisProcess(["--port", "0"])).toMatchObject({ code: 0, err: "" });
  });

  it.each<[string, string[], RegExp]>([
    ["an unknown option", ["--prot", "1"], /Unknown option '--prot'$/],
    ["an argument", ["4577"], /Unexpected argument '4577'/],
    ["an option without its value", ["--port"], /'--port <value>' argument missing$/],
    ["a port that is not a number", ["--port", "http"], /--port must be an integer of at least 0, got "http"\.$/],
    ["a port out of range", ["--port", "70000"], /port must be an integer from 0 to 65535, got 70000\.$/],
    ["a negative number", ["--runs=-1"], /--runs must be an integer of at least 0, got "-1"\.$/],
    ["a number with a suffix", ["--seed", "1x"], /--seed must be an integer of at least 0, got "1x"\.$/],
    [
      "a latency that is not a number",
      ["--latency", "long"],
      /--latency must be an integer of at least 0, got "long"\.$/,
    ],
    [
      "a page size that is not a number",
      ["--page-size", ""],
      /--page-size must be an integer of at least 0, got ""\.$/,
    ],
    ["a page size out of range", ["--page-size", "0"], /defaultPageSize must be an integer from 1 to 1000, got 0\.$/],
    [
      "a negative starting time",
      ["--starting-time=-1"],
      /--starting-time must be an integer of at least 0, got "-1"\.$/,
    ],
    [
      "a run time that is not a number",
      ["--run-time", "long"],
      /must be an integer of at least 0 or Infinity, got "long"\.$/,
    ],
    ["a file that does not exist", ["--data", "/none.json"], /ENOENT: no such file or directory, open '\/none\.json'$/],
  ])("reports %s in one line and exits with code 2", async (_, args, message) => {
    const { code, out, err } = await runInThisProcess(args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^glue-ml-task-runs-local: [^\n]+\n$/);
    expect(err.trimEnd()).toMatch(message);
  });

  it("reports an error in a data file in one line with its name and exits with code 2", async () => {
    const file = await dataFile({ TaskRuns: [{ TransformId: "tfm-1", TaskRunId: "tsk-1", Status: 5 }] });
    for (const run of [runProcess, runInThisProcess]) {
      expect(await run(["--port", "0", "--data", file])).toEqual({
        code: 2,
        out: "",
        err: `glue-ml-task-runs-local: ${file}: taskRuns[0].Status must be a string, got 5. The TaskRunId is "tsk-1".\n`,
      });
    }
  });

  it("reports a port that is in use in one line and exits with code 2", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    for (const run of [runProcess, runInThisProcess]) {
      const { code, err } = await run(["--port", port]);
      expect(code).toBe(2);
      expect(err).toMatch(/^glue-ml-task-runs-local: the address is already in use \(.*EADDRINUSE.*\)\n$/);
    }
  });
});
