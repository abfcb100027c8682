/** The commands of `docs/command.md` and of the README: each block runs as printed, and prints something. */
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { expect, it, vi } from "vitest";
import { createRun, startGlueWith } from "../support.js";
import { command, createFolder, startShell } from "./support.js";

const read = (path: string) => readFile(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");
const page = await read("docs/command.md");
const blocks = [page, await read("README.md")]
  .flatMap((text) => [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block))
  .filter((block) => block.includes("npx glue-ml-task-runs "));

it.each(blocks)("This block runs as printed: %s", async (block) => {
  const transforms = ["tfm-0123", "tfm-4567"].flatMap((transformId, index) =>
    sampleTaskRuns({ transformId, seed: index, count: 600, to: new Date() }),
  );
  const hourAgo = new Date(Date.now() - 3_600_000);
  const glue = await startGlueWith([
    ...transforms,
    createRun("tsk-0123", { Status: "SUCCEEDED" } as const),
    createRun("tsk-timeout", { Status: "TIMEOUT", StartedOn: hourAgo, CompletedOn: hourAgo } as const),
  ]);
  // `npx` is the built command, in a folder for what the block writes.
  const cwd = await createFolder();
  await mkdir(join(cwd, "bin"));
  await writeFile(join(cwd, "bin/npx"), `#!/bin/sh\nshift\nexec "${process.execPath}" "${command}" "$@"\n`);
  await chmod(join(cwd, "bin/npx"), 0o755);
  await writeFile(
    join(cwd, "config"),
    "[profile data]\nregion = eu-west-1\naws_access_key_id = a\naws_secret_access_key = b\n",
  );
  const isEndless = block.includes(" watch ") && !block.includes("--once");
  const { result, ended, child } = startShell(glue, `cd "${cwd}"\n${isEndless ? "exec " : ""}${block}`, {
    PATH: `${join(cwd, "bin")}:${process.env.PATH}`,
    AWS_CONFIG_FILE: join(cwd, "config"),
    ...(block.includes("--profile") && { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }),
  });
  if (isEndless) {
    await vi.waitFor(() => expect(glue.requests.length).toBeGreaterThan(0), { timeout: 10_000 });
    child.kill("SIGINT");
  }
  expect(await ended).toMatchObject({ code: block.includes("exit 2") ? 2 : 0, err: "" });
  const written = await Promise.all(
    ["runs.csv", "runs.ndjson"].map((file) => readFile(join(cwd, file), "utf8").catch(() => "")),
  );
  expect(isEndless || result.out + written.join("")).not.toBe("");
});

it("The page names every option, format and exit code that the help names", async () => {
  const { HELP } = await import("../../src/command/help.js");
  const options = [...HELP.matchAll(/--[a-z-]+/g)].map(([option]) => option);
  expect(options.filter((option) => !page.includes(`\`${option}`))).toEqual([]);
});
