import { describe, expect, it } from "vitest";
import type { ListingPosition } from "../../src/paging/cursor.js";
import { planRead } from "../../src/paging/read-plan.js";
import { newestFirst, oldestFirst, TransformId } from "../support.js";

const timePosition = { startedOn: 1, count: 1 };
const undatedTime = { startedOn: null, count: 1 };
const bounded = { StartedAfter: new Date(0) };

describe("A listing without concurrency begins", () => {
  it.each<[title: string, by: string, position: ListingPosition, Filter?: object]>([
    ["at its first page without a cursor", "page", {}],
    ["at the page of a token", "page", { token: "a", timePosition }],
    ["by time at a cursor without a token", "time", { timePosition }],
    ["by time at a cursor after runs without StartedOn", "time", { timePosition: undatedTime }],
    ["at the first page in the middle of it", "page", { returnedFromPage: 1, timePosition }],
    [
      "by time in the middle of the first page of a query with a time bound",
      "time",
      { returnedFromPage: 1, timePosition },
      bounded,
    ],
    ["at the first page in the middle of it without a time", "page", { returnedFromPage: 1 }, bounded],
  ])("%s", (_, by, position, Filter) => {
    const query = { TransformId, Sort: oldestFirst, ...(Filter && { Filter }) };
    expect(planRead(query, position, false)).toEqual({ by, query });
  });

  it("at a page if it is not in STARTED order", () => {
    const Sort = { Column: "STATUS", SortDirection: "ASCENDING" } as const;
    const query = { TransformId, Sort };
    for (const hasConcurrency of [false, true]) {
      expect(planRead(query, { returnedFromPage: 1 }, hasConcurrency)).toEqual({ by: "page", query });
    }
  });

  it("newest first at a cursor of time windows if the query has no Sort", () => {
    const query = { TransformId };
    expect(planRead(query, { timePosition }, false)).toEqual({
      by: "time",
      query: { ...query, Sort: { ...newestFirst } },
    });
  });
});

describe("A listing with concurrency begins", () => {
  it.each<[title: string, by: string, position: ListingPosition]>([
    ["in time windows without a cursor", "windows", {}],
    ["in time windows at a time", "windows", { timePosition }],
    [
      "in time windows at a time, also where a plain listing would use its token",
      "windows",
      { token: "a", timePosition },
    ],
    ["at the page of a token without a time", "page", { token: "a" }],
    ["at the first page in the middle of it without a time", "page", { returnedFromPage: 1 }],
    ["by time after runs without StartedOn, which are in no window", "time", { timePosition: undatedTime }],
  ])("%s", (_, by, position) => {
    const query = { TransformId, Sort: newestFirst };
    expect(planRead(query, position, true)).toMatchObject({ by, query });
  });
});
