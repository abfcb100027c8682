/**
 * The latest evaluation of each transform, with the name and the F1 score of the transform.
 *
 *     npm run example latest-evaluations
 *     npm run example latest-evaluations -- --region eu-west-1
 */
import { parseArgs } from "node:util";
import { GlueClient, type MLTransform } from "@aws-sdk/client-glue";
import { MLTaskRuns, taskRunFilter } from "glue-ml-task-runs";

// It has no options: each is an error.
parseArgs();
const taskRuns = new MLTaskRuns(new GlueClient());

// The result of an evaluation is a member of the transform, not of the run.
const transforms = new Map<string | undefined, MLTransform>();
const latest = taskRuns.listAcrossTransforms(
  { Filter: taskRunFilter().taskRunType("EVALUATION") },
  { limitPerQuery: 1, onTransform: (transform) => transforms.set(transform.TransformId, transform) },
);

let count = 0;
for await (const { TransformId, Status, StartedOn } of latest) {
  count += 1;
  const { Name, EvaluationMetrics } = transforms.get(TransformId) ?? {};
  const f1 = EvaluationMetrics?.FindMatchesMetrics?.F1 ?? "unknown";
  console.log(`${Name ?? TransformId}: ${Status}, started ${StartedOn?.toISOString() ?? "never"}, F1 ${f1}`);
}
console.log(`Evaluated transforms: ${count} of ${transforms.size}`);
