import { MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it, vi } from "vitest";
import { recordUnhandledRejections, startGlue, TransformId, takeIds, waitUntilIdle } from "../support.js";

describe("The read-ahead of a listing", () => {
  it.each([0, 1, 2, 5, 16])(
    "with prefetch %i requests that number of pages ahead of the consumer",
    async (prefetch) => {
      const glue = await startGlue(40);
      const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 2, prefetch });
      const runs = list[Symbol.asyncIterator]();
      await takeIds(runs, 1);
      await vi.waitFor(() => expect(glue.requests).toHaveLength(1 + prefetch));
      // The second run is on the first page, too.
      await takeIds(runs, 1);
      await waitUntilIdle(glue);
      expect(glue.requests).toHaveLength(1 + prefetch);
      // The third run is on the second page.
      await takeIds(runs, 1);
      await vi.waitFor(() => expect(glue.requests).toHaveLength(2 + prefetch));
      await runs.return?.();
    },
  );

  it("is one page by default", async () => {
    const glue = await startGlue(40);
    const pages = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 2 }).pages();
    await pages.next();
    await vi.waitFor(() => expect(glue.requests).toHaveLength(2));
    await waitUntilIdle(glue);
    expect(glue.requests).toHaveLength(2);
  });

  it("requests no page beyond the limit", async () => {
    const glue = await startGlue(300);
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 100, limit: 100, prefetch: 16 });
    await list.pages().next();
    await waitUntilIdle(glue);
    expect(glue.requests).toHaveLength(1);
  });
});

describe("A read-ahead that fails", () => {
  it("rejects when the consumer has read all runs before it", async () => {
    const rejections = recordUnhandledRejections();
    const glue = await startGlue(30);
    glue.fail("expiredToken", { after: 1 });
    const runs = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10 })[Symbol.asyncIterator]();
    await takeIds(runs, 1);
    await vi.waitFor(() => expect(glue.requests).toHaveLength(2));
    await waitUntilIdle(glue);
    await takeIds(runs, 9);
    await expect(runs.next()).rejects.toMatchObject({ name: "ExpiredTokenException" });
    expect(await runs.next()).toEqual({ done: true, value: undefined });
    expect(rejections).toEqual([]);
  });

  it("is not an unhandled rejection if the consumer reads no further", async () => {
    const rejections = recordUnhandledRejections();
    const glue = await startGlue(30);
    glue.fail("expiredToken", { after: 1 });
    await new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10, prefetch: 4 }).pages().next();
    await vi.waitFor(() => expect(glue.requests).toHaveLength(2));
    await waitUntilIdle(glue);
    expect(rejections).toEqual([]);
  });
});
