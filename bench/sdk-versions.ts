/** The versions of the SDK that the benchmark measures, and the newest ones. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";

export interface PackageVersion {
  readonly name: string;
  readonly version: string;
}

/** The installed versions of the SDK's client, and of the package that sends its requests and parses its responses. */
export function installedSdk(): PackageVersion[] {
  const require = createRequire(import.meta.url);
  // From the client, so that it is the copy that the client uses.
  const requireFromClient = createRequire(require.resolve("@aws-sdk/client-glue"));
  return [require("@aws-sdk/client-glue/package.json"), requireFromClient("@aws-sdk/core/package.json")].map(
    ({ name, version }) => ({ name, version }),
  );
}

/** Throws unless each of these versions is the newest that the registry has. */
export async function requireNewest(packages: readonly PackageVersion[]): Promise<void> {
  for (const { name, version } of packages) {
    const newest = await newestVersion(name);
    if (version === newest) continue;
    throw new Error(
      `The benchmark must measure the newest SDK: ${name} is ${version}, the registry has ${newest}. ` +
        `Update it (npm update ${packages.map(({ name }) => name).join(" ")}), or measure with --offline.`,
    );
  }
}

async function newestVersion(name: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("npm", ["view", name, "version"]);
    return stdout.trim();
  } catch (cause) {
    throw new Error(`The registry did not tell the newest version of ${name}. --offline skips this check.`, { cause });
  }
}
