/** The endpoint that the benchmark asks, in a process of its own: with COUNT runs in each of TRANSFORMS, answered after LATENCY. */
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";

const [count = "0", latency = "0", transforms = "1"] = process.argv.slice(2);
const glue = await LocalGlue.start({ latency: Number(latency) });
for (let index = 0; index < Number(transforms); index += 1) {
  const transformId = index === 0 ? "tfm-bench" : `tfm-bench-${index}`;
  glue.addTaskRuns(sampleTaskRuns({ transformId, count: Number(count), seed: index }));
}
process.send?.(glue.endpoint);
process.once("disconnect", () => process.exit());
