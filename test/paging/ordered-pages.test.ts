import type { MLTaskRun } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { createOrderedPages } from "../../src/paging/ordered-pages.js";
import { createRun } from "../support.js";

const runs = [5, 5, 6].map(
  (time, index): MLTaskRun =>
    createRun(`tsk-${index}`, { StartedOn: new Date(time), Properties: { $unknown: undefined } }),
);

describe("Pages in STARTED order", () => {
  it("have a position with the time and the count of that time after each of their runs", () => {
    const page = createOrderedPages(Infinity, undefined).create(runs, { requestId: "request-1" });
    expect(page).toMatchObject({ runs, requestId: "request-1" });
    expect([0, 1, 2, 3].map(page.positionAt)).toEqual([
      { time: undefined },
      { time: { startedOn: 5, count: 1 } },
      { time: { startedOn: 5, count: 2 } },
      { time: { startedOn: 6, count: 1 } },
    ]);
  });

  it("count the runs of one time across pages and from the start position on", () => {
    const pages = createOrderedPages(Infinity, { startedOn: 5, count: 7 });
    expect(pages.create(runs.slice(0, 1)).positionAt(1)).toEqual({ time: { startedOn: 5, count: 8 } });
    expect(pages.create(runs.slice(1, 2)).positionAt(1)).toEqual({ time: { startedOn: 5, count: 9 } });
    expect(pages.timePosition).toEqual({ startedOn: 5, count: 9 });
  });

  it("leave out the runs beyond the limit", () => {
    const pages = createOrderedPages(2, undefined);
    expect(pages.create(runs).runs).toEqual(runs.slice(0, 2));
    expect(pages.remaining).toBe(0);
    expect(pages.timePosition).toEqual({ startedOn: 5, count: 2 });
  });

  it("have positions with the flags that were set when the page was created", () => {
    let isDatedOnly = false;
    const page = createOrderedPages(Infinity, undefined, () => ({ isDatedOnly })).create(runs);
    isDatedOnly = true;
    expect(page.positionAt(3)).toEqual({ isDatedOnly: false, time: { startedOn: 6, count: 1 } });
  });
});
