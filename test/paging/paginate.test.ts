import { MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import type { LocalGlue } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import {
  collect,
  createFakeClient,
  createRun,
  ids,
  idsNewestFirst,
  newestFirst,
  oldestFirst,
  readToError,
  recordInputs,
  replyWith,
  serviceError,
  startGlue,
  startServer,
  TransformId,
  takeIds,
  waitUntilIdle,
} from "../support.js";

describe("A listing with pages of 10 of 25 runs", () => {
  it.each([
    { limit: 0, requests: 0 },
    { limit: 1, requests: 1 },
    { limit: 10, requests: 1 },
    { limit: 11, requests: 2 },
    { limit: 20, requests: 2 },
    { limit: 25, requests: 3 },
    { limit: 99, requests: 3 },
  ])("and the limit $limit sends $requests requests", async ({ limit, requests }) => {
    const glue = await startGlue(25);
    const list = new MLTaskRuns(glue.client()).list({ TransformId }, { limit, pageSize: 10, prefetch: 4 });
    expect(ids(await list.toArray())).toEqual(idsNewestFirst(25).slice(0, limit));
    await waitUntilIdle(glue);
    expect(glue.requests).toHaveLength(requests);
  });

  it("and a limit sends the same MaxResults with each request", async () => {
    const glue = await startGlue(25);
    await new MLTaskRuns(glue.client()).list({ TransformId }, { pageSize: 10, limit: 15 }).toArray();
    expect(glue.requests).toMatchObject([{ input: { MaxResults: 10 } }, { input: { MaxResults: 10 } }]);
  });
});

describe("A listing without a page size", () => {
  it("requests as many runs as its limit allows", async () => {
    const glue = await startGlue(25);
    await new MLTaskRuns(glue.client()).list({ TransformId }, { limit: 7 }).toArray();
    expect(glue.requests).toMatchObject([{ input: { MaxResults: 7 } }]);
  });

  it("of 2,345 runs sends three requests for 1,000 runs each", async () => {
    const glue = await startGlue(2345);
    const runs = await new MLTaskRuns(glue.client()).list({ TransformId }).toArray();
    expect(ids(runs)).toEqual(idsNewestFirst(2345));
    expect(glue.requests.map(({ input }) => input)).toMatchObject(Array(3).fill({ MaxResults: 1000 }));
  });
});

const COUNT = 60;
const idsOldestFirst = idsNewestFirst(COUNT).reverse();

/** An endpoint with 60 runs whose tokens expire after 30 seconds of its clock, and a listing with pages of 10. */
async function startWithShortTokens(): Promise<{ glue: LocalGlue; taskRuns: MLTaskRuns }> {
  vi.useFakeTimers({ toFake: ["Date"] });
  const glue = await startGlue(COUNT, { tokenLifetime: 30_000 });
  const client = glue.client({ systemClockOffset: 0 });
  return { glue, taskRuns: new MLTaskRuns(client, { pageSize: 10, prefetch: 0 }) };
}

/** Moves the clock of the endpoint, so that all its tokens are expired. */
function expireTokens(): void {
  vi.setSystemTime(Date.now() + 60_000);
}

it("A listing of an endpoint that ignores Sort returns the rest after a cursor, also runs of a later time", async () => {
  const runAt = (id: string, second: number) => createRun(id, { StartedOn: new Date(second * 1000) });
  const client = createFakeClient(({ input }) =>
    "NextToken" in input
      ? { TaskRuns: [runAt("c", 2), runAt("d", 2)] }
      : { TaskRuns: [runAt("a", 1), runAt("b", 1)], NextToken: "more" },
  );
  const query = { TransformId, Sort: newestFirst };
  const runs = new MLTaskRuns(client).list(query)[Symbol.asyncIterator]();
  expect(await takeIds(runs, 1)).toEqual(["a"]);
  const rest = await new MLTaskRuns(client).list(query, { cursor: runs.cursor }).toArray();
  expect(ids(rest)).toEqual(["b", "c", "d"]);
});

describe("A listing whose tokens expire after each page", () => {
  it.each([
    ["newest first", newestFirst, idsOldestFirst.toReversed()],
    ["oldest first", oldestFirst, idsOldestFirst],
  ])("returns each run once, %s", async (_, Sort, expected) => {
    const { taskRuns } = await startWithShortTokens();
    const found: string[] = [];
    for await (const { runs } of taskRuns.list({ TransformId, Sort }).pages()) {
      found.push(...ids(runs));
      expireTokens();
    }
    expect(found).toEqual(expected);
  });

  it.each<[string, (taskRuns: MLTaskRuns) => ReturnType<MLTaskRuns["list"]>]>([
    ["a union", (taskRuns) => taskRuns.listAny([{ TransformId, Sort: oldestFirst }])],
    ["across transforms", (taskRuns) => taskRuns.listAcrossTransforms({ Sort: oldestFirst })],
  ])("returns each run once in %s", async (_, list) => {
    const { taskRuns } = await startWithShortTokens();
    const found: string[] = [];
    for await (const { runs } of list(taskRuns).pages()) {
      found.push(...ids(runs));
      expireTokens();
    }
    expect(found).toEqual(idsOldestFirst);
  });

  it.each([20, 25, 60])("ends at the limit %i", async (limit) => {
    const { taskRuns } = await startWithShortTokens();
    const found: string[] = [];
    for await (const { runs } of taskRuns.list({ TransformId, Sort: oldestFirst }, { limit }).pages()) {
      found.push(...ids(runs));
      expireTokens();
    }
    expect(found).toEqual(idsOldestFirst.slice(0, limit));
  });
});

describe("A listing whose token expires once", () => {
  it("sends at most two requests more than its pages: the rejected one, and one for the runs within the margin", async () => {
    const { glue, taskRuns } = await startWithShortTokens();
    const Filter = { StartedAfter: new Date(0) };
    const pages = taskRuns.list({ TransformId, Sort: oldestFirst, Filter }).pages();
    await pages.next();
    expireTokens();
    await collect(pages);
    const pageCount = COUNT / 10;
    expect(glue.requests.length).toBeLessThanOrEqual(pageCount + 2);
  });

  it.each([
    ["sorted by STATUS", taskRunSort("STATUS").ascending()],
    ["without Sort", undefined],
  ])("rejects with the error of the service if it is %s", async (_, Sort) => {
    const { taskRuns } = await startWithShortTokens();
    const pages = taskRuns.list({ TransformId, Sort }).pages();
    await pages.next();
    expireTokens();
    await expect(pages.next()).rejects.toMatchObject({ name: "InvalidInputException", message: /expired/ });
  });

  it("rejects with any other error of the request by time", async () => {
    const { glue, taskRuns } = await startWithShortTokens();
    const pages = taskRuns.list({ TransformId, Sort: oldestFirst }).pages();
    await pages.next();
    expireTokens();
    glue.fail("expiredToken", { after: 1 });
    await expect(pages.next()).rejects.toMatchObject({ name: "ExpiredTokenException" });
  });

  it("continues among the runs without StartedOn, and its cursor resumes there", async () => {
    const { glue, taskRuns } = await startWithShortTokens();
    const TransformId = "tfm-new";
    const undated = ["d", "e", "f"].map((id) => createRun(id, { TransformId }));
    const dated = ["a", "b", "c"].map((id, index) =>
      createRun(id, { TransformId, StartedOn: new Date(index * 60_000) }),
    );
    glue.addTaskRuns([...dated, ...undated]);
    const query = { TransformId, Sort: oldestFirst };
    const runs = taskRuns.list(query, { pageSize: 2 })[Symbol.asyncIterator]();
    const found = await takeIds(runs, 2);
    expireTokens();
    found.push(...(await takeIds(runs, 3)));
    const { cursor } = runs;
    await runs.return?.();
    expect(found).toEqual(["a", "b", "c", "d", "e"]);
    expect(ids(await taskRuns.list(query, { cursor }).toArray())).toEqual(["f"]);
  });
});

describe("The pass for runs without StartedOn, after a token has expired", () => {
  /** Reads a listing whose first token expires, and the tokens of these pages. Returns the pages that arrived, too. */
  async function read(isExpired: (page: number) => boolean) {
    const { taskRuns } = await startWithShortTokens();
    let pages = 0;
    const onPage = ({ page }: { page: number }) => {
      pages = page;
      if (page === 1 || isExpired(page)) expireTokens();
    };
    return {
      ...(await readToError(taskRuns.list({ TransformId, Sort: oldestFirst }, { onPage }))),
      pages: () => pages,
    };
  }

  it("is repeated when one of its tokens expires, and the listing is complete", async () => {
    const undisturbed = await read(() => false);
    const last = undisturbed.pages();
    const { found, error, pages } = await read((page) => page === last - 3);
    expect(error).toBeUndefined();
    expect(found).toEqual(idsOldestFirst);
    expect(pages()).toBeGreaterThan(last);
  });

  it("ends with the error of the service if it is rejected ten times", async () => {
    const last = (await read(() => false)).pages();
    const pageCount = COUNT / 10;
    const { found, error, pages } = await read((page) => page > last - pageCount);
    expect(error).toMatchObject({ name: "InvalidInputException", message: "The NextToken has expired." });
    expect(found).toEqual(idsOldestFirst);
    // Each attempt reads a page that is narrowed to the position, and one of the whole query.
    expect(pages()).toBeLessThanOrEqual(last + 2 * 10);
  });
});

describe.each(["refuse", "continue"] as const)(
  "With tokens of removed runs that the service answers with %s",
  (option) => {
    const start = async () => {
      const glue = await startGlue(COUNT, { removedRunTokens: option });
      return { glue, taskRuns: new MLTaskRuns(glue.client(), { pageSize: 10, prefetch: 0 }) };
    };

    it.each<[string, (taskRuns: MLTaskRuns) => ReturnType<MLTaskRuns["list"]>]>([
      ["a listing", (taskRuns) => taskRuns.list({ TransformId, Sort: oldestFirst })],
      ["a union", (taskRuns) => taskRuns.listAny([{ TransformId, Sort: oldestFirst }])],
      ["a listing across transforms", (taskRuns) => taskRuns.listAcrossTransforms({ Sort: oldestFirst })],
      [
        "a listing in time windows",
        (taskRuns) => taskRuns.list({ TransformId, Sort: oldestFirst }, { concurrency: 1 }),
      ],
    ])("%s returns each run once while the last run of each page is removed", async (_, list) => {
      const { glue, taskRuns } = await start();
      const found: string[] = [];
      for await (const { runs } of list(taskRuns).pages()) {
        found.push(...ids(runs));
        const [last = ""] = found.slice(-1);
        glue.removeTaskRuns(TransformId, [last]);
      }
      expect(found).toEqual(idsOldestFirst);
    });

    it("a cursor after a run that was removed resumes with the next run", async () => {
      const { glue, taskRuns } = await start();
      for (const count of [10, 15]) {
        const query = { TransformId, Sort: oldestFirst };
        const runs = taskRuns.list(query)[Symbol.asyncIterator]();
        const [last = ""] = (await takeIds(runs, count)).slice(-1);
        const { cursor } = runs;
        await runs.return?.();
        const before = ids(await taskRuns.list(query).toArray());
        glue.removeTaskRuns(TransformId, [last]);
        expect(ids(await taskRuns.list(query, { cursor }).toArray())).toEqual(before.slice(count));
      }
    });

    it("a listing without Sort continues or rejects as the service does", async () => {
      const { glue, taskRuns } = await start();
      const pages = taskRuns.list({ TransformId }).pages();
      const first = await pages.next();
      const [last = ""] = ids(first.value?.runs ?? []).slice(-1);
      glue.removeTaskRuns(TransformId, [last]);
      const next = pages.next();
      if (option === "refuse") await expect(next).rejects.toMatchObject({ name: "EntityNotFoundException" });
      else expect(ids((await next).value?.runs ?? [])).toEqual(idsOldestFirst.toReversed().slice(10, 20));
    });
  },
);

describe("A cursor whose token has expired", () => {
  it.each([
    ["newest first", newestFirst, idsOldestFirst.toReversed()],
    ["oldest first", oldestFirst, idsOldestFirst],
  ])("resumes by time in a listing that is %s", async (_, Sort, expected) => {
    const { taskRuns } = await startWithShortTokens();
    const runs = taskRuns.list({ TransformId, Sort })[Symbol.asyncIterator]();
    const found = await takeIds(runs, 25);
    expireTokens();
    found.push(...ids(await taskRuns.list({ TransformId, Sort }, { cursor: runs.cursor }).toArray()));
    expect(found).toEqual(expected);
  });

  it("makes a listing without Sort reject with the error of the service", async () => {
    const { taskRuns } = await startWithShortTokens();
    const runs = taskRuns.list({ TransformId })[Symbol.asyncIterator]();
    await takeIds(runs, 15);
    expireTokens();
    await expect(taskRuns.list({ TransformId }, { cursor: runs.cursor }).toArray()).rejects.toThrow("expired");
  });
});

describe("A listing that continues by time", () => {
  const startedOn = (second: number) => ({ StartedOn: 1_790_000_000 + second });
  const run = createRun("tsk-1", startedOn(1));
  const tokenError = serviceError("InvalidInputException", "The NextToken has expired.");
  const query = { TransformId, Sort: oldestFirst };

  it("rejects with the error of a second rejected token if it is rejected before a new run came", async () => {
    let requests = 0;
    const client = await startServer((_request, response) => {
      requests += 1;
      // The third request is the one by time. Its page has no new run, and its token is rejected, too.
      const isRejected = requests % 2 === 0;
      response.statusCode = isRejected ? 400 : 200;
      const reply = isRejected
        ? serviceError("InvalidInputException", `error ${requests}`)
        : { TaskRuns: [run], NextToken: `token-${requests}` };
      response.end(JSON.stringify(reply));
    });
    const pages = new MLTaskRuns(client).list(query, { prefetch: 0 }).pages();
    await pages.next();
    await expect(pages.next()).rejects.toThrow("error 4");
    expect(requests).toBe(4);
  });

  it("narrows the query after a second rejected token, also if the first came before any run", async () => {
    const client = await replyWith(
      { TaskRuns: [], NextToken: "a" },
      tokenError,
      { TaskRuns: [run], NextToken: "b" },
      tokenError,
      { TaskRuns: [run, createRun("tsk-2", startedOn(2))] },
      { TaskRuns: [run, createRun("tsk-2", startedOn(2))] },
    );
    const inputs = recordInputs(client);
    expect(ids(await new MLTaskRuns(client).list(query, { prefetch: 0 }).toArray())).toEqual(["tsk-1", "tsk-2"]);
    expect(inputs[4]).toHaveProperty("Filter.StartedAfter");
  });

  it("returns the runs before one that breaks its type, and then rejects", async () => {
    const client = await replyWith({ TaskRuns: [run], NextToken: "a" }, tokenError, {
      TaskRuns: [run, createRun("tsk-2", startedOn(2)), { TaskRunId: "tsk-3" }],
    });
    const runs = new MLTaskRuns(client).list(query, { prefetch: 0 })[Symbol.asyncIterator]();
    expect(await takeIds(runs, 2)).toEqual(["tsk-1", "tsk-2"]);
    await expect(runs.next()).rejects.toMatchObject({ name: "UnexpectedResponseError", member: "Status" });
  });

  it("rejects with the error of a rejected token if it was resumed by time and no new run came", async () => {
    const client = await replyWith({ TaskRuns: [run] }, { TaskRuns: [run], NextToken: "a" }, tokenError);
    const taskRuns = new MLTaskRuns(client, { prefetch: 0 });
    // The cursor of a listing in time windows has a position by time and no token.
    const windows = taskRuns.list(query, { concurrency: 1, limit: 1 })[Symbol.asyncIterator]();
    await windows.next();
    const { cursor } = windows;
    await windows.return?.();
    await expect(taskRuns.list(query, { cursor }).toArray()).rejects.toThrow("The NextToken has expired.");
  });
});
