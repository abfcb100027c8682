/**
 * Uses each feature of the package once, against a local endpoint. The matrix runs it on every runtime, as ESM and as
 * CommonJS, from every bundle and with each SDK, and compiles it with every TypeScript.
 */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  EntityNotFoundException,
  OperationTimeoutException,
  StartMLEvaluationTaskRunCommand,
} from "@aws-sdk/client-glue";
import {
  InvalidQueryError,
  isFinished,
  isTaskRunType,
  MLTaskRuns,
  PaginationError,
  taskRunFilter,
  taskRunSort,
} from "glue-ml-task-runs";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";

const TransformId = "tfm-0123";
const history = sampleTaskRuns({ transformId: TransformId, count: 1200 });
const newestFirst = [...history].reverse();
const others = sampleTaskRuns({ transformId: "tfm-4567", count: 40, seed: 2 });

/** The checks, by name. Each starts an endpoint with the histories of both transforms. */
const checks: Record<string, (taskRuns: MLTaskRuns, glue: LocalGlue) => Promise<void>> = {
  "lists every run, page by page": async (taskRuns, glue) => {
    const requestIds = new Set<string | undefined>();
    const list = taskRuns.list(
      { TransformId },
      { pageSize: 100, onPage: ({ requestId }) => requestIds.add(requestId) },
    );
    deepEqual(await list.toArray(), newestFirst);
    equal(glue.requests.length, 12);
    equal(requestIds.size, 12);
    ok(!requestIds.has(undefined));
  },

  "leaves the response to the client: its middleware and logger see what the service sent": async (_, glue) => {
    const [sizes, lengths] = [new Set<unknown>(), new Set<unknown>()];
    const info = ({ output = {} }: { output?: { TaskRuns?: object[] } }) => lengths.add(output.TaskRuns?.length);
    const client = glue.client({ logger: { debug() {}, info, warn() {}, error() {} } });
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers } = result.response as { headers: Record<string, string> };
        sizes.add(Number(headers["content-length"]) > 10_000);
        return result;
      },
      { step: "deserialize", priority: "low" },
    );
    deepEqual(await new MLTaskRuns(client).list({ TransformId }, { pageSize: 600 }).toArray(), newestFirst);
    deepEqual([...sizes], [true]);
    deepEqual([...lengths], [600]);
    client.destroy();
  },

  "types runs by the filter": async (taskRuns) => {
    const Filter = taskRunFilter().taskRunType("FIND_MATCHES").status("FAILED");
    const found = await taskRuns.list({ TransformId, Filter }).toArray();
    const jobs = found.map((run) => run.Properties.FindMatchesTaskRunProperties.JobRunId);
    const expected = newestFirst
      .filter(({ Status }) => Status === "FAILED")
      .flatMap((run) => (isTaskRunType(run, "FIND_MATCHES") ? [run] : []))
      .map((run) => run.Properties.FindMatchesTaskRunProperties.JobRunId);
    ok(expected.length > 10);
    deepEqual(jobs, expected);
    ok(found.every(isFinished));
  },

  "filters by dates and sorts": async (taskRuns) => {
    const [from, to] = ["2026-09-01", "2026-10-01T00:00:00Z"];
    const list = taskRuns.list({
      TransformId,
      Filter: taskRunFilter().startedAfter(from).startedBefore(to),
      Sort: taskRunSort("STARTED").ascending(),
    });
    const expected = history.filter(
      ({ StartedOn = 0 }) => Number(StartedOn) > Date.parse(from) && Number(StartedOn) < Date.parse(to),
    );
    ok(expected.length > 100);
    deepEqual(await list.toArray(), expected);
  },

  "requests one run for first()": async (taskRuns, glue) => {
    deepEqual(await taskRuns.list({ TransformId }).first(), newestFirst[0]);
    deepEqual(
      glue.requests.map(({ input }) => "MaxResults" in input && input.MaxResults),
      [1],
    );
  },

  "resumes at a cursor": async (taskRuns) => {
    const iterator = taskRuns.list({ TransformId }, { pageSize: 100 })[Symbol.asyncIterator]();
    for (let count = 0; count < 250; count += 1) await iterator.next();
    const { cursor } = iterator;
    await iterator.return?.();
    ok(cursor);
    deepEqual(await taskRuns.list({ TransformId }, { cursor, limit: 300 }).toArray(), newestFirst.slice(250, 550));
  },

  "lists in time windows": async (taskRuns) => {
    const list = taskRuns.list({ TransformId }, { concurrency: 4, pageSize: 100 });
    deepEqual(await list.toArray(), newestFirst);
  },

  "lists the union of queries": async (taskRuns) => {
    const Sort = taskRunSort("STARTED").descending();
    const ended = (["FAILED", "TIMEOUT"] as const).map((Status) => ({ TransformId, Filter: { Status }, Sort }));
    deepEqual(
      await taskRuns.listAny(ended).toArray(),
      newestFirst.filter(({ Status }) => Status === "FAILED" || Status === "TIMEOUT"),
    );
  },

  "lists across transforms": async (taskRuns) => {
    const list = taskRuns.listAcrossTransforms({ Sort: taskRunSort("STARTED").ascending() });
    const expected = [...history, ...others].sort((a, b) => Number(a.StartedOn) - Number(b.StartedOn));
    deepEqual(await list.toArray(), expected);
  },

  "waits for a started run": async (taskRuns, glue) => {
    const { TaskRunId = "" } = await glue.client().send(new StartMLEvaluationTaskRunCommand({ TransformId }));
    const run = await taskRuns.waitUntilFinished({ TransformId, TaskRunId }, { maxWaitTime: 60, minDelay: 0.05 });
    equal(run.Status, "SUCCEEDED");
    deepEqual(await taskRuns.get(run), run);
  },

  "watches runs": async (taskRuns, glue) => {
    const run = { TransformId, TaskRunId: "tsk-new", StartedOn: new Date(), Status: "RUNNING" } as const;
    const statuses: unknown[] = [];
    const onPoll = ({ poll }: { poll: number }) => {
      if (poll < 3) glue.addTaskRuns([{ ...run, Status: poll === 1 ? "RUNNING" : "FAILED" }]);
    };
    for await (const { TaskRunId, Status } of taskRuns.watchAcrossTransforms({}, { interval: 0.05, onPoll })) {
      if (TaskRunId === run.TaskRunId) statuses.push(Status);
      if (statuses.length === 2) break;
    }
    deepEqual(statuses, ["RUNNING", "FAILED"]);
  },

  "retries an operation timeout": async (taskRuns, glue) => {
    glue.fail("operationTimeout", { times: 2 });
    equal((await taskRuns.list({ TransformId }).toArray()).length, history.length);
    const once = new MLTaskRuns(glue.client({ maxAttempts: 1 }));
    glue.fail("operationTimeout");
    await rejects(once.list({ TransformId }).toArray(), OperationTimeoutException);
  },

  "retries what the SDK retries": async (taskRuns, glue) => {
    glue.fail("throttling");
    glue.fail("internalError");
    equal((await taskRuns.list({ TransformId }).toArray()).length, history.length);
  },

  "rejects with the errors of the SDK and of the library": async (taskRuns, glue) => {
    await rejects(taskRuns.list({ TransformId: "tfm-none" }).toArray(), EntityNotFoundException);
    glue.fail("repeatedToken");
    await rejects(taskRuns.list({ TransformId }, { pageSize: 100 }).toArray(), PaginationError);
    await rejects(async () => taskRuns.list({ TransformId: "" }), InvalidQueryError);
    // Both entries throw errors of the same class.
    await rejects(async () => sampleTaskRuns({ count: -1 }), InvalidQueryError);
  },

  "ends when it is aborted": async (taskRuns, glue) => {
    const controller = new AbortController();
    const reason = new Error("no longer wanted");
    glue.fail("noResponse", { after: 1 });
    const onPage = () => controller.abort(reason);
    const list = taskRuns.list({ TransformId }, { pageSize: 100, abortSignal: controller.signal, onPage });
    await rejects(list.toArray(), reason);
  },
};

async function main(): Promise<void> {
  for (const [name, check] of Object.entries(checks)) {
    const glue = await LocalGlue.start();
    const client = glue.client();
    glue.addTaskRuns([...history, ...others]);
    try {
      await check(new MLTaskRuns(client), glue);
    } catch (error) {
      console.error(`failed: ${name}\n`, error);
      process.exitCode = 1;
    } finally {
      client.destroy();
      await glue.close();
    }
  }
  if (!process.exitCode) console.log(`All ${Object.keys(checks).length} checks hold.`);
}

void main();
