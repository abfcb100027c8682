/** A service that lists runs without StartedOn anywhere, also for a query with a time bound: no run is lost. */
import fc from "fast-check";
import { type MLTaskRun, type MLTaskRunList, MLTaskRuns, type TaskRunQuery } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { createFakeClient, createRun, ids, newestFirst, readToError, TransformId } from "./support.js";

const MINUTE = 60_000;
type Run = ReturnType<typeof runAt>;
const runAt = (id: string, minute: number | undefined) =>
  createRun(id, { StartedOn: minute === undefined ? undefined : new Date(minute * MINUTE) });
const isDated = ({ StartedOn }: { StartedOn?: Date | undefined }) => StartedOn !== undefined;

/**
 * Creates the library for a service that has these runs, newest first.
 *
 * @param isRefused - whether the service refuses the token of a request, of which the first has the number 1
 */
function createLibrary(runs: readonly Run[], isRefused: (number: number) => boolean = () => false): MLTaskRuns {
  let number = 0;
  const client = createFakeClient(({ input }) => {
    number += 1;
    const {
      NextToken,
      MaxResults = 1000,
      Filter,
      Sort,
    } = input as TaskRunQuery & {
      NextToken?: string;
      MaxResults?: number;
    };
    if (NextToken !== undefined && isRefused(number)) {
      throw Object.assign(new Error("The token is not valid."), { name: "InvalidInputException" });
    }
    const [after, before] = [Number(Filter?.StartedAfter ?? -Infinity), Number(Filter?.StartedBefore ?? Infinity)];
    const matching = runs.filter(
      (run) => !isDated(run) || (Number(run.StartedOn) > after && Number(run.StartedOn) < before),
    );
    const sorted = Sort?.SortDirection === "ASCENDING" ? matching.toReversed() : matching;
    const begin = Number(NextToken ?? 0);
    const end = begin + MaxResults;
    return { TaskRuns: sorted.slice(begin, end), ...(end < sorted.length && { NextToken: String(end) }) };
  });
  return new MLTaskRuns(client);
}

/** Runs of eight minutes, newest first, with two runs without StartedOn among them. */
const anyHistory = fc.array(fc.nat({ max: 8 }), { minLength: 2, maxLength: 2 }).map((places) => {
  const runs = Array.from({ length: 8 }, (_, index) => runAt(`d${7 - index}`, 7 - index));
  for (const [index, place] of places.entries()) runs.splice(place, 0, runAt(`u${index}`, undefined));
  return runs;
});

const kinds: [name: string, list: (taskRuns: MLTaskRuns, cursor?: string) => MLTaskRunList][] = [
  ["A plain listing", (taskRuns, cursor) => taskRuns.list({ TransformId, Sort: newestFirst }, { pageSize: 2, cursor })],
  ["A union", (taskRuns, cursor) => taskRuns.listAny([{ TransformId, Sort: newestFirst }], { pageSize: 2, cursor })],
];

describe.each(kinds)("%s of such a service", (_, list) => {
  it("returns each run once, whichever tokens are refused, or rejects with the error of a token", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.nat({ max: 2 ** 9 - 1 }), async (runs, mask) => {
        const isRefused = (number: number) => number < 10 && ((mask >> (number - 1)) & 1) === 1;
        const { found, error } = await readToError(list(createLibrary(runs, isRefused)));
        expect(new Set(found).size).toBe(found.length);
        if (error === undefined) expect(found.toSorted()).toEqual(ids(runs).sort());
        else expect(error).toHaveProperty("name", "InvalidInputException");
      }),
    );
  });

  it("that is stopped and resumed anywhere, and whose tokens are refused then, returns the rest", async () => {
    const anyCounts = fc.array(fc.nat({ max: 10 }), { minLength: 1, maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(anyHistory, anyCounts, async (runs, counts) => {
        const found: MLTaskRun[] = [];
        let cursor: string | undefined;
        for (const count of counts) {
          const iterator = list(createLibrary(runs), cursor)[Symbol.asyncIterator]();
          for (let taken = 0; taken < count; taken += 1) {
            const { done, value } = await iterator.next();
            if (done) break;
            found.push(value);
          }
          ({ cursor } = iterator);
          await iterator.return?.();
          if (cursor === undefined) break;
        }
        const isRefused = (number: number) => number === 1;
        const open = (cursor: string) => list(createLibrary(runs, isRefused), cursor);
        const rest = cursor === undefined ? { found: [], error: undefined } : await readToError(open(cursor));
        if (rest.error !== undefined) expect(rest.error).toHaveProperty("name", "InvalidInputException");
        else expect([...ids(found), ...rest.found].sort()).toEqual(ids(runs).sort());
      }),
    );
  });
});

it("Time windows return each run with StartedOn of such a service", async () => {
  const runs = Array.from({ length: 400 }, (_, index) => runAt(`d${400 - index}`, 400 - index));
  // Each page but the first two ends with a run without StartedOn.
  for (let place = 29; place < runs.length; place += 10) runs.splice(place, 0, runAt(`u${place}`, undefined));
  const list = createLibrary(runs).list({ TransformId }, { pageSize: 10, concurrency: 3 });
  expect(ids(await list.toArray())).toEqual(ids(runs.filter(isDated)));
});
