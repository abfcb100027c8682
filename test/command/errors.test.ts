import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { describeError, exitCodeOf, Interruption } from "../../src/command/errors.js";
import { startGlue, startGlueWith, TransformId } from "../support.js";
import { createFolder, environmentOf, runHere } from "./support.js";

/** An environment without credentials, region and profiles. */
async function stubEmptyConfiguration(): Promise<void> {
  const folder = await createFolder();
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_CONFIG_FILE", join(folder, "config"));
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(folder, "credentials"));
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
}

describe("The command reports in one line, with exit code 3,", () => {
  it("an error of the service, with its name", async () => {
    const { code, out, err } = await runHere(await startGlue(), ["list", "tfm-none"]);
    expect({ code, out }).toEqual({ code: 3, out: "" });
    expect(err).toMatch(/^glue-ml-task-runs: EntityNotFoundException: [^\n]+\n$/);
  });

  it("an error after the first page, below the runs of that page", async () => {
    const glue = await startGlue(2500);
    glue.fail("internalError", { after: 1 });
    const { code, out, err } = await runHere(glue, ["list", TransformId, "--limit", "0"]);
    expect(code).toBe(3);
    expect(out.split("\n")).toHaveLength(1001);
    expect(err).toMatch(/^glue-ml-task-runs: InternalServiceException: [^\n]+\n$/);
  });

  it("a response that is not as the service documents it", async () => {
    const glue = await startGlue(2500);
    glue.fail("repeatedToken");
    const { code, err } = await runHere(glue, ["list", TransformId, "--limit", "0"]);
    expect(code).toBe(3);
    expect(err).toMatch(/^glue-ml-task-runs: [^\n]*NextToken[^\n]*\n$/);
  });

  it("a connection that is refused", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    server.close();
    const port = typeof address === "object" ? address?.port : 0;
    const { code, err } = await runHere(await startGlue(), ["list", "--endpoint-url", `http://127.0.0.1:${port}`]);
    expect(code).toBe(3);
    expect(err).toMatch(/^glue-ml-task-runs: connect ECONNREFUSED [^\n]+\n$/);
  });

  it("a missing region", async () => {
    await stubEmptyConfiguration();
    const { code, err } = await runHere(undefined, ["list"]);
    expect(code).toBe(3);
    expect(err).toMatch(/^glue-ml-task-runs: No region: [^\n]+ Use --region, or set AWS_REGION\.\n$/);
  });

  it("missing credentials", async () => {
    await stubEmptyConfiguration();
    const { code, err } = await runHere(undefined, ["list", "--region", "eu-west-1"]);
    expect(code).toBe(3);
    expect(err).toMatch(/^glue-ml-task-runs: No credentials: [^\n]+\n$/);
  });

  it("what the service sends, without what a terminal interprets", async () => {
    const { err } = await runHere(await startGlue(), ["list", "tfm-\u202e"]);
    expect(err).toMatch(/^glue-ml-task-runs: [^\p{C}]+\n$/u);
    expect(err).toContain("\\u202e");
  });
});

describe("The command finds its configuration as the SDK does:", () => {
  it("region and credentials of --profile", async () => {
    const glue = await startGlue(5);
    await stubEmptyConfiguration();
    const credentials = "aws_access_key_id = a\naws_secret_access_key = b\n";
    await writeFile(process.env.AWS_CONFIG_FILE ?? "", `[profile data]\nregion = eu-west-1\n${credentials}`);
    const { code, out } = await runHere(undefined, ["list", "--profile", "data", "--endpoint-url", glue.endpoint]);
    expect(code).toBe(0);
    expect(out.split("\n")).toHaveLength(6);
  });

  it("--region and --endpoint-url before the environment", async () => {
    const [glue, other] = [await startGlue(5), await startGlueWith([])];
    const args = ["list", "--region", "eu-west-1", "--endpoint-url", glue.endpoint];
    expect((await runHere(other, args)).out.split("\n")).toHaveLength(6);
    expect(environmentOf(other).AWS_ENDPOINT_URL_GLUE).not.toBe(glue.endpoint);
    expect(other.requests).toEqual([]);
  });
});

describe("An error", () => {
  it("of any kind has one line", () => {
    expect(describeError("a\nb")).toBe("a b");
    expect(describeError(new Error("a\n\tb\u001b"))).toBe("a b\\u001b");
    expect(describeError(new Error(""))).toBe("an error without a message");
    expect(describeError(Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }))).toBe("ECONNREFUSED");
    expect(exitCodeOf("text")).toBe(3);
  });

  it("of a closed pipe, and an interruption, are quiet", () => {
    const closed = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
    expect([describeError(closed), exitCodeOf(closed)]).toEqual(["", 0]);
    const interruption = new Interruption(130);
    expect([describeError(interruption), exitCodeOf(interruption)]).toEqual(["", 130]);
  });

  it("that comes while the command is interrupted is quiet", async () => {
    const signal = AbortSignal.abort(new Interruption(143));
    expect(await runHere(await startGlue(5), ["list"], { signal })).toEqual({ code: 143, out: "", err: "" });
  });
});
