/** The endpoint that the benchmark asks, in a process of its own, with the `ServerOptions` that are its argument. */
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";
import { type ServerOptions, transformId } from "./measure.js";

// Its parent wrote it.
const { counts, latency }: ServerOptions = JSON.parse(process.argv[2] ?? "");
const glue = await LocalGlue.start({ latency });
for (const [index, count] of counts.entries()) {
  glue.addTaskRuns(sampleTaskRuns({ transformId: transformId(index), count, seed: index }));
}
process.send?.(glue.endpoint);
process.once("disconnect", () => process.exit());
