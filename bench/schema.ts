/** The checks that the library makes of each run, as a user of zod would write them. */
import type { TaskRun, TaskRunProperties } from "@aws-sdk/client-glue";
import * as z from "zod";

/** The schemas of all members of a structure. A forgotten member does not compile. */
type SchemasOf<Structure> = Record<keyof Structure, z.ZodType>;
type TypeStructureName = Exclude<keyof TaskRunProperties, "TaskType">;
type TypeStructure<Name extends TypeStructureName> = NonNullable<TaskRunProperties[Name]>;

const text = z.string().optional();
const time = z.date().optional();

const knownProperties = z.discriminatedUnion("TaskType", [
  z.object({ TaskType: z.literal("EVALUATION") }),
  z.object({
    TaskType: z.literal("LABELING_SET_GENERATION"),
    LabelingSetGenerationTaskRunProperties: z.object({
      OutputS3Path: text,
    } satisfies SchemasOf<TypeStructure<"LabelingSetGenerationTaskRunProperties">>),
  }),
  z.object({
    TaskType: z.literal("IMPORT_LABELS"),
    ImportLabelsTaskRunProperties: z.object({
      InputS3Path: text,
      Replace: z.boolean().optional(),
    } satisfies SchemasOf<TypeStructure<"ImportLabelsTaskRunProperties">>),
  }),
  z.object({
    TaskType: z.literal("EXPORT_LABELS"),
    ExportLabelsTaskRunProperties: z.object({
      OutputS3Path: text,
    } satisfies SchemasOf<TypeStructure<"ExportLabelsTaskRunProperties">>),
  }),
  z.object({
    TaskType: z.literal("FIND_MATCHES"),
    FindMatchesTaskRunProperties: z.object({
      JobId: text,
      JobName: text,
      JobRunId: text,
    } satisfies SchemasOf<TypeStructure<"FindMatchesTaskRunProperties">>),
  }),
]);

const knownTypes = new Set<string>(knownProperties.options.map(({ shape }) => shape.TaskType.value));
const unknownProperties = z.looseObject({
  TaskType: z
    .string()
    .refine((type) => !knownTypes.has(type))
    .optional(),
});

/** The runs of a page. */
export const CheckedTaskRuns = z.array(
  z.object({
    TransformId: z.string(),
    TaskRunId: z.string(),
    Status: z.string(),
    LogGroupName: text,
    Properties: z.union([knownProperties, unknownProperties]),
    ErrorString: text,
    StartedOn: time,
    LastModifiedOn: time,
    CompletedOn: time,
    ExecutionTime: z.number().optional(),
  } satisfies SchemasOf<TaskRun>),
);
