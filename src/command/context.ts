/** The output streams, the environment and the abort signal of a command. */
import type { Writable } from "node:stream";
import { describeError, isClosedPipe, UsageError } from "./errors.js";

/** Standard output or standard error: a terminal, a pipe or a file. */
export interface OutputStream extends Writable {
  readonly isTTY?: boolean | undefined;
  /** The width of the terminal. */
  readonly columns?: number | undefined;
  /** Whether the terminal has colours. */
  hasColors?(): boolean;
}

/** What a run of the command has to work with. */
export interface Context {
  readonly out: OutputStream;
  readonly err: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts with an `Interruption`. */
  readonly signal: AbortSignal;
}

/** The width of lines where no terminal has another one. */
const DEFAULT_WIDTH = 80;

/** How long a reader may take for the text that is being written when a signal ends the command, in milliseconds. */
const TIME_TO_READ = 500;

/** The width of a table. */
export function widthOf({ out }: Context): number {
  return out.columns || DEFAULT_WIDTH;
}

/** Whether to colour failures. */
export function hasColors({ out, env }: Context): boolean {
  return out.isTTY === true && !env.NO_COLOR && out.hasColors?.() === true;
}

/**
 * Writes text. Resolves when the text has left the process.
 *
 * @param signal - ends the wait for a reader that does not read, half a second after it aborts
 * @throws UsageError if it cannot be written, as on a full disk; an error with the code EPIPE if a pipe is closed; the
 *   reason of the signal
 */
export function write(stream: OutputStream, text: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (text === "") return resolve();
    if (signal?.aborted) return reject(signal.reason);
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => {
      timer = setTimeout(() => reject(signal?.reason), TIME_TO_READ);
    };
    signal?.addEventListener("abort", onAbort);
    stream.write(text, (error) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      if (!error) resolve();
      else if (isClosedPipe(error)) reject(error);
      else reject(new UsageError(`the output cannot be written: ${describeError(error)}`, { cause: error }));
    });
  });
}

/** Writes a line about what went wrong to standard error. */
export async function writeError({ err }: Context, line: string): Promise<void> {
  // Standard error is closed: the message cannot be shown.
  await write(err, `glue-ml-task-runs: ${line}\n`).catch(() => {});
}

/** A line on standard error that is replaced as work goes on, if standard error is a terminal. */
interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

/** Creates a progress line. Without a terminal it shows nothing. */
export function createProgressLine({ err }: Context): ProgressLine {
  let shown = 0;
  const replace = (text: string) => {
    if (err.isTTY) err.write(`\r${text.padEnd(shown)}\r`);
    shown = text.length;
  };
  return {
    show: replace,
    clear: () => {
      if (shown > 0) replace("");
      shown = 0;
    },
  };
}
