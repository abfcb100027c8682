/** `NextToken`s: encrypted positions in the result of a query. They are bound to the query, and they can expire. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { CheckedOptions } from "./options.js";
import { ServiceError } from "./service-error.js";

const ALGORITHM = "aes-128-gcm";
const NONCE_LENGTH = 12;
const AUTH_TAG_LENGTH = 16;

/** Creates the functions that write and read tokens, with a new encryption key. */
export function createTokenCodec({ clock, tokenLifetime }: Pick<CheckedOptions, "clock" | "tokenLifetime">) {
  const key = randomBytes(16);
  return {
    encode(position: unknown, query: string): string {
      const nonce = randomBytes(NONCE_LENGTH);
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(query));
      const content = cipher.update(JSON.stringify([clock(), position]), "utf8");
      return Buffer.concat([nonce, content, cipher.final(), cipher.getAuthTag()]).toString("base64url");
    },

    /** Rejects a token that was altered, that belongs to another endpoint or another query, or that has expired. */
    decode(token: string, query: string, arrivedAt: Date): unknown {
      const [createdAt, position] = decrypt(token, query, key);
      if (arrivedAt.getTime() - createdAt > tokenLifetime)
        throw new ServiceError("InvalidInputException", "The NextToken has expired.");
      return position;
    },
  };
}

function decrypt(token: string, query: string, key: Buffer): [createdAt: number, position: unknown] {
  try {
    const bytes = Buffer.from(token, "base64url");
    if (bytes.toString("base64url") !== token) throw new RangeError("not base64url");
    const tagStart = bytes.length - AUTH_TAG_LENGTH;
    const nonce = bytes.subarray(0, NONCE_LENGTH);
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: AUTH_TAG_LENGTH })
      .setAAD(Buffer.from(query))
      .setAuthTag(bytes.subarray(tagStart));
    const content = decipher.update(bytes.subarray(NONCE_LENGTH, tagStart));
    return JSON.parse(Buffer.concat([content, decipher.final()]).toString());
  } catch {
    throw new ServiceError("InvalidInputException", "The NextToken is not valid for this request.");
  }
}
