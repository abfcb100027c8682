/** Options of listings of several queries, and what their iterators offer. */
import type { MLTransform } from "@aws-sdk/client-glue";
import { MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import { type LocalTaskRun, sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import { collect, ids, replyWith, startGlue, startServer, TransformId } from "./support.js";

async function startThree() {
  const glue = await startGlue();
  const histories = ["tfm-a", "tfm-b", "tfm-c"].map((transformId, index) =>
    sampleTaskRuns({ transformId, count: 20, seed: index + 1 }),
  );
  glue.removeTransform(TransformId);
  glue.addTaskRuns(histories.flat());
  return { glue, taskRuns: new MLTaskRuns(glue.client()), histories };
}

describe("limitPerQuery", () => {
  it("of 1 gives the latest run of each transform, and asks for one run of each", async () => {
    const { glue, taskRuns, histories } = await startThree();
    const latest = await taskRuns.listAcrossTransforms({}, { limitPerQuery: 1 }).toArray();
    const expected = histories.map((runs) => runs.at(-1)?.TaskRunId);
    expect(new Set(ids(latest))).toEqual(new Set(expected));
    const sizes = glue.requests.filter(({ operation }) => operation === "GetMLTaskRuns").map(({ input }) => input);
    expect(sizes).toMatchObject([{ MaxResults: 1 }, { MaxResults: 1 }, { MaxResults: 1 }]);
  });

  it("is part of the query that a cursor is bound to", async () => {
    const { taskRuns } = await startThree();
    const runs = taskRuns.listAcrossTransforms({}, { limitPerQuery: 2 })[Symbol.asyncIterator]();
    await runs.next();
    const { cursor } = runs;
    expect(() => taskRuns.listAcrossTransforms({}, { limitPerQuery: 3, cursor })).toThrow("another query");
    expect(await taskRuns.listAcrossTransforms({}, { limitPerQuery: 2, cursor }).toArray()).toHaveLength(5);
  });

  it("counts the same runs after a new one has started meanwhile", async () => {
    const { glue, taskRuns } = await startThree();
    const options = { limitPerQuery: 2 };
    const whole = ids(await taskRuns.listAcrossTransforms({}, options).toArray());
    const runs = taskRuns.listAcrossTransforms({}, options)[Symbol.asyncIterator]();
    const found = [(await runs.next()).value?.TaskRunId];
    for (const id of ["tfm-a", "tfm-b", "tfm-c"]) {
      glue.addTaskRuns([{ TransformId: id, TaskRunId: "tsk-new", Status: "RUNNING", StartedOn: new Date() }]);
    }
    const rest = await taskRuns.listAcrossTransforms({}, { ...options, cursor: runs.cursor }).toArray();
    expect([...found, ...ids(rest)]).toEqual(whole);
  });
});

describe("onTransform", () => {
  it("is called with each transform as it is found, and awaited", async () => {
    const { glue, taskRuns } = await startThree();
    glue.addTransform({ TransformId: "tfm-a", Name: "people" });
    const found: MLTransform[] = [];
    const onTransform = async (transform: MLTransform) => {
      await null;
      found.push(transform);
    };
    await taskRuns.listAcrossTransforms({}, { onTransform, pageSize: 2 }).first();
    expect(found.map(({ Name }) => Name).toSorted()).toEqual(["people", "tfm-b", "tfm-c"]);
  });

  it("ends the listing with its error", async () => {
    const { taskRuns } = await startThree();
    const onTransform = () => Promise.reject(new Error("not this one"));
    await expect(taskRuns.listAcrossTransforms({}, { onTransform }).toArray()).rejects.toThrow("not this one");
  });
});

describe("concurrency among the defaults", () => {
  it("makes list() read in time windows where the order allows it", async () => {
    const glue = await startGlue(300);
    const taskRuns = new MLTaskRuns(glue.client(), { concurrency: 3, pageSize: 20 });
    expect(await taskRuns.list({ TransformId }).toArray()).toHaveLength(300);
    expect(glue.requests.some(({ input }) => "Filter" in input && input.Filter && "StartedAfter" in input.Filter)).toBe(
      true,
    );
    const Sort = taskRunSort("STATUS").ascending();
    expect(await taskRuns.list({ TransformId, Sort }).toArray()).toHaveLength(300);
  });
});

describe.runIf(Symbol.asyncDispose)("Symbol.asyncDispose", () => {
  it("of an iterator of runs and of pages aborts what is in flight", async () => {
    let [seen, closed] = [0, 0];
    const client = await startServer((_request, response) => {
      seen += 1;
      response.on("close", () => {
        closed += 1;
      });
    });
    const list = new MLTaskRuns(client).list({ TransformId });
    for (const [index, iterator] of [list[Symbol.asyncIterator](), list.pages()].entries()) {
      const next = iterator.next();
      await vi.waitFor(() => expect(seen).toBe(index + 1));
      const dispose: unknown = Reflect.get(iterator, Symbol.asyncDispose);
      if (typeof dispose !== "function") throw new Error("There is no Symbol.asyncDispose.");
      await dispose();
      expect(await next).toEqual({ done: true, value: undefined });
    }
    await vi.waitFor(() => expect(closed).toBe(2));
  });
});

describe("a cursor", () => {
  const page = (count: number, NextToken?: string) => ({
    TaskRuns: Array.from({ length: count }, (_, index) => ({
      TransformId,
      TaskRunId: `tsk-${index}`,
      Status: "FAILED",
    })),
    ...(NextToken !== undefined && { NextToken }),
  });

  it("after 550 of 1,000 runs resumes after them with pages of 100, from every page that it skips", async () => {
    const glue = await startGlue(1000);
    const taskRuns = new MLTaskRuns(glue.client());
    const all = ids(await taskRuns.list({ TransformId }).toArray());
    const runs = taskRuns.list({ TransformId })[Symbol.asyncIterator]();
    for (let count = 0; count < 550; count += 1) await runs.next();
    const resumed = taskRuns.list({ TransformId }, { cursor: runs.cursor, pageSize: 100, prefetch: 0 });
    for await (const { runs, cursor } of resumed.pages()) {
      if (runs.length > 0) break;
      expect(ids(await taskRuns.list({ TransformId }, { cursor }).toArray())).toEqual(all.slice(550));
    }
  });

  it("of an iterator whose request fails while it skips is the one that it began with", async () => {
    const glue = await startGlue(1000);
    const taskRuns = new MLTaskRuns(glue.client());
    const all = ids(await taskRuns.list({ TransformId }).toArray());
    const runs = taskRuns.list({ TransformId })[Symbol.asyncIterator]();
    for (let count = 0; count < 550; count += 1) await runs.next();
    glue.fail("expiredToken", { after: 2 });
    const options = { cursor: runs.cursor, pageSize: 100, prefetch: 0 };
    const failing = taskRuns.list({ TransformId }, options)[Symbol.asyncIterator]();
    await expect(failing.next()).rejects.toMatchObject({ name: "ExpiredTokenException" });
    expect(ids(await taskRuns.list({ TransformId }, { cursor: failing.cursor }).toArray())).toEqual(all.slice(550));
  });

  it.each([1, 1295, 1296, 5000])("after all but one of %i runs of one page is accepted", async (count) => {
    const client = await replyWith(page(count + 1), page(count + 1));
    const runs = new MLTaskRuns(client).list({ TransformId })[Symbol.asyncIterator]();
    for (let index = 0; index < count; index += 1) await runs.next();
    const rest = await new MLTaskRuns(client).list({ TransformId }, { cursor: runs.cursor }).toArray();
    expect(ids(rest)).toEqual([`tsk-${count}`]);
  });

  it.each(["t".repeat(100_000), "\ud800 lone \udfff", "\u{1f600}"])(
    "with any token is accepted and keeps it",
    async (token) => {
      let asked = "";
      const client = await startServer((_request, response, body) => {
        asked = JSON.parse(body).NextToken ?? "";
        response.end(JSON.stringify(asked === "" ? page(1, token) : page(0)));
      });
      const pages = await collect(new MLTaskRuns(client).list({ TransformId }, { limit: 1 }).pages());
      await new MLTaskRuns(client).list({ TransformId }, { cursor: pages[0]?.cursor }).toArray();
      expect(asked).toBe(token);
    },
  );
});

describe("a union", () => {
  it("gives a run once whose StartedOn appears between two pages", async () => {
    const glue = await startGlue();
    const run = (TaskRunId: string, second: number): LocalTaskRun => ({
      TransformId,
      TaskRunId,
      Status: "RUNNING",
      StartedOn: new Date(second * 1000),
    });
    glue.addTaskRuns([run("tsk-1", 1), run("tsk-2", 2), { TransformId, TaskRunId: "tsk-new", Status: "STARTING" }]);
    const queries = [{ TransformId }, { TransformId, Filter: { Status: "RUNNING" } as const }];
    let pages = 0;
    const onPage = () => {
      pages += 1;
      if (pages === 1) glue.addTaskRuns([run("tsk-new", 3)]);
    };
    const found = await new MLTaskRuns(glue.client()).listAny(queries, { concurrency: 1, onPage }).toArray();
    expect(ids(found).toSorted()).toEqual(["tsk-1", "tsk-2", "tsk-new"]);
  });

  it("ends with the caller's own reason, also if that is a word of the library", async () => {
    const glue = await startGlue(5);
    for (const reason of ["left", "consumer stopped", "union ended"]) {
      const abortSignal = AbortSignal.abort(reason);
      await expect(new MLTaskRuns(glue.client()).listAny([{ TransformId }], { abortSignal }).toArray()).rejects.toBe(
        reason,
      );
    }
  });

  it("of 130,000 queries is accepted", () => {
    const queries = Array.from({ length: 130_000 }, (_, index) => ({ TransformId: `tfm-${index}` }));
    expect(() => new MLTaskRuns({ send: vi.fn() } as never).listAny(queries)).not.toThrow();
  });

  it("of two long histories gives pages of 1,000 merged runs while more of them are there", async () => {
    const glue = await startGlue();
    const histories = ["tfm-a", "tfm-b"].map((transformId, index) =>
      sampleTaskRuns({ transformId, count: 900, seed: index }),
    );
    glue.addTaskRuns(histories.flat());
    const queries = [{ TransformId: "tfm-a" }, { TransformId: "tfm-b" }];
    const pages = await collect(new MLTaskRuns(glue.client()).listAny(queries).pages());
    expect(pages[0]?.runs).toHaveLength(1000);
    expect(pages.flatMap(({ runs }) => runs)).toHaveLength(1800);
  });

  it("of 60 transforms gives its first run after one page of each, and holds at most one page ahead of each", async () => {
    const glue = await startGlue();
    glue.removeTransform(TransformId);
    for (let index = 0; index < 60; index += 1) {
      glue.addTaskRuns(sampleTaskRuns({ transformId: `tfm-${index}`, count: 50, seed: index }));
    }
    const arrived: number[] = [];
    const list = new MLTaskRuns(glue.client()).listAcrossTransforms(
      {},
      { pageSize: 5, onPage: ({ page }) => arrived.push(page) },
    );
    const runs = list[Symbol.asyncIterator]();
    await runs.next();
    expect(arrived.length).toBeGreaterThanOrEqual(60);
    expect(arrived.length).toBeLessThanOrEqual(60 * 2);
    await runs.return?.();
  });
});
