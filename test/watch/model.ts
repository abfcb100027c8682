/**
 * A model of the service with the freedoms that AWS leaves open, behind a client without HTTP. Its clock is a number that
 * moves with each request, and that nothing else reads.
 */
import type { GlueClient, TaskRun, TaskStatusType } from "@aws-sdk/client-glue";

export const SECOND = 1000;

/** A run: when it changes its status, and how the service shows it. Times are the service's, in milliseconds. */
export interface ModelRun {
  readonly id: string;
  readonly transformId: string;
  readonly statuses: readonly { readonly at: number; readonly status: TaskStatusType }[];
  /**
   * `StartedOn` is the time of STARTING, or moves to that of RUNNING, or is absent until then, as a documentation that
   * says only "started" allows.
   */
  readonly startedOn: "starting" | "moving" | "running";
  /** How long the run does not appear in listings. */
  readonly listingDelay: number;
}

/** How the service behaves where its documentation is silent. */
export interface ServiceBehaviour {
  readonly isInclusive: boolean;
  readonly hasWholeSeconds: boolean;
  /** Tokens are offsets in what the service would list now; otherwise positions in the order. */
  readonly hasOffsetTokens: boolean;
  readonly isUndatedFirst: boolean;
  /** How much time passes during each request, one after another. */
  readonly latencies: readonly number[];
}

export const beginOf = ({ statuses }: ModelRun): number => statuses[0]?.at ?? Number.NaN;
export const endOf = ({ statuses }: ModelRun): number => statuses.at(-1)?.at ?? Number.NaN;
export const lastStatusOf = ({ statuses }: ModelRun): string => statuses.at(-1)?.status ?? "";

/** The runs at a time, as the service shows them. */
export function showRun(run: ModelRun, now: number, hasWholeSeconds: boolean): TaskRun | undefined {
  const reached = run.statuses.filter(({ at }) => at <= now);
  const last = reached.at(-1);
  if (last === undefined) return undefined;
  const timeOf = (status: TaskStatusType) => reached.find((each) => each.status === status)?.at;
  const round = (time: number) => new Date(hasWholeSeconds ? Math.floor(time / SECOND) * SECOND : time);
  const running = timeOf("RUNNING");
  const started =
    run.startedOn === "starting" ? beginOf(run) : (running ?? (run.startedOn === "moving" ? beginOf(run) : undefined));
  const isFinal = reached.length === run.statuses.length;
  return {
    TransformId: run.transformId,
    TaskRunId: run.id,
    Status: last.status,
    Properties: { TaskType: "EVALUATION" },
    ...(started !== undefined && { StartedOn: round(started) }),
    ...(isFinal && { CompletedOn: round(last.at) }),
  };
}

function serviceError(name: string): Error {
  return Object.assign(new Error(name), { name, $fault: "client" });
}

/** The transforms: when each is created and deleted. */
export type ModelTransforms = ReadonlyMap<string, { readonly created: number; readonly deleted: number }>;

/** Creates the service. `now` is its time. */
export function createService(transforms: ModelTransforms, runs: readonly ModelRun[], behaviour: ServiceBehaviour) {
  let requests = 0;
  const service = {
    /** The service's time. */
    now: 0,
    /** The time of the first response: the begin of a watch. */
    firstResponse: 0,
    requests: [] as string[],
    client: createClient(handle),
  };

  const exists = (id: string | undefined) => {
    const transform = transforms.get(id ?? "");
    return transform !== undefined && transform.created <= service.now && service.now < transform.deleted;
  };

  function listRuns(input: Input): object {
    if (!exists(input.TransformId)) throw serviceError("EntityNotFoundException");
    const { StartedAfter, Status } = input.Filter ?? {};
    const direction = input.Sort?.SortDirection === "DESCENDING" ? -1 : 1;
    const keyOf = ({ StartedOn }: TaskRun) =>
      StartedOn?.getTime() ?? (behaviour.isUndatedFirst ? -Infinity : Infinity) * direction;
    const isAfter = (time: number, bound: number) => (behaviour.isInclusive ? time >= bound : time > bound);
    const round = (time: number) => (behaviour.hasWholeSeconds ? Math.floor(time / SECOND) * SECOND : time);
    const listed = runs
      .filter((run) => run.transformId === input.TransformId && beginOf(run) + run.listingDelay <= service.now)
      .flatMap((run) => showRun(run, service.now, behaviour.hasWholeSeconds) ?? [])
      .filter((run) => Status === undefined || run.Status === Status)
      .filter(
        ({ StartedOn }) => !StartedAfter || (StartedOn && isAfter(StartedOn.getTime(), round(StartedAfter.getTime()))),
      )
      .sort((a, b) => direction * (keyOf(a) - keyOf(b)) || compare(a.TaskRunId, b.TaskRunId));
    const positionOf = (run: TaskRun) => JSON.stringify([String(direction * keyOf(run)), run.TaskRunId]);
    const isPast = (run: TaskRun, token: string) => {
      const [key, id] = JSON.parse(token) as [string, string];
      const runKey = direction * keyOf(run);
      return runKey > Number(key) || (runKey === Number(key) && compare(run.TaskRunId, id) > 0);
    };
    const { NextToken } = input;
    const offset =
      NextToken === undefined
        ? 0
        : behaviour.hasOffsetTokens
          ? Number(NextToken)
          : listed.findIndex((run) => isPast(run, NextToken));
    const page = offset < 0 ? [] : listed.slice(offset, offset + input.MaxResults);
    const last = page.at(-1);
    const isEnd = offset < 0 || offset + input.MaxResults >= listed.length || last === undefined;
    return {
      TaskRuns: page,
      ...(!isEnd && { NextToken: behaviour.hasOffsetTokens ? String(offset + page.length) : positionOf(last) }),
    };
  }

  function getRun({ TransformId, TaskRunId }: Input): object {
    const run = runs.find(({ id, transformId }) => id === TaskRunId && transformId === TransformId);
    const shown = run && exists(TransformId) ? showRun(run, service.now, behaviour.hasWholeSeconds) : undefined;
    if (!shown) throw serviceError("EntityNotFoundException");
    return shown;
  }

  function handle(input: Input): { readonly output: object; readonly date: string } {
    service.now += behaviour.latencies[requests % behaviour.latencies.length] ?? 0;
    requests += 1;
    service.firstResponse ||= service.now;
    service.requests.push(input.TaskRunId ?? input.TransformId ?? "");
    const output =
      input.TaskRunId !== undefined
        ? getRun(input)
        : input.TransformId !== undefined
          ? listRuns(input)
          : { Transforms: [...transforms.keys()].filter(exists).map((TransformId) => ({ TransformId })) };
    return { output, date: new Date(service.now).toUTCString() };
  }

  return service;
}

interface Input {
  readonly TransformId?: string;
  readonly TaskRunId?: string;
  readonly MaxResults: number;
  readonly NextToken?: string;
  readonly Filter?: { readonly StartedAfter?: Date; readonly Status?: string };
  readonly Sort?: { readonly SortDirection: string };
}

const compare = (a = "", b = "") => (a === b ? 0 : a < b ? -1 : 1);

interface Command {
  readonly input: Input;
  readonly middlewareStack: {
    resolve(handler: () => Promise<object>, context: object): (args: object) => Promise<{ readonly output: object }>;
  };
}

/** A client that runs the middleware of a command, so that the library sees the `Date` of the response. */
function createClient(handle: (input: Input) => { readonly output: object; readonly date: string }): GlueClient {
  const send = async ({ input, middlewareStack }: Command) => {
    const handler = middlewareStack.resolve(async () => {
      const { output, date } = handle(input);
      return { response: { statusCode: 200, headers: { date } }, output: { $metadata: {}, ...output } };
    }, {});
    return (await handler({ input })).output;
  };
  // The library calls only `send`; a whole client has more.
  return { send } as unknown as GlueClient;
}
