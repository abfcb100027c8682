/** A short fingerprint of a value. */

/**
 * FNV-1a, twice with different primes, over the JSON of a value: 64 bits as a string. It detects accidents. It does not
 * protect from forgery: a service that hands cursors to clients that it does not trust signs them.
 */
export function fingerprint(value: unknown): string {
  let first = 0x811c9dc5;
  let second = 0x811c9dc5;
  // JSON escapes lone surrogates, which UTF-8 cannot hold.
  for (const byte of Buffer.from(JSON.stringify(value))) {
    first = Math.imul(first ^ byte, 0x01000193);
    second = Math.imul(second ^ byte, 0x85ebca6b);
  }
  return (first >>> 0).toString(36) + (second >>> 0).toString(36);
}
