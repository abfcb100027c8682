/** Commands that the tests of the packed package run. */
import { type ExecFileException, execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
/** The folder of this project. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Runs a command in a folder.
 *
 * @returns its output
 * @throws if it fails, an error with its output
 */
export async function run(folder: string, command: string, ...options: readonly string[]): Promise<string> {
  const env = { ...process.env, NODE_ENV: undefined, NO_COLOR: "1", FORCE_COLOR: undefined };
  try {
    const { stdout, stderr } = await execute(command, options, { cwd: folder, env, timeout: 240_000 });
    return stdout + stderr;
  } catch (error) {
    // `execFile` rejects with an Error that has the output, and the exit code or the signal.
    const { stdout, stderr, code, signal } = error as ExecFileException & { stdout: string; stderr: string };
    // Leaves out the file names of `tsc --listFiles`.
    const printed = `${stdout}${stderr}`.replaceAll(/^\/.*\n/gm, "");
    throw new Error(`${command} ${options.join(" ")}: ${code ?? signal}\n${printed}`, { cause: error });
  }
}

/** Packs the built package into a folder, as `npm publish` does. Returns the path of the tarball. */
export async function pack(folder: string): Promise<string> {
  const options = ["--json", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await execute("npm", ["pack", ...options], { cwd: root });
  return join(folder, JSON.parse(stdout)[0].filename);
}
