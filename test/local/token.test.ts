/** `NextToken`s of the local endpoint. */
import {
  GetMLTaskRunsCommand,
  type GetMLTaskRunsCommandInput,
  GetMLTransformsCommand,
  type GlueClient,
  InvalidInputException,
} from "@aws-sdk/client-glue";
import fc from "fast-check";
import { LocalGlue, type LocalTaskRun } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import { ids, startGlue, TransformId } from "../support.js";
import { expectedRuns, history, instant, query } from "./support.js";

describe("A token", () => {
  const firstToken = async (client: GlueClient, input: Partial<GetMLTaskRunsCommandInput> = {}) => {
    const output = await client.send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 10, ...input }));
    return output.NextToken ?? "";
  };

  it("is rejected when one of its characters was altered", async () => {
    const glue = await startGlue(30);
    const client = glue.client();
    const token = await firstToken(client);
    for (let at = 0; at < token.length; at += 1) {
      const NextToken = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
      const response = client.send(new GetMLTaskRunsCommand({ TransformId, NextToken }));
      await expect(response).rejects.toBeInstanceOf(InvalidInputException);
    }
  });

  it("is rejected in another encoding of the same bytes", async () => {
    const glue = await startGlue(30);
    const client = glue.client();
    const token = await firstToken(client);
    for (const NextToken of [`${token}=`, ` ${token}`, `${token}\n`]) {
      const response = client.send(new GetMLTaskRunsCommand({ TransformId, NextToken }));
      await expect(response).rejects.toThrow("The NextToken is not valid for this request.");
    }
  });

  it("is valid until tokenLifetime has passed", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const glue = await startGlue(30, { tokenLifetime: 60_000 });
    const client = glue.client();
    const NextToken = await firstToken(client);
    const readNext = () => client.send(new GetMLTaskRunsCommand({ TransformId, NextToken }));
    vi.setSystemTime(Date.now() + 60_000);
    expect((await readNext()).TaskRuns).toHaveLength(20);
    vi.setSystemTime(Date.now() + 1);
    await expect(readNext()).rejects.toThrow("The NextToken has expired.");
  });

  it("holds a position, not an offset: added, changed and removed runs do not repeat or hide other runs", async () => {
    const action = fc.record({
      kind: fc.constantFrom("add", "change", "remove"),
      index: fc.nat({ max: 39 }),
      started: instant,
    });
    let transforms = 0;
    await using glue = await LocalGlue.start({ removedRunTokens: "continue" });
    const client = glue.client();
    await fc.assert(
      fc.asyncProperty(history, fc.array(fc.array(action, { maxLength: 4 })), query, async (runs, actions, input) => {
        transforms += 1;
        const id = `tfm-moving-${transforms}`;
        glue.addTransform({ TransformId: id });
        const current = new Map(runs.map((run) => [run.TaskRunId, { ...run, TransformId: id }]));
        glue.addTaskRuns(current.values());
        const unchanged = new Map(current);
        const returned: string[] = [];
        let NextToken: string | undefined;
        let round = 0;
        do {
          const output = await client.send(new GetMLTaskRunsCommand({ ...input, TransformId: id, NextToken }));
          returned.push(...ids(output.TaskRuns ?? []));
          NextToken = output.NextToken;
          for (const { kind, index, started } of actions[round] ?? []) {
            const run = [...current.values()][index % Math.max(1, current.size)];
            const added: LocalTaskRun = { TransformId: id, TaskRunId: `new-${round}-${index}`, StartedOn: started };
            if (kind === "add" || run === undefined) glue.addTaskRuns([added]);
            if (run === undefined) continue;
            // Whether a changed run itself is returned is not defined. The test is about the other runs.
            if (kind === "change") glue.addTaskRuns([{ ...run, Status: "STOPPED", StartedOn: started }]);
            if (kind === "remove") glue.removeTaskRuns(id, [run.TaskRunId]);
            if (kind !== "add") unchanged.delete(run.TaskRunId);
          }
          round += 1;
        } while (NextToken !== undefined);
        const stayed = ids(expectedRuns([...unchanged.values()], input));
        expect(returned.filter((each) => unchanged.has(each))).toEqual(stayed);
      }),
    );
  });

  it("is rejected for another query and by another endpoint, but not with another page size", async () => {
    const glue = await startGlue(30);
    const client = glue.client();
    const NextToken = await firstToken(client);
    const responses = [
      client.send(new GetMLTaskRunsCommand({ TransformId, NextToken, Filter: { Status: "FAILED" } })),
      client.send(new GetMLTransformsCommand({ NextToken })),
      (await startGlue(30)).client().send(new GetMLTaskRunsCommand({ TransformId, NextToken })),
    ];
    for (const response of responses) await expect(response).rejects.toThrow("NextToken is not valid");
    const { TaskRuns } = await client.send(new GetMLTaskRunsCommand({ TransformId, NextToken, MaxResults: 3 }));
    expect(TaskRuns).toHaveLength(3);
  });
});
