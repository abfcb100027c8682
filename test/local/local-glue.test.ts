/** `LocalGlue`: its options, its client, and closing it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { LocalGlue } from "glue-ml-task-runs/local";
import { describe, expect, it, onTestFinished } from "vitest";
import { collect, startGlue } from "../support.js";

describe("LocalGlue", () => {
  it("listens on loopback until it is closed, and can be closed twice", async () => {
    const glue = await LocalGlue.start();
    expect(glue.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await glue.close();
    await glue.close();
    await expect(fetch(glue.endpoint)).rejects.toThrow();
  });

  it("is closed at the end of its `await using` block", async () => {
    let endpoint = "";
    {
      await using glue = await LocalGlue.start();
      endpoint = glue.endpoint;
    }
    await expect(fetch(endpoint)).rejects.toThrow();
  });

  it("creates clients with default credentials and region, which the config overrides", async () => {
    const glue = await startGlue();
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    expect(await glue.client().config.credentials()).toMatchObject(credentials);
    expect(await glue.client({ region: "eu-west-1" }).config.region()).toBe("eu-west-1");
  });

  it("listens on the given host and port", async () => {
    await using glue = await LocalGlue.start({ host: "::1" });
    expect(glue.endpoint).toMatch(/^http:\/\/\[::1\]:\d+$/);
    await using other = await LocalGlue.start();
    const port = Number(new URL(other.endpoint).port);
    await expect(LocalGlue.start({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("leaves no timer when it is closed while responses are delayed by an hour", async () => {
    const script = `
      import { LocalGlue } from ${JSON.stringify(new URL("../../dist/local.js", import.meta.url))};
      const glue = await LocalGlue.start({ latency: 3_600_000, onResponse: () => console.log("response") });
      const headers = { "X-Amz-Target": "AWSGlue.GetMLTransforms" };
      const send = () => fetch(glue.endpoint, { method: "POST", headers, body: "{}" }).catch(() => {});
      const responses = Array.from({ length: 20 }, send);
      while (glue.requests.length < 20) await new Promise(setImmediate);
      await glue.close();
      await Promise.all(responses);
      console.log("closed");`;
    const child = spawn("node", ["--input-type=module", "--eval", script]);
    onTestFinished(() => void child.kill("SIGKILL"));
    const [out, err] = [collect<Buffer>(child.stdout), collect<Buffer>(child.stderr)];
    expect(await once(child, "exit")).toEqual([0, null]);
    expect((await out).join("")).toBe("closed\n");
    // The SDK may print a notice about Node 20.
    expect((await err).join("")).not.toContain("MaxListeners");
  });

  it("rejects invalid options", async () => {
    await expect(LocalGlue.start({ port: 65_536 })).rejects.toThrow("port must be an integer from 0 to 65535");
    // @ts-expect-error a misspelt option
    await expect(LocalGlue.start({ latncy: 5 })).rejects.toThrow('Unknown key "latncy" in the options.');
    await expect(LocalGlue.start({ latency: -1 })).rejects.toThrow("latency must be an integer");
    // @ts-expect-error no options
    await expect(LocalGlue.start(5)).rejects.toThrow("options must be an object, got 5.");
  });
});
