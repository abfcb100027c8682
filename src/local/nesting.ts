/** How deep JSON may be nested: nothing that comes from outside reaches a recursive function without this limit. */

/** The maximum depth of a request and of what is added; the service's own structures have less than ten levels. */
export const MAX_DEPTH = 32;

/** Whether a JSON text is nested deeper than the limit. It reads the text once, without recursion. */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  for (const [token] of json.matchAll(STRING_OR_BRACKET)) {
    if (token === "{" || token === "[") depth += 1;
    else if (token === "}" || token === "]") depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

const STRING_OR_BRACKET = /"(?:[^"\\]|\\.)*"|[[\]{}]/gs;
