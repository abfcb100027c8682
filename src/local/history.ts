/** The transforms and runs of the endpoint, and the results of queries over them. */
import { randomBytes } from "node:crypto";
import type { TaskRunReference } from "../criteria/query.js";
import { throwInvalid } from "../criteria/rules.js";
import type { KnownTaskRunProperties } from "../task-run.js";
import { Cache } from "./cache.js";
import type { OperationInputs } from "./input.js";
import { compareKeys, type QueryResult } from "./query-result.js";
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
import { type Bounds, selectRuns, selectTransforms } from "./select.js";
import { ServiceError } from "./service-error.js";

interface StoredTransform {
  transform: TransformRecord;
  readonly runs: Map<string, RunRecord>;
  /** All runs by StartedOn, then TaskRunId, ascending; undefined after a change. */
  sorted?: readonly RunRecord[] | undefined;
  /** The future status changes of unfinished runs, earliest first, by TaskRunId. */
  readonly schedules: Map<string, StatusChange[]>;
}

/** The properties of the runs that an operation can start. */
export type StartedRunProperties = KnownTaskRunProperties[Exclude<keyof KnownTaskRunProperties, "FIND_MATCHES">];

export interface HistoryOptions {
  readonly startingTime: number;
  readonly runTime: number;
  readonly bounds: Bounds;
  readonly maxConcurrentRuns: number;
}

/** The maximum time that a run is STOPPING, in milliseconds. */
const MAX_STOPPING_TIME = 100;
/** A result takes 8 bytes for each entry: 64 MiB are 8 results of 1,000,000 runs. */
const MAX_CACHE_BYTES = 64 * 1024 * 1024;
/** The size that a smaller result counts as. It limits the number of results to 4,096. */
const MIN_RESULT_BYTES = 16 * 1024;

export class History {
  readonly #transforms = new Map<string, StoredTransform>();
  readonly #options: HistoryOptions;
  /** The latest results by query. A result of runs belongs to their transform, a result of transforms to their Map. */
  readonly #results: Cache<QueryResult>;

  constructor(options: HistoryOptions, maxCacheBytes = MAX_CACHE_BYTES) {
    this.#options = options;
    this.#results = new Cache(maxCacheBytes);
  }

  addTransform(transform: LocalTransform): void {
    const record = toTransformRecord(transform);
    const stored = this.#transforms.get(record.transformId);
    if (stored) stored.transform = record;
    else this.#transforms.set(record.transformId, { transform: record, runs: new Map(), schedules: new Map() });
    this.#results.deleteAllOf(this.#transforms);
  }

  removeTransform(transformId: string): void {
    const stored = this.#transforms.get(transformId);
    if (stored === undefined) return;
    this.#transforms.delete(transformId);
    this.#results.deleteAllOf(this.#transforms);
    this.#results.deleteAllOf(stored);
  }

  /** Adds runs, or replaces those with the same id. Creates transforms that do not exist yet. Adds all runs or none. */
  addTaskRuns(runs: Iterable<LocalTaskRun>): void {
    const records = Array.from(runs, (run, index) => toRunRecord(run, `taskRuns[${index}]`));
    const changed = new Set<StoredTransform>();
    for (const record of records) {
      if (!this.#transforms.has(record.transformId)) this.addTransform({ TransformId: record.transformId });
      const stored = this.#getTransform(record.transformId);
      stored.runs.set(record.taskRunId, record);
      stored.schedules.delete(record.taskRunId);
      changed.add(stored);
    }
    for (const stored of changed) this.#invalidate(stored);
  }

  removeTaskRuns(transformId: string, taskRunIds: Iterable<string>): void {
    const removed = [...taskRunIds];
    const stored = this.#transforms.get(transformId);
    if (stored === undefined) return;
    for (const id of removed) {
      stored.runs.delete(id);
      stored.schedules.delete(id);
    }
    this.#invalidate(stored);
  }

  /** Starts a run. Returns its id. */
  startTaskRun(transformId: string, properties: StartedRunProperties): string {
    const stored = this.#getTransform(transformId);
    const { TaskType } = properties;
    if (TaskType === "EVALUATION" && stored.transform.columns.STATUS !== "READY") {
      throw new ServiceError("MLTransformNotReadyException", `Transform ${transformId} is not READY.`);
    }
    const { maxConcurrentRuns, startingTime, runTime } = this.#options;
    const isUnfinished = ({ columns: { STATUS } }: RunRecord) => STATUS !== null && !isFinal(STATUS);
    if ([...stored.runs.values()].filter(isUnfinished).length >= maxConcurrentRuns) {
      throw new ServiceError(
        "ConcurrentRunsExceededException",
        `Transform ${transformId} already has ${maxConcurrentRuns} unfinished task runs, which is the maximum.`,
      );
    }
    const taskRunId = `tsk-${randomBytes(20).toString("hex")}`;
    const StartedOn = new Date();
    const run = {
      TransformId: transformId,
      TaskRunId: taskRunId,
      Status: "STARTING" as const,
      LogGroupName: logGroupName(transformId),
      Properties: properties,
      StartedOn,
      LastModifiedOn: StartedOn,
      ExecutionTime: 0,
    };
    this.addTaskRuns([run]);
    const runningAt = StartedOn.getTime() + startingTime;
    stored.schedules.set(taskRunId, [
      { at: runningAt, status: "RUNNING" },
      { at: runningAt + runTime, status: "SUCCEEDED" },
    ]);
    return taskRunId;
  }

  /** Stops a run that is STARTING or RUNNING. Returns its status; null if it has none. */
  cancelTaskRun(transformId: string, taskRunId: string): string | null {
    const stored = this.#getTransform(transformId);
    const run = getRun(stored, taskRunId);
    const status = run.columns.STATUS;
    if (status !== "STARTING" && status !== "RUNNING") return status;
    const now = Date.now();
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
    this.#changeRun(stored, run, { at: Date.now(), status: Status, errorString: ErrorString });
  }

  /** The JSON of a run, as in a response. */
  taskRunJson(transformId: string, taskRunId: string): Buffer {
    return getRun(this.#getTransform(transformId), taskRunId).json;
  }

  /** The JSON of a transform, as in a response. */
  transformJson(transformId: string): Buffer {
    return this.#getTransform(transformId).transform.json;
  }

  /** Returns the runs that match a query. Equal queries have equal cache keys. */
  taskRuns(query: OperationInputs["GetMLTaskRuns"], cacheKey: string): QueryResult {
    const stored = this.#getTransform(query.TransformId);
    return this.#cached(stored, cacheKey, () => {
      stored.sorted ??= [...stored.runs.values()].sort((a, b) => compareKeys(a.key, b.key, 1));
      return selectRuns(stored.sorted, query, this.#options.bounds);
    });
  }

  /** Returns the transforms that match a query. Equal queries have equal cache keys. */
  transforms(query: OperationInputs["GetMLTransforms"], cacheKey: string): QueryResult {
    return this.#cached(this.#transforms, cacheKey, () => {
      const transforms = Array.from(this.#transforms.values(), ({ transform }) => transform);
      return selectTransforms(transforms, query);
    });
  }

  #cached(owner: object, key: string, createResult: () => QueryResult): QueryResult {
    const cached = this.#results.get(key);
    if (cached !== undefined) return cached;
    const result = createResult();
    this.#results.add(key, owner, result, Math.max(8 * result.entries.length + 2 * key.length, MIN_RESULT_BYTES));
    return result;
  }

  /** Deletes the sorted runs and the cached results of a transform. */
  #invalidate(stored: StoredTransform): void {
    stored.sorted = undefined;
    this.#results.deleteAllOf(stored);
  }

  #getTransform(transformId: string): StoredTransform {
    const stored = this.#transforms.get(transformId);
    if (stored === undefined) throw notFound(`Transform ${transformId}`);
    this.#applyDueChanges(stored);
    return stored;
  }

  #applyDueChanges(stored: StoredTransform): void {
    const now = Date.now();
    for (const [taskRunId, changes] of stored.schedules) {
      const dueCount = changes.filter(({ at }) => at <= now).length;
      for (const change of changes.splice(0, dueCount)) this.#changeRun(stored, getRun(stored, taskRunId), change);
      if (changes.length === 0) stored.schedules.delete(taskRunId);
    }
  }

  #changeRun(stored: StoredTransform, run: RunRecord, change: StatusChange): void {
    stored.runs.set(run.taskRunId, changeStatus(run, change, this.#options.startingTime));
    this.#invalidate(stored);
  }
}

function getRun({ transform, runs }: StoredTransform, taskRunId: string): RunRecord {
  const run = runs.get(taskRunId);
  if (run === undefined) throw notFound(`Task run ${taskRunId} of transform ${transform.transformId}`);
  return run;
}

function notFound(entity: string): ServiceError {
  return new ServiceError("EntityNotFoundException", `${entity} was not found.`);
}
