/** The commands that the checks of the packed package run. */
import { type ExecFileException, execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
/** This project's folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Runs a command in a folder.
 *
 * @returns all that it printed
 * @throws where it fails, with all that it printed
 */
export async function run(folder: string, command: string, ...options: readonly string[]): Promise<string> {
  const env = { ...process.env, NODE_ENV: undefined, NO_COLOR: "1", FORCE_COLOR: undefined };
  try {
    const { stdout, stderr } = await execute(command, options, { cwd: folder, env, timeout: 240_000 });
    return stdout + stderr;
  } catch (error) {
    // What `execFile` rejects with: an Error with the output, and an exit code, or a signal if one ended the command.
    const { stdout, stderr, code, signal } = error as ExecFileException & { stdout: string; stderr: string };
    // Without the files that `tsc --listFiles` lists.
    const printed = `${stdout}${stderr}`.replaceAll(/^\/.*\n/gm, "");
    throw new Error(`${command} ${options.join(" ")}: ${code ?? signal}\n${printed}`, { cause: error });
  }
}

/** Packs the built package as `npm publish` would, into a folder. Gives the path of the tarball. */
export async function pack(folder: string): Promise<string> {
  const options = ["--json", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await execute("npm", ["pack", ...options], { cwd: root });
  return join(folder, JSON.parse(stdout)[0].filename);
}
