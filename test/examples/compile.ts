/** Compiles the examples once, before all tests: a loader would compile them in each process that a test starts. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of the compiled examples. */
    compiledExamples: string;
  }
}

const root = fileURLToPath(new URL("../..", import.meta.url));

export default async function compileExamples(project: TestProject) {
  // Inside the project, so that `glue-ml-task-runs` is the built package.
  const folder = await mkdtemp(join(root, ".examples-"));
  await build({
    entryPoints: ["examples/**/*.ts", "examples/timeline/page.html"],
    absWorkingDir: root,
    outbase: "examples",
    outdir: folder,
    format: "esm",
    target: "node20",
    loader: { ".html": "copy" },
    logLevel: "error",
  });
  project.provide("compiledExamples", folder);
  return () => rm(folder, { recursive: true });
}
