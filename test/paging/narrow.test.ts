import { describe, expect, it } from "vitest";
import { MARGIN, narrowToRange } from "../../src/paging/narrow.js";
import { newestFirst, TransformId } from "../support.js";

describe("narrowToRange", () => {
  const query = { TransformId, Sort: newestFirst };
  const [from, to] = [1_000_000, 2_000_000];

  it("sets both bounds with the margin", () => {
    expect(narrowToRange(query, from, to)).toEqual({
      ...query,
      Filter: { StartedAfter: new Date(from - MARGIN), StartedBefore: new Date(to + MARGIN) },
    });
  });

  it("keeps the bounds of the query where they are narrower, and its other criteria", () => {
    const Filter = { Status: "FAILED" as const, StartedAfter: new Date(from + 1), StartedBefore: new Date(to - 1) };
    expect(narrowToRange({ ...query, Filter }, from, to)).toEqual({ ...query, Filter });
  });

  it("sets no bound for an infinite end", () => {
    expect(narrowToRange(query, -Infinity, Infinity).Filter).toEqual({});
  });

  it("sets no bound that a Date cannot hold", () => {
    const limit = 8_640_000_000_000_000;
    expect(narrowToRange(query, -limit, limit).Filter).toEqual({});
  });
});
