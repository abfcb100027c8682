/** The cursors of a watch: short, URL-safe, bound to their query, and readable by later versions. */
import fc from "fast-check";
import { InvalidQueryError } from "glue-ml-task-runs";
import { describe, expect, it, vi } from "vitest";
import { readWatchCursor, writeWatchCursor } from "../../src/watch/cursor.js";
import { createState, stateOf, type WatchState } from "../../src/watch/state.js";
import { thrownBy } from "../support.js";
import { BEGIN, MINUTE, runOf, SECOND, statesOf, useLocalGlue } from "./support.js";

const context = useLocalGlue();
const query = { TransformId: "tfm-a" };

describe("A cursor of a watch", () => {
  it("of this version stays readable", async () => {
    const cursor =
      "w1.mvx2bgdc.tfm-b~002ex.newmvx07kw0.0.0.tfm-a..1.old~0020run.RUNNING.1.217xbn10mdm1f.mvx2cpw8.1i1fswlp9r19p";
    context.glue.addTaskRuns([
      runOf("old run", BEGIN - 90 * MINUTE, "FAILED"),
      runOf("finished", BEGIN - SECOND, "FAILED"),
      runOf("new", BEGIN - SECOND, "FAILED"),
      // No poll of this transform has succeeded, and the first one was almost an hour ago.
      runOf("1", BEGIN - 90 * MINUTE, "RUNNING", "tfm-b.x"),
      runOf("2", BEGIN - 50 * MINUTE, "FAILED", "tfm-b.x"),
    ]);
    const { runs } = await context.taskRuns.watchAcrossTransforms({}, { cursor }).poll();
    expect(statesOf(runs)).toEqual([
      "tfm-b.x/1 RUNNING",
      "tfm-b.x/2 FAILED",
      "tfm-a/new FAILED",
      "tfm-a/old run FAILED",
    ]);
  });

  it("is URL-safe, also with unusual ids, and holds the whole state", () => {
    const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "\\ud800", "a.b~c", "tfm-0123_x"));
    const anyTime = fc.oneof(fc.integer({ min: -1e13, max: 1e13 }), fc.constant(-Infinity));
    const anyMap = <V>(key: fc.Arbitrary<string>, value: fc.Arbitrary<V>) =>
      fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 3 }).map((entries) => new Map(entries));
    const anyState: fc.Arbitrary<WatchState> = fc.record({
      seenUntil: fc.option(anyTime, { nil: undefined }),
      transforms: anyMap(
        anyText,
        fc.record({
          behind: fc.option(fc.record({ seenUntil: anyTime, kind: fc.constantFrom("fromBegin", "found", "later") }), {
            nil: undefined,
          }),
          unfinished: anyMap(anyText, anyText),
          recent: anyMap(fc.constantFrom("abc", "123xyz"), fc.integer({ min: 2e13, max: 3e13 })),
        }),
      ),
    });
    fc.assert(
      fc.property(anyState, (state) => {
        const cursor = writeWatchCursor(state, "query");
        expect(cursor).toMatch(/^[\w.~-]+$/);
        expect(encodeURIComponent(cursor)).toBe(cursor);
        expect(readWatchCursor(cursor, "query")).toEqual(state);
      }),
    );
  });

  it("replaces StartedAfter, which may differ or be absent where the watch goes on", async () => {
    context.glue.addTaskRuns([1, 2, 3].map((hour) => runOf(`${hour}`, BEGIN - hour * 60 * MINUTE, "FAILED")));
    const since = (hours: number) => ({ StartedAfter: new Date(BEGIN - hours * 60 * MINUTE) });
    const { runs, cursor } = await context.taskRuns.watch({ ...query, Filter: since(2) }).poll();
    expect(runs).toHaveLength(2);
    for (const Filter of [since(3), undefined]) {
      expect((await context.taskRuns.watch({ ...query, Filter }, { cursor }).poll()).runs).toEqual([]);
    }
  });

  it("of 100 idle transforms has at most 400 characters, and of 100 unfinished runs at most 14,000", async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `tfm-${String(index).padStart(40, "0")}`);
    context.glue.addTaskRuns(ids.map((id) => runOf("old", BEGIN - 60 * MINUTE, "FAILED", id)));
    const idle = await context.taskRuns.watchAcrossTransforms().poll();
    expect(idle.cursor.length).toBeLessThanOrEqual(400);
    context.glue.addTaskRuns(ids.map((id) => runOf(`tsk-${id.slice(4)}`, BEGIN - 60 * MINUTE, "STOPPING", id)));
    const busy = await context.taskRuns.watchAcrossTransforms().poll();
    expect(busy.runs).toHaveLength(100);
    expect(busy.cursor.length).toBeLessThanOrEqual(14_000);
  });

  it("forgets the finished runs that started more than a minute before", async () => {
    const { glue, taskRuns } = context;
    glue.addTransform(query);
    let { cursor } = await taskRuns.watch(query).poll();
    const idle = cursor.length;
    for (let hour = 1; hour < 4; hour += 1) {
      vi.setSystemTime(BEGIN + hour * 60 * MINUTE);
      const starts = Array.from({ length: 100 }, (_, index) => Date.now() - index * 30 * SECOND);
      glue.addTaskRuns(starts.map((start, index) => runOf(`${hour}-${index}`, start, "SUCCEEDED")));
      const poll = await taskRuns.watch(query, { cursor }).poll();
      expect(poll.runs).toHaveLength(100);
      ({ cursor } = poll);
      // Two or three starts are within the last minute.
      expect(cursor.length).toBeLessThan(idle + 120);
    }
  });
});

describe("An invalid cursor", () => {
  const state = createState(BEGIN);
  stateOf(state, "tfm-a").unfinished.set("1", "RUNNING");
  const watchQuery = ["watch", "tfm-a", {}];

  function expectInvalid(open: (cursor: string) => object, cursor: string, message: string) {
    const error = thrownBy(() => open(cursor));
    expect(error).toBeInstanceOf(InvalidQueryError);
    expect(error).toMatchObject({ field: "cursor", message: expect.stringContaining(message) });
    expect(context.glue.requests).toEqual([]);
  }
  const watch = (cursor: string) => context.taskRuns.watch(query, { cursor });

  it("is one that is damaged anywhere", () => {
    const cursor = writeWatchCursor(state, watchQuery);
    expect(() => watch(cursor)).not.toThrow();
    for (let index = 3; index < cursor.length; index += 1) {
      const damaged = `${cursor.slice(0, index)}${cursor[index] === "0" ? "1" : "0"}${cursor.slice(index + 1)}`;
      expectInvalid(watch, damaged, "is damaged, or belongs to another query");
    }
    expectInvalid(watch, cursor.slice(0, -1), "is damaged, or belongs to another query");
  });

  it("is one of a newer version, of a listing, or any other text", () => {
    const message = "is not the cursor of a watch, or was made by a newer version of the library";
    for (const cursor of [`w2${writeWatchCursor(state, watchQuery).slice(2)}`, "1.WzAsMCwwXQ.abc", "", ".", "w1"]) {
      expectInvalid(watch, cursor, message);
    }
  });

  it("is one of another transform, another type or another TransformFilter", () => {
    const cursor = writeWatchCursor(state, watchQuery);
    const message = "belongs to another query: every criterion but StartedAfter must be the same";
    const { taskRuns } = context;
    expectInvalid((cursor) => taskRuns.watch({ TransformId: "tfm-b" }, { cursor }), cursor, message);
    const Filter = { TaskRunType: "EVALUATION" } as const;
    expectInvalid((cursor) => taskRuns.watch({ ...query, Filter }, { cursor }), cursor, message);
    expectInvalid((cursor) => taskRuns.watchAcrossTransforms({}, { cursor }), cursor, message);
    const ready = writeWatchCursor(state, ["watch", { Status: "READY" }, {}]);
    const TransformFilter = { Status: "READY" } as const;
    expect(() => taskRuns.watchAcrossTransforms({ TransformFilter }, { cursor: ready })).not.toThrow();
    expectInvalid((cursor) => taskRuns.watchAcrossTransforms({}, { cursor }), ready, message);
  });

  it.each([
    "w1",
    "w1.",
    "w1.no time",
    "w1.abc.tfm-a",
    "w1.abc.tfm-a.newNO.0.0",
    "w1.abc.tfm-a.newX.0.0",
    "w1.abc.tfm-a..x.0",
    "w1.abc.tfm-a..2.1.RUNNING.1.RUNNING.0",
    "w1.abc.tfm-a..0.1.hash",
    "w1.abc.tfm-a..0.1.hash.NO",
    "w1.mvx2bgdc.tfm-a.xyzmvx07kw0.0.0",
  ])("is one that is forged: %s", async (content) => {
    const { fingerprint } = await import("../../src/paging/fingerprint.js");
    expectInvalid(watch, `${content}.${fingerprint([content, watchQuery])}`, "was not made by this library");
  });
});
