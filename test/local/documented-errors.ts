/** What causes each documented error, and the message that is then expected. */
import { GetMLTaskRunsCommand } from "@aws-sdk/client-glue";
import type { LocalGlue, LocalGlueFault } from "glue-ml-task-runs/local";
import { OPERATIONS, type Operation } from "../../src/local/input.js";
import { SERVICE_ERRORS } from "../../src/local/service-error.js";
import { TransformId } from "../support.js";
import { VALID_INPUTS } from "./inputs.js";

export type ErrorName = keyof typeof SERVICE_ERRORS;
// The type of the table has exactly these keys; `Object.keys` has a wider type.
export const ERROR_NAMES = Object.keys(SERVICE_ERRORS) as ErrorName[];

const unfinished = (count: number, TransformId: string) =>
  Array.from({ length: count }, (_, index) => ({ TransformId, TaskRunId: `tsk-${index}`, Status: "RUNNING" as const }));
const fault = (name: LocalGlueFault): Cause => ({ values: {}, change: (glue) => glue.fail(name) });

/** The token of the first page of two runs, whose last run was removed. */
async function tokenOfRemovedRun(glue: LocalGlue): Promise<string | undefined> {
  glue.addTaskRuns(
    ["tsk-gone", "tsk-1"].map((TaskRunId, index) => ({ TransformId, TaskRunId, StartedOn: new Date(9 - index) })),
  );
  const { NextToken } = await glue.client().send(new GetMLTaskRunsCommand({ TransformId, MaxResults: 1 }));
  glue.removeTaskRuns(TransformId, ["tsk-gone"]);
  return NextToken;
}

interface Cause {
  /** The values of the placeholders in the message. */
  readonly values: Readonly<Record<string, string | number>>;
  /** Changes the endpoint. */
  readonly change?: (glue: LocalGlue) => void;
  /** The change of the input, if the input causes the error. */
  readonly input?: (glue: LocalGlue, operation: Operation) => Promise<Record<string, unknown>>;
}

const CAUSES: Readonly<Record<ErrorName, Cause>> = {
  unknownTransform: { values: { transformName: TransformId }, change: (glue) => glue.removeTransform(TransformId) },
  unknownTaskRun: {
    values: { transformName: TransformId, taskRunId: "tsk-gone" },
    input: async (glue, operation) =>
      operation === "GetMLTaskRuns" ? { MaxResults: 1, NextToken: await tokenOfRemovedRun(glue) } : {},
  },
  unsupportedSort: {
    values: { column: "OWNER" },
    input: async () => ({ Sort: { Column: "OWNER", SortDirection: "ASCENDING" } }),
  },
  notReady: { values: {}, change: (glue) => glue.addTransform({ TransformId, Status: "NOT_READY" }) },
  transformLimit: {
    values: { count: 4, limit: 3 },
    change: (glue) => glue.addTaskRuns(unfinished(3, TransformId)),
  },
  accountLimit: {
    values: { count: 31, limit: 30 },
    change: (glue) => glue.addTaskRuns(unfinished(30, "tfm-other")),
  },
  noLabels: {
    values: { transformId: TransformId },
    change: (glue) => glue.addTransform({ TransformId, LabelCount: 0 }),
  },
  invalidLabelPath: { values: {}, input: async () => ({ InputS3Path: "" }) },
  throttling: fault("throttling"),
  internalError: fault("internalError"),
  operationTimeout: fault("operationTimeout"),
  expiredToken: fault("expiredToken"),
};

/** The operations that document an error. */
export function operationsOf(name: ErrorName): readonly Operation[] {
  const [operations] = SERVICE_ERRORS[name];
  if (typeof operations !== "string") return operations;
  return OPERATIONS.filter((each) => operations === "every operation" || each !== "GetMLTransforms");
}

/** Changes the endpoint so that a request causes an error. Returns its input. */
export async function causeError(name: ErrorName, glue: LocalGlue, operation: Operation) {
  const { change, input } = CAUSES[name];
  change?.(glue);
  return { ...VALID_INPUTS[operation], ...(await input?.(glue, operation)) };
}

/** Whether a request that the endpoint otherwise accepts causes the error. */
export function isCausedByChange(name: ErrorName): boolean {
  return CAUSES[name].change !== undefined;
}

/** The message of an error, with the values of its placeholders. */
export function messageOf(name: ErrorName): string {
  const values = { accountId: "123456789012", ...CAUSES[name].values };
  const [, , message] = SERVICE_ERRORS[name];
  return Object.entries(values).reduce<string>(
    (filled, [key, value]) => filled.replaceAll(`[${key}]`, String(value)),
    message,
  );
}
