/** What the library weighs: its bytes, bundled by esbuild, and the time that its import takes. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** How many bytes the bundle of a file has, minified, and gzipped too. */
export async function bundled(file: string, external: string[] = []): Promise<{ minified: number; gzipped: number }> {
  const { outputFiles } = await build({
    entryPoints: [`${root}/${file}`],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external,
    write: false,
  });
  const code = Buffer.concat(outputFiles.map(({ contents }) => contents));
  return { minified: code.length, gzipped: gzipSync(code, { level: 9 }).length };
}

/** How long it took to import the SDK, and the SDK and then this library, in milliseconds. */
export interface ImportTimes {
  readonly theirs: number;
  readonly ours: number;
}

const IMPORTS = `
  const start = performance.now();
  await import("@aws-sdk/client-glue");
  const theirs = performance.now() - start;
  await import("glue-ml-task-runs");
  console.log(JSON.stringify({ theirs, ours: performance.now() - start }));`;

/** Imports both in a new process. */
export async function importTimes(): Promise<ImportTimes> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", IMPORTS], {
    cwd: root,
  });
  return JSON.parse(stdout);
}
