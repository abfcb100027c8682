/** Makes errors safe to print. */

/** Returns the message of a thrown value. Never throws. */
export function describeError(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return "an error without a readable message";
  }
}
