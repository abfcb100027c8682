/** A child process that runs the endpoint of the benchmark. Its argument is `ServerOptions` as JSON. */
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import { type ServerOptions, transformIdAt } from "./measure.js";

const { runCounts, latency }: ServerOptions = JSON.parse(process.argv[2] ?? "");
const glue = await LocalGlue.start({ latency });
for (const [index, count] of runCounts.entries()) {
  glue.addTaskRuns(sampleTaskRuns({ transformId: transformIdAt(index), count, seed: index }));
}
process.send?.(glue.endpoint);
process.once("disconnect", () => process.exit());
