/** The size of a bundle, made by esbuild, and the time of an import. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The size of a handler as deployed: bundled with the SDK as an ES module, minified and gzipped, in bytes. */
export async function bundleSize(file: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [`${root}/${file}`],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // Prefers ES modules, of which unused parts are left out; by default esbuild takes CommonJS for Node.
    mainFields: ["module", "main"],
    write: false,
  });
  return gzipSync(Buffer.concat(outputFiles.map(({ contents }) => contents)), { level: 9 }).length;
}

/** How long the import of the SDK took, and that of the SDK and then the library, in milliseconds. */
export interface ImportTimes {
  readonly sdk: number;
  readonly sdkAndLibrary: number;
}

const IMPORTS = `
  const start = performance.now();
  await import("@aws-sdk/client-glue");
  const sdk = performance.now() - start;
  await import("glue-ml-task-runs");
  console.log(JSON.stringify({ sdk, sdkAndLibrary: performance.now() - start }));`;

/** Imports both in a new process. */
export async function importTimes(): Promise<ImportTimes> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", IMPORTS], {
    cwd: root,
  });
  return JSON.parse(stdout);
}
