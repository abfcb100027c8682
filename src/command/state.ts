/** The state file of a watch: the cursors of its transforms. */
import { access, constants, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { describeError, UsageError } from "./errors.js";

/** Cursors by the id of their transform; by `ALL` for a watch of all transforms. */
export type Cursors = Readonly<Record<string, string>>;

/** The key of the cursor of all transforms. */
export const ALL = "*";

/**
 * Reads a state file. Undefined if there is none.
 *
 * @param keys - the keys that it may have. A transform without a cursor is watched from now on.
 * @throws UsageError if it cannot be read, is damaged, or is that of other transforms. The file is left as it is.
 */
export async function readState(file: string, keys: readonly string[]): Promise<Cursors | undefined> {
  const fail = (why: string): never => {
    throw new UsageError(`${file} ${why}. Remove it to start anew, or name another file.`);
  };
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) =>
    error.code === "ENOENT" ? undefined : fail(`cannot be read: ${describeError(error)}`),
  );
  // Before lines are printed that could not be remembered: the file is replaced, which needs its folder.
  await access(dirname(file), constants.W_OK).catch((error: unknown) =>
    fail(`cannot be written: ${describeError(error)}`),
  );
  if (text === undefined) return undefined;
  const cursors = parseCursors(text) ?? fail("is not a state of a watch, or is damaged");
  const other = Object.keys(cursors).find((key) => !keys.includes(key));
  if (other !== undefined) fail(`is the state of a watch of ${other === ALL ? "all transforms" : other}`);
  return cursors;
}

function parseCursors(text: string): Cursors | undefined {
  try {
    const { cursors }: { cursors?: unknown } = JSON.parse(text);
    return isCursors(cursors) ? cursors : undefined;
  } catch {
    return undefined;
  }
}

function isCursors(value: unknown): value is Cursors {
  return (
    typeof value === "object" && value !== null && Object.values(value).every((cursor) => typeof cursor === "string")
  );
}

/**
 * Replaces a state file as a whole: a reader finds the old or the new state, also after a power failure.
 *
 * @throws UsageError if it cannot be written
 */
export async function writeState(file: string, cursors: Cursors): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    // It names runs, which are not for every user of this machine.
    const handle = await open(temporary, "w", 0o600);
    try {
      await handle.writeFile(`${JSON.stringify({ cursors })}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new UsageError(`${file} cannot be written: ${describeError(error)}.`, { cause: error });
  }
}
