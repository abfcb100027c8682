/** The errors of the command: the exit code and the one line of each. */
import { toOneLine } from "./text.js";

/** The exit codes. */
export const EXIT = { done: 0, runFailed: 1, usage: 2, aws: 3, timedOut: 4 } as const;

/** Wrong arguments, or a file that cannot be read or written. */
export class UsageError extends Error {}

/** Why the command ends early without an error: its reader has left, or a signal has arrived. */
export class Interruption extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super("interrupted");
    this.exitCode = exitCode;
  }
}

/** The names of the library's errors that have their own exit code. Others are errors of AWS or of the network. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  InvalidQueryError: EXIT.usage,
  WaitTimeoutError: EXIT.timedOut,
};

/** Whether the reader of a pipe has ended, as in `| head -1`. */
export function isClosedPipe(error: unknown): boolean {
  return codeOf(error) === "EPIPE";
}

/** The exit code of an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interruption) return error.exitCode;
  if (isClosedPipe(error)) return EXIT.done;
  if (error instanceof UsageError || codeOf(error)?.startsWith("ERR_PARSE_ARGS")) return EXIT.usage;
  return (error instanceof Error ? EXIT_CODES[error.name] : undefined) ?? EXIT.aws;
}

/** Describes an error in one line. Empty for what ends the command quietly. */
export function describeError(error: unknown): string {
  if (error instanceof Interruption || isClosedPipe(error)) return "";
  if (!(error instanceof Error)) return toOneLine(String(error));
  const code = codeOf(error);
  // Node adds advice about positional arguments to its message, which does not help here.
  if (code?.startsWith("ERR_PARSE_ARGS")) return toOneLine(error.message.replace(/\. To specify.*/s, "."));
  // A connection that was refused at several addresses has no message.
  const message = error.message || code || "an error without a message";
  // The service's exceptions have a name that says more than their message.
  const name = "$fault" in error ? `${error.name}: ` : "";
  return toOneLine(`${name}${message}`);
}

/** The code of an error of Node.js. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
