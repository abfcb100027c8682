/** Listings in Jest: of a mocked client with Dates of another realm than Jest's, and of the local endpoint. */
import { GetMLTaskRunsCommand, GetMLTransformsCommand, GlueClient } from "@aws-sdk/client-glue";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { mockClient } from "aws-sdk-client-mock";
import { MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";

const TransformId = "tfm-0123";
const fixtures = sampleTaskRuns({ transformId: TransformId, count: 60 });
const newestFirst = [...fixtures].reverse();
const foreignDate = structuredClone(new Date("2026-09-15T00:00:00Z"));

it("structuredClone returns Dates of another realm", () => {
  expect(foreignDate).not.toBeInstanceOf(Date);
});

it("A listing returns fixtures of structuredClone", async () => {
  const client = mockClient(new GlueClient({ region: "us-east-1" }));
  client.on(GetMLTaskRunsCommand).resolves({ TaskRuns: structuredClone(fixtures) });
  expect(await new MLTaskRuns(client).list({ TransformId }).toArray()).toEqual(fixtures);
});

it("A listing across transforms returns fixtures of structuredClone in the order of their dates", async () => {
  const client = mockClient(new GlueClient({ region: "us-east-1" }));
  client.on(GetMLTransformsCommand).resolves(structuredClone({ Transforms: [{ TransformId }] }));
  client.on(GetMLTaskRunsCommand).resolves({ TaskRuns: structuredClone(newestFirst) });
  expect(await new MLTaskRuns(client).listAcrossTransforms().toArray()).toEqual(newestFirst);
});

it("A filter accepts Dates of another realm", async () => {
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

it("A listing returns every run of the local endpoint", async () => {
  glue.fail("operationTimeout", { after: 2 });
  expect(await new MLTaskRuns(client).list({ TransformId }, { pageSize: 5 }).toArray()).toEqual(newestFirst);
});

it("A listing in time windows returns every run of the local endpoint", async () => {
  const Filter = taskRunFilter().startedAfter(foreignDate);
  const Sort = taskRunSort("STARTED").ascending();
  const list = new MLTaskRuns(client).list({ TransformId, Filter, Sort }, { concurrency: 4, pageSize: 5 });
  expect(await list.toArray()).toEqual(fixtures.filter(({ StartedOn }) => StartedOn > foreignDate));
});

it("A listing of the local endpoint ends when its signal aborts", async () => {
  const controller = new AbortController();
  const reason = new Error("no longer wanted");
  const onPage = () => controller.abort(reason);
  const list = new MLTaskRuns(client).list({ TransformId }, { pageSize: 5, abortSignal: controller.signal, onPage });
  await expect(list.toArray()).rejects.toBe(reason);
});
