import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { expect, it } from "vitest";
import { History } from "../src/local/history.js";

const TransformId = "tfm-1";

function historyOf(count: number, maxViewBytes?: number): History {
  const history = new History("exclusive", maxViewBytes);
  for (const transformId of ["tfm-1", "tfm-2"]) history.addTaskRuns(sampleTaskRuns({ transformId, count }));
  return history;
}

it("a view of runs is made once for all pages of a query", () => {
  const history = historyOf(10);
  expect(history.taskRuns({ TransformId }, "key")).toBe(history.taskRuns({ TransformId }, "key"));
});

it("a view of transforms is made once for all pages of a query", () => {
  const history = historyOf(10);
  expect(history.transforms({}, "key")).toBe(history.transforms({}, "key"));
});

it("a view of runs is made again when runs of its transform are added or removed, and only then", () => {
  const history = historyOf(10);
  const before = history.taskRuns({ TransformId }, "key");
  history.addTaskRuns([{ TransformId: "tfm-2", TaskRunId: "tsk-1" }]);
  history.removeTaskRuns("tfm-2", ["tsk-1"]);
  history.addTransform({ TransformId });
  expect(history.taskRuns({ TransformId }, "key")).toBe(before);
  history.addTaskRuns([{ TransformId, TaskRunId: "tsk-1" }]);
  const after = history.taskRuns({ TransformId }, "key");
  expect(after.entries).toHaveLength(11);
  history.removeTaskRuns(TransformId, ["tsk-1"]);
  expect(history.taskRuns({ TransformId }, "key").entries).toHaveLength(10);
});

it("a view of transforms is made again when a transform is added, replaced or removed, and only then", () => {
  const history = historyOf(10);
  const before = history.transforms({}, "key");
  history.addTaskRuns([{ TransformId, TaskRunId: "tsk-1" }]);
  history.removeTransform("tfm-gone");
  expect(history.transforms({}, "key")).toBe(before);
  history.addTransform({ TransformId });
  const replaced = history.transforms({}, "key");
  expect(replaced).not.toBe(before);
  history.addTaskRuns([{ TransformId: "tfm-3", TaskRunId: "tsk-1" }]);
  expect(history.transforms({}, "key").entries).toHaveLength(3);
  history.removeTransform("tfm-3");
  expect(history.transforms({}, "key").entries).toHaveLength(2);
});

it("a view of runs is made again for a transform that was removed and added again", () => {
  const history = historyOf(10);
  expect(history.taskRuns({ TransformId }, "key").entries).toHaveLength(10);
  history.removeTransform(TransformId);
  history.addTransform({ TransformId });
  expect(history.taskRuns({ TransformId }, "key").entries).toHaveLength(0);
});

it("the views of all transforms together are limited to 8 bytes per entry", () => {
  // Two views of 4,000 runs take 64,000 bytes.
  const history = historyOf(4000, 64_100);
  const [first, second] = ["tfm-1", "tfm-2"].map((id) => history.taskRuns({ TransformId: id }, id));
  expect(history.taskRuns({ TransformId: "tfm-1" }, "tfm-1")).toBe(first);
  expect(history.taskRuns({ TransformId: "tfm-2" }, "tfm-2")).toBe(second);
  history.taskRuns({ TransformId, Sort: { Column: "STATUS", SortDirection: "ASCENDING" } }, "by status");
  expect(history.taskRuns({ TransformId: "tfm-2" }, "tfm-2")).toBe(second);
  expect(history.taskRuns({ TransformId: "tfm-1" }, "tfm-1")).not.toBe(first);
});

it("a view of runs sorted by a column holds the runs themselves and no copies", () => {
  const history = historyOf(10);
  const plain = new Set(history.taskRuns({ TransformId }, "plain").entries);
  const Sort = { Column: "TASK_RUN_TYPE", SortDirection: "DESCENDING" } as const;
  expect(history.taskRuns({ TransformId, Sort }, "sorted").entries.every((entry) => plain.has(entry))).toBe(true);
});

it("a long query counts with its view", () => {
  const history = historyOf(1, 100_000);
  const long = "x".repeat(40_000);
  const first = history.taskRuns({ TransformId }, long);
  history.taskRuns({ TransformId }, `${long}y`);
  expect(history.taskRuns({ TransformId }, long)).not.toBe(first);
});
