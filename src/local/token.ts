/** `NextToken`s: opaque and unforgeable, bound to their query, holding a place in the order, and able to expire. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { invalidInput } from "./service-error.js";

const ALGORITHM = "aes-128-gcm";
const NONCE = 12;
const TAG = 16;

/** Makes tokens and reads them; those of another instance are refused. */
export class Tokens {
  readonly #key = randomBytes(16);
  readonly #lifetime: number;

  /** @param lifetime - how long a token is good, in milliseconds */
  constructor(lifetime: number) {
    this.#lifetime = lifetime;
  }

  /** A token for a place in the results of this query. */
  seal(place: unknown, query: string): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(Buffer.from(query));
    const content = cipher.update(JSON.stringify([Date.now(), place]), "utf8");
    return Buffer.concat([nonce, content, cipher.final(), cipher.getAuthTag()]).toString("base64url");
  }

  /**
   * The place that {@link seal} was given.
   *
   * @throws ServiceError `InvalidInputException` for a token that is altered, foreign, of another query, or expired
   */
  open(token: string, query: string): unknown {
    const [madeAt, place] = this.#decipher(token, query);
    if (Date.now() - madeAt > this.#lifetime) throw invalidInput("The NextToken has expired.");
    return place;
  }

  #decipher(token: string, query: string): [madeAt: number, place: unknown] {
    try {
      const sealed = Buffer.from(token, "base64url");
      if (sealed.toString("base64url") !== token) throw new RangeError("not base64url");
      const tagAt = sealed.length - TAG;
      const decipher = createDecipheriv(ALGORITHM, this.#key, sealed.subarray(0, NONCE), { authTagLength: TAG })
        .setAAD(Buffer.from(query))
        .setAuthTag(sealed.subarray(tagAt));
      return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(NONCE, tagAt)), decipher.final()]).toString());
    } catch {
      throw invalidInput("The NextToken is not valid for this request.");
    }
  }
}
