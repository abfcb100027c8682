/** Unknown transforms and runs, and the other operations of the library, which may not be permitted. */
import {
  GetMLTaskRunCommand,
  GetMLTaskRunsCommand,
  GetMLTransformsCommand,
  type GlueClient,
  type TaskRun,
} from "@aws-sdk/client-glue";
import { countOf, describeRefusal, type Reply, type Row, settle } from "./ask.js";

/** Ids in the form of the service that are very unlikely to exist. */
const UNKNOWN_TRANSFORM = `tfm-${"0".repeat(40)}`;
const UNKNOWN_RUN = `tsk-${"0".repeat(40)}`;

/** Asks for a transform and a run that do not exist. */
export async function askForUnknown(client: GlueClient, TransformId: string): Promise<Row[]> {
  const transform = { TransformId: UNKNOWN_TRANSFORM };
  const runs = await settle(() => client.send(new GetMLTaskRunsCommand(transform)));
  const run = await settle(() => client.send(new GetMLTaskRunCommand({ ...transform, TaskRunId: UNKNOWN_RUN })));
  const ofKnown = await settle(() => client.send(new GetMLTaskRunCommand({ TransformId, TaskRunId: UNKNOWN_RUN })));
  return [
    ["`GetMLTaskRuns` of an unknown transform", describe(runs)],
    ["`GetMLTaskRun` of an unknown transform", describe(run)],
    ["`GetMLTaskRun` of an unknown run", describe(ofKnown)],
  ];
}

function describe({ refusal }: Reply<unknown>): string {
  return refusal ?? "accepted";
}

/** Asks for a listed run with `GetMLTaskRun`, and for a page of transforms. */
export async function askOtherOperations(
  client: GlueClient,
  TransformId: string,
  listed: TaskRun | undefined,
): Promise<Row[]> {
  const rows: Row[] = [];
  if (listed?.TaskRunId !== undefined) {
    const { TaskRunId } = listed;
    const { output, refusal } = await settle(() => client.send(new GetMLTaskRunCommand({ TransformId, TaskRunId })));
    rows.push([
      "Does `GetMLTaskRun` return the members of a listed run?",
      refusal ?? compareMembers(listed, { ...output }),
    ]);
  }
  const { output, refusal } = await settle(() => client.send(new GetMLTransformsCommand({ MaxResults: 1000 })));
  const transforms = countOf(output?.Transforms?.length ?? 0, "transform");
  return [
    ...rows,
    [
      "`GetMLTransforms` with `MaxResults` 1000",
      refusal === undefined ? `accepted: ${transforms}` : describeRefusal(refusal),
    ],
  ];
}

function compareMembers(
  listed: TaskRun,
  { $metadata: _, ...single }: Partial<TaskRun> & { $metadata?: unknown },
): string {
  const namesOf = (run: object) => Object.entries(run).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const [inListing, inSingle] = [namesOf(listed), namesOf(single)];
  const list = (names: string[]) => names.map((name) => `\`${name}\``).join(", ");
  const missing = inListing.filter((name) => !inSingle.includes(name));
  const additional = inSingle.filter((name) => !inListing.includes(name));
  if (missing.length + additional.length === 0) return "yes, the same";
  return `no: without ${list(missing) || "none"}; in addition ${list(additional) || "none"}`;
}
