import { GlueClient } from "@aws-sdk/client-glue";
import { MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it, vi } from "vitest";
import { collect, ids, idsNewestFirst, startGlue, TransformId } from "./support.js";

describe("The methods of MLTaskRuns and of its lists", () => {
  it("work without their object", async () => {
    const glue = await startGlue(5);
    const methods = new MLTaskRuns(glue.client());
    const { list, listAny, listAcrossTransforms, get, waitUntilFinished, watch, watchAcrossTransforms } = methods;
    const lists = [list({ TransformId }), listAny([{ TransformId }]), listAcrossTransforms()];
    for (const { toArray, first, pages } of lists) {
      expect(ids(await toArray()).toSorted()).toEqual(idsNewestFirst(5).toSorted());
      expect(await first()).toBeDefined();
      expect(await collect(pages())).not.toHaveLength(0);
    }
    const [TaskRunId = ""] = idsNewestFirst(5);
    expect(ids([await get({ TransformId, TaskRunId })])).toEqual([TaskRunId]);
    expect(ids([await waitUntilFinished({ TransformId, TaskRunId }, { maxWaitTime: 1 })])).toEqual([TaskRunId]);
    for (const { poll } of [watch({ TransformId }), watchAcrossTransforms()]) {
      expect(await poll()).toMatchObject({ failures: [] });
    }
  });

  it("work through a Proxy of their object", async () => {
    const glue = await startGlue(5);
    const taskRuns = new Proxy(new MLTaskRuns(glue.client()), {});
    const list = new Proxy(taskRuns.list({ TransformId }), {});
    expect(ids(await collect(list))).toEqual(idsNewestFirst(5));
    const runs = new Proxy(list[Symbol.asyncIterator](), {});
    expect((await runs.next()).value?.TaskRunId).toBe(idsNewestFirst(5)[0]);
    expect(runs.cursor).toBeTypeOf("string");
    expect(await runs.return?.()).toEqual({ done: true, value: undefined });
  });

  it("can be spied on", () => {
    const taskRuns = new MLTaskRuns(new GlueClient({ region: "us-east-1" }));
    const list = vi.spyOn(taskRuns, "list");
    taskRuns.list({ TransformId });
    expect(list).toHaveBeenCalledOnce();
  });
});
