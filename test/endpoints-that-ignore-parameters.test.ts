/**
 * Endpoints that ignore a part of the request, as some emulators and fakes do. A listing still returns each run once,
 * or it rejects with an `UnexpectedResponseError` that names what was ignored. The number of its requests is limited in
 * both cases.
 */
import type { GetMLTaskRunsCommandInput, TaskRunFilterCriteria } from "@aws-sdk/client-glue";
import { type GlueClientLike, type MLTaskRunList, MLTaskRuns, UnexpectedResponseError } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { createFakeClient, createRun, newestFirst, oldestFirst, readToError, TransformId, takeIds } from "./support.js";

/** Not a whole second, which the service may have cut off. */
const START = 1_790_000_000_000 + 123;
const MINUTE = 60_000;
const COUNT = 300;
const DISTANCE = 7000;
const PAGE_SIZE = 50;
/** A listing of six pages needs at most this number of requests, also if it reads them a second time. */
const MAXIMUM_REQUESTS = 40;

/** One run every seven seconds. */
const history = Array.from({ length: COUNT }, (_, index) =>
  createRun(`tsk-${String(index).padStart(3, "0")}`, {
    Status: index % 2 === 0 ? ("FAILED" as const) : ("SUCCEEDED" as const),
    StartedOn: new Date(START + index * DISTANCE),
    Properties: { TaskType: index % 3 === 0 ? ("EVALUATION" as const) : ("FIND_MATCHES" as const) },
  }),
);
type HistoryRun = (typeof history)[number];

function matches(run: HistoryRun, filter: TaskRunFilterCriteria): boolean {
  const { TaskRunType, Status, StartedAfter, StartedBefore } = filter;
  return (
    (TaskRunType ?? run.Properties.TaskType) === run.Properties.TaskType &&
    (Status ?? run.Status) === run.Status &&
    !(StartedAfter && run.StartedOn <= StartedAfter) &&
    !(StartedBefore && run.StartedOn >= StartedBefore)
  );
}

const idsThatMatch = (filter: TaskRunFilterCriteria) =>
  history.filter((run) => matches(run, filter)).map(({ TaskRunId }) => TaskRunId);

type Input = GetMLTaskRunsCommandInput;
/** Removes or changes what an endpoint ignores of a request. */
type Ignore = (input: Input) => Input;

const without =
  (members: TaskRunFilterCriteria): Ignore =>
  (input) => ({
    ...input,
    Filter: { ...input.Filter, ...members },
  });

/** Rounds the bounds to minutes. */
const roundBounds =
  (round: (minutes: number) => number): Ignore =>
  (input) => {
    const roundDate = (date: Date | undefined) => date && new Date(round(date.getTime() / MINUTE) * MINUTE);
    const { StartedAfter, StartedBefore } = input.Filter ?? {};
    return without({ StartedAfter: roundDate(StartedAfter), StartedBefore: roundDate(StartedBefore) })(input);
  };

const ROUNDING = [
  ["the seconds of bounds, which it rounds down to minutes", roundBounds(Math.floor)],
  ["the seconds of bounds, which it rounds up to minutes", roundBounds(Math.ceil)],
] satisfies [string, Ignore][];

/** Without members: criteria that the library checks in responses, so that the endpoint may ignore them. */
const endpoints: [ignored: string, ignore: Ignore, members: string[]][] = [
  ["nothing", (input) => input, []],
  ["Sort", ({ Sort, ...input }) => input, ["Sort"]],
  ["Filter", ({ Filter, ...input }) => input, ["Filter.StartedAfter", "Filter.StartedBefore"]],
  ["StartedAfter", without({ StartedAfter: undefined }), ["Filter.StartedAfter"]],
  ["StartedBefore", without({ StartedBefore: undefined }), ["Filter.StartedBefore"]],
  ["TaskRunType", without({ TaskRunType: undefined }), []],
  ["Status", without({ Status: undefined }), []],
  ["MaxResults", ({ MaxResults, ...input }) => ({ ...input, MaxResults: 80 }), []],
  ["NextToken", ({ NextToken, ...input }) => input, ["NextToken"]],
  ...ROUNDING.map(([name, ignore]): [string, Ignore, string[]] => [
    name,
    ignore,
    ["Filter.StartedAfter", "Filter.StartedBefore"],
  ]),
];
const isRounding = (name: string) => ROUNDING.some(([rounding]) => rounding === name);

/** Creates a client of such an endpoint. Its tokens are offsets, and each token is new. */
function createEndpoint(ignore: Ignore): { client: GlueClientLike; requests: () => number } {
  let requests = 0;
  const client = createFakeClient(({ input }) => {
    requests += 1;
    if (requests > 2000) throw new Error("The listing sends requests without end.");
    if (!("TransformId" in input)) return { Transforms: [{ TransformId }] };
    // The only other command is GetMLTaskRuns.
    const { Filter = {}, Sort, NextToken, MaxResults = PAGE_SIZE } = ignore(input as Input);
    const found = history.filter((run) => matches(run, Filter));
    if (Sort?.SortDirection !== "ASCENDING") found.reverse();
    const from = Number(NextToken?.split("-")[0] ?? 0);
    const to = from + MaxResults;
    return { TaskRuns: found.slice(from, to), ...(to < found.length && { NextToken: `${to}-${requests}` }) };
  });
  return { client, requests: () => requests };
}

const Sort = oldestFirst;
const bounds = {
  StartedAfter: new Date(START + 50 * DISTANCE + 1),
  StartedBefore: new Date(START + 280 * DISTANCE - 1),
};
const typed = { TaskRunType: "EVALUATION", Status: "FAILED" } as const;
const pageSize = PAGE_SIZE;

const listings: [name: string, list: (taskRuns: MLTaskRuns) => MLTaskRunList, filter: TaskRunFilterCriteria][] = [
  ["a plain listing", (taskRuns) => taskRuns.list({ TransformId, Sort }, { pageSize }), {}],
  [
    "a plain listing with bounds",
    (taskRuns) => taskRuns.list({ TransformId, Sort, Filter: bounds }, { pageSize }),
    bounds,
  ],
  [
    "a plain listing with a type",
    (taskRuns) => taskRuns.list({ TransformId, Sort, Filter: typed }, { pageSize: 20 }),
    typed,
  ],
  ["time windows", (taskRuns) => taskRuns.list({ TransformId, Sort }, { pageSize, concurrency: 3 }), {}],
  ["time windows, newest first", (taskRuns) => taskRuns.list({ TransformId }, { pageSize, concurrency: 3 }), {}],
  [
    "a union",
    (taskRuns) => {
      const queries = [
        { TransformId, Sort },
        { TransformId, Sort, Filter: typed },
      ];
      return taskRuns.listAny(queries, { pageSize });
    },
    {},
  ],
  [
    "a listing across transforms",
    (taskRuns) => taskRuns.listAcrossTransforms({ Sort, Filter: bounds }, { pageSize }),
    bounds,
  ],
];

/** Expects an error of the library that names one of the members that an endpoint ignores. */
function expectToName(members: readonly string[], error: unknown): void {
  expect(error).toBeInstanceOf(UnexpectedResponseError);
  expect(members).toContain(error instanceof UnexpectedResponseError && error.member);
}

/** Expects no run twice, and either every run or an error that names what was ignored. */
function expectAllOrError(members: readonly string[], found: string[], error: unknown): void {
  expect(new Set(found).size).toBe(found.length);
  if (error === undefined) expect(found.toSorted()).toEqual(idsThatMatch({}));
  else expectToName(members, error);
}

describe.each(endpoints)("With an endpoint that ignores %s", (ignored, ignore, members) => {
  it.each(listings)("%s returns each run once or names what was ignored", async (_, list, filter) => {
    const { client, requests } = createEndpoint(ignore);
    const { found, error } = await readToError(list(new MLTaskRuns(client)));
    expect(new Set(found).size).toBe(found.length);
    expect(requests()).toBeLessThanOrEqual(MAXIMUM_REQUESTS);
    if (error !== undefined) return expectToName(members, error);
    const expected = idsThatMatch(filter);
    // A bound of the caller that leaves out too many runs cannot be noticed.
    if (isRounding(ignored) && filter === bounds) expect(expected).toEqual(expect.arrayContaining(found));
    else expect(found.toSorted()).toEqual(expected);
  });

  it.each([
    ["a plain listing", newestFirst, {}],
    ["a plain listing", oldestFirst, {}],
    ["time windows", newestFirst, { concurrency: 3 }],
    ["time windows", oldestFirst, { concurrency: 3 }],
  ])("a cursor of time windows resumes in %s (Sort: %j)", async (_, Sort, options) => {
    const { client, requests } = createEndpoint(ignore);
    const taskRuns = new MLTaskRuns(client, { pageSize });
    const query = { TransformId, Sort };
    const windows = taskRuns.list(query, { concurrency: 3, limit: 33 })[Symbol.asyncIterator]();
    const start = await readToError(windows);
    const rest = start.error ? start : await readToError(taskRuns.list(query, { ...options, cursor: windows.cursor }));
    expectAllOrError(members, start.error ? start.found : [...start.found, ...rest.found], rest.error);
    expect(requests()).toBeLessThanOrEqual(MAXIMUM_REQUESTS);
  });

  it.each<[string, (taskRuns: MLTaskRuns, cursor?: string) => MLTaskRunList]>([
    ["a plain listing", (taskRuns, cursor) => taskRuns.list({ TransformId, Sort }, { pageSize, cursor })],
    [
      "a listing across transforms",
      (taskRuns, cursor) => taskRuns.listAcrossTransforms({ Sort }, { pageSize, cursor }),
    ],
  ])("a cursor after 120 runs of %s resumes there", async (_, open) => {
    const taskRuns = new MLTaskRuns(createEndpoint(ignore).client);
    const runs = open(taskRuns)[Symbol.asyncIterator]();
    let start: string[];
    try {
      start = await takeIds(runs, 120);
    } catch (error) {
      return expectAllOrError(members, [], error);
    }
    const rest = await readToError(open(taskRuns, runs.cursor));
    expectAllOrError(members, [...start, ...rest.found], rest.error);
  });
});
