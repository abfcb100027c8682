/** Listings in Jest: of a mocked client, with Dates that are not of Jest's own realm, and of the local endpoint. */
import { GetMLTaskRunsCommand, GetMLTransformsCommand, GlueClient } from "@aws-sdk/client-glue";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { mockClient } from "aws-sdk-client-mock";
import { MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";

const TransformId = "tfm-0123";
const fixtures = sampleTaskRuns({ transformId: TransformId, count: 60 });
const newestFirst = [...fixtures].reverse();
const foreignDate = structuredClone(new Date("2026-09-15T00:00:00Z"));

it("has Dates of another realm", () => {
  expect(foreignDate).not.toBeInstanceOf(Date);
});

it("lists fixtures that structuredClone made", async () => {
  const client = mockClient(new GlueClient({ region: "us-east-1" }));
  client.on(GetMLTaskRunsCommand).resolves({ TaskRuns: structuredClone(fixtures) });
  expect(await new MLTaskRuns(client).list({ TransformId }).toArray()).toEqual(fixtures);
});

it("lists fixtures of every transform, in order of their dates", async () => {
  const client = mockClient(new GlueClient({ region: "us-east-1" }));
  client.on(GetMLTransformsCommand).resolves(structuredClone({ Transforms: [{ TransformId }] }));
  client.on(GetMLTaskRunsCommand).resolves({ TaskRuns: structuredClone(newestFirst) });
  expect(await new MLTaskRuns(client).listAcrossTransforms().toArray()).toEqual(newestFirst);
});

it("takes Dates of another realm in filters", async () => {
  const client = mockClient(new GlueClient({ region: "us-east-1" }));
  client.on(GetMLTaskRunsCommand).resolves({ TaskRuns: [] });
  const taskRuns = new MLTaskRuns(client);
  await taskRuns.list({ TransformId, Filter: { StartedAfter: foreignDate } }).toArray();
  await taskRuns.list({ TransformId, Filter: taskRunFilter().startedAfter(foreignDate) }).toArray();
  for (const { args } of client.commandCalls(GetMLTaskRunsCommand)) {
    expect(args[0].input.Filter).toEqual({ StartedAfter: foreignDate });
  }
});

let glue;
let client;
beforeEach(async () => {
  glue = await LocalGlue.start();
  glue.addTaskRuns(structuredClone(fixtures));
  client = glue.client();
});
afterEach(async () => {
  client.destroy();
  await glue.close();
});

it("lists every run of the local endpoint, page by page", async () => {
  glue.fail("operationTimeout", { after: 2 });
  expect(await new MLTaskRuns(client).list({ TransformId }, { pageSize: 5 }).toArray()).toEqual(newestFirst);
});

it("lists the local endpoint in time windows", async () => {
  const Filter = taskRunFilter().startedAfter(foreignDate);
  const Sort = taskRunSort("STARTED").ascending();
  const list = new MLTaskRuns(client).list({ TransformId, Filter, Sort }, { concurrency: 4, pageSize: 5 });
  expect(await list.toArray()).toEqual(fixtures.filter(({ StartedOn }) => StartedOn > foreignDate));
});

it("ends a listing of the local endpoint when its signal aborts", async () => {
  const controller = new AbortController();
  const reason = new Error("no longer wanted");
  const onPage = () => controller.abort(reason);
  const list = new MLTaskRuns(client).list({ TransformId }, { pageSize: 5, abortSignal: controller.signal, onPage });
  await expect(list.toArray()).rejects.toBe(reason);
});
