import { MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import { createFakeClient, startGlue, TransformId } from "./support.js";

describe("MLTaskRuns", () => {
  it.each([undefined, null, 5, {}, { region: "us-east-1" }])("rejects %j in place of a client", (client) => {
    // @ts-expect-error The type requires a GlueClient.
    expect(() => new MLTaskRuns(client)).toThrow(
      expect.objectContaining({
        field: "client",
        message: expect.stringMatching(/^client must be a GlueClient, got /),
      }),
    );
  });

  it("accepts an object with a method send, such as a mock", () => {
    expect(() => new MLTaskRuns(createFakeClient(() => ({})))).not.toThrow();
  });

  it("has methods that reject another object", () => {
    expect(() => MLTaskRuns.prototype.list.call({}, { TransformId })).toThrow("an object of another type");
  });

  it("can be extended", async () => {
    class Failures extends MLTaskRuns {
      listFailures() {
        return this.list({ TransformId, Filter: { Status: "FAILED" } });
      }
    }
    const failures = new Failures(createFakeClient(() => ({})));
    expect(failures).toBeInstanceOf(MLTaskRuns);
    expect(await failures.listFailures().toArray()).toEqual([]);
  });

  it("returns a list from each listing method and sends no request", async () => {
    const glue = await startGlue();
    const taskRuns = new MLTaskRuns(glue.client());
    for (const list of [
      taskRuns.list({ TransformId }),
      taskRuns.listAny([{ TransformId }]),
      taskRuns.listAcrossTransforms(),
    ]) {
      expect(list.pages).toBeTypeOf("function");
    }
    expect(glue.requests).toEqual([]);
  });
});
