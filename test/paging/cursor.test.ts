import { GlueClient } from "@aws-sdk/client-glue";
import fc from "fast-check";
import { InvalidQueryError, MLTaskRuns, taskRunFilter } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { readCursor, writeCursor } from "../../src/paging/cursor.js";
import {
  collect,
  createRun,
  ids,
  idsNewestFirst,
  newestFirst,
  recordInputs,
  replyWith,
  startGlue,
  startGlueWith,
  TransformId,
  takeIds,
} from "../support.js";

const COUNT = 47;
const allIds = idsNewestFirst(COUNT);
const anyOptions = fc.record({
  pageSize: fc.integer({ min: 1, max: 60 }),
  prefetch: fc.integer({ min: 0, max: 3 }),
});

/** A query whose cursors have a token, a time and a fingerprint. */
const query = { TransformId, Filter: { Status: "SUCCEEDED" }, Sort: newestFirst } as const;

/** A cursor in the middle of the second page of the query. */
async function startWithCursor() {
  const glue = await startGlue(COUNT);
  const taskRuns = new MLTaskRuns(glue.client(), { pageSize: 10 });
  const [page] = await collect(taskRuns.list(query, { limit: 15 }).pages());
  return { glue, taskRuns, cursor: page?.cursor ?? "" };
}

describe("A listing in the order of the service", () => {
  it("that is stopped after any run resumes after this run, with any options", async () => {
    const glue = await startGlue(COUNT);
    const taskRuns = new MLTaskRuns(glue.client());
    await fc.assert(
      fc.asyncProperty(anyOptions, anyOptions, fc.nat({ max: COUNT }), async (first, second, stop) => {
        const runs = taskRuns.list({ TransformId }, first)[Symbol.asyncIterator]();
        const found = await takeIds(runs, stop);
        const { cursor } = runs;
        await runs.return?.();
        expect(runs.cursor).toBe(cursor);
        expect(cursor === undefined).toBe(stop === COUNT);
        if (cursor !== undefined) {
          found.push(...ids(await taskRuns.list({ TransformId }, { ...second, cursor }).toArray()));
        }
        expect(found).toEqual(allIds);
      }),
    );
  });

  it("that is read in a chain of limits and cursors returns each run once, in order", async () => {
    const glue = await startGlue(COUNT);
    const taskRuns = new MLTaskRuns(glue.client());
    await fc.assert(
      fc.asyncProperty(
        anyOptions,
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
        async (options, limits) => {
          const found: string[] = [];
          let cursor: string | undefined;
          let turn = 0;
          do {
            const limit = limits[turn % limits.length];
            const pages = await collect(taskRuns.list({ TransformId }, { ...options, limit, cursor }).pages());
            found.push(...ids(pages.flatMap(({ runs }) => runs)));
            cursor = pages.at(-1)?.cursor;
            turn += 1;
          } while (cursor !== undefined);
          expect(found).toEqual(allIds);
        },
      ),
    );
  });
});

describe("The cursor of an iteration", () => {
  it("before the first run is the cursor that the listing started with", async () => {
    const { taskRuns, cursor } = await startWithCursor();
    expect(taskRuns.list(query, { cursor })[Symbol.asyncIterator]().cursor).toBe(cursor);
  });

  it("before the first run of a listing without a cursor resumes at the start", async () => {
    const { taskRuns } = await startWithCursor();
    const { cursor } = taskRuns.list({ TransformId })[Symbol.asyncIterator]();
    expect(cursor).toBeDefined();
    expect(ids(await taskRuns.list({ TransformId }, { cursor }).toArray())).toEqual(allIds);
  });

  it("is undefined after the last run", async () => {
    const { taskRuns } = await startWithCursor();
    const runs = taskRuns.list({ TransformId })[Symbol.asyncIterator]();
    await collect(runs);
    expect(runs.cursor).toBeUndefined();
  });

  it("after a limit that ends inside a page resumes inside this page", async () => {
    const { taskRuns } = await startWithCursor();
    const runs = taskRuns.list({ TransformId }, { limit: 15 })[Symbol.asyncIterator]();
    await collect(runs);
    const next = await taskRuns.list({ TransformId }, { cursor: runs.cursor }).first();
    expect(next?.TaskRunId).toBe(allIds[15]);
  });

  it("requires one request to resume inside a page, whose size covers the runs to skip and those to return", async () => {
    const { glue, taskRuns } = await startWithCursor();
    const runs = taskRuns.list({ TransformId })[Symbol.asyncIterator]();
    const [skipped, limit] = [9, 3];
    await takeIds(runs, skipped);
    const { cursor } = runs;
    await runs.return?.();
    const before = glue.requests.length;
    const resumed = await new MLTaskRuns(glue.client()).list({ TransformId }, { cursor, limit }).toArray();
    expect(resumed).toHaveLength(limit);
    expect(glue.requests.slice(before)).toMatchObject([{ input: { MaxResults: skipped + limit } }]);
  });

  it("requires one request for first()", async () => {
    const { glue, taskRuns } = await startWithCursor();
    const runs = taskRuns.list({ TransformId })[Symbol.asyncIterator]();
    const skipped = 9;
    await takeIds(runs, skipped);
    const { cursor } = runs;
    await runs.return?.();
    const before = glue.requests.length;
    expect((await taskRuns.list({ TransformId }, { cursor }).first())?.TaskRunId).toBe(allIds[skipped]);
    expect(glue.requests.slice(before)).toMatchObject([{ input: { MaxResults: skipped + 1 } }]);
  });
});

describe("Smaller pages than the one that a cursor was made in", () => {
  /** The cursor after 550 of 1,000 runs of one page: pages of 100 have to skip five and a half pages. */
  async function startInsideLargePage() {
    const glue = await startGlue(1000);
    const taskRuns = new MLTaskRuns(glue.client());
    const runs = taskRuns.list({ TransformId })[Symbol.asyncIterator]();
    await takeIds(runs, 550);
    const resume = () => taskRuns.list({ TransformId }, { cursor: runs.cursor, pageSize: 100, prefetch: 0 });
    return { glue, taskRuns, resume, rest: idsNewestFirst(1000).slice(550) };
  }

  it("resume after the returned runs, and so do the cursors of the pages that are skipped", async () => {
    const { taskRuns, resume, rest } = await startInsideLargePage();
    for await (const { runs, cursor } of resume().pages()) {
      if (runs.length > 0) break;
      expect(ids(await taskRuns.list({ TransformId }, { cursor }).toArray())).toEqual(rest);
    }
    expect(ids(await resume().toArray())).toEqual(rest);
  });

  it("leave the first cursor unchanged in effect if a request fails while pages are skipped", async () => {
    const { glue, taskRuns, resume, rest } = await startInsideLargePage();
    glue.fail("expiredToken", { after: 2 });
    const failing = resume()[Symbol.asyncIterator]();
    await expect(failing.next()).rejects.toMatchObject({ name: "ExpiredTokenException" });
    expect(ids(await taskRuns.list({ TransformId }, { cursor: failing.cursor }).toArray())).toEqual(rest);
  });
});

describe("A cursor", () => {
  it("is URL-safe and does not contain the query", async () => {
    const { cursor } = await startWithCursor();
    expect(cursor).toMatch(/^1\.[\w.-]+$/);
    expect(Buffer.from(cursor, "base64url").toString()).not.toContain(TransformId);
    expect(cursor).not.toContain(TransformId);
  });

  it.each([
    ["the members are in another order", { Sort: query.Sort, Filter: query.Filter, TransformId }],
    ["the filter is made by the builder", { ...query, Filter: taskRunFilter().status("SUCCEEDED") }],
    ["the filter has an undefined member", { ...query, Filter: { TaskRunType: undefined, ...query.Filter } }],
    ["the sort is a plain object", { ...query, Sort: { SortDirection: "DESCENDING", Column: "STARTED" } as const }],
  ])("is accepted by the same query if %s", async (_, sameQuery) => {
    const { taskRuns, cursor } = await startWithCursor();
    expect(() => taskRuns.list(sameQuery, { cursor })).not.toThrow();
  });

  it.each([
    ["no filter and no sort", { TransformId }],
    ["another transform", { ...query, TransformId: "tfm-other" }],
    ["another status", { ...query, Filter: { Status: "FAILED" } as const }],
    ["a lower bound", { ...query, Filter: { ...query.Filter, StartedAfter: new Date(0) } }],
    ["an upper bound", { ...query, Filter: { ...query.Filter, StartedBefore: new Date(0) } }],
    ["the other direction", { ...query, Sort: query.Sort.ascending() }],
    ["no sort", { TransformId, Filter: query.Filter }],
  ])("is rejected by a query with %s", async (_, otherQuery) => {
    const { taskRuns, cursor } = await startWithCursor();
    expect(() => taskRuns.list(otherQuery, { cursor })).toThrow("belongs to another query");
  });

  it("is rejected if any of its characters is missing or changed", async () => {
    const { taskRuns, cursor } = await startWithCursor();
    const expectRejection = (altered: string) =>
      expect(() => taskRuns.list(query, { cursor: altered }), altered).toThrow(InvalidQueryError);
    for (let at = 0; at < cursor.length; at += 1) {
      expectRejection(cursor.slice(0, at));
      expectRejection(cursor.slice(at + 1));
      for (const other of ["A", "b", "0", ".", "-", "%", "é"]) {
        if (cursor[at] !== other) expectRejection(cursor.slice(0, at) + other + cursor.slice(at + 1));
      }
    }
    expectRejection(cursor + cursor);
  });

  it.each([
    ["", "was not made by this version of the library"],
    ["__proto__", "was not made by this version of the library"],
    ["1.2.3.4.5.6", "was not made by this version of the library"],
    ["1.WyJ4Il0.c", "is damaged, or belongs to another query"],
    ["2.0..c", "was not made by this version of the library"],
    [`1.0.${"x".repeat(65_537)}.c`, "was not made by this version of the library"],
    [`1.${"x".repeat(1_000_000)}.c`, "was not made by this version of the library"],
  ])("cannot be %j", (cursor, message) => {
    const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));
    expect(() => taskRuns.list(query, { cursor })).toThrow(
      expect.objectContaining({
        name: "InvalidQueryError",
        field: "cursor",
        message: expect.stringContaining(message),
      }),
    );
  });

  it("with any token requests the page of this token", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", minLength: 1 }), async (token) => {
        const client = await replyWith({ TaskRuns: [], NextToken: token }, { TaskRuns: [] });
        const { value } = await new MLTaskRuns(client).list({ TransformId }, { prefetch: 0 }).pages().next();
        const inputs = recordInputs(client);
        await new MLTaskRuns(client).list({ TransformId }, { cursor: value?.cursor }).first();
        expect(inputs).toMatchObject([{ NextToken: token }]);
      }),
    );
  });

  it.each([
    ["100,000 characters", "t".repeat(100_000)],
    ["lone surrogates", "\ud800 lone \udfff"],
    ["a character outside of the basic plane", "\u{1f600}"],
  ])("keeps a token with %s", (_, token) => {
    expect(readCursor(writeCursor({ token }, query), query)).toMatchObject({ token });
  });

  it.each([1, 1295, 1296, 5000])(
    "after all runs but the last of a page of %i and one resumes at the last",
    async (count) => {
      const page = { TaskRuns: Array.from({ length: count + 1 }, (_, index) => createRun(`tsk-${index}`)) };
      const client = await replyWith(page, page);
      const runs = new MLTaskRuns(client).list({ TransformId })[Symbol.asyncIterator]();
      await takeIds(runs, count);
      const rest = await new MLTaskRuns(client).list({ TransformId }, { cursor: runs.cursor }).toArray();
      expect(ids(rest)).toEqual([`tsk-${count}`]);
    },
  );

  it("whose runs no longer exist returns the runs after the same number of runs", async () => {
    const client = await replyWith(
      { TaskRuns: ["a", "b", "c"].map((id) => createRun(id)), NextToken: "more" },
      { TaskRuns: [createRun("a")], NextToken: "fewer" },
      { TaskRuns: [createRun("c"), createRun("d")] },
    );
    const runs = new MLTaskRuns(client).list({ TransformId }, { prefetch: 0 })[Symbol.asyncIterator]();
    await takeIds(runs, 2);
    const rest = await new MLTaskRuns(client).list({ TransformId }, { cursor: runs.cursor }).toArray();
    expect(ids(rest)).toEqual(["d"]);
  });
});

describe("A forged cursor with the right fingerprint", () => {
  /** The fingerprint of `src/paging/cursor.ts`, computed independently. */
  function fingerprint(content: unknown): string {
    const hash = (prime: number) =>
      Buffer.from(JSON.stringify(content)).reduce((sum, byte) => Math.imul(sum ^ byte, prime), 0x811c9dc5) >>> 0;
    return [hash(0x01000193), hash(0x85ebca6b)].map((half) => half.toString(36)).join("");
  }

  function forge(json: string): string {
    const content = `1.${Buffer.from(json).toString("base64url")}`;
    return `${content}.${fingerprint([content, [query.TransformId, query.Filter, query.Sort]])}`;
  }

  it.each([
    ["no JSON", "no JSON"],
    ["an empty list", "[]"],
    ["an object", "{}"],
    ["a number", "5"],
    ["a token that is a number", "[5,0,null,false,null]"],
    ["more used runs than a page can have", '["x",1000000,null,false,null]'],
    ["a fraction of used runs", '["x",0.5,null,false,null]'],
    ["a time that is not a list", "[null,0,5,false,null]"],
    ["a time that is a string", '[null,0,["t",1,[]],false,null]'],
    ["a time that is not an integer", "[null,0,[1e300,1,[]],false,null]"],
    ["a negative count", "[null,0,[5,-1,[]],false,null]"],
    ["a count of 0", "[null,0,[5,0,[]],false,null]"],
    ["more returned runs of one time than a cursor may skip", "[null,0,[5,100001,[]],false,null]"],
    ["ids that are not a list", "[null,0,[5,1,7],false,null]"],
    ["an id that is not a string", "[null,0,[5,1,[7]],false,null]"],
    ["a first time that is a string", '[null,0,[5,1,[]],false,"f"]'],
  ])("is rejected if its content is %s", (_, json) => {
    const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));
    expect(() => taskRuns.list(query, { cursor: forge(json) })).toThrow("was not made by this version of the library");
  });

  it("is accepted if its content is valid, and the service rejects its token", async () => {
    const { taskRuns } = await startWithCursor();
    const list = taskRuns.list(query, { cursor: forge('["__proto__",0,null,false,null]') });
    await expect(list.toArray()).rejects.toMatchObject({ name: "InvalidInputException" });
  });

  it("causes at most two requests for each page of a history, also if it skips 100,000 runs", async () => {
    const PAGES = 30;
    const StartedOn = new Date("2026-11-01");
    const run = { StartedOn, Properties: { TaskType: "EVALUATION" }, Status: "SUCCEEDED" } as const;
    const glue = await startGlueWith(Array.from({ length: PAGES }, (_, index) => createRun(`tsk-${index}`, run)));
    const taskRuns = new MLTaskRuns(glue.client(), { pageSize: 1 });
    const list = (count: number) =>
      taskRuns.list(query, { cursor: forge(`[null,0,[${StartedOn.getTime()},${count},[]],false,null]`) });
    expect(await list(100_000).toArray()).toEqual([]);
    expect(glue.requests.length).toBeLessThanOrEqual(2 * PAGES);
    expect(() => list(1e9)).toThrow("was not made by this version of the library");
  });
});
