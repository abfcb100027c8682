/** Files of `--data`: what the AWS CLI, boto3, the SDK and PowerShell write, and errors that name the run or the line. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetMLTaskRunCommand, GetMLTaskRunsCommand, GetMLTransformCommand } from "@aws-sdk/client-glue";
import { describe, expect, it, onTestFinished } from "vitest";
import { readDataFile } from "../../src/local/data-file.js";
import { startGlue, startGlueWith, TransformId } from "../support.js";

async function readContent(content: string | Uint8Array) {
  const folder = await mkdtemp(join(tmpdir(), "data-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "data.json");
  await writeFile(file, content);
  return readDataFile(file);
}

const StartedOn = new Date("2026-11-01T07:00:00.123Z");
const run = { TransformId, TaskRunId: "tsk-1", Status: "FAILED" as const, StartedOn };
const second = { ...run, TaskRunId: "tsk-2" };
const transform = { TransformId, Name: "people", Parameters: { TransformType: "FIND_MATCHES" as const } };
const seconds = { ...run, StartedOn: StartedOn.getTime() / 1000 };
const NextToken = "abc";
const ResponseMetadata = { RequestId: "1", HTTPStatusCode: 200, HTTPHeaders: {}, RetryAttempts: 0 };

describe("A data file", () => {
  it.each<[string, unknown]>([
    ["a page of the service", { TaskRuns: [seconds], NextToken }],
    ["a page of the AWS CLI", { TaskRuns: [{ ...run, StartedOn: "2026-11-01T08:00:00.123000+01:00" }], NextToken }],
    ["a page of boto3", { TaskRuns: [{ ...run, StartedOn: "2026-11-01 08:00:00.123000+01:00" }], ResponseMetadata }],
    ["a page of the SDK", { $metadata: { httpStatusCode: 200 }, TaskRuns: [run], NextToken }],
    ["a list of pages", [{ TaskRuns: [seconds], NextToken }, { TaskRuns: [] }, {}]],
    ["a list of lists of pages", [[{ TaskRuns: [seconds] }]]],
    ["a list of runs", [seconds]],
    ["a run", { $metadata: {}, ResponseMetadata, ...seconds }],
  ])("may contain %s", async (_, content) => {
    expect(await readContent(JSON.stringify(content))).toEqual({ TaskRuns: [run], Transforms: [] });
    expect(await readContent(JSON.stringify(content, null, 2))).toEqual({ TaskRuns: [run], Transforms: [] });
  });

  it("may contain a transform, and a page of transforms", async () => {
    const CreatedOn = "2026-11-01T07:00:00.123Z";
    const expected = { TaskRuns: [], Transforms: [{ ...transform, CreatedOn: StartedOn }] };
    expect(await readContent(JSON.stringify({ ...transform, CreatedOn }))).toEqual(expected);
    expect(await readContent(JSON.stringify({ Transforms: [{ ...transform, CreatedOn }] }))).toEqual(expected);
  });

  it("may contain runs and transforms without timestamps, with null, and with members that are not known", async () => {
    const item = { TransformId, TaskRunId: "tsk-1", StartedOn: null, Colour: "red" };
    expect(await readContent(JSON.stringify([item]))).toEqual({ TaskRuns: [item], Transforms: [] });
  });

  it.each(["\n", "\r\n"])("may have a run on each line, with line ends %j and empty lines", async (end) => {
    const content = `${end}${JSON.stringify(seconds)}${end}${end}${JSON.stringify(second)}${end}`;
    expect(await readContent(content)).toEqual({ TaskRuns: [run, second], Transforms: [] });
  });

  it.each<[string, (text: string) => Uint8Array]>([
    ["UTF-8", (text) => Buffer.from(text)],
    ["UTF-8 with a byte order mark", (text) => Buffer.from(`\ufeff${text}`)],
    ["UTF-16, as PowerShell writes it", (text) => Buffer.from(`\ufeff${text}`, "utf16le")],
    ["big-endian UTF-16", (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
  ])("may be in %s", async (_, encode) => {
    const ErrorString = "Gr\u00f6\u00dfe \u{1f600}";
    const content = encode(JSON.stringify({ ...seconds, ErrorString }));
    expect(await readContent(content)).toEqual({ TaskRuns: [{ ...run, ErrorString }], Transforms: [] });
  });

  it("may be what the SDK returned for each operation, written with JSON.stringify", async () => {
    const client = (await startGlueWith([run, second])).client();
    const outputs = [
      await client.send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 1 })),
      await client.send(new GetMLTaskRunCommand({ TransformId, TaskRunId: "tsk-1" })),
      await client.send(new GetMLTransformCommand({ TransformId })),
    ];
    const lines = outputs.map((output) => JSON.stringify(output)).join("\n");
    const { TaskRuns, Transforms } = await readContent(lines);
    expect(TaskRuns).toEqual([second, run]);
    expect(Transforms).toMatchObject([{ TransformId, Name: TransformId, CreatedOn: expect.any(Date) }]);
    const glue = await startGlue();
    for (const each of Transforms) glue.addTransform(each);
    glue.addTaskRuns(TaskRuns);
  });
});

describe("An error in a data file names the place:", () => {
  const time = (StartedOn: unknown) => ({ TaskRuns: [seconds, { ...second, StartedOn }] });
  it.each<[string, unknown, string | RegExp]>([
    [
      "a timestamp in milliseconds",
      time(1_793_516_400_123),
      'TaskRuns[1].StartedOn must be in seconds since the epoch, got 1793516400123. The TaskRunId is "tsk-2".',
    ],
    [
      "a timestamp without a zone",
      time("2026-11-01T08:00:00"),
      'TaskRuns[1].StartedOn must be a date-time with a zone ("Z" or "+01:00" after the time), got "2026-11-01T08:00:00". ' +
        'The TaskRunId is "tsk-2".',
    ],
    ["a timestamp in words", time("yesterday"), /^TaskRuns\[1\]\.StartedOn must be an ISO 8601 date.*"tsk-2"\.$/],
    ["a timestamp that is a list", time([]), /^TaskRuns\[1\]\.StartedOn must be a Date,.*"tsk-2"\.$/],
    ["a run without an id", [{ TaskRuns: [{ TransformId }] }], "[0].TaskRuns[0].TaskRunId must not be null, got null."],
    ["a run without any member", { TaskRuns: [{}] }, "TaskRuns[0].TransformId must not be null, got null."],
    [
      "a run without the id of its transform",
      { TaskRunId: "tsk-1" },
      'TransformId must not be null, got null. The TaskRunId is "tsk-1".',
    ],
    ["a transform without an id", { Transforms: [{}] }, "Transforms[0].TransformId must not be null, got null."],
    ["a run that is a string", { TaskRuns: ["tsk-1"] }, 'TaskRuns[0] must be an object, got "tsk-1".'],
    ["runs that are not a list", { TaskRuns: {} }, "TaskRuns must be a list, got an object."],
    ["a document that is a number", 5, "data file must be an object, got 5."],
    [
      "an unknown key",
      { taskRuns: [] },
      /^Unknown key "taskRuns" in the data file\. Known keys: Transforms, TaskRuns, /,
    ],
    ["a broken line", `${JSON.stringify(run)}\n{"TaskRunId": x}\n`, /^line 2: .*JSON/s],
    [
      "a line without an id",
      `${JSON.stringify(run)}\n{"TransformId": "tfm-1"}`,
      "line 2: TaskRunId must not be null, got null.",
    ],
    ["an unquoted key", '{\n  "TaskRuns": [\n    {TransformId: 5}\n  ]\n}', /^line 3: .*JSON/s],
    ["a word that is no value", '{\n  "TaskRuns": [\n    x\n  ]\n}', /^line 3: .*JSON/s],
    ["a string that does not end", '{\n  "TaskRuns": [\n    "x\n  ]\n}', /^line 3: .*JSON/s],
    ["a missing bracket at the end", '{\n  "TaskRuns": [\n  ]\n\n', /^line 3: .*JSON/s],
    ["a broken value after complete ones", '{\n  "TaskRuns": [\n  ]\n  ,\n  "NextToken": x\n}', /^line 5: .*JSON/s],
    ["text after the end", "{\n}\n x", /^line 3: .*JSON/s],
    ["an empty file", "", /^line 1: .*JSON/s],
    ["invalid UTF-8", Buffer.from([0x22, 0xff, 0x22]), /not valid for encoding utf-8/],
  ])("%s", async (_, content, message) => {
    const isText = typeof content === "string" || content instanceof Uint8Array;
    const read = readContent(isText ? content : JSON.stringify(content));
    const expected = typeof message === "string" ? message : expect.stringMatching(message);
    await expect(read).rejects.toMatchObject({ message: expected });
  });
});
