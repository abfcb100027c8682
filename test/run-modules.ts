/** Runs modules one after another in one process, because each process takes longer to load the SDK than to use it. */
import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

interface Module {
  readonly file: string;
  /** Variables of the environment, besides those of the process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a module has printed. Without `error`, it has ended. */
interface Printed {
  readonly file: string;
  readonly stdout: string;
  /** The stack of the error that it has thrown. */
  readonly error?: string;
}

// With `--eval` in the options of Node.js, parseArgs() would take the file for an argument.
const SCRIPT = `
  process.execArgv = [];
  const write = process.stdout.write.bind(process.stdout);
  for (const { file, url, env } of JSON.parse(process.argv[1])) {
    Object.assign(process.env, env);
    process.argv = [process.execPath, file];
    let stdout = "";
    process.stdout.write = (text) => (stdout += text) !== "";
    const error = await import(url).then(() => undefined, ({ stack }) => stack);
    write(JSON.stringify({ file, stdout, error }) + "\\n");
  }`;

/** Runs the modules in a folder, with the environment of the process. */
export async function runModules(
  modules: readonly Module[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Printed[]> {
  const withUrls = modules.map((module) => ({ ...module, url: pathToFileURL(module.file).href }));
  const args = ["--input-type=module", "--eval", SCRIPT, JSON.stringify(withUrls)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { ...options, maxBuffer: 100_000_000 });
  const lines = stdout.trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}
