/**
 * Endpoints that ignore a part of the request, as emulators and hand-written fakes do: a listing still gives every run once,
 * or ends with an UnexpectedResponseError that names what was ignored; and it sends a bounded number of requests.
 */
import type { GetMLTaskRunsCommandInput, GlueClient, TaskRun } from "@aws-sdk/client-glue";
import { type MLTaskRunList, MLTaskRuns, taskRunSort, UnexpectedResponseError } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { TransformId } from "./support.js";

const START = 1_790_000_000_000;
const MINUTE = 60_000;
const COUNT = 300;
/** One run every 7 seconds. */
const history = Array.from({ length: COUNT }, (_, index) => ({
  TransformId,
  TaskRunId: `tsk-${String(index).padStart(3, "0")}`,
  Status: index % 2 === 0 ? "FAILED" : "SUCCEEDED",
  StartedOn: new Date(START + index * 7000),
  Properties: { TaskType: index % 3 === 0 ? "EVALUATION" : "FIND_MATCHES" },
})) as (TaskRun & { TaskRunId: string; StartedOn: Date })[];

type Input = GetMLTaskRunsCommandInput;
/** What of a request an endpoint sees. */
type Careless = (input: Input) => Input;

const floor = (date: Date | undefined) => date && new Date(Math.floor(date.getTime() / MINUTE) * MINUTE);
const ceil = (date: Date | undefined) => date && new Date(Math.ceil(date.getTime() / MINUTE) * MINUTE);

const endpoints: [name: string, see: Careless][] = [
  ["nothing", (input) => input],
  ["Sort", ({ Sort, ...input }) => input],
  ["Filter", ({ Filter, ...input }) => input],
  ["StartedAfter", (input) => ({ ...input, Filter: { ...input.Filter, StartedAfter: undefined } })],
  ["StartedBefore", (input) => ({ ...input, Filter: { ...input.Filter, StartedBefore: undefined } })],
  ["TaskRunType", (input) => ({ ...input, Filter: { ...input.Filter, TaskRunType: undefined } })],
  ["Status", (input) => ({ ...input, Filter: { ...input.Filter, Status: undefined } })],
  ["MaxResults", ({ MaxResults, ...input }) => ({ ...input, MaxResults: 80 })],
  ["NextToken", ({ NextToken, ...input }) => input],
  [
    "seconds, rounding bounds down to minutes",
    (input) => ({
      ...input,
      Filter: {
        ...input.Filter,
        StartedAfter: floor(input.Filter?.StartedAfter),
        StartedBefore: floor(input.Filter?.StartedBefore),
      },
    }),
  ],
  [
    "seconds, rounding bounds up to minutes",
    (input) => ({
      ...input,
      Filter: {
        ...input.Filter,
        StartedAfter: ceil(input.Filter?.StartedAfter),
        StartedBefore: ceil(input.Filter?.StartedBefore),
      },
    }),
  ],
];

/** A client of such an endpoint; tokens are offsets, and each is new. */
function clientOf(see: Careless): { client: GlueClient; requests: () => number } {
  let requests = 0;
  const answer = (command: { input: Input }) => {
    requests += 1;
    if (requests > 2000) throw new Error("asked without end");
    if (!("TransformId" in command.input)) return { Transforms: [{ TransformId }] };
    const { Filter = {}, Sort, NextToken, MaxResults = 50 } = see(command.input);
    const { TaskRunType, Status, StartedAfter, StartedBefore } = Filter;
    const found = history.filter(
      (run) =>
        (TaskRunType ?? run.Properties?.TaskType) === run.Properties?.TaskType &&
        (Status ?? run.Status) === run.Status &&
        !(StartedAfter && run.StartedOn <= StartedAfter) &&
        !(StartedBefore && run.StartedOn >= StartedBefore),
    );
    if (Sort?.SortDirection !== "ASCENDING") found.reverse();
    const from = Number(NextToken?.split("-")[0] ?? 0);
    const to = from + MaxResults;
    return { TaskRuns: found.slice(from, to), ...(to < found.length && { NextToken: `${to}-${requests}` }) };
  };
  // A client as fakes are written: nothing but `send`.
  const client = { send: async (command: { input: Input }) => answer(command) } as unknown as GlueClient;
  return { client, requests: () => requests };
}

const Sort = taskRunSort("STARTED").ascending();
const Filter = { StartedAfter: new Date(START + 50 * 7000 + 1), StartedBefore: new Date(START + 280 * 7000 - 1) };
const typed = { TaskRunType: "EVALUATION", Status: "FAILED" } as const;
const listings: [name: string, list: (taskRuns: MLTaskRuns) => MLTaskRunList, filter: object][] = [
  ["plain", (taskRuns) => taskRuns.list({ TransformId, Sort }, { pageSize: 50 }), {}],
  ["plain with bounds", (taskRuns) => taskRuns.list({ TransformId, Sort, Filter }, { pageSize: 50 }), Filter],
  ["plain with a type", (taskRuns) => taskRuns.list({ TransformId, Sort, Filter: typed }, { pageSize: 20 }), typed],
  ["windowed", (taskRuns) => taskRuns.list({ TransformId, Sort }, { pageSize: 50, concurrency: 3 }), {}],
  ["windowed and newest first", (taskRuns) => taskRuns.list({ TransformId }, { pageSize: 50, concurrency: 3 }), {}],
  [
    "union",
    (taskRuns) =>
      taskRuns.listAny(
        [
          { TransformId, Sort },
          { TransformId, Sort, Filter: typed },
        ],
        { pageSize: 50 },
      ),
    {},
  ],
  ["across transforms", (taskRuns) => taskRuns.listAcrossTransforms({ Sort, Filter }, { pageSize: 50 }), Filter],
];

/** Members whose runs a filter does not match; what a bound of whole minutes lets through less cannot be noticed. */
function expectedIds(filter: {
  StartedAfter?: Date;
  StartedBefore?: Date;
  TaskRunType?: string;
  Status?: string;
}): string[] {
  return history
    .filter(
      (run) =>
        (filter.TaskRunType ?? run.Properties?.TaskType) === run.Properties?.TaskType &&
        (filter.Status ?? run.Status) === run.Status &&
        !(filter.StartedAfter && run.StartedOn <= filter.StartedAfter) &&
        !(filter.StartedBefore && run.StartedOn >= filter.StartedBefore),
    )
    .map(({ TaskRunId }) => TaskRunId);
}

describe.each(endpoints)("an endpoint that ignores %s", (ignored, see) => {
  it.each(listings)(
    "gives every run of a %s listing once, or an error that names what it ignored",
    async (_, list, filter) => {
      const { client, requests } = clientOf(see);
      const found: string[] = [];
      let failure: unknown;
      try {
        for await (const { TaskRunId } of list(new MLTaskRuns(client))) found.push(TaskRunId);
      } catch (error) {
        failure = error;
      }
      expect(new Set(found).size).toBe(found.length);
      expect(requests()).toBeLessThanOrEqual(40);
      // What the listing can do without is no reason to fail.
      if (["nothing", "TaskRunType", "Status", "MaxResults"].includes(ignored)) expect(failure).toBeUndefined();
      if (failure !== undefined) {
        expect(failure).toBeInstanceOf(UnexpectedResponseError);
        expect(failure).toHaveProperty(
          "member",
          expect.stringMatching(/^(Sort|NextToken|Filter\.Started(After|Before))$/),
        );
        return;
      }
      const cannotBeNoticed = ignored.startsWith("seconds") && Object.keys(filter).length > 0;
      const expected = expectedIds(filter);
      if (cannotBeNoticed) expect(expected).toEqual(expect.arrayContaining(found));
      else expect(found.toSorted()).toEqual(expected);
    },
  );

  it.each([
    ["a plain listing", {}],
    ["time windows", { concurrency: 3 }],
  ])("gives the rest, in %s, of a listing that has no token to resume by", async (_, rest) => {
    for (const direction of ["ascending", "descending"] as const) {
      const { client, requests } = clientOf(see);
      const query = { TransformId, Sort: taskRunSort("STARTED")[direction]() };
      const taskRuns = new MLTaskRuns(client, { pageSize: 50 });
      const found: string[] = [];
      try {
        const start = taskRuns.list(query, { concurrency: 3, limit: 33 })[Symbol.asyncIterator]();
        for await (const { TaskRunId } of start) found.push(TaskRunId);
        const { cursor } = start;
        for await (const { TaskRunId } of taskRuns.list(query, { ...rest, cursor })) found.push(TaskRunId);
        expect(found.toSorted()).toEqual(expectedIds({}));
      } catch (error) {
        expect(error).toBeInstanceOf(UnexpectedResponseError);
      }
      expect(new Set(found).size).toBe(found.length);
      expect(requests()).toBeLessThanOrEqual(40);
    }
  });

  it.each(["plain", "across transforms"])("gives the rest of a %s listing that is resumed by time", async (kind) => {
    const { client } = clientOf(see);
    const taskRuns = new MLTaskRuns(client);
    const open = (cursor?: string) =>
      kind === "plain"
        ? taskRuns.list({ TransformId, Sort }, { pageSize: 50, cursor })
        : taskRuns.listAcrossTransforms({ Sort }, { pageSize: 50, cursor });
    const found: string[] = [];
    try {
      const runs = open()[Symbol.asyncIterator]();
      while (found.length < 120) found.push((await runs.next()).value?.TaskRunId ?? "");
      for await (const { TaskRunId } of open(runs.cursor)) found.push(TaskRunId);
      expect(found.toSorted()).toEqual(expectedIds({}));
    } catch (error) {
      expect(error).toBeInstanceOf(UnexpectedResponseError);
    }
    expect(new Set(found).size).toBe(found.length);
  });
});
