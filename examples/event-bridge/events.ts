/** The events: one for each run that is new or has changed, and their requests. Pure functions. */
import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import type { MLTaskRun } from "glue-ml-task-runs";

/** Where events go, and whose they are. */
export interface EventTarget {
  /** The `source` of the events: a name of your own. Names that start with `aws.` are reserved. */
  readonly source: string;
  /** The name of the event bus, or its ARN. */
  readonly eventBusName: string;
}

/** The detail of an event, with names like those in the "Glue Job State Change" of AWS. */
export interface StateChange {
  /** The same for each repeat of an event: consumers keep it to drop repeats. */
  readonly key: string;
  readonly transformId: string;
  readonly taskRunId: string;
  /** Absent if the SDK does not know the type. */
  readonly taskRunType?: string | undefined;
  readonly state: string;
  /** The run's error, shortened to {@link MAX_MESSAGE_LENGTH} characters. */
  readonly message?: string | undefined;
  readonly startedOn?: string | undefined;
  readonly lastModifiedOn?: string | undefined;
  readonly completedOn?: string | undefined;
  /** In seconds. */
  readonly executionTime?: number | undefined;
}

export const DETAIL_TYPE = "Glue ML Task Run State Change";

/**
 * Maximum length of `message`, in characters. Nothing else in an event is long, so no event is too large for a request:
 * the service would refuse it for ever, and with it all later events.
 */
export const MAX_MESSAGE_LENGTH = 8192;

/** The documented limits of `PutEvents`: at most this many entries in a request, and fewer bytes than this. */
export const MAX_ENTRIES = 10;
export const SIZE_LIMIT = 256 * 1024;

/** Creates the event that says that a run is new or has changed. */
export function createEvent(run: MLTaskRun, { source, eventBusName }: EventTarget): PutEventsRequestEntry {
  const { TransformId, TaskRunId, Status, Properties, ErrorString, ExecutionTime } = run;
  // JSON has no `undefined`: members that the run does not have are absent.
  const detail: StateChange = {
    key: `${TransformId}/${TaskRunId}/${Status}`,
    transformId: TransformId,
    taskRunId: TaskRunId,
    taskRunType: Properties.TaskType,
    state: Status,
    message: ErrorString === undefined ? undefined : shorten(ErrorString),
    startedOn: run.StartedOn?.toISOString(),
    lastModifiedOn: run.LastModifiedOn?.toISOString(),
    completedOn: run.CompletedOn?.toISOString(),
    executionTime: ExecutionTime,
  };
  return {
    Source: source,
    DetailType: DETAIL_TYPE,
    EventBusName: eventBusName,
    // When the run changed. Without it, the event has the time of the request.
    Time: run.LastModifiedOn,
    Detail: JSON.stringify(detail),
  };
}

/** Divides entries into requests within the limits of `PutEvents`, in their order. */
export function toRequests(entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[][] {
  const requests: PutEventsRequestEntry[][] = [];
  let request: PutEventsRequestEntry[] = [];
  let size = 0;
  for (const entry of entries) {
    const entrySize = sizeOf(entry);
    if (request.length === 0 || request.length === MAX_ENTRIES || size + entrySize >= SIZE_LIMIT) {
      request = [];
      requests.push(request);
      size = 0;
    }
    request.push(entry);
    size += entrySize;
  }
  return requests;
}

/** The size of an entry as `PutEvents` counts it, in bytes: UTF-8, and 14 for a time. */
export function sizeOf({ Source = "", DetailType = "", Detail = "", Time }: PutEventsRequestEntry): number {
  return (Time ? 14 : 0) + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);
}

function shorten(text: string): string {
  if (text.length <= MAX_MESSAGE_LENGTH) return text;
  // Leaves out the first half of a character that is cut in two.
  return `${text.slice(0, MAX_MESSAGE_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
