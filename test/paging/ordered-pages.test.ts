import type { MLTaskRun } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { createPageBuilder } from "../../src/paging/ordered-pages.js";
import { createRun } from "../support.js";

const runs = [5, 5, 6].map(
  (time, index): MLTaskRun =>
    createRun(`tsk-${index}`, { StartedOn: new Date(time), Properties: { $unknown: undefined } }),
);

describe("Pages in STARTED order", () => {
  it("have a position with the time and the count of that time after each of their runs", () => {
    const page = createPageBuilder(Infinity, undefined).create(runs, { requestId: "request-1" });
    expect(page).toMatchObject({ runs, requestId: "request-1" });
    expect([0, 1, 2, 3].map(page.positionAt)).toEqual([
      { timePosition: undefined },
      { timePosition: { startedOn: 5, count: 1 } },
      { timePosition: { startedOn: 5, count: 2 } },
      { timePosition: { startedOn: 6, count: 1 } },
    ]);
  });

  it("count the runs of one time across pages and from the start position on", () => {
    const pages = createPageBuilder(Infinity, { startedOn: 5, count: 7 });
    expect(pages.create(runs.slice(0, 1)).positionAt(1)).toEqual({ timePosition: { startedOn: 5, count: 8 } });
    expect(pages.create(runs.slice(1, 2)).positionAt(1)).toEqual({ timePosition: { startedOn: 5, count: 9 } });
    expect(pages.timePosition).toEqual({ startedOn: 5, count: 9 });
  });

  it("leave out the runs beyond the limit", () => {
    const pages = createPageBuilder(2, undefined);
    expect(pages.create(runs).runs).toEqual(runs.slice(0, 2));
    expect(pages.remainingRuns).toBe(0);
    expect(pages.timePosition).toEqual({ startedOn: 5, count: 2 });
  });

  it("have positions with the flags that were set when the page was created", () => {
    let isDatedOnly = false;
    const page = createPageBuilder(Infinity, undefined, () => ({ isDatedOnly })).create(runs);
    isDatedOnly = true;
    expect(page.positionAt(3)).toEqual({ isDatedOnly: false, timePosition: { startedOn: 6, count: 1 } });
  });
});
