import { MLTaskRuns, PaginationError } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { collect, createRun, ids, readToError, replyWith, TransformId } from "../support.js";

const [first, second, third, last] = ["1", "2", "3", "4"].map((id) => createRun(id));

describe("A response", () => {
  it("with an empty NextToken is the last one, and its page has no cursor", async () => {
    const client = await replyWith({ TaskRuns: [first], NextToken: "" });
    const pages = await collect(new MLTaskRuns(client).list({ TransformId }).pages());
    expect(pages.map(({ cursor }) => cursor)).toEqual([undefined]);
  });

  it("whose NextToken is not a string makes the listing reject with an UnexpectedResponseError", async () => {
    const client = await replyWith({ TaskRuns: [first], NextToken: 5 });
    const { found, error } = await readToError(new MLTaskRuns(client).list({ TransformId }));
    expect(found).toEqual(["1"]);
    expect(error).toMatchObject({
      name: "UnexpectedResponseError",
      member: "NextToken",
      message: "NextToken in the response must be a string, got 5. Request id: request-1.",
    });
  });

  it("without runs but with a token is followed by the next page", async () => {
    const replies = [{ NextToken: "a" }, { TaskRuns: [], NextToken: "b" }, { TaskRuns: [first] }];
    const taskRuns = new MLTaskRuns(await replyWith(...replies, ...replies));
    expect(ids(await taskRuns.list({ TransformId }).toArray())).toEqual(["1"]);
    expect(await taskRuns.list({ TransformId }).first()).toMatchObject({ TaskRunId: "1" });
  });
});

describe("A token that the service returns a second time", () => {
  const replies = [
    { TaskRuns: [first], NextToken: "a" },
    { TaskRuns: [second], NextToken: "b" },
    { TaskRuns: [third], NextToken: "a" },
  ];

  it("makes the listing reject with a PaginationError after all runs of the response", async () => {
    const client = await replyWith(...replies);
    const { found, error } = await readToError(new MLTaskRuns(client).list({ TransformId }));
    expect(found).toEqual(["1", "2", "3"]);
    expect(error).toEqual(new PaginationError('The service returned the NextToken "a" a second time.'));
  });

  it("leaves a cursor that requests the same page again and returns what follows the returned runs", async () => {
    const client = await replyWith(...replies, { TaskRuns: [third, last] });
    const runs = new MLTaskRuns(client).list({ TransformId })[Symbol.asyncIterator]();
    await expect(collect(runs)).rejects.toThrow(PaginationError);
    const rest = new MLTaskRuns(client).list({ TransformId }, { cursor: runs.cursor });
    expect(ids(await rest.toArray())).toEqual(["4"]);
  });

  it("is also an error if it is the token of the cursor", async () => {
    const client = await replyWith({ TaskRuns: [first], NextToken: "more" }, { TaskRuns: [second], NextToken: "more" });
    const { value } = await new MLTaskRuns(client).list({ TransformId }, { prefetch: 0 }).pages().next();
    const rest = new MLTaskRuns(client).list({ TransformId }, { cursor: value?.cursor }).toArray();
    await expect(rest).rejects.toBeInstanceOf(PaginationError);
  });
});
