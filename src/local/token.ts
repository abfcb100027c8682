/** `NextToken`s: signed positions in the result of a query. They are bound to the query, and they can expire. */
import { createHmac, randomBytes } from "node:crypto";
import type { CheckedLocalGlueOptions } from "./options.js";
import type { Position } from "./select.js";
import { ServiceError } from "./service-error.js";

/** Creates the functions that write and read tokens, with a new key. */
export function createTokenCodec({ clock, tokenLifetime }: Pick<CheckedLocalGlueOptions, "clock" | "tokenLifetime">) {
  const key = randomBytes(16);
  const sign = (content: string, query: string) => {
    const hmac = createHmac("sha256", key).update(JSON.stringify([content, query]));
    return `${content}.${hmac.digest("base64url")}`;
  };
  return {
    encode(position: Position, query: string): string {
      return sign(Buffer.from(JSON.stringify([clock(), position])).toString("base64url"), query);
    },
    /** Rejects a token that was altered, that belongs to another endpoint or another query, or that has expired. */
    decode(token: string, query: string, arrivedAt: Date): Position {
      const [content = ""] = token.split(".");
      if (sign(content, query) !== token) {
        throw new ServiceError("InvalidInputException", "The NextToken is not valid for this request.");
      }
      const [createdAt, position] = JSON.parse(Buffer.from(content, "base64url").toString());
      if (arrivedAt.getTime() - createdAt > tokenLifetime)
        throw new ServiceError("InvalidInputException", "The NextToken has expired.");
      return position;
    },
  };
}
