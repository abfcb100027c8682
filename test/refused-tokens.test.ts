/** A request with a token that the service answers with EntityNotFoundException: the token is refused. */
import { MLTaskRuns } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";
import {
  createRun,
  ids,
  newestFirst,
  type ReceivedRequest,
  type Reply,
  readToError,
  serviceError,
  startHangingServer,
  TransformId,
} from "./support.js";

const RUN_NOT_FOUND = "No ML Task Run found for tsk-9: in account 123456789012 for transform tfm-0123.";
const TRANSFORM_NOT_FOUND = "Cannot find MLTransform in account 123456789012 with handle tfm-0123.";

/** With a time bound, a listing needs no token to find the runs without `StartedOn`. */
const sinceTheEpoch = { StartedAfter: new Date(0) };

const minutes = (count: number) => 1_700_000_000 + 60 * count;

/**
 * Starts a service with transforms of runs that started at these minutes, two on a page, newest first. It refuses every
 * token as that of a run that does not exist.
 */
async function startService(transforms: Readonly<Record<string, readonly (number | undefined)[]>>) {
  const { client } = await startHangingServer(({ operation, input }: ReceivedRequest): Reply => {
    const { TransformId = "", NextToken, Filter: { StartedAfter = -Infinity, StartedBefore = Infinity } = {} } = input;
    if (operation === "GetMLTransforms") {
      return { Transforms: [...Object.keys(transforms), "tfm-gone"].map((id) => ({ TransformId: id })) };
    }
    if (NextToken !== undefined) return serviceError("EntityNotFoundException", RUN_NOT_FOUND);
    const found = transforms[TransformId];
    if (found === undefined) return serviceError("EntityNotFoundException", TRANSFORM_NOT_FOUND);
    const hasBounds = Number.isFinite(StartedAfter) || Number.isFinite(StartedBefore);
    const matching = found.flatMap((minute, index) => {
      const run = createRun(`tsk-${index}`, { TransformId });
      if (minute === undefined) return hasBounds ? [] : [run];
      const time = minutes(minute);
      return StartedAfter < time && time < StartedBefore ? [{ ...run, StartedOn: time }] : [];
    });
    return { TaskRuns: matching.slice(0, 2), ...(matching.length > 2 && { NextToken: "more" }) };
  });
  return new MLTaskRuns(client);
}

describe("A token that is refused with EntityNotFoundException", () => {
  it("does not end a listing in STARTED order, which continues by time", async () => {
    const taskRuns = await startService({ [TransformId]: [5, 4, 3, 2, 1, 0] });
    const runs = await taskRuns.list({ TransformId, Filter: sinceTheEpoch, Sort: newestFirst }).toArray();
    expect(ids(runs)).toEqual(["tsk-0", "tsk-1", "tsk-2", "tsk-3", "tsk-4", "tsk-5"]);
  });

  it("does not make listAcrossTransforms skip the transform, but a deleted transform is skipped", async () => {
    const taskRuns = await startService({ "tfm-a": [5, 4, 3], "tfm-b": [2, 1, 0] });
    const runs = await taskRuns.listAcrossTransforms({ Filter: sinceTheEpoch }).toArray();
    expect(runs.map(({ TransformId, TaskRunId }) => `${TransformId} ${TaskRunId}`)).toEqual(
      ["tfm-a", "tfm-b"].flatMap((id) => ["tsk-0", "tsk-1", "tsk-2"].map((run) => `${id} ${run}`)),
    );
  });

  it("is the error of a listing across transforms that cannot continue by time", async () => {
    const taskRuns = await startService({ "tfm-a": [undefined, undefined, undefined] });
    const { error } = await readToError(taskRuns.listAcrossTransforms());
    expect(error).toMatchObject({ name: "EntityNotFoundException", message: RUN_NOT_FOUND });
  });

  it("is the error of a listing without STARTED order", async () => {
    const taskRuns = await startService({ [TransformId]: [2, 1, 0] });
    const { found, error } = await readToError(taskRuns.list({ TransformId }));
    expect(found).toEqual(["tsk-0", "tsk-1"]);
    expect(error).toMatchObject({ name: "EntityNotFoundException", message: RUN_NOT_FOUND });
  });

  it("makes a listing begin again where no run was returned yet", async () => {
    const pages: Reply[] = [
      { TaskRuns: [], NextToken: "more" },
      serviceError("EntityNotFoundException", RUN_NOT_FOUND),
      { TaskRuns: [createRun("tsk-1", { StartedOn: minutes(0) })] },
    ];
    const { client } = await startHangingServer(({ number }) => pages[number - 1]);
    const runs = await new MLTaskRuns(client).list({ TransformId, Sort: newestFirst }).toArray();
    expect(ids(runs)).toEqual(["tsk-1"]);
  });
});

describe("EntityNotFoundException on a request without a token", () => {
  it("is the error of a listing of one transform", async () => {
    const taskRuns = await startService({});
    const { error } = await readToError(taskRuns.list({ TransformId, Sort: newestFirst }));
    expect(error).toMatchObject({ name: "EntityNotFoundException", message: TRANSFORM_NOT_FOUND });
  });

  it("is the error of listAny", async () => {
    const taskRuns = await startService({ "tfm-a": [1] });
    const { error } = await readToError(taskRuns.listAny([{ TransformId: "tfm-a" }, { TransformId: "tfm-gone" }]));
    expect(error).toMatchObject({ name: "EntityNotFoundException", message: TRANSFORM_NOT_FOUND });
  });
});
