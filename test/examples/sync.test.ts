/** The example of a copy in a database. The matrix runs it with newer runtimes. */
import { readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import { runExample } from "./support.js";
import { checkSync } from "./sync-scenario.js";

const hasSqlite = process.getBuiltinModule("node:sqlite") !== undefined;

it.skipIf(hasSqlite)("Without node:sqlite the example says so in one line, and its exit code is 2", async () => {
  const { code, stdout, stderr, folder } = await runExample("sync");
  expect(code).toBe(2);
  expect(stdout).toBe("");
  const version = process.versions.node;
  expect(stderr).toBe(`This example needs node:sqlite, which Node.js ${version} does not have; 22.13 has it.\n`);
  expect(await readdir(folder)).toEqual([]);
});

it.runIf(hasSqlite)("The database has the history after each copy, however often one fails", async () => {
  await checkSync(process.execPath);
});
