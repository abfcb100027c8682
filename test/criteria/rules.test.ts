import { GlueClient } from "@aws-sdk/client-glue";
import { MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it, vi } from "vitest";
import { hasLength, integer, integerOrInfinity, number, oneOf, struct, text } from "../../src/criteria/rules.js";

describe("hasLength", () => {
  it.each([
    ["", 0, 5, true],
    ["", 1, 5, false],
    ["ab", 2, 2, true],
    ["abc", 2, 2, false],
    ["\u{1f600}", 1, 1, true],
    ["\u{1f600}", 2, 2, false],
    ["\u{1f600}\u{1f600}", 1, 2, true],
    ["a\u{1f600}\u{1f600}", 1, 2, false],
  ])("counts the code points of %j: a length from %i to %i is %s", (value, min, max, expected) => {
    expect(hasLength(value, min, max)).toBe(expected);
  });

  it("does not iterate over a string whose number of UTF-16 units is out of range", () => {
    const iterate = vi.spyOn(String.prototype, Symbol.iterator);
    const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));
    expect(() => taskRuns.list({ TransformId: "x".repeat(30_000_000) })).toThrow("(30000000 characters)");
    expect(iterate).not.toHaveBeenCalled();
  });
});

it.each([
  ["an integer from 1 to 5", integer(1, 5), [1, 5], [0, 6, 1.5, "1", Infinity]],
  ["an integer of at least 1 or Infinity", integerOrInfinity(1), [1, Infinity], [0, 1.5, "1", Number.NaN]],
  ["a number from 0 to 1", number(0, 1), [0, 0.5, 1], [-0.1, 1.1, "1", Number.NaN]],
])("The rule of %s accepts such values and no others", (words, rule, valid, invalid) => {
  for (const value of valid) expect(rule(value, "field")).toBe(value);
  for (const value of invalid) expect(() => rule(value, "field"), String(value)).toThrow(`field must be ${words}, got`);
});

describe("A rule", () => {
  const rule = struct(
    "options",
    { pageSize: integer(1, 1000) },
    { status: oneOf(["FAILED", "STOPPED"]), name: text({ min: 1, max: 3, pattern: /^\w*$/ }, "letters only") },
  );

  it("returns a new object without the members that are undefined", () => {
    const value = { pageSize: 5, status: undefined, name: "abc" };
    const checked = rule(value);
    expect(checked).toStrictEqual({ pageSize: 5, name: "abc" });
    expect(checked).not.toBe(value);
  });

  it.each<[unknown, string]>([
    [5, "options must be an object, got 5."],
    [{}, "pageSize is required."],
    [{ pageSize: 0 }, "pageSize must be an integer from 1 to 1000, got 0."],
    [{ pageSize: 1, status: "x" }, 'status must be one of FAILED, STOPPED, got "x".'],
    [{ pageSize: 1, name: "abcd" }, 'name must be a string of 1 to 3 characters, letters only, got "abcd".'],
    [{ pageSize: 1, limit: 1 }, 'Unknown key "limit" in the options. Known keys: pageSize, status, name.'],
    [{ MaxResults: 1 }, 'Unknown key "MaxResults" in the options. Use pageSize. Known keys: pageSize, status, name.'],
  ])("for %j throws: %s", (value, message) => {
    expect(() => rule(value)).toThrow(expect.objectContaining({ message }));
  });

  it("names the path of a member of a nested object", () => {
    expect(() => rule({ pageSize: 0 }, "queries[2]")).toThrow(
      expect.objectContaining({
        field: "queries[2].pageSize",
        message: expect.stringMatching(/^queries\[2\]\.pageSize/),
      }),
    );
  });
});
