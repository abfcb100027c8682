/**
 * The latest evaluation of each transform, with the name and the F1 score of the transform.
 *
 *     npm run example latest-evaluations
 *     npm run example latest-evaluations -- --transform-id any --region eu-west-1
 */
import type { MLTransform } from "@aws-sdk/client-glue";
import { MLTaskRuns, taskRunFilter } from "glue-ml-task-runs";
import { openSource } from "./client.js";

await using source = await openSource({ transforms: 5, to: new Date() });

// The result of an evaluation is a member of the transform, not of the run.
const transforms = new Map<string | undefined, MLTransform>();
const latest = new MLTaskRuns(source.client).listAcrossTransforms(
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
console.log(`${count} of ${transforms.size} transforms have been evaluated`);
