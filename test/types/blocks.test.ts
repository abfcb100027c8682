/** Every TypeScript block of the README and of `docs` compiles against the built package. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it, onTestFinished } from "vitest";
import { readAllPrograms, readFrameworkFiles, root, writeProject } from "../blocks.js";

/** Compiles some of these files. Returns the errors. */
async function findErrors(
  files: Iterable<readonly [name: string, code: string]>,
  names: readonly string[],
  options: ts.CompilerOptions,
) {
  const folder = await writeProject(files);
  onTestFinished(() => rm(folder, { recursive: true }));
  const program = ts.createProgram(
    names.map((name) => join(folder, name)),
    {
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
      noEmit: true,
      skipLibCheck: true,
      types: ["node"],
      ...options,
    },
  );
  const resolved = program.getSourceFiles().map(({ fileName }) => fileName);
  expect(resolved).toContain(join(root, "dist/index.d.ts"));
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${file?.fileName ?? "?"}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}

it("Every block compiles", async () => {
  const programs = await readAllPrograms();
  const files = programs.map(({ name, code }) => [name, code] as const);
  const names = programs.map(({ name }) => name);
  expect(await findErrors(files, names, { module: ts.ModuleKind.NodeNext, strict: true })).toEqual([]);
});

describe("The blocks of frameworks.md", () => {
  const route = "app/transforms/[id]/runs/route.ts";

  it.each<[strict: boolean, names: string[]]>([
    [true, ["runs.ts", "express.ts", "fastify.ts", route, "nest.ts"]],
    // The checks with which Next begins a project.
    [false, ["runs.ts", route]],
  ])("are complete files that compile, strict: %s", async (strict, names) => {
    const files = await readFrameworkFiles();
    if (strict) expect(names).toEqual([...files.keys()]);
    const options = {
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      isolatedModules: true,
      strict,
    };
    expect(await findErrors(files, names, options)).toEqual([]);
  });
});
