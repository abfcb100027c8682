/** The transforms and runs of the endpoint, and the results of queries over them. */
import { randomBytes } from "node:crypto";
import type { TaskRunReference } from "../criteria/query.js";
import { throwInvalid } from "../criteria/rules.js";
import { NEWEST_FIRST } from "../paging/started-order.js";
import type { KnownTaskRunProperties } from "../task-run.js";
import type { Operation, OperationInputs } from "./input.js";
import type { CheckedLocalGlueOptions } from "./options.js";
import {
  type LocalTaskRun,
  type LocalTaskRunOutcome,
  type LocalTransform,
  logGroupName,
  type RunRecord,
  type TransformRecord,
  toRunRecord,
  toTransformRecord,
} from "./record.js";
import { changeStatus, isFinal, type StatusChange } from "./run-schedule.js";
import { type Position, readPage, type Sorted, selectRuns, selectTransforms, sortOnce } from "./select.js";
import { serviceError, throwIfDocumented } from "./service-error.js";

interface StoredTransform {
  transform: TransformRecord;
  readonly runs: Map<string, RunRecord>;
  /** When the runs are listed that are not listed yet, in milliseconds since the epoch, by TaskRunId. */
  readonly listedFrom: Map<string, number>;
  /** The listed runs in each order that a request has asked for since the last change. */
  readonly sorted: Map<string, Sorted<RunRecord>>;
  /** The future status changes of unfinished runs, earliest first, by TaskRunId. */
  readonly schedules: Map<string, StatusChange[]>;
}

/** The properties of the runs that an operation can start. */
export type StartedRunProperties = KnownTaskRunProperties[Exclude<keyof KnownTaskRunProperties, "FIND_MATCHES">];

/** The maximum time that a run is STOPPING, in milliseconds. */
const MAX_STOPPING_TIME = 100;

export class History {
  readonly #transforms = new Map<string, StoredTransform>();
  readonly #sortedTransforms = new Map<string, Sorted<TransformRecord>>();
  readonly #options: CheckedLocalGlueOptions;

  constructor(options: CheckedLocalGlueOptions) {
    this.#options = options;
  }

  addTransform(transform: LocalTransform): void {
    const record = toTransformRecord(transform, this.#options);
    const stored = this.#transforms.get(record.transformId);
    const maps = { runs: new Map(), listedFrom: new Map(), sorted: new Map(), schedules: new Map() };
    if (stored) stored.transform = record;
    else this.#transforms.set(record.transformId, { transform: record, ...maps });
    this.#sortedTransforms.clear();
  }

  removeTransform(transformId: string): void {
    this.#transforms.delete(transformId);
    this.#sortedTransforms.clear();
  }

  /** Adds runs, or replaces those with the same id. Creates transforms that do not exist yet. Adds all runs or none. */
  addTaskRuns(runs: Iterable<LocalTaskRun>): void {
    const records = Array.from(runs, (run, index) => toRunRecord(run, `taskRuns[${index}]`, this.#options));
    const { clock, listingDelay } = this.#options;
    const now = clock();
    // One lookup for each transform: it takes the longer, the more runs are not listed yet.
    const transforms = new Map<string, StoredTransform>();
    for (const record of records) {
      const { transformId, taskRunId, columns } = record;
      if (!this.#transforms.has(transformId)) this.addTransform({ TransformId: transformId });
      const stored = transforms.get(transformId) ?? this.#getTransform(transformId);
      transforms.set(transformId, stored);
      const from = (columns.STARTED ?? now) + listingDelay;
      if (listingDelay > 0 && from > now && !stored.runs.has(taskRunId)) stored.listedFrom.set(taskRunId, from);
      stored.runs.set(taskRunId, record);
      stored.schedules.delete(taskRunId);
      stored.sorted.clear();
    }
  }

  removeTaskRuns(transformId: string, taskRunIds: Iterable<string>): void {
    const removed = [...taskRunIds];
    const stored = this.#transforms.get(transformId);
    if (stored === undefined) return;
    for (const id of removed) for (const map of [stored.runs, stored.listedFrom, stored.schedules]) map.delete(id);
    stored.sorted.clear();
  }

  /** Starts a run. Returns its id. */
  startTaskRun(operation: Operation, TransformId: string, properties: StartedRunProperties): string {
    const { startingTime, runTime, maxConcurrentRuns, maxConcurrentRunsPerAccount, clock } = this.#options;
    const stored = this.#getTransform(TransformId);
    const { columns, hasLabels } = stored.transform;
    if (columns.STATUS !== "READY") throwIfDocumented(operation, "notReady", {});
    if (!hasLabels) throwIfDocumented(operation, "noLabels", { transformId: TransformId });
    // The counts that the run to start would make.
    const count = 1 + countUnfinished(stored);
    if (count > maxConcurrentRuns) throwIfDocumented(operation, "transformLimit", { count, limit: maxConcurrentRuns });
    const counts = Array.from(this.#transforms.keys(), (id) => countUnfinished(this.#getTransform(id)));
    const accountCount = counts.reduce((sum, each) => sum + each, 1);
    if (accountCount > maxConcurrentRunsPerAccount) {
      throwIfDocumented(operation, "accountLimit", { count: accountCount, limit: maxConcurrentRunsPerAccount });
    }
    const TaskRunId = `tsk-${randomBytes(20).toString("hex")}`;
    const StartedOn = new Date(clock());
    const times = { StartedOn, LastModifiedOn: StartedOn, ExecutionTime: 0 };
    const LogGroupName = logGroupName(TransformId);
    this.addTaskRuns([{ TransformId, TaskRunId, Status: "STARTING", LogGroupName, Properties: properties, ...times }]);
    const runningAt = StartedOn.getTime() + startingTime;
    stored.schedules.set(TaskRunId, [
      { at: runningAt, status: "RUNNING" },
      { at: runningAt + runTime, status: "SUCCEEDED" },
    ]);
    return TaskRunId;
  }

  /** Stops a run that is STARTING or RUNNING. Returns its status; null if it has none. */
  cancelTaskRun(transformId: string, taskRunId: string): string | null {
    const stored = this.#getTransform(transformId);
    const run = getRun(stored, taskRunId);
    const status = run.columns.STATUS;
    if (status !== "STARTING" && status !== "RUNNING") return status;
    const now = this.#options.clock();
    const stoppedAt = now + Math.min(this.#options.runTime, MAX_STOPPING_TIME);
    stored.schedules.set(taskRunId, [{ at: stoppedAt, status: "STOPPED" }]);
    this.#changeRun(stored, run, { at: now, status: "STOPPING" });
    return "STOPPING";
  }

  finishTaskRun({ TransformId, TaskRunId }: TaskRunReference, { Status, ErrorString }: LocalTaskRunOutcome): void {
    if (!this.#transforms.has(TransformId)) throwInvalid("TransformId", "the id of an added transform", TransformId);
    const stored = this.#getTransform(TransformId);
    const run = stored.runs.get(TaskRunId) ?? throwInvalid("TaskRunId", "the id of a run of the transform", TaskRunId);
    const current = run.columns.STATUS;
    if (isFinal(current)) throwInvalid("TaskRunId", `the id of an unfinished run (this run is ${current})`, TaskRunId);
    stored.schedules.delete(TaskRunId);
    this.#changeRun(stored, run, { at: this.#options.clock(), status: Status, errorString: ErrorString });
  }

  /** The JSON of a run, as in a response. */
  taskRunJson(transformId: string, taskRunId: string): Buffer {
    return getRun(this.#getTransform(transformId), taskRunId).json;
  }

  /** The JSON of a transform, as in a response. */
  transformJson(transformId: string): Buffer {
    return this.#getTransform(transformId).transform.json;
  }

  /** Returns a page of the runs that match a query. `after` is the position of a token, or empty. */
  taskRuns({ TransformId, Filter, Sort }: OperationInputs["GetMLTaskRuns"], after: Position, pageSize: number) {
    const stored = this.#getTransform(TransformId);
    // A position ends with the id of a run.
    if (after.length > 0 && this.#options.removedRunTokens === "refuse") getRun(stored, String(after.at(-1)));
    const order = Sort ?? NEWEST_FIRST;
    const listed = () => [...stored.runs.values()].filter(({ taskRunId }) => !stored.listedFrom.has(taskRunId));
    const sorted = sortOnce(stored.sorted, order, listed);
    return readPage(sorted, selectRuns(Filter ?? {}, order, this.#options.bounds), after, pageSize);
  }

  /** Returns a page of the transforms that match a query. */
  transforms({ Filter, Sort }: OperationInputs["GetMLTransforms"], after: Position, pageSize: number) {
    const transforms = () => Array.from(this.#transforms.values(), ({ transform }) => transform);
    const sorted = sortOnce(this.#sortedTransforms, Sort ?? {}, transforms);
    return readPage(sorted, selectTransforms(Filter ?? {}), after, pageSize);
  }

  /** Returns a transform after the changes of its runs that are due. */
  #getTransform(transformId: string): StoredTransform {
    const stored = this.#transforms.get(transformId);
    if (stored === undefined) throw serviceError("unknownTransform", { transformName: transformId });
    const now = this.#options.clock();
    for (const [taskRunId, changes] of stored.schedules) {
      const dueCount = changes.filter(({ at }) => at <= now).length;
      for (const change of changes.splice(0, dueCount)) this.#changeRun(stored, getRun(stored, taskRunId), change);
      if (changes.length === 0) stored.schedules.delete(taskRunId);
    }
    for (const [taskRunId, time] of stored.listedFrom) {
      if (time > now) continue;
      stored.listedFrom.delete(taskRunId);
      stored.sorted.clear();
    }
    return stored;
  }

  #changeRun(stored: StoredTransform, run: RunRecord, change: StatusChange): void {
    stored.runs.set(run.taskRunId, changeStatus(run, change, this.#options));
    stored.sorted.clear();
  }
}

function getRun({ transform: { transformId }, runs }: StoredTransform, taskRunId: string): RunRecord {
  const run = runs.get(taskRunId);
  if (run === undefined) throw serviceError("unknownTaskRun", { taskRunId, transformName: transformId });
  return run;
}

function countUnfinished({ runs }: StoredTransform): number {
  return [...runs.values()].filter(({ columns: { STATUS } }) => STATUS !== null && !isFinal(STATUS)).length;
}
