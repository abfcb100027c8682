import { Writable } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { runCommand } from "../../src/command/command.js";
import { write } from "../../src/command/context.js";
import { Interruption } from "../../src/command/errors.js";
import { HELP } from "../../src/command/help.js";
import { startGlue, TransformId } from "../support.js";
import { environmentOf, runHere } from "./support.js";

/** A stream that cannot be written. */
function failWith(code: string): Writable {
  const stream = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(`${code}: failed`), { code })),
  });
  return stream.on("error", () => {});
}

/** Prints the help where the output cannot be written. */
async function printHelp(out: Writable, err: Writable): Promise<number> {
  return runCommand(["--help"], { out, err, env: {}, signal: new AbortController().signal });
}

describe("The command", () => {
  it("prints its help and its version, also with other arguments", async () => {
    expect(await runHere(undefined, ["list", "--help"])).toEqual({ code: 0, out: HELP, err: "" });
    expect(await runHere(undefined, ["--version", "frob"])).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" });
  });

  it("ends quietly with exit code 0 when its output is closed", async () => {
    expect(await printHelp(failWith("EPIPE"), failWith("must not be written"))).toBe(0);
  });

  it("ends when it is interrupted, also if the reader of its output does not read", async () => {
    const glue = await startGlue(5);
    for (const [name, value] of Object.entries(environmentOf(glue))) vi.stubEnv(name, value);
    const controller = new AbortController();
    const out = new Writable({ write: () => controller.abort(new Interruption(143)) });
    const context = { out, err: failWith("must not be written"), env: {}, signal: controller.signal };
    expect(await runCommand(["list", TransformId], context)).toBe(143);
  });

  it("writes nothing after it was interrupted", async () => {
    await expect(write(failWith("must not be written"), "text", AbortSignal.abort("reason"))).rejects.toBe("reason");
  });

  it("finishes what it writes when it is interrupted", async () => {
    let finish = () => {};
    const out = new Writable({
      write(_chunk, _encoding, done) {
        finish = done;
      },
    });
    const controller = new AbortController();
    const written = write(out, "text", controller.signal);
    controller.abort("reason");
    finish();
    expect(await written).toBeUndefined();
  });

  it("reports output that cannot be written, with exit code 2", async () => {
    let text = "";
    const err = new Writable({
      write(chunk, _encoding, done) {
        text += chunk;
        done();
      },
    });
    expect(await printHelp(failWith("ENOSPC"), err)).toBe(2);
    expect(text).toBe("glue-ml-task-runs: the output cannot be written: ENOSPC: failed\n");
  });

  it("ends with its exit code where the error cannot be written either", async () => {
    expect(await printHelp(failWith("ENOSPC"), failWith("EPIPE"))).toBe(2);
  });
});
