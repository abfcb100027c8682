/**
 * The public surface: the built declarations of both entries, compared with the reports in `etc`. A change of them
 * fails here. `npm run api` writes it to the reports, for review.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CompilerState, Extractor, ExtractorConfig, ExtractorMessageCategory } from "@microsoft/api-extractor";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "api-"));
afterAll(() => rm(folder, { recursive: true }));

/** One program for both entries, because creating it takes most of the time. */
const compilerState = CompilerState.create(configure("index"), {
  additionalEntryPoints: [join(root, "dist/local.d.ts")],
});

it.each(["index", "local"])("The entry %s has the surface that its report describes", async (entry) => {
  const errors: string[] = [];
  Extractor.invoke(configure(entry), {
    compilerState,
    localBuild: true,
    messageCallback(message) {
      if (message.category === ExtractorMessageCategory.Compiler) errors.push(message.text);
      // The other messages are about annotations that this project does not use.
      message.handled = true;
    },
  });
  expect(errors).toEqual([]);
  const report = await readFile(join(folder, `${entry}.api.md`), "utf8");
  await expect(report).toMatchFileSnapshot(`../../etc/${entry}.api.md`);
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
        // The parts of an exported type belong to the surface.
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      newlineKind: "lf",
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, "package.json"),
  });
}
