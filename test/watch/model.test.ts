/** For any history and any way to run a watch: nothing is lost, and what is carried from poll to poll comes once. */
import fc from "fast-check";
import { type MLTaskRun, MLTaskRuns, type WatchOptions } from "glue-ml-task-runs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { beginOf, createService, endOf, lastStatusOf, type ModelRun, SECOND } from "./model.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));

/** When the watch begins, on the service's clock. */
const BEGIN = Date.UTC(2026, 10, 1) + 345;
const MINUTE = 60 * SECOND;
const RANKS = ["STARTING", "RUNNING", "STOPPING"];
const rankOf = (status: string) => (RANKS.includes(status) ? RANKS.indexOf(status) : RANKS.length);

const anyDuration = fc.oneof(fc.integer({ min: 0, max: 90_000 }), fc.constantFrom(0, 1, 1000, 3_600_000));

const anyRun = fc.record({
  transform: fc.nat({ max: 2 }),
  /** Before or after the begin of the watch. */
  begin: fc.oneof(fc.integer({ min: -200_000, max: 600_000 }), fc.constantFrom(-4_000_000, -60_000, -1, 0, 1)),
  durations: fc.tuple(anyDuration, anyDuration, anyDuration),
  path: fc.constantFrom(
    ["STARTING", "RUNNING", "SUCCEEDED"] as const,
    ["STARTING", "RUNNING", "STOPPING", "STOPPED"] as const,
    ["RUNNING", "FAILED"] as const,
    ["STARTING", "FAILED"] as const,
  ),
  startedOn: fc.constantFrom("starting", "moving", "running"),
  listingDelay: fc.constantFrom(0, 0, 10_000, 59_000),
});

const anyScript = fc.record({
  runs: fc.array(anyRun, { maxLength: 14 }),
  /** Created and deleted this long after the begin of the watch. The first transform exists from the start to the end. */
  lives: fc.tuple(fc.constantFrom(-Infinity, 50_000), fc.constantFrom(Infinity, 200_000)),
  behaviour: fc.record({
    isInclusive: fc.boolean(),
    hasWholeSeconds: fc.boolean(),
    hasOffsetTokens: fc.boolean(),
    isUndatedFirst: fc.boolean(),
    latencies: fc.array(fc.constantFrom(0, 1, 200, 3000, 9000), { minLength: 1, maxLength: 5 }),
  }),
  /** Between two polls. */
  pauses: fc.array(fc.constantFrom(0, 1000, 30_000, 30_000, 120_000, 1_000_000), { minLength: 1, maxLength: 8 }),
  /** How many runs are taken before the consumer leaves, poll after poll. */
  takes: fc.array(fc.constantFrom(0, 1, 2, 3, 100), { minLength: 1, maxLength: 5 }),
  pageSize: fc.integer({ min: 2, max: 5 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  isAcross: fc.boolean(),
  isSince: fc.boolean(),
  clockError: fc.integer({ min: -7_200_000, max: 7_200_000 }),
});

type Script = typeof anyScript extends fc.Arbitrary<infer S> ? S : never;

/** Creates the service of a script, and what a watch of it must and must not return. */
function prepare(script: Script) {
  const { behaviour, isAcross, isSince, pageSize, concurrency, clockError } = script;
  const [created, deleted] = script.lives;
  const transforms = new Map([
    ["tfm-0", { created: -Infinity, deleted: Infinity }],
    ["tfm-1", { created: BEGIN + created, deleted: Infinity }],
    ["tfm-2", { created: -Infinity, deleted: BEGIN + deleted }],
  ]);
  const runs = script.runs.map((run, index): ModelRun => {
    const transformId = `tfm-${isAcross ? run.transform : 0}`;
    let at = Math.max(BEGIN + run.begin, transforms.get(transformId)?.created ?? 0);
    const statuses = run.path.map((status, step) => {
      if (step > 0) at += run.durations[step - 1] ?? 0;
      return { at, status };
    });
    return { id: `tsk-${index}`, transformId, statuses, startedOn: run.startedOn, listingDelay: run.listingDelay };
  });
  const service = createService(transforms, runs, behaviour);
  service.now = BEGIN;
  const taskRuns = new MLTaskRuns(service.client);
  const since = BEGIN - 2 * MINUTE;
  const Filter = { StartedAfter: isSince ? new Date(since) : undefined };
  const open = (options: WatchOptions) => {
    // This machine's clock is wrong, and jumps.
    vi.setSystemTime(service.now + clockError * (service.requests.length % 3));
    const settings = { ...options, pageSize, concurrency, interval: 0.001 };
    return isAcross
      ? taskRuns.watchAcrossTransforms({ Filter }, settings)
      : taskRuns.watch({ TransformId: "tfm-0", Filter }, settings);
  };
  return { service, runs, open, since, end: Math.max(BEGIN, ...runs.map(endOf)) + 3 * MINUTE };
}

/** Checks what came. `firstPollEnd` is when the first poll had ended. */
function check(
  { service, runs, since }: ReturnType<typeof prepare>,
  { isSince, behaviour: { hasWholeSeconds } }: Script,
  seen: readonly Pick<MLTaskRun, "TaskRunId" | "Status">[],
  { firstPollEnd, isRepeating }: { readonly firstPollEnd: number; readonly isRepeating: boolean },
): void {
  const watchBegin = service.firstResponse;
  const floor = (time: number) => (hasWholeSeconds ? Math.floor(time / SECOND) * SECOND : time);
  for (const run of runs) {
    const statuses = seen.filter(({ TaskRunId }) => TaskRunId === run.id).map(({ Status }) => Status);
    const [begin, end] = [beginOf(run), endOf(run)];
    const running = run.statuses.find(({ status }) => status === "RUNNING")?.at;
    const starts = run.startedOn === "running" ? [running] : [begin, ...(run.startedOn === "moving" ? [running] : [])];
    const dated = starts.flatMap((time) => (time === undefined ? [] : floor(time)));
    const isDeleted = run.transformId === "tfm-2";
    // A run without a start that began after the watch cannot be seen before it has one.
    const isVisible = dated.length > 0 || (!isSince && begin + run.listingDelay <= watchBegin && end > firstPollEnd);
    const isWatched = isSince
      ? dated.length > 0 && Math.min(...dated) >= since
      : end > firstPollEnd || begin >= Math.floor(watchBegin / SECOND) * SECOND;
    const isNotWatched = isSince
      ? dated.length > 0 && Math.max(...dated) < since
      : end < Math.floor(watchBegin / SECOND) * SECOND - SECOND && begin + run.listingDelay <= watchBegin;
    const message = `${JSON.stringify(run)} came as ${statuses.join(", ")}`;
    if (isWatched && isVisible && !isDeleted) expect(statuses.at(-1), message).toBe(lastStatusOf(run));
    if (isNotWatched) expect(statuses, message).toEqual([]);
    if (isRepeating) continue;
    const ranks = statuses.map(rankOf);
    expect(ranks, message).toEqual([...new Set(ranks)].sort((a, b) => a - b));
  }
}

describe("For any history and any freedom of the service, a watch", () => {
  it("that is not interrupted yields each change once", async () => {
    await fc.assert(
      fc.asyncProperty(anyScript, async (script) => {
        const model = prepare(script);
        const seen: MLTaskRun[] = [];
        let [polls, firstPollEnd] = [0, 0];
        for await (const { runs } of model.open({}).polls()) {
          seen.push(...runs);
          polls += 1;
          if (polls === 1) firstPollEnd = model.service.now;
          if (polls > script.pauses.length + 3) break;
          model.service.now += script.pauses[polls - 1] ?? 0;
          if (polls === script.pauses.length + 1) model.service.now = Math.max(model.end, model.service.now);
        }
        check(model, script, seen, { firstPollEnd, isRepeating: false });
      }),
    );
  });

  it("that polls once in each process yields each change once", async () => {
    await fc.assert(
      fc.asyncProperty(anyScript, async (script) => {
        const model = prepare(script);
        const seen: MLTaskRun[] = [];
        let cursor: string | undefined;
        let firstPollEnd = 0;
        for (const pause of [...script.pauses, undefined, 0, 0]) {
          const poll = await model.open({ cursor }).poll();
          seen.push(...poll.runs);
          ({ cursor } = poll);
          firstPollEnd ||= model.service.now;
          if (pause === undefined) model.service.now = Math.max(model.end, model.service.now);
          else model.service.now += pause;
        }
        check(model, script, seen, { firstPollEnd, isRepeating: false });
      }),
    );
  });
});

/** Reads up to a number of runs of one poll, as a process that ends in the middle of it. */
async function takeRuns(
  open: ReturnType<typeof prepare>["open"],
  cursor: string | undefined,
  count: number,
): Promise<{ runs: MLTaskRun[]; cursor: string; hasPolled: boolean }> {
  let hasPolled = false;
  const stop = new AbortController();
  const onPoll = () => {
    hasPolled = true;
    stop.abort();
  };
  const changes = open({ cursor, onPoll, abortSignal: stop.signal })[Symbol.asyncIterator]();
  const runs: MLTaskRun[] = [];
  try {
    while (runs.length < count) {
      const { done, value } = await changes.next();
      if (done) break;
      runs.push(value);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  await changes.return?.();
  return { runs, cursor: changes.cursor, hasPolled };
}

describe("For any history, a watch that is left in the middle of its polls", () => {
  it.each([
    { kind: "carried on from its cursor yields each change once", isRepeating: false },
    { kind: "restarted from an older cursor loses no run", isRepeating: true },
  ])("and is $kind", async ({ isRepeating }) => {
    await fc.assert(
      fc.asyncProperty(anyScript, async (script) => {
        const model = prepare(script);
        const seen: MLTaskRun[] = [];
        const cursors: (string | undefined)[] = [undefined];
        let firstPollEnd = 0;
        const step = async (count: number, cursor: string | undefined) => {
          const taken = await takeRuns(model.open, cursor, count);
          seen.push(...taken.runs);
          // A watch has begun once its first poll has ended or has returned a run.
          if (taken.hasPolled || taken.runs.length > 0) firstPollEnd ||= model.service.now;
          if (firstPollEnd > 0) cursors.push(taken.cursor);
        };
        for (const [index, pause] of script.pauses.entries()) {
          const count = script.takes[index % script.takes.length] ?? 0;
          // A process that crashed has not saved its cursor.
          const isStale = isRepeating && firstPollEnd > 0 && index % 2 === 1;
          const usable = cursors.slice(isStale ? Math.max(1, cursors.length - 2) : -1);
          await step(count, usable[0]);
          model.service.now += pause;
        }
        model.service.now = Math.max(model.end, model.service.now);
        for (let poll = 0; poll < 3; poll += 1) await step(Infinity, cursors.at(-1));
        check(model, script, seen, { firstPollEnd, isRepeating });
      }),
    );
  });
});
