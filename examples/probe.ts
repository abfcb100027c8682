/**
 * Reports how AWS itself behaves where it documents nothing, and compares the library with the SDK on your history.
 *
 *     npm run probe
 *     npm run probe -- --transform-id tfm-... --region eu-west-1
 *     npm run probe -- --transform-id tfm-... --region eu-west-1 --token-file token.json
 *
 * It only reads: its client throws instead of sending another operation than Get..., and after 72 requests (guard.ts).
 * The report is Markdown without data of the account: counts, yes or no, and texts of errors with ids masked (ask.ts).
 * With `--token-file`, the first run saves a token in the file, and a run a day later reports whether it still works.
 *
 * Exit codes: 0 if all listings are the same, 1 if they differ or could not be compared, 2 for wrong usage, 3 if the
 * runs could not be listed.
 */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { describeError } from "./probe/ask.js";
import { probe } from "./probe/report.js";
import type { SavedToken } from "./probe/tokens.js";

/** Wrong usage of the command. */
class UsageError extends Error {}

try {
  const { transformId, tokenFile } = parseOptions();
  const client = new GlueClient();
  const savedToken = tokenFile === undefined ? undefined : await readToken(tokenFile, transformId);
  const { report, isPass, token } = await probe(client, transformId, { savedToken });
  process.stdout.write(report);
  if (tokenFile !== undefined && savedToken === undefined) await saveToken(tokenFile, transformId, token);
  process.exitCode = isPass ? 0 : 1;
} catch (error) {
  const isUsage = error instanceof UsageError;
  // The texts of this file name only what the user typed.
  console.error(isUsage ? error.message : `The runs could not be listed: ${describeError(error)}`);
  process.exitCode = isUsage ? 2 : 3;
}

function parseOptions() {
  try {
    const { values } = parseArgs({ options: { "transform-id": { type: "string" }, "token-file": { type: "string" } } });
    const { "transform-id": transformId, "token-file": tokenFile } = values;
    // Without one, it is for the local endpoint of `npm run probe`.
    const isLocal = process.env.AWS_ENDPOINT_URL_GLUE !== undefined && tokenFile === undefined;
    if (transformId === undefined && !isLocal) throw new UsageError("AWS and --token-file need --transform-id.");
    return { transformId: transformId ?? "tfm-0123", tokenFile };
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
  }
}

/** Reads the token that an earlier run has saved. Undefined if there is no file yet. */
async function readToken(file: string, transformId: string): Promise<SavedToken | undefined> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new UsageError(`${file} cannot be read, or is no token file.`);
  }
  const { transform, token, savedAt } = Object(content);
  if (typeof token !== "string" || typeof savedAt !== "number") throw new UsageError(`${file} is no token file.`);
  if (transform !== hash(transformId)) throw new UsageError(`${file} has a token of another transform.`);
  return { token, savedAt };
}

async function saveToken(file: string, transformId: string, token: string | undefined): Promise<void> {
  if (token === undefined) return console.error("There is no token to save: the history has a single page.");
  const content = JSON.stringify({ transform: hash(transformId), token, savedAt: Date.now() });
  await writeFile(file, `${content}\n`, { flag: "wx", mode: 0o600 }).catch(() => {
    throw new UsageError(`${file} cannot be written.`);
  });
  console.error("A token is saved. Run the same command again in a day: it reports whether the token still works.");
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
