/** The members of a run, and the structure of each task type in its `Properties`. A forgotten one does not compile. */
import type { TaskRun, TaskRunProperties } from "@aws-sdk/client-glue";
import type { KnownTaskRunProperties } from "./task-run.js";

/** The type of a member in a response. A timestamp is a valid `Date`. */
export type MemberType = "string" | "number" | "boolean" | "timestamp";

/** The type of each member of a structure. */
export type MemberTypes = Readonly<Record<string, MemberType>>;

/** The members of a run other than `Properties`. */
export const RUN_MEMBERS: Readonly<Record<Exclude<keyof TaskRun, "Properties">, MemberType>> = {
  TransformId: "string",
  TaskRunId: "string",
  Status: "string",
  LogGroupName: "string",
  ErrorString: "string",
  ExecutionTime: "number",
  StartedOn: "timestamp",
  LastModifiedOn: "timestamp",
  CompletedOn: "timestamp",
};

/** The structure of a task type, and its members. */
export interface TaskTypeStructure {
  readonly name: Exclude<keyof TaskRunProperties, "TaskType">;
  readonly members: MemberTypes;
}

/** The type of each member of one of the SDK's structures. */
type MembersOf<Name extends TaskTypeStructure["name"]> = Record<keyof NonNullable<TaskRunProperties[Name]>, MemberType>;

/** The structure of each task type; undefined for a type without one. */
export const TASK_TYPE_STRUCTURES: Readonly<Record<keyof KnownTaskRunProperties, TaskTypeStructure | undefined>> = {
  EVALUATION: undefined,
  LABELING_SET_GENERATION: {
    name: "LabelingSetGenerationTaskRunProperties",
    members: { OutputS3Path: "string" } satisfies MembersOf<"LabelingSetGenerationTaskRunProperties">,
  },
  IMPORT_LABELS: {
    name: "ImportLabelsTaskRunProperties",
    members: { InputS3Path: "string", Replace: "boolean" } satisfies MembersOf<"ImportLabelsTaskRunProperties">,
  },
  EXPORT_LABELS: {
    name: "ExportLabelsTaskRunProperties",
    members: { OutputS3Path: "string" } satisfies MembersOf<"ExportLabelsTaskRunProperties">,
  },
  FIND_MATCHES: {
    name: "FindMatchesTaskRunProperties",
    members: {
      JobId: "string",
      JobName: "string",
      JobRunId: "string",
    } satisfies MembersOf<"FindMatchesTaskRunProperties">,
  },
};
