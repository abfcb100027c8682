/** A token that the service refuses does not end a listing in STARTED order: it goes on by time. */
import { MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import { type LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import { afterEach, describe, expect, it, vi } from "vitest";
import { collect, ids, startGlue, startServer, TransformId } from "./support.js";

const COUNT = 60;
const oldestFirst = ids(sampleTaskRuns({ transformId: TransformId, count: COUNT }));
const newest = taskRunSort("STARTED").descending();
const oldest = taskRunSort("STARTED").ascending();

afterEach(() => vi.useRealTimers());

/** Moves the endpoint's clock, so that all its tokens expire. */
function expireTokens(): void {
  vi.setSystemTime(Date.now() + 60_000);
}

async function startWithShortTokens(): Promise<{ glue: LocalGlue; taskRuns: MLTaskRuns }> {
  vi.useFakeTimers({ toFake: ["Date"] });
  const glue = await startGlue(COUNT, { tokenLifetime: 30_000 });
  return { glue, taskRuns: new MLTaskRuns(glue.client({ systemClockOffset: 0 }), { pageSize: 10 }) };
}

describe("tokens that expire while the consumer works on a page", () => {
  it.each([
    ["descending", newest],
    ["ascending", oldest],
  ])("lose nothing and repeat nothing in a plain listing, %s", async (_, Sort) => {
    const { taskRuns } = await startWithShortTokens();
    const found: string[] = [];
    for await (const { runs } of taskRuns.list({ TransformId, Sort }, { prefetch: 0 }).pages()) {
      found.push(...ids(runs));
      expireTokens();
    }
    expect(found).toEqual(Sort === oldest ? oldestFirst : oldestFirst.toReversed());
  });

  it("lose nothing in a union and across transforms", async () => {
    const { taskRuns } = await startWithShortTokens();
    for (const list of [
      taskRuns.listAny([{ TransformId, Sort: oldest }], { prefetch: 0 }),
      taskRuns.listAcrossTransforms({ Sort: oldest }, { prefetch: 0 }),
    ]) {
      const found: string[] = [];
      for await (const { runs } of list.pages()) {
        found.push(...ids(runs));
        expireTokens();
      }
      expect(found).toEqual(oldestFirst);
    }
  });

  it("take one request more each time", async () => {
    const { glue, taskRuns } = await startWithShortTokens();
    const Filter = { StartedAfter: new Date(0) };
    const pages = taskRuns.list({ TransformId, Sort: oldest, Filter }, { prefetch: 0 }).pages();
    await pages.next();
    expireTokens();
    await collect(pages);
    // Six pages, the refused request, and a page for the run that the margin returned again.
    expect(glue.requests.length).toBeLessThanOrEqual(6 + 2);
  });

  it("surface the service's error in a listing by STATUS, and in one without Sort", async () => {
    const { taskRuns } = await startWithShortTokens();
    for (const Sort of [taskRunSort("STATUS").ascending(), undefined]) {
      const pages = taskRuns.list({ TransformId, Sort }, { prefetch: 0 }).pages();
      await pages.next();
      expireTokens();
      await expect(pages.next()).rejects.toMatchObject({ name: "InvalidInputException", message: /expired/ });
    }
  });
});

describe("a cursor whose token has expired", () => {
  it("resumes by time", async () => {
    const { taskRuns } = await startWithShortTokens();
    for (const Sort of [newest, oldest]) {
      const runs = taskRuns.list({ TransformId, Sort })[Symbol.asyncIterator]();
      const found: string[] = [];
      while (found.length < 25) found.push((await runs.next()).value?.TaskRunId ?? "");
      expireTokens();
      found.push(...ids(await taskRuns.list({ TransformId, Sort }, { cursor: runs.cursor }).toArray()));
      expect(found).toEqual(Sort === oldest ? oldestFirst : oldestFirst.toReversed());
    }
  });

  it("surfaces the service's error where there is no position by time", async () => {
    const { taskRuns } = await startWithShortTokens();
    const runs = taskRuns.list({ TransformId })[Symbol.asyncIterator]();
    for (let count = 0; count < 15; count += 1) await runs.next();
    expireTokens();
    await expect(taskRuns.list({ TransformId }, { cursor: runs.cursor }).toArray()).rejects.toThrow("expired");
  });

  it("surfaces the first error if the service refuses what follows by time, too", async () => {
    const run = { TransformId, TaskRunId: "tsk-1", Status: "FAILED", StartedOn: 1_790_000_000 };
    let requests = 0;
    const client = await startServer((_request, response) => {
      requests += 1;
      // The third request is the one by time; its page has nothing new, and its token is refused like the first.
      const isRefused = requests % 2 === 0;
      response.statusCode = isRefused ? 400 : 200;
      const refusal = { __type: "InvalidInputException", Message: `refusal ${requests}` };
      response.end(JSON.stringify(isRefused ? refusal : { TaskRuns: [run], NextToken: `token-${requests}` }));
    });
    const pages = new MLTaskRuns(client).list({ TransformId, Sort: oldest }, { prefetch: 0 }).pages();
    await pages.next();
    await expect(pages.next()).rejects.toThrow("refusal 2");
    expect(requests).toBe(4);
  });

  it("gives the runs before one that breaks its type, and then the error, also when it goes on by time", async () => {
    const run = (id: number) => ({
      TransformId,
      TaskRunId: `tsk-${id}`,
      Status: "FAILED",
      StartedOn: 1_790_000_000 + id,
    });
    const bodies: [number, object][] = [
      [200, { TaskRuns: [run(1)], NextToken: "a" }],
      [400, { __type: "InvalidInputException", Message: "The NextToken has expired." }],
      [200, { TaskRuns: [run(1), run(2), { TaskRunId: "tsk-3" }] }],
    ];
    const client = await startServer((_request, response) => {
      const [status, body] = bodies.shift() ?? [500, {}];
      response.statusCode = status;
      response.end(JSON.stringify(body));
    });
    const runs = new MLTaskRuns(client).list({ TransformId, Sort: oldest }, { prefetch: 0 })[Symbol.asyncIterator]();
    expect((await runs.next()).value?.TaskRunId).toBe("tsk-1");
    expect((await runs.next()).value?.TaskRunId).toBe("tsk-2");
    await expect(runs.next()).rejects.toMatchObject({ name: "UnexpectedResponseError", member: "Status" });
  });

  it("surfaces a refused token where a listing that was resumed by time came no further", async () => {
    const run = { TransformId, TaskRunId: "tsk-1", Status: "FAILED", StartedOn: 1_790_000_000 };
    const bodies: [number, object][] = [
      [200, { TaskRuns: [run] }],
      [200, { TaskRuns: [run], NextToken: "a" }],
      [400, { __type: "InvalidInputException", Message: "The NextToken has expired." }],
    ];
    const client = await startServer((_request, response) => {
      const [status, body] = bodies.shift() ?? [500, {}];
      response.statusCode = status;
      response.end(JSON.stringify(body));
    });
    const taskRuns = new MLTaskRuns(client, { prefetch: 0 });
    const query = { TransformId, Sort: oldest };
    // A listing in windows has a position by time only.
    const start = taskRuns.list(query, { concurrency: 1, limit: 1 })[Symbol.asyncIterator]();
    await start.next();
    const { cursor } = start;
    await start.return?.();
    await expect(taskRuns.list(query, { cursor }).toArray()).rejects.toThrow("The NextToken has expired.");
  });

  it("goes on among the runs without StartedOn, and resumes there", async () => {
    const { glue, taskRuns } = await startWithShortTokens();
    const run = (TaskRunId: string) => ({ TransformId: "tfm-new", TaskRunId, Status: "STARTING" as const });
    const dated = ["a", "b", "c"].map((id, index) => ({ ...run(id), StartedOn: new Date(index * 60_000) }));
    glue.addTaskRuns([...dated, run("d"), run("e"), run("f")]);
    const query = { TransformId: "tfm-new", Sort: oldest };
    const runs = taskRuns.list(query, { pageSize: 2, prefetch: 0 })[Symbol.asyncIterator]();
    const found: string[] = [];
    while (found.at(-1) !== "e") {
      found.push((await runs.next()).value?.TaskRunId ?? "");
      if (found.at(-1) === "b") expireTokens();
    }
    const { cursor } = runs;
    await runs.return?.();
    expect(found).toEqual(["a", "b", "c", "d", "e"]);
    expect(ids(await taskRuns.list(query, { cursor }).toArray())).toEqual(["f"]);
  });

  it("ends at its limit, also when it goes on by time", async () => {
    const { taskRuns } = await startWithShortTokens();
    for (const limit of [20, 25, 60]) {
      const found: string[] = [];
      for await (const { runs } of taskRuns.list({ TransformId, Sort: oldest }, { prefetch: 0, limit }).pages()) {
        found.push(...ids(runs));
        expireTokens();
      }
      expect(found).toEqual(oldestFirst.slice(0, limit));
    }
  });

  it("surfaces another error of the request by time as it is", async () => {
    const { glue, taskRuns } = await startWithShortTokens();
    const pages = taskRuns.list({ TransformId, Sort: oldest }, { prefetch: 0 }).pages();
    await pages.next();
    expireTokens();
    glue.fail("expiredToken", { after: 1 });
    await expect(pages.next()).rejects.toMatchObject({ name: "ExpiredTokenException" });
  });
});
