import { GlueClient } from "@aws-sdk/client-glue";
import fc from "fast-check";
import { InvalidQueryError, MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { collect, ids, idsNewestFirst, replyWith, startGlue, TransformId } from "./support.js";

const COUNT = 47;
const anyOptions = fc.record({
  pageSize: fc.integer({ min: 1, max: 60 }),
  prefetch: fc.integer({ min: 0, max: 3 }),
});

describe("a listing that is stopped and resumed is whole, in order, each run once", () => {
  it("wherever an iteration was stopped, with any page sizes", async () => {
    const glue = await startGlue(COUNT);
    const taskRuns = new MLTaskRuns(glue.client());
    await fc.assert(
      fc.asyncProperty(anyOptions, anyOptions, fc.nat({ max: COUNT }), async (first, second, stop) => {
        const iterator = taskRuns.list({ TransformId }, first)[Symbol.asyncIterator]();
        const given: string[] = [];
        while (given.length < stop) given.push((await iterator.next()).value?.TaskRunId ?? "");
        const { cursor } = iterator;
        await iterator.return?.();
        expect(iterator.cursor).toBe(cursor);
        expect(cursor === undefined).toBe(stop === COUNT);
        if (cursor !== undefined)
          given.push(...ids(await taskRuns.list({ TransformId }, { ...second, cursor }).toArray()));
        expect(given).toEqual(idsNewestFirst(COUNT));
      }),
      { numRuns: 60 },
    );
  });

  it("page by page, and in a chain of limits", async () => {
    const glue = await startGlue(COUNT);
    const taskRuns = new MLTaskRuns(glue.client());
    await fc.assert(
      fc.asyncProperty(
        anyOptions,
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
        async (options, limits) => {
          const given: string[] = [];
          let cursor: string | undefined;
          let turn = 0;
          do {
            const limit = limits[turn % limits.length];
            const pages = await collect(taskRuns.list({ TransformId }, { ...options, limit, cursor }).pages());
            given.push(...ids(pages.flatMap(({ runs }) => runs)));
            cursor = pages.at(-1)?.cursor;
            turn += 1;
          } while (cursor !== undefined);
          expect(given).toEqual(idsNewestFirst(COUNT));
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("a cursor", () => {
  const query = { TransformId, Filter: { Status: "SUCCEEDED" }, Sort: taskRunSort("STARTED").descending() } as const;

  const someCursor = async () => {
    const glue = await startGlue(COUNT);
    const taskRuns = new MLTaskRuns(glue.client(), { pageSize: 10 });
    const [page] = await collect(taskRuns.list(query, { limit: 15 }).pages());
    return { glue, taskRuns, cursor: page?.cursor ?? "" };
  };

  it("is URL-safe and holds nothing of the query", async () => {
    const { cursor } = await someCursor();
    expect(cursor).toMatch(/^1\.[\w.-]+$/);
    expect(Buffer.from(cursor, "base64url").toString()).not.toContain(TransformId);
    expect(cursor).not.toContain(TransformId);
  });

  it("stands at the start before the first run, and nowhere after the last", async () => {
    const { taskRuns, cursor } = await someCursor();
    expect(taskRuns.list(query, { cursor })[Symbol.asyncIterator]().cursor).toBe(cursor);
    const iterator = taskRuns.list({ TransformId })[Symbol.asyncIterator]();
    expect(iterator.cursor).toBeDefined();
    const all = taskRuns.list({ TransformId }, { cursor: iterator.cursor });
    expect(ids(await all.toArray())).toEqual(idsNewestFirst(COUNT));
    await collect(iterator);
    expect(iterator.cursor).toBeUndefined();
  });

  it("stands inside the page in which limit ended", async () => {
    const { taskRuns } = await someCursor();
    const iterator = taskRuns.list({ TransformId }, { limit: 15 })[Symbol.asyncIterator]();
    await collect(iterator);
    const next = await taskRuns.list({ TransformId }, { cursor: iterator.cursor }).first();
    expect(next?.TaskRunId).toBe(idsNewestFirst(COUNT)[15]);
  });

  it("asks the service for no more pages than needed to take up inside one", async () => {
    const { glue, taskRuns } = await someCursor();
    const iterator = taskRuns.list({ TransformId }, { limit: 9 })[Symbol.asyncIterator]();
    await collect(iterator);
    const before = glue.requests.length;
    const { cursor } = iterator;
    expect(await new MLTaskRuns(glue.client()).list({ TransformId }, { cursor, limit: 3 }).toArray()).toHaveLength(3);
    expect(await taskRuns.list({ TransformId }, { cursor }).first()).toBeDefined();
    expect(glue.requests.slice(before)).toMatchObject([{ input: { MaxResults: 12 } }, { input: { MaxResults: 10 } }]);
  });

  it("fits the same query however it was written", async () => {
    const { taskRuns, cursor } = await someCursor();
    const { Sort, ...others } = query;
    const written = [
      { Sort, ...others },
      { ...query, Filter: taskRunFilter().status("SUCCEEDED") },
      { ...query, Filter: { TaskRunType: undefined, Status: "SUCCEEDED" } as const },
      { ...query, Sort: { SortDirection: "DESCENDING", Column: "STARTED" } as const },
    ];
    for (const same of written) expect(() => taskRuns.list(same, { cursor })).not.toThrow();
  });

  it("is refused for any other query", async () => {
    const { taskRuns, cursor } = await someCursor();
    const others = [
      { TransformId },
      { ...query, TransformId: "tfm-other" },
      { ...query, Filter: { Status: "FAILED" } as const },
      { ...query, Filter: { ...query.Filter, StartedAfter: new Date(0) } },
      { ...query, Filter: { ...query.Filter, StartedBefore: new Date(0) } },
      { ...query, Sort: query.Sort.ascending() },
      { TransformId, Filter: query.Filter },
    ];
    for (const other of others) expect(() => taskRuns.list(other, { cursor })).toThrow("belongs to another query");
  });

  it("is refused when it is cut or altered anywhere", async () => {
    const { taskRuns, cursor } = await someCursor();
    const refuses = (altered: string) =>
      expect(() => taskRuns.list(query, { cursor: altered }), altered).toThrow(InvalidQueryError);
    for (let at = 0; at < cursor.length; at += 1) {
      refuses(cursor.slice(0, at));
      refuses(cursor.slice(at + 1));
      for (const other of ["A", "b", "0", ".", "-", "%", "é"]) {
        if (cursor[at] !== other) refuses(cursor.slice(0, at) + other + cursor.slice(at + 1));
      }
    }
    refuses(cursor + cursor);
  });

  it.each([
    ["", "was not made by this version of the library"],
    ["__proto__", "was not made by this version of the library"],
    ["1.2.3.4.5.6", "was not made by this version of the library"],
    ["1.WyJ4Il0.c", "is damaged, or belongs to another query"],
    ["2.0..c", "was not made by this version of the library"],
    [`1.0.${"x".repeat(65_537)}.c`, "was not made by this version of the library"],
  ])("is not %j", (cursor, message) => {
    const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));
    expect(() => taskRuns.list(query, { cursor })).toThrow(message);
    expect(() => taskRuns.list(query, { cursor })).toThrow(InvalidQueryError);
    expect(() => taskRuns.list(query, { cursor })).toThrow(expect.objectContaining({ field: "cursor" }));
  });

  it("that is forged is refused where its members are wrong, and its token is checked by the service", async () => {
    const { taskRuns } = await someCursor();
    const forged = (members: unknown) => {
      const json = typeof members === "string" ? members : JSON.stringify(members);
      const content = `1.${Buffer.from(json).toString("base64url")}`;
      return `${content}.${fingerprint([content, [query.TransformId, query.Filter, query.Sort]])}`;
    };
    const bad = ["no JSON", [], {}, 5, [5, 0, 0, 0, 0, null], ["x", 1e6, 0, 0, 0, null], ["x", 0.5, 0, 0, 0, null]];
    const worse = [
      [0, 0, "t", 1, 0, null],
      [0, 0, 5, -1, 0, null],
      [0, 0, 5, 1, 0, "f"],
      [0, 0, 1e300, 1, 0, null],
    ];
    for (const members of [...bad, ...worse]) {
      expect(() => taskRuns.list(query, { cursor: forged(members) }), String(members)).toThrow("was not made by this");
    }
    const list = taskRuns.list(query, { cursor: forged(["__proto__", 0, 0, 0, 0, null]) });
    await expect(list.toArray()).rejects.toMatchObject({ name: "InvalidInputException" });
  });

  it("carries any token", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", minLength: 1 }), async (token) => {
        const client = await replyWith({ TaskRuns: [], NextToken: token });
        const { value } = await new MLTaskRuns(client).list({ TransformId }, { prefetch: 0 }).pages().next();
        const asked: unknown[] = [];
        client.middlewareStack.add(
          (next) => (args) => {
            asked.push(args.input);
            return next(args);
          },
          { step: "initialize" },
        );
        await new MLTaskRuns(client)
          .list({ TransformId }, { cursor: value?.cursor })
          .first()
          .catch(() => {});
        expect(asked).toMatchObject([{ NextToken: token }]);
      }),
      { numRuns: 30 },
    );
  });

  it("whose token the service repeats is an error, too", async () => {
    const runs = { TaskRuns: [{ TransformId, TaskRunId: "a", Status: "FAILED" }] };
    const client = await replyWith({ ...runs, NextToken: "more" }, { ...runs, NextToken: "more" });
    const { value } = await new MLTaskRuns(client).list({ TransformId }, { prefetch: 0 }).pages().next();
    const rest = new MLTaskRuns(client).list({ TransformId }, { cursor: value?.cursor }).toArray();
    await expect(rest).rejects.toMatchObject({ name: "PaginationError" });
  });

  it("whose runs are no longer there gives those that come after", async () => {
    const run = (TaskRunId: string) => ({ TransformId, TaskRunId, Status: "FAILED" });
    const client = await replyWith(
      { TaskRuns: ["a", "b", "c"].map(run), NextToken: "more" },
      { TaskRuns: [run("a")], NextToken: "fewer" },
      { TaskRuns: [run("c"), run("d")] },
    );
    const iterator = new MLTaskRuns(client).list({ TransformId }, { prefetch: 0 })[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    const rest = await new MLTaskRuns(client).list({ TransformId }, { cursor: iterator.cursor }).toArray();
    expect(ids(rest)).toEqual(["d"]);
  });
});

/** The fingerprint as `src/paging/cursor.ts` makes it, for forgeries. */
function fingerprint(content: unknown): string {
  const hash = (prime: number) =>
    Buffer.from(JSON.stringify(content)).reduce((sum, byte) => Math.imul(sum ^ byte, prime), 0x811c9dc5) >>> 0;
  return [hash(0x01000193), hash(0x85ebca6b)].map((half) => half.toString(36)).join("");
}
