import { MLTaskRuns, type PageProgress } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { collect, newestFirst, startGlue, TransformId } from "../support.js";

describe("onPage", () => {
  it("receives the number of each page, the runs so far and the request id", async () => {
    const glue = await startGlue(25);
    const progress: PageProgress[] = [];
    const onPage = (page: PageProgress) => void progress.push(page);
    const pages = await collect(new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10, onPage }).pages());
    expect(progress).toEqual([
      { page: 1, runs: 10, requestId: pages[0]?.requestId },
      { page: 2, runs: 20, requestId: pages[1]?.requestId },
      { page: 3, runs: 25, requestId: pages[2]?.requestId },
    ]);
  });

  it.each<[string, (taskRuns: MLTaskRuns, onPage: (progress: PageProgress) => void) => Promise<unknown[]>]>([
    [
      "time windows",
      (taskRuns, onPage) => taskRuns.list({ TransformId }, { pageSize: 50, concurrency: 4, onPage }).toArray(),
    ],
    [
      "a union",
      (taskRuns, onPage) => {
        const queries = (["SUCCEEDED", "FAILED"] as const).map((Status) => ({ TransformId, Filter: { Status } }));
        return taskRuns.listAny(queries, { pageSize: 50, onPage }).toArray();
      },
    ],
  ])("counts the pages and the runs of %s", async (_, readAll) => {
    const glue = await startGlue(1000);
    const progress: PageProgress[] = [];
    const runs = await readAll(new MLTaskRuns(glue.client()), (page) => void progress.push(page));
    expect(progress.map(({ page }) => page)).toEqual(progress.map((_, index) => index + 1));
    expect(progress.at(-1)?.runs).toBe(runs.length);
    expect(progress.every(({ requestId }) => requestId !== undefined)).toBe(true);
  });

  it("ends the listing with the error that it throws, after the pages before", async () => {
    const glue = await startGlue(25);
    const onPage = ({ page }: PageProgress) => {
      if (page === 2) throw new Error("enough");
    };
    const pages = new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10, onPage }).pages();
    expect(await pages.next()).toMatchObject({ done: false });
    await expect(pages.next()).rejects.toThrow("enough");
    expect(await pages.next()).toEqual({ done: true, value: undefined });
  });

  const rejectAtPage2 = async ({ page }: PageProgress) => {
    await null;
    if (page === 2) throw new Error("no more");
  };

  it("ends the listing with the error that its promise rejects with, after the pages before", async () => {
    const glue = await startGlue(25);
    const options = { pageSize: 10, onPage: rejectAtPage2 };
    const pages = new MLTaskRuns(glue.client()).list({ TransformId, Sort: newestFirst }, options).pages();
    expect((await pages.next()).value?.runs).toHaveLength(10);
    await expect(pages.next()).rejects.toThrow("no more");
  });

  it("ends a sorted listing if its promise rejects with undefined", async () => {
    const glue = await startGlue(25);
    const options = { pageSize: 10, onPage: () => Promise.reject(undefined) };
    const all = new MLTaskRuns(glue.client()).list({ TransformId, Sort: newestFirst }, options).toArray();
    await expect(all).rejects.toBeUndefined();
    expect(glue.requests).toHaveLength(1);
  });

  it("ends a union, a listing across transforms and time windows with its error", async () => {
    const glue = await startGlue(25);
    const taskRuns = new MLTaskRuns(glue.client(), { pageSize: 10, onPage: rejectAtPage2 });
    await expect(taskRuns.listAny([{ TransformId }]).toArray()).rejects.toThrow("no more");
    await expect(taskRuns.listAcrossTransforms().toArray()).rejects.toThrow("no more");
    await expect(taskRuns.list({ TransformId }, { concurrency: 2 }).toArray()).rejects.toThrow("no more");
  });

  it("does not block an abort if its promise never settles", async () => {
    const glue = await startGlue(5);
    const controller = new AbortController();
    const onPage = () => {
      controller.abort("enough");
      return new Promise(() => {});
    };
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { onPage, abortSignal: controller.signal });
    await expect(list.toArray()).rejects.toBe("enough");
  });
});
