import { EntityNotFoundException, GlueClient, type MLTransform } from "@aws-sdk/client-glue";
import { mockClient } from "aws-sdk-client-mock";
import { MLTaskRuns, PaginationError, type TaskRunQuery, taskRunFilter } from "glue-ml-task-runs";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import {
  countInFlight,
  createFakeClient,
  createRun,
  expectReturnToAbort,
  identityOf,
  newestFirst,
  type Reply,
  readToError,
  replyWith,
  startGlueWith,
  startHangingServer,
  TransformId,
} from "../support.js";

const TRANSFORMS = 12;
const RUNS_OF_TRANSFORM = 9;

/** Starts an endpoint with the same number of runs of each transform. */
async function startTransforms() {
  const history = Array.from({ length: TRANSFORMS }, (_, index) =>
    sampleTaskRuns({ transformId: `tfm-${index}`, count: RUNS_OF_TRANSFORM, seed: index }),
  ).flat();
  const glue = await startGlueWith(history);
  return { glue, taskRuns: new MLTaskRuns(glue.client()), history };
}

describe("listAcrossTransforms()", () => {
  it("returns the runs of every transform", async () => {
    const { taskRuns, history } = await startTransforms();
    const found = await taskRuns.listAcrossTransforms().toArray();
    expect(found.map(identityOf).toSorted()).toEqual(history.map(identityOf).toSorted());
  });

  it("reads the transforms page by page, in pages of the page size", async () => {
    const { glue, taskRuns, history } = await startTransforms();
    const pageSize = 5;
    expect(await taskRuns.listAcrossTransforms({}, { pageSize }).toArray()).toHaveLength(history.length);
    const requests = glue.requests.filter(({ operation }) => operation === "GetMLTransforms");
    expect(requests).toHaveLength(Math.ceil(TRANSFORMS / pageSize));
  });

  it("returns the filtered runs of the filtered transforms in STARTED order, typed by the filter", async () => {
    const { glue, taskRuns, history } = await startTransforms();
    glue.addTransform({ TransformId: "tfm-3", Status: "NOT_READY" });
    const Filter = taskRunFilter().taskRunType("FIND_MATCHES");
    const TransformFilter = { Status: "READY" } as const;
    const query = { TransformFilter, Filter, Sort: newestFirst };
    const found = await taskRuns.listAcrossTransforms(query, { limit: 20 }).toArray();
    const expected = history
      .filter((run) => run.Properties.TaskType === "FIND_MATCHES" && run.TransformId !== "tfm-3")
      .toSorted((a, b) => Number(b.StartedOn) - Number(a.StartedOn));
    expect(found.map(identityOf)).toEqual(expected.slice(0, 20).map(identityOf));
    for (const run of found) expect(run.Properties.FindMatchesTaskRunProperties.JobRunId).toMatch(/^jr_/);
  });

  it("rejects with an error of onPage, also with one that says that a table of the caller does not exist", async () => {
    const { taskRuns } = await startTransforms();
    const error = Object.assign(new Error("Table not found."), { name: "EntityNotFoundException" });
    const onPage = () => Promise.reject(error);
    await expect(taskRuns.listAcrossTransforms({}, { onPage }).toArray()).rejects.toBe(error);
  });

  it("takes no transform for deleted whose request is aborted by the error of another one", async () => {
    const error = Object.assign(new Error("Token not found."), { name: "EntityNotFoundException" });
    const client = createFakeClient(({ input }) => {
      const { TransformId, NextToken } = input as { TransformId?: string; NextToken?: string };
      if (TransformId === undefined) return { Transforms: [{ TransformId: "tfm-a" }, { TransformId: "tfm-b" }] };
      // The response for the other transform does not arrive.
      if (TransformId === "tfm-b") return new Promise(() => {});
      if (NextToken !== undefined) throw error;
      // The listing cannot continue by time after a run without StartedOn.
      return { TaskRuns: [createRun("1", { StartedOn: new Date(0) }), createRun("undated")], NextToken: "a" };
    });
    const runs = new MLTaskRuns(client).listAcrossTransforms({ Sort: newestFirst });
    expect(await readToError(runs)).toEqual({ found: [], error });
  });

  it("takes no transform for deleted whose request the caller aborts with such an error", async () => {
    const reason = Object.assign(new Error("Job not found."), { name: "EntityNotFoundException" });
    const requested = new Set<string | undefined>();
    const client = createFakeClient(({ input }) => {
      const { TransformId } = input as { TransformId?: string };
      requested.add(TransformId);
      if (TransformId === undefined) return { Transforms: [{ TransformId: "tfm-a" }, { TransformId: "tfm-b" }] };
      return TransformId === "tfm-a" ? { TaskRuns: [createRun("1")] } : new Promise(() => {});
    });
    const controller = new AbortController();
    const list = new MLTaskRuns(client).listAcrossTransforms({}, { abortSignal: controller.signal });
    const page = list.pages().next();
    const rejected = expect(page).rejects.toBe(reason);
    await vi.waitFor(() => expect(requested.size).toBe(3));
    controller.abort(reason);
    await rejected;
  });

  it("sends at most as many requests at a time as concurrency says, those for transforms included", async () => {
    const { glue, history } = await startTransforms();
    const client = glue.client();
    const inFlight = countInFlight(client);
    const list = new MLTaskRuns(client).listAcrossTransforms({}, { concurrency: 2, pageSize: 5 });
    expect(await list.toArray()).toHaveLength(history.length);
    expect(inFlight.maximum).toBe(2);
  });

  it("requests the next page of transforms before the runs of those that it has found", async () => {
    const { glue, taskRuns } = await startTransforms();
    await taskRuns.listAcrossTransforms({}, { concurrency: 1, pageSize: TRANSFORMS / 2 }).toArray();
    const operations = glue.requests.map(({ operation }) => operation);
    expect(operations.slice(0, 3)).toEqual(["GetMLTransforms", "GetMLTransforms", "GetMLTaskRuns"]);
  });

  it("skips a transform that is deleted after it was found", async () => {
    const { glue, history } = await startTransforms();
    const client = glue.client();
    client.middlewareStack.add(
      (next) => (args) => {
        // Before the request for its runs.
        if ((args.input as TaskRunQuery).TransformId === "tfm-5") glue.removeTransform("tfm-5");
        return next(args);
      },
      { step: "initialize" },
    );
    const taskRuns = new MLTaskRuns(client);
    expect(await taskRuns.listAcrossTransforms().toArray()).toHaveLength(history.length - RUNS_OF_TRANSFORM);
    await expect(taskRuns.list({ TransformId: "tfm-5" }).first()).rejects.toThrow(EntityNotFoundException);
  });

  it.each([
    ["the search for transforms", 0],
    ["the first request for runs", 1],
    ["a later request for runs", 7],
  ])("rejects with any other error of %s", async (_, after) => {
    const { glue, taskRuns } = await startTransforms();
    glue.fail("expiredToken", { after });
    await expect(taskRuns.listAcrossTransforms().toArray()).rejects.toMatchObject({ name: "ExpiredTokenException" });
  });

  it("requests the runs of a transform once if the service returns the transform twice", async () => {
    const runs = { TaskRuns: [createRun("tsk-1")] };
    const client = await replyWith({ Transforms: [{ TransformId }, { TransformId }] }, runs, runs);
    const list = new MLTaskRuns(client).listAcrossTransforms({}, { concurrency: 1 });
    expect(await list.toArray()).toHaveLength(1);
  });

  it("aborts the search for transforms when the loop is left", async () => {
    let searches = 0;
    const { client, requests } = await startHangingServer(({ operation }) => {
      if (operation !== "GetMLTransforms") return { TaskRuns: [createRun("tsk-1")] };
      searches += 1;
      return searches === 1 ? { Transforms: [{ TransformId }], NextToken: "more" } : undefined;
    });
    const list = new MLTaskRuns(client).listAcrossTransforms();
    await expectReturnToAbort(list[Symbol.asyncIterator](), requests, 1);
  });
});

describe("A response to GetMLTransforms", () => {
  it.each<[Reply, string, string]>([
    [{ Transforms: 5 }, "Transforms", "Transforms in the response to GetMLTransforms must be a list, got 5."],
    [
      { Transforms: [{}] },
      "TransformId",
      "TransformId of Transforms[0] in the response to GetMLTransforms must be a string",
    ],
    [{ Transforms: ["x"] }, "Transforms[0]", "Transforms[0] in the response to GetMLTransforms must be a structure"],
  ])("%j is an UnexpectedResponseError that names %s", async (reply, member, message) => {
    await expect(new MLTaskRuns(await replyWith(reply)).listAcrossTransforms().toArray()).rejects.toMatchObject({
      name: "UnexpectedResponseError",
      member,
      message: expect.stringContaining(message),
    });
  });

  it("without Transforms means that there are none", async () => {
    expect(await new MLTaskRuns(await replyWith({})).listAcrossTransforms().toArray()).toEqual([]);
  });

  it("of a mocked client with null for Transforms means that there are none", async () => {
    const client = new GlueClient({ region: "us-east-1" });
    // The SDK's type has no null, but a mock may return it.
    mockClient(client).resolves({ Transforms: null } as object);
    expect(await new MLTaskRuns(client).listAcrossTransforms().toArray()).toEqual([]);
  });

  it("with a repeated NextToken is a PaginationError", async () => {
    const client = await replyWith({ NextToken: "a" }, { NextToken: "a" });
    await expect(new MLTaskRuns(client).listAcrossTransforms().toArray()).rejects.toThrow(PaginationError);
  });
});

describe("onTransform", () => {
  it("is called with each transform and awaited", async () => {
    const { glue, taskRuns } = await startTransforms();
    glue.addTransform({ TransformId: "tfm-0", Name: "people" });
    const found: MLTransform[] = [];
    const onTransform = async (transform: MLTransform) => {
      await null;
      found.push(transform);
    };
    await taskRuns.listAcrossTransforms({}, { onTransform }).first();
    expect(found).toHaveLength(TRANSFORMS);
    expect(found.map(({ Name }) => Name)).toContain("people");
  });

  it("ends the listing with its error", async () => {
    const { taskRuns } = await startTransforms();
    const onTransform = () => Promise.reject(new Error("not this one"));
    await expect(taskRuns.listAcrossTransforms({}, { onTransform }).toArray()).rejects.toThrow("not this one");
  });
});
