/**
 * The public surface: what the built declarations of both entries hold, as the reports in `etc` say it. A change of it
 * fails here; `npm run api` writes it into the reports, for review.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CompilerState, Extractor, ExtractorConfig, ExtractorMessageCategory } from "@microsoft/api-extractor";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "api-"));
afterAll(() => rm(folder, { recursive: true }));

/** One program for both entries: to make it takes longer than the reports do. */
const compilerState = CompilerState.create(configure("index"), {
  additionalEntryPoints: [join(root, "dist/local.d.ts")],
});

it.each(["index", "local"])("%s has the surface that was reviewed", async (entry) => {
  const mistakes: string[] = [];
  Extractor.invoke(configure(entry), {
    compilerState,
    localBuild: true,
    messageCallback(message) {
      if (message.category === ExtractorMessageCategory.Compiler) mistakes.push(message.text);
      // The rest is about annotations that this project does not use.
      message.handled = true;
    },
  });
  expect(mistakes).toEqual([]);
  const report = await readFile(join(folder, `${entry}.api.md`), "utf8");
  await expect(report).toMatchFileSnapshot(`../etc/${entry}.api.md`);
});

function configure(entry: string): ExtractorConfig {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, `dist/${entry}.d.ts`),
      compiler: {
        overrideTsconfig: {
          compilerOptions: { target: "ES2022", module: "NodeNext", types: ["node"], skipLibCheck: true },
          files: [`dist/${entry}.d.ts`],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${entry}.api.md`,
        reportFolder: folder,
        reportTempFolder: join(folder, "temp"),
        // What an exported type is made of is part of the surface.
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      newlineKind: "lf",
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, "package.json"),
  });
}
