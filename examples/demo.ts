/**
 * The run history of a transform: a line of progress per page, how many runs by type and status, and the latest failed
 * find-matches runs. It lists a made-up history on a local endpoint, or a real one on AWS:
 *
 *     npm run demo
 *     npm run demo -- --transform-id tfm-... --region eu-west-1
 */
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { isTaskRunType, type MLTaskRun, MLTaskRuns, taskRunSort } from "glue-ml-task-runs";
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";

const { values: args } = parseArgs({ options: { "transform-id": { type: "string" }, region: { type: "string" } } });

if (args["transform-id"] === undefined) {
  await using glue = await LocalGlue.start({ latency: 50 });
  glue.addTaskRuns(sampleTaskRuns({ transformId: "tfm-0123456789abcdef", count: 2500 }));
  console.log(`A local endpoint at ${glue.endpoint} with 2500 made-up runs\n`);
  await showHistory(glue.client(), "tfm-0123456789abcdef");
} else {
  // Credentials, and the region where none is given, come from where the AWS SDK looks for them.
  await showHistory(new GlueClient(args.region === undefined ? {} : { region: args.region }), args["transform-id"]);
}

async function showHistory(client: GlueClient, transformId: string): Promise<void> {
  const taskRuns = new MLTaskRuns(client);
  const history = taskRuns.list(
    { TransformId: transformId, Sort: taskRunSort("STARTED").descending() },
    { onPage: ({ page, runs }) => console.log(`page ${page}: ${runs} runs so far`) },
  );

  const counts: Record<string, Record<string, number>> = {};
  const failures: MLTaskRun<"FIND_MATCHES">[] = [];
  for await (const run of history) {
    const type = run.Properties.TaskType ?? "(unknown)";
    const ofType = counts[type] ?? {};
    counts[type] = { ...ofType, [run.Status]: (ofType[run.Status] ?? 0) + 1 };
    if (run.Status === "FAILED" && isTaskRunType(run, "FIND_MATCHES") && failures.length < 5) failures.push(run);
  }

  console.log(`\nRuns of ${transformId} by type and status`);
  console.table(counts);
  console.log("\nThe latest failed find-matches runs");
  for (const run of failures) {
    console.log(`${run.StartedOn?.toISOString()}  ${run.Properties.FindMatchesTaskRunProperties.JobRunId}`);
    console.log(`  ${run.ErrorString}`);
  }
}
