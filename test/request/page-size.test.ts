import { GetMLTaskRunsCommand } from "@aws-sdk/client-glue";
import { type ListOptions, MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import {
  createFakeClient,
  createRun,
  ids,
  oldestFirst,
  recordInputs,
  serviceError,
  startServer,
  TransformId,
  takeIds,
} from "../support.js";

/** Messages of a service that refuses a page size: of sister operations of Glue, and of the service's front end. */
const REFUSALS = [
  ["InvalidInputException", "MaxResults size must be between 1 and 200"],
  [
    "ValidationException",
    "1 validation error detected: Value '1000' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 200",
  ],
] as const;

/** Starts a service that refuses pages of more than 2 items, and has 5 runs on 3 pages in each of 2 transforms. */
async function startStrictService([name, message]: readonly [string, string]) {
  const client = await startServer((request, response, body) => {
    const { TransformId, NextToken, MaxResults = 2 } = JSON.parse(body);
    const begin = Number(NextToken ?? 0);
    const end = begin + MaxResults;
    const more = (count: number) => (end < count ? { NextToken: String(end) } : {});
    const runs = Array.from({ length: 5 }, (_, index) =>
      createRun(`tsk-${index}`, { TransformId, StartedOn: 1_700_000_000 + 3600 * index }),
    );
    const transforms = ["tfm-a", "tfm-b", "tfm-c"].map((TransformId) => ({ TransformId }));
    const isRuns = request.headers["x-amz-target"] === "AWSGlue.GetMLTaskRuns";
    const reply = isRuns
      ? { TaskRuns: runs.slice(begin, end), ...more(5) }
      : { Transforms: transforms.slice(begin, end), ...more(3) };
    response.statusCode = MaxResults > 2 ? 400 : 200;
    response.end(JSON.stringify(MaxResults > 2 ? serviceError(name, message) : reply));
  });
  return { client, inputs: recordInputs(client) };
}

describe.each(REFUSALS)("A service that refuses the default page size with %s", (...refusal) => {
  it.each<[string, ListOptions]>([
    ["of 1000", {}],
    ["that follows from limit", { limit: 4 }],
  ])(
    "gets the request again without MaxResults where it is the default %s, and no MaxResults afterwards",
    async (_, options) => {
      const { client, inputs } = await startStrictService(refusal);
      const found = await new MLTaskRuns(client).list({ TransformId, Sort: oldestFirst }, options).toArray();
      expect(ids(found)).toEqual(["tsk-0", "tsk-1", "tsk-2", "tsk-3", "tsk-4"].slice(0, options.limit));
      const sent = inputs.filter((input) => "MaxResults" in input);
      expect(sent).toHaveLength(1);
      expect(inputs.length).toBeGreaterThan(2);
    },
  );

  it("gets the request of first() again without MaxResults, because its size is not that of the caller", async () => {
    const onOnePage = createFakeClient(() => ({
      TaskRuns: ["tsk-0", "tsk-1", "tsk-2", "tsk-3"].map((id) => createRun(id)),
    }));
    const runs = new MLTaskRuns(onOnePage).list({ TransformId })[Symbol.asyncIterator]();
    await takeIds(runs, 3);
    const { client, inputs } = await startStrictService(refusal);
    const list = new MLTaskRuns(client).list({ TransformId }, { pageSize: 1, cursor: runs.cursor });
    expect((await list.first())?.TaskRunId).toBe("tsk-3");
    // The three runs that were returned, and one more.
    expect(inputs.slice(0, 2)).toEqual([{ TransformId, MaxResults: 4 }, { TransformId }]);
  });

  it("gets the request for transforms again without MaxResults", async () => {
    const { client, inputs } = await startStrictService(refusal);
    expect(await new MLTaskRuns(client).listAcrossTransforms({ Sort: oldestFirst }).toArray()).toHaveLength(15);
    expect(inputs[0]).toEqual({ MaxResults: 100 });
    expect(inputs[1]).toEqual({});
  });

  it("gets the request for transforms again where the library had reduced the caller's page size", async () => {
    const { client, inputs } = await startStrictService(refusal);
    const list = new MLTaskRuns(client).listAcrossTransforms({}, { pageSize: 1000 });
    await expect(list.toArray()).rejects.toHaveProperty("name", refusal[0]);
    expect(inputs.slice(0, 2)).toEqual([{ MaxResults: 100 }, {}]);
  });

  it("gets the page size of the caller, and its error reaches the caller as it is", async () => {
    const { client, inputs } = await startStrictService(refusal);
    const list = new MLTaskRuns(client).list({ TransformId }, { pageSize: 3 });
    const plain = await client.send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 3 })).catch((error) => error);
    const error = await list.toArray().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: refusal[0], message: plain.message });
    expect(inputs).toHaveLength(2);
  });
});

it("An error about another member than MaxResults ends a listing with the default page size", async () => {
  const { client, inputs } = await startStrictService(["InvalidInputException", "The transform is not valid."]);
  const list = new MLTaskRuns(client).list({ TransformId });
  await expect(list.toArray()).rejects.toHaveProperty("message", "The transform is not valid.");
  expect(inputs).toHaveLength(1);
});
