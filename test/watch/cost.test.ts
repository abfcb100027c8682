/** What a watch costs: its requests in each poll. */
import { MLTaskRuns } from "glue-ml-task-runs";
import { LocalGlue } from "glue-ml-task-runs/local";
import { describe, expect, it, vi } from "vitest";
import { BEGIN, follow, MINUTE, runOf, SECOND, statesOf, useLocalGlue } from "./support.js";

const context = useLocalGlue();
const query = { TransformId: "tfm-a" };
const finished = (count: number, first: number) =>
  Array.from({ length: count }, (_, index) => runOf(`finished-${index}`, first + index * SECOND, "SUCCEEDED"));

/** The number of requests since the last call, and what they were. */
function countRequests() {
  let seen = 0;
  return () => {
    const { requests } = context.glue;
    const count = requests.length - seen;
    seen = requests.length;
    return count;
  };
}

describe("The requests of a watch", () => {
  it.each([
    { name: "the oldest", startedOn: BEGIN - 40_000 * SECOND },
    { name: "in the middle", startedOn: BEGIN - 10_000.5 * SECOND },
    { name: "the newest", startedOn: BEGIN },
  ])(
    "are four for the first poll and then at most two among 20,000 finished runs, where the unfinished run is $name",
    async ({ startedOn }) => {
      context.glue.addTaskRuns([...finished(20_000, BEGIN - 20_000 * SECOND - 1), runOf("unfinished", startedOn)]);
      const count = countRequests();
      const watch = follow(context.taskRuns.watch(query));
      expect(await watch.states()).toEqual(["tfm-a/unfinished RUNNING"]);
      // One page of the newest runs, and the runs of each unfinished status.
      expect(count()).toBe(4);
      for (let poll = 2; poll < 6; poll += 1) {
        const { runs, cursor } = await watch.next();
        expect(runs).toEqual([]);
        expect(count()).toBeLessThanOrEqual(2);
        expect((await context.taskRuns.watch(query, { cursor }).poll()).runs).toEqual([]);
        expect(count()).toBeLessThanOrEqual(2);
      }
      context.glue.addTaskRuns([runOf("unfinished", startedOn, "FAILED")]);
      expect(await watch.states()).toEqual(["tfm-a/unfinished FAILED"]);
      await watch.stop();
    },
  );

  it("are one listing in place of several for single runs where these have one status", async () => {
    const old = [1, 2, 3, 4, 5].map((number) => runOf(`${number}`, BEGIN - (800 + number) * SECOND));
    context.glue.addTaskRuns([...finished(900, BEGIN - 900 * SECOND - 1), ...old]);
    const count = countRequests();
    const watch = follow(context.taskRuns.watch(query));
    // The whole history is on one page.
    expect(await watch.states()).toHaveLength(5);
    expect(count()).toBe(1);
    await watch.next();
    expect(count()).toBe(2);
    context.glue.addTaskRuns([runOf("3", BEGIN - 803 * SECOND, "FAILED")]);
    expect(await watch.states()).toEqual(["tfm-a/3 FAILED"]);
    expect(count()).toBe(3);
    await watch.stop();
  });

  it("are also one for a run that has a status which several others had before", async () => {
    const old = (id: string, status: string) => runOf(id, BEGIN - 60 * MINUTE, status);
    context.glue.addTaskRuns([old("1", "RUNNING"), old("2", "RUNNING"), old("3", "STARTING")]);
    const count = countRequests();
    const watch = follow(context.taskRuns.watch(query));
    await watch.next();
    count();
    context.glue.addTaskRuns([old("3", "RUNNING")]);
    expect(await watch.states()).toEqual(["tfm-a/3 RUNNING"]);
    // The new runs, those that are RUNNING, and the one that was STARTING.
    expect(count()).toBe(3);
    await watch.stop();
  });

  it("across transforms are one for each transform and poll, and one to find the transforms", async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `tfm-${index}`);
    context.glue.addTaskRuns(ids.map((id) => runOf("1", BEGIN, "RUNNING", id)));
    const count = countRequests();
    const watch = follow(context.taskRuns.watchAcrossTransforms());
    expect(await watch.states()).toHaveLength(30);
    expect(count()).toBe(31);
    await watch.next();
    expect(count()).toBe(31);
    await watch.stop();
  });

  it("that are throttled are retried by the client, which the watch does not show", async () => {
    context.glue.addTaskRuns([runOf("1", BEGIN)]);
    vi.useRealTimers();
    context.glue.fail("throttling", { times: 2 });
    const { runs, failures } = await new MLTaskRuns(context.glue.client()).watch(query).poll();
    expect(statesOf(runs)).toEqual(["tfm-a/1 RUNNING"]);
    expect(failures).toEqual([]);
  });

  it("have no MaxResults after the service has refused the default, in all later polls", async () => {
    await using endpoint = await LocalGlue.start({ maxPageSize: 50 });
    endpoint.addTaskRuns([runOf("1", BEGIN)]);
    const sizes = () => endpoint.requests.map(({ input }) => ("MaxResults" in input ? input.MaxResults : undefined));
    const watch = follow(new MLTaskRuns(endpoint.client()).watchAcrossTransforms());
    expect(await watch.states()).toEqual(["tfm-a/1 RUNNING"]);
    expect(sizes()).toEqual([100, undefined, 1000, undefined]);
    await watch.next();
    expect(sizes().slice(4)).toEqual([undefined, undefined]);
    await watch.stop();
    const chosen = new MLTaskRuns(endpoint.client()).watch(query, { pageSize: 100 });
    await expect(chosen.poll()).rejects.toThrow(/MaxResults/i);
  });

  it("list what started during a long break once, with a page for each page of runs", async () => {
    context.glue.addTransform(query);
    const { cursor } = await context.taskRuns.watch(query).poll();
    vi.setSystemTime(BEGIN + 6000 * MINUTE);
    context.glue.addTaskRuns([...finished(5000, BEGIN), runOf("running", BEGIN + 1)]);
    const count = countRequests();
    count();
    const { runs } = await context.taskRuns.watch(query, { cursor }).poll();
    expect(runs).toHaveLength(5001);
    expect(count()).toBeLessThanOrEqual(7);
  });
});
