/** A short fingerprint of a value. */

/**
 * FNV-1a over the JSON of a value, twice with different primes: 64 bits. It detects accidents, but not forgery: a
 * service that gives cursors to untrusted clients has to sign them.
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
